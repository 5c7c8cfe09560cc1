/* The municipality in front of a town: ours, none, or another one. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const { matchAt, endOf } = find;
  const FOLDED = new Map(gp.tables.prefectures.map((name) => [find.fold(name), name]));
  const POST_CODE = /^(?:〒 ?[0-9]{3}-?[0-9]{4}|[0-9]{3}-[0-9]{4}(?=[^0-9\-番丁]))[ 、,]*/;
  const COUNTY = /^[^0-9]{1,5}?郡/;
  const LONGEST = 12;
  const LIKE_ONE = /[^0-9]{1,4}?郡[^0-9]{1,6}?[町村]|[^0-9]{1,7}?市(?![場町]|$)/y;
  const isDigit = (text) => /^\p{Nd}$/u.test(find.wide(text));
  const keyOf = (name) => find.fold(find.normalise(name).text);

  /** The municipality of a register: its names and those of others, folded once for all questions. */
  find.Municipality = class {
    constructor([prefecture, city, county, others]) {
      Object.assign(this, { said: prefecture, city });
      this.prefecture = keyOf(prefecture);
      this.forms = formsOf(keyOf(county), keyOf(city));
      this.others = new Set(others.map(keyOf).filter(Boolean));
      this.lengths = Array.from(new Set(Array.from(this.others, (name) => name.length))).sort((a, b) => b - a);
    }

    /** The places behind our municipality as it may be written at a place of a folded text, the farthest first. */
    named(folded, at) {
      const ends = this.forms.filter((form) => find.begins(folded.slice(at, at + form.length), form)).map((form) => at + form.length);
      return Array.from(new Set(ends)).sort((a, b) => b - a);
    }

    /** A text without our municipality, which is in every address. */
    without(text) { return text.replaceAll(this.said + this.city, "").replaceAll(this.city, ""); }

    /** The length of the longest name of another municipality that a folded text has at a place, 0 where none is. */
    other(folded, at) { return this.lengths.find((size) => this.isOther(folded.slice(at, at + size), size)) || 0; }

    isOther(piece, size) {
      if (find.isUnreadable(piece)) return Array.from(this.others).some((name) => name.length === size && find.begins(piece, name));
      return piece.length === size && this.others.has(piece);
    }
  };

  /** What a municipality may be called: with its county, with its ward, the ward or the city alone. */
  function formsOf(county, name) {
    const cut = name.indexOf("市") + 1;
    return Array.from(new Set([county + name, name, ...(cut > 0 && cut < name.length ? [name.slice(0, cut), name.slice(cut)] : [])])).filter(Boolean);
  }

  /** Whether a folded text begins with a name; a wildcard stands for any one letter, but not for most of them. */
  find.begins = function (text, name) {
    const head = text.slice(0, name.length);
    if (!name || head.length < name.length || !find.isUnreadable(head)) return Boolean(name) && head === name;
    const unknown = Array.from(head).filter((one) => find.WILDCARDS.includes(one)).length;
    return unknown * 2 <= name.length + 1 && Array.from(head).every((one, k) => one === name[k] || find.WILDCARDS.includes(one));
  };

  const scope = (at, more = {}) => ({ at, said: false, other: "", guessed: false, ...more });

  /**
   * Return the readings of what stands in front of the town, the likeliest first; one with `other` ends the question.
   * @param {string} text normalised
   * @param {function(number): number} townAt the length of the longest town of the register at a place of the text, 0 where none begins
   */
  find.scopes = function (text, ours, townAt) {
    const post = POST_CODE.exec(text);
    const folded = find.fold(text);
    let at = post ? post[0].length : 0;
    if (find.begins(folded.slice(at), ours.prefecture)) at += ours.prefecture.length;
    else {
      const foreign = FOLDED.get(folded.slice(at, at + 3)) || FOLDED.get(folded.slice(at, at + 4));
      if (foreign && townAt(at) <= foreign.length) return [scope(at, { other: foreign })];
    }
    const found = ours.named(folded, at);
    if (found.length) return [...found.map((end) => scope(end, { said: true })), scope(at)];
    const [other, guessed] = otherOf(text, folded, at, ours, townAt);
    return other ? [scope(at, { other, guessed })] : [scope(at)];
  };

  /** Return the name of another municipality that the text begins with, and whether that is guessed from its form. */
  function otherOf(text, folded, at, ours, townAt) {
    const own = townAt(at);
    const known = ours.other(folded, at);
    if (known > own) return [text.slice(at, at + known), false];
    const behind = folded.slice(at + own, at + own + 1);
    if (own && !["市", "区", "町", "村", "郡"].includes(behind)) return ["", false];
    const numberNext = isDigit(folded.slice(at + own + 1, at + own + 2)) || !folded.slice(at + own + 1);
    if (find.isUnreadable(folded.slice(at, at + LONGEST)) || (own && behind !== "市" && numberNext)) return ["", false];
    const county = COUNTY.exec(folded.slice(at, at + LONGEST));
    const begin = at + (county ? endOf(county) : 0);
    const head = folded.slice(0, at + LONGEST);
    for (let k = Math.max(begin + 1, at + own); k < head.length; k++) {
      if ("市区町村".includes(head[k]) && (own || county || townAt(k + 1))) return [text.slice(at, k + 1), true];
    }
    return ["", false];
  }

  /** Return what a text that nothing was found for begins with where that has the form of a municipality, else an empty text. */
  find.unknownMunicipality = function (text, ours) {
    const at = ours.said && text.startsWith(ours.said) ? ours.said.length : 0;
    const match = matchAt(LIKE_ONE, text, at);
    return match && !ours.named(find.fold(text), at).length ? match[0] : "";
  };
})(window.gispipe = window.gispipe || {});
