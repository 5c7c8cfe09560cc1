/* Texts as the address reader handles them: one letter is one unit, white space is what it is in every program. */
(function (gp) {
  "use strict";

  const find = gp.find = gp.find || {};
  const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const RUN = new RegExp(`[${SPACE}]+`);
  const AROUND = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");

  /** White space for classes of regular expressions: \s of this language has other letters in it. */
  find.SPACE = SPACE;

  find.stripped = (text) => text.replace(AROUND, "");

  /** The words of a text. */
  find.words = (text) => text.split(RUN).filter(Boolean);

  // Letters beyond 16 bits stand in our own places of the private area while they are read, so that every position counts letters.
  // Private letters and halves of pairs are put there too, and all come back as they were.
  const places = new Map();
  const letters = [];
  const WIDE = /[\ud800-\udfff\ue000-\uf8ff]/;
  const EACH_WIDE = /[\u{10000}-\u{10ffff}\ud800-\udfff\ue000-\uf8ff]/gu;

  /** Return a text of one unit for each letter. */
  find.narrow = (text) => (WIDE.test(text) ? text.replace(EACH_WIDE, place) : text);

  function place(letter) {
    if (!places.has(letter)) {
      if (letters.length >= 0x1900) return "\ufffd";  // 6,400 different ones: nobody types that, and the letter counts as unreadable
      places.set(letter, String.fromCharCode(0xe000 + letters.length));
      letters.push(letter);
    }
    return places.get(letter);
  }

  /** Return the text that `narrow` was given. */
  find.wide = (text) => (WIDE.test(text) ? text.replace(/[\ue000-\uf8ff]/g, (one) => letters[one.charCodeAt(0) - 0xe000] ?? one) : text);

  /** Order two narrow texts by their letters' code points. */
  find.compare = function (a, b) {
    if (a === b) return 0;
    if (!WIDE.test(a + b)) return a < b ? -1 : 1;
    const [some, others] = [Array.from(find.wide(a)), Array.from(find.wide(b))];
    const at = some.findIndex((letter, k) => letter !== others[k]);
    if (at < 0) return some.length - others.length;
    return at >= others.length ? 1 : some[at].codePointAt(0) - others[at].codePointAt(0);
  };

  /** Order two lists of numbers and texts, the first difference deciding. */
  find.compareLists = function (a, b) {
    for (let k = 0; k < a.length; k++) {
      const order = typeof a[k] === "string" ? find.compare(a[k], b[k]) : Number(a[k]) - Number(b[k]);
      if (order) return order;
    }
    return 0;
  };

  /** Match a sticky expression at a place of a text. */
  find.matchAt = function (sticky, text, at) {
    sticky.lastIndex = at;
    return sticky.exec(text);
  };

  /** The place behind a match. */
  find.endOf = (match) => match.index + match[0].length;

  const trimmed = (text, letters, start, stop) => {
    let [a, b] = [0, text.length];
    while (start && a < b && letters.includes(text[a])) a++;
    while (stop && b > a && letters.includes(text[b - 1])) b--;
    return text.slice(a, b);
  };

  /** A text without any of some letters at its beginning, or at its end. */
  find.ltrim = (text, letters) => trimmed(text, letters, true, false);
  find.rtrim = (text, letters) => trimmed(text, letters, false, true);

  find.DIGITS = "0123456789";
  find.isDigits = (text) => /^[0-9]+$/.test(text);
})(window.gispipe = window.gispipe || {});
