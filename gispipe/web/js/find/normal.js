/* Read what a person wrote as letters and tokens that compare: width, spaces, hyphens, numerals, variants. The order of the steps is that of the register's own reader. */
(function (gp) {
  "use strict";

  const find = gp.find;

  /** Characters that stand where one could not be shown. */
  find.WILDCARDS = "\ufffd●?〓";
  find.isUnreadable = (text) => /[\ufffd●?〓]/.test(text);

  const N = `0-9${find.NUMERALS}`;
  const KANA = "ァ-ヺぁ-ゖ";
  const DASHES = "\\-−‐‑‒–—─━―⏤⎯⁃";
  const BRACKETS = /\(([^()]*)\)|「([^「」]*)」|\[([^[\]]*)\]|【([^【】]*)】/g;
  const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufe00-\ufe0f\u{e0100}-\u{e01ef}"'“”‘’`]/gu;
  // a space parts numbers and buildings only; inside names and before the marks of a number it says nothing, nor does the comma of thousands
  const IDLE_SPACE = new RegExp(`(?<![0-9A-Za-z号番地目階室ー${find.NUMERALS}]) | (?=丁目|番|号|[${DASHES}])|(?<=[${DASHES}]) (?=[${N}])|(?<=[0-9]),(?=[0-9]{3}(?![0-9]))`, "g");
  const LONG_DASH = new RegExp(`[${DASHES}ー](?<=[${N}番地号目].)(?=.)|ー(?<![${KANA}].)(?=[${N}])|[${DASHES}](?=[${N}])`, "g");
  const ONE_AS_DASH = /一(?<=[0-9].)(?=[0-9])/g;
  const OF = new RegExp(`[のノ之丿](?<=[${N}].)(?=[${N}])`, "g");
  const upper = (text) => text.replace(/[a-z]/g, (one) => one.toUpperCase());

  /**
   * Return the reading of a narrow text: width, quotes, brackets, spaces, hyphens and の between numbers.
   * @returns {{text: string, others: string[], shown: string, places: number[], original: function(number): string}} narrow texts:
   *   `text` without idle spaces, `others` what stood in brackets, `original` what was written from a place in `text` on
   */
  find.normalise = function (text) {
    const others = [];
    const whole = find.narrow(find.wide(text).replace(INVISIBLE, "").normalize("NFKC")).replace(BRACKETS, (all, ...groups) => {
      others.push(find.stripped(groups.slice(0, 4).find((group) => group !== undefined)));
      return " ";
    });
    const shown = find.words(whole.replace(INVISIBLE, "")).join(" ");
    const idle = new Set(Array.from(shown.matchAll(IDLE_SPACE), (match) => match.index));
    const places = Array.from(shown, (_, k) => k).filter((k) => !idle.has(k));
    const slim = upper(places.map((k) => shown[k]).join(""));
    return {
      text: slim.replace(ONE_AS_DASH, "-").replace(LONG_DASH, "-").replace(OF, "-"),
      others: others.filter(Boolean), shown, places,
      original: (at) => (at < places.length ? shown.slice(places[at]) : ""),
    };
  };

  /** Return the tokens of a normalised text from one place of it to another: numbers and folded letters, {key, at, end, number}. */
  find.tokens = function (text, at = 0, stop = text.length) {
    const part = text.slice(0, stop);
    const folded = find.fold(part);
    const found = [];
    const letters = (from, to) => { for (let k = from; k < to; k++) found.push({ key: folded[k], at: k, end: k + 1, number: false }); };
    const numbers = find.oneNumber();
    numbers.lastIndex = at;
    for (let match = numbers.exec(part); match; match = numbers.exec(part)) {
      letters(at, match.index);
      at = find.endOf(match);
      found.push({ key: `<${find.decimal(match[0])}>`, at: match.index, end: at, number: true });
    }
    letters(at, part.length);
    return found;
  };

  /** Return a name's tokens without 大字 and 字; a 字 behind a number belongs to the name (十八字, 志比49字). */
  find.withoutSectionWords = function (parts) {
    const drop = new Set();
    parts.forEach(({ key }, k) => { if (key === "字" && !(k && parts[k - 1].number)) drop.add(k); });
    for (const k of Array.from(drop)) if (k && parts[k - 1].key === "大") drop.add(k - 1);
    return drop.size < parts.length ? parts.filter((_, k) => !drop.has(k)) : parts;
  };
})(window.gispipe = window.gispipe || {});
