/* Facilities by name or reading. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const MOST = 20;
  const LOOKED_AT = 60;
  const SMALL_KE = /[ヶヵケカがガゕゖ](?<=[一-龠々].)(?=[一-龠])/g;
  const FILLER = new RegExp(`[${find.SPACE}・･,.、。'"()「」\\-−‐–—―]+`, "g");
  const katakana = new Map(Array.from({ length: 0x3097 - 0x3041 }, (_, k) => [String.fromCharCode(0x3041 + k), String.fromCharCode(0x30a1 + k)]));
  // kana stand for sounds in names of facilities, so only the kanji are folded there
  const kanji = Array.from(find.variants).filter(([other]) => find.wide(other).codePointAt(0) > 0x30ff);
  const toKatakana = find.replacing(katakana);
  const toName = find.replacing(new Map([...katakana, ...kanji]));

  find.MOST = MOST;

  /** Comparison without case, letter by letter. */
  const casefold = (text) => Array.from(text, (one) => (one === "ı" ? one : one === "ẞ" ? "ss" : one.toUpperCase().toLowerCase())).join("");

  const unspaced = (name) => find.wide(name).normalize("NFKC").replace(FILLER, "");
  const nameOf = (bare) => toName(find.narrow(casefold(bare).replace(SMALL_KE, "ケ")));
  const kanaOf = (bare) => toKatakana(find.narrow(casefold(bare)));

  /** Return the comparison key of a facility's name: width, kana, spaces, ・ and variants of kanji do not count. */
  find.nameKey = (name) => nameOf(unspaced(name));

  /** Return the comparison key of a reading. */
  find.kanaKey = (kana) => kanaOf(unspaced(kana));

  /** Return the facilities whose whole name or reading is the text; those spelled exactly so, where there are any. */
  find.facilitiesNamed = function (rows, text) {
    const bare = unspaced(text);
    const [name, kana] = [nameOf(bare), kanaOf(bare)];
    if (!name) return [];
    const hits = hitsOf(rows(name, kana, false).filter((row) => row.key === name || (row.kanaKey === kana && row.kanaKey)));
    const spelled = hits.filter((hit) => unspaced(hit.name) === bare);
    return spelled.length ? spelled : hits;
  };

  /** Return the facilities with the text in their name or reading, those that begin with it first. */
  find.facilitiesContaining = function (rows, text) {
    const [name, kana] = [find.nameKey(text), find.kanaKey(text)];
    if (name.length < 2) return [];
    const there = rows(name, kana, true).filter((row) => row.key.includes(name) || row.kanaKey.includes(kana));
    const order = (row) => [!(row.key.startsWith(name) || row.kanaKey.startsWith(kana)), row.key.length];  // the rows are in order of keys
    return hitsOf(there.sort((a, b) => find.compareLists(order(a), order(b)))).slice(0, MOST);
  };

  /** Return rows as hits; one facility that two layers have at one place is one. */
  function hitsOf(rows) {
    const hits = [];
    for (const row of rows.slice(0, LOOKED_AT)) {
      const at = hits.findIndex((hit) => hit.key === row.key && find.near(hit, row));
      if (at < 0) hits.push(find.hit(row, "facility"));
      else hits[at] = find.joined(hits[at], row);
    }
    return hits;
  }
})(window.gispipe = window.gispipe || {});
