/* House numbers and lot numbers in a question: 番地, 番, 号, の and hyphens in any mixture, read one by one. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const { matchAt, endOf } = find;
  const S = `[${find.SPACE}]`;
  const LETTERS = "甲乙丙丁戊己庚辛壬癸イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス";
  // floors, rooms and buildings: the number belongs to the name that follows
  const ROOM = "F(?![A-Z])|階|号室|号棟|号館|号車|号店|棟|室|番館|番街|番丁|軒|戸|[A-Z]+[0-9]";
  const DIGITS = new RegExp(`([0-9]+)(?!${S}?(?:${ROOM}))(?![0-9])`, "y");
  const LETTER_AT = new RegExp(`[${LETTERS}](?=[0-9\\-番号 |]|$|の)`, "y");
  const WORD = /無番地?|番外地?/y;
  const CHOME = new RegExp(`[\\-ノの ]*([0-9]{1,3})${S}?丁目?(?![0-9]*[A-Z])[\\-ノの ]*`, "y");
  const LEAD = /[-ノの |、,]*(?:(地番)[: ]*)?/y;
  const JOINT = /[ノの-]+ ?|/y;
  const AFTER_UNIT = / ?[ノの-]* ?/y;
  const MARK = / ?(?:(号)(?![室棟館車店])|(番地|番(?![館街丁町軒])))/y;
  // what follows shows that the number goes on, or is part of something else: 7条, 7番●号, 1,2, 1~3, 三十六五
  const GOES_ON = new RegExp(`[\\-ノの ]*[${find.WILDCARDS}]|[ ]?[,.、・/:~〜+&|](?![0-9]+${S}?(?:${ROOM}))[0-9]|丁目|[条線丁町村区字部社軒通]|地割`, "y");
  const GOES_ON_AFTER_ONE = new RegExp(`-*[A-Z](?![A-Z])|[ \\-]+[0-9](?![0-9]*${S}?(?:${ROOM}))`, "y");
  const lastIsDigit = (text) => /[0-9]$/.test(text);

  /** Join numbers by hyphens and letters to what they stand beside. */
  find.joinAtoms = (atoms) => atoms.reduce((text, atom) => text + (lastIsDigit(text) && /^[0-9]/.test(atom) ? "-" : "") + atom, "");

  /** The number part behind a town: `atoms` one by one, `ends` the place behind each, `marks` the words between. */
  find.Numbers = class {
    constructor() { Object.assign(this, { atoms: [], ends: [], marks: new Set(), chome: 0, begin: 0, end: 0 }); }

    /** The key of the atoms from one to another. */
    key(start, stop) { return find.joinAtoms(this.atoms.slice(start, stop)); }

    /** Whether the text goes on in a way that makes the number read so far only a part of what is meant. */
    doubtful(tail) {
      return this.atoms.length > 0 && Boolean(matchAt(GOES_ON, tail, this.end) || (this.atoms.length === 1 && matchAt(GOES_ON_AFTER_ONE, tail, this.end)));
    }

    /** Forget the numbers, but not the chome, and give what was read of them back to the rest. */
    unread() { Object.assign(this, { atoms: [], ends: [], end: this.begin }); }
  };

  /** Return the tokens behind a town as text with decimal numbers. */
  find.tailText = function (parts, text) {
    let [out, before] = ["", false];
    for (const token of parts) {
      const piece = token.number ? token.key.slice(1, -1) : text.slice(token.at, token.end);
      out += before && token.number ? `|${piece}` : piece;  // two numbers side by side, 3 and 三番館, are never one
      before = token.number;
    }
    return out;
  };

  /** Return what `tailText` does for all tokens of a text from a place on, and the place of every letter in the text. */
  find.tailFrom = function (text, at) {
    const start = at;
    const places = [];
    const each = (from, to) => { for (let k = from; k < to; k++) places.push(k); };
    let out = "";
    const numbers = find.oneNumber();
    numbers.lastIndex = at;
    for (let match = numbers.exec(text); match; match = numbers.exec(text)) {
      const begin = match.index;
      const number = (begin === at && at > start ? "|" : "") + find.decimal(match[0]);
      out += text.slice(at, begin) + number;
      each(at, begin);
      for (let k = 0; k < number.length; k++) places.push(begin);
      at = endOf(match);
    }
    each(at, text.length);
    return { text: out + text.slice(at), places };
  };

  /** Read a chome (if there may be one) and the numbers at the beginning of a text made by `tailText`. */
  find.parseNumbers = function (tail, chome = true) {
    const numbers = new find.Numbers();
    const match = chome ? matchAt(CHOME, tail, 0) : null;
    if (match) Object.assign(numbers, { chome: Number(match[1]), begin: endOf(match), end: endOf(match) });
    const lead = matchAt(LEAD, tail, numbers.end);
    if (lead[1]) numbers.marks.add("地番");
    readAtoms(tail, endOf(lead), numbers);
    return numbers;
  };

  function readAtoms(tail, at, numbers) {
    while (numbers.atoms.length < 8) {
      const match = matchAt(DIGITS, tail, at) || matchAt(LETTER_AT, tail, at) || matchAt(WORD, tail, at);
      if (!match || (numbers.atoms.length > 1 && /[A-Za-z]/.test(tail[endOf(match)] || ""))) return;
      numbers.atoms.push(plain(match[0]));
      const mark = matchAt(MARK, tail, endOf(match));
      const [close, unit] = mark ? [mark[1], mark[2]] : ["", ""];
      if (mark) numbers.marks.add(close || unit);
      numbers.end = endOf(mark || match);
      numbers.ends.push(numbers.end);
      const joint = matchAt(unit ? AFTER_UNIT : JOINT, tail, numbers.end);
      if (close || !joint || (!unit && !joint[0] && !lettered(tail, match))) return;
      at = endOf(joint);
    }
  }

  /** Whether a letter of a special lot stands on one side of the place behind a match: 甲12, 12乙. */
  const lettered = (tail, match) => !lastIsDigit(match[0]) || Boolean(matchAt(LETTER_AT, tail, endOf(match)));

  function plain(atom) {
    if (find.isDigits(atom)) return atom.replace(/^0+/, "") || "0";
    return atom.startsWith("番外") ? "番外地" : atom.startsWith("無番") ? "無番地" : atom;
  }

  /** Return the first number of a key, -1 where it has none: what numbers of a town are ordered by. */
  find.firstNumber = function (key) {
    const head = key.split("-", 1)[0];
    const digits = find.isDigits(head) ? head : (/[0-9]+/.exec(head) || [""])[0];
    return digits && digits.length < 10 ? Number(digits) : -1;
  };
})(window.gispipe = window.gispipe || {});
