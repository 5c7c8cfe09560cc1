/* What stands behind a town in a question: its numbers, and the rest that is no number. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const LEADING = " 、,・-−‐‑‒–—─━―ー|";
  const WORDS = ["地番", "住居表示"];

  find.Tail = class {
    /**
     * @param {{reading: Object, city: Object, marks: Set<string>}} question
     * @param {{towns: Object[], end: number}} begun the towns it begins with
     */
    constructor(question, begun) {
      this.question = question;
      Object.assign(this, find.tailFrom(question.reading.text, begun.end));
      this.numbers = find.parseNumbers(this.text);
      const { chome, end } = this.numbers;
      if (chome && !begun.towns.some((town) => town.chome === chome) && !this.text.slice(0, end).includes("丁目")) {
        this.numbers = find.parseNumbers(this.text, false);  // 3丁 is a lot of its own where no such chome is
      }
      if (this.numbers.doubtful(this.text)) this.numbers.unread();
      for (const mark of [...question.marks, ...WORDS.filter((word) => question.reading.others.includes(word))]) this.numbers.marks.add(mark);
    }

    /** What is left behind so many atoms, with what stood in brackets; a branch of a lot keeps its hyphen. */
    rest(used, kind) {
      const { reading } = this.question;
      const at = used ? this.numbers.ends[used - 1] : this.numbers.end;
      if (at >= this.places.length && !reading.others.length) return "";
      const left = at < this.places.length ? reading.original(this.places[at]) : "";
      let bare = find.rtrim(find.ltrim(left, LEADING), " 、,");
      if (/^[のノ之](?=[0-9])/.test(bare)) bare = bare.slice(1);
      const branch = kind === "lot" && used < this.numbers.atoms.length && /^\p{Nd}+$/u.test(find.wide(bare.replaceAll("-", "")));
      return [branch ? `-${bare}` : bare, ...reading.others.filter((one) => !WORDS.includes(one))].filter(Boolean).join(" ");
    }
  };
})(window.gispipe = window.gispipe || {});
