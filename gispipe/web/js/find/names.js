/* Files of names by runs of letters: where a part of a name or reading leads. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const [BASE, PRIME] = [0x811c9dc5, 0x01000193];

  /** Return a question to a filter of pairs of letters: whether some name may have a pair. */
  function filterOf(text) {
    const bits = find.bytesOf(text);
    return (pair) => {
      let number = BASE;
      for (const letter of find.wide(pair)) number = Math.imul(number ^ letter.codePointAt(0), PRIME) >>> 0;
      const step = ((number >>> 15) | 1) & 0xffff;
      return [0, 1, 2].every((k) => { const at = (number + k * step) % (bits.length * 8); return (bits[at >> 3] >> (at & 7)) & 1; });
    };
  }

  /** The pairs of letters of a narrow key, as names have them; a key of one letter has that. */
  find.pairsOf = function (key) {
    const letters = Array.from(key);
    return letters.length > 1 ? letters.slice(1).map((one, k) => letters[k] + one) : letters;
  };

  find.Names = class {
    /**
     * @param {find.Files} files
     * @param {string[]} names of the files
     * @param {{start: string, cut: string, filter: string}} said what the index says of them: runs of letters with a line for each
     */
    constructor(files, names, { start, cut, filter }) {
      Object.assign(this, { files, names, start: start.split("\n"), cut: new Set(cut.split("\n")), mayHave: filter ? filterOf(filter) : null });
    }

    /** Return rows among which are those whose key or reading has one of two keys in it, in their order: all, or those that are listed first. */
    with(...keys) {
      const names = Array.from(new Set(Array.from(new Set(keys)).map((key) => this.fileWith(key)).filter((k) => k >= 0)), (k) => this.names[k]);
      this.files.want(names);
      if (names.length < 2) return names.flatMap((name) => this.files.get(name));
      const rows = new Map(names.flatMap((name) => this.files.get(name)).map((row) => [`${row.layer} ${row.feature} ${row.name}`, row]));
      return Array.from(rows.values()).sort((a, b) => find.compareLists([a.key, a.layer, a.feature], [b.key, b.layer, b.feature]));
    }

    /** Return the file in which all are that have a key in theirs, -1 when none has. */
    fileWith(key) {
      const pairs = find.pairsOf(key);
      if (!pairs.length || (this.mayHave && !pairs.every(this.mayHave))) return -1;
      const run = pairs.find((pair, k) => !this.cut.has(pair) && this.told(key, k)) || this.longer(key);
      const after = this.start.findIndex((start) => find.compare(start, run) > 0);
      return (after < 0 ? this.names.length : after) - 1;
    }

    /** Whether names stand under the run that begins at a place of a key: where there is no filter, not inside of numbers. */
    told(key, at) { return this.mayHave !== null || !/^[0-9]{3}$/.test(key.slice(at - 1, at + 2)) || at === 0; }

    /** Return a run of a key that is not cut, else the key. */
    longer(key) {
      for (let size = 3; size < key.length; size++) {
        for (let at = 0; at + size <= key.length; at++) {
          const run = key.slice(at, at + size);
          if (!this.cut.has(run) && this.told(key, at)) return run;
        }
      }
      return key;
    }
  };
})(window.gispipe = window.gispipe || {});
