/* Find the towns that a text begins with, in their registry spelling. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const LONGEST = 40;

  /** Return the towns with the longest stem that the text has at a place, {towns, end}, null where no town begins. */
  find.begun = function (register, text, at) {
    let [key, stem, end] = ["", "", at];
    let parts = find.tokens(text, at, at + LONGEST);
    if (text.includes("字")) parts = find.withoutSectionWords(parts);
    for (const token of parts) {
      if (token.key === " ") continue;
      key += token.key;
      if (register.stems.has(key)) [stem, end] = [key, token.end];
      else if (key.length >= register.longest) break;
    }
    return stem ? { towns: spelled(register.stems.get(stem), text.slice(at, end)), end } : null;
  };

  /** Return the towns spelled exactly as written where several fold to one key, else all of them. */
  function spelled(towns, written) {
    if (new Set(towns.map((town) => town.chome)).size === towns.length) return towns;
    const bare = written.replaceAll("大字", "").replaceAll(" ", "");  // what never tells towns apart
    const exact = towns.filter((town) => town.name.replaceAll("大字", "").startsWith(bare));
    return exact.length ? exact : towns;
  }

  /** Return the stems that the text can begin with when its unreadable letters stand for any one. */
  find.townsWithWildcards = function (register, text, at) {
    const folded = find.fold(text.slice(at));
    if (!find.isUnreadable(folded.slice(0, LONGEST))) return [];
    const stems = new Map();
    const known = Math.max(0, Array.from(folded).findIndex((one) => !find.WILDCARDS.includes(one)));
    for (const town of register.towns) {
      const plain = withoutChome(town);
      if (town.plain.length > known && town.plain[known] !== folded[known]) continue;
      if (!find.begins(folded, plain) || !find.isUnreadable(folded.slice(0, plain.length))) continue;
      const name = `${plain.length} ${town.stem}`;
      if (!stems.has(name)) stems.set(name, { stem: town.stem, towns: [], end: at + plain.length });
      stems.get(name).towns.push(town);
    }
    const longest = Math.max(...Array.from(stems.values(), (one) => one.end));
    return Array.from(stems.values()).filter((one) => one.end === longest).sort((a, b) => find.compare(a.stem, b.stem));
  };

  function withoutChome({ chome, plain }) {
    if (!chome) return plain;
    const tail = `${find.kanji(chome)}丁目`;
    if (plain.endsWith(tail)) return plain.slice(0, -tail.length);
    return find.rtrim(plain.endsWith("丁目") ? plain.slice(0, -2) : plain, find.DIGITS);
  }

  /** Return the towns whose name has these tokens in it, those that begin with them first. */
  find.townsContaining = function (register, name) {
    const key = name.map((token) => token.key).join("");
    if (!key) return [];
    const found = register.towns.filter((town) => town.stem.includes(key));
    return [...found.filter((town) => town.stem.startsWith(key)), ...found.filter((town) => !town.stem.startsWith(key))];
  };

  /** Return the towns whose reading is the text, else those whose reading begins with it. */
  find.townsByReading = function (register, reading, at) {
    const key = find.kanaKey(reading.text.slice(at));
    if (key.length < 2) return [];
    const exact = register.towns.filter((town) => town.kanaKey === key);
    return exact.length ? exact : register.towns.filter((town) => town.kanaKey.startsWith(key));
  };
})(window.gispipe = window.gispipe || {});
