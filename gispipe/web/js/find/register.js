/* The register of a release, asked in the page: the same answers as `gispipe lookup`, from small files that are fetched when they are needed. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const TOWNS_TO_A_FILE = 64;
  const WHOLE = -2;  // said instead of its first number where a file begins with all of a stem

  gp.Register = class {
    /**
     * @param {string} root the address of the release, with a slash at its end
     * @param {string} url the index in it, as map.json names it
     */
    constructor(root, url) {
      Object.assign(this, { url, files: new find.Files(root), makers: new Map() });
    }

    /** Fetch the index; once, when somebody first looks at the search box. A later try may succeed where one failed. */
    open() {
      if (!this.opening) {
        this.opening = this.files.fetch(this.url, (index) => this.opened(index));
        this.opening.catch(() => { this.opening = null; });
      }
      return this.opening;
    }

    opened(index) {
      const layers = find.layersOf(index);
      Object.assign(this, { municipality: new find.Municipality(index.city), layers, towns: find.townsOf(index), origin: index.origin, besideIndex: index.beside && `search/beside-${find.digests(index.beside)[0]}.json` });
      this.stems = new Map();
      for (const town of this.towns) this.stems.set(town.stem, [...(this.stems.get(town.stem) || []), town]);
      this.longest = Math.max(0, ...Array.from(this.stems.keys(), (stem) => stem.length));
      for (const town of this.towns) town.kanaKey = town.kana && find.kanaKey(town.kana);
      const { start, kinds } = index.numbers;
      this.start = { groups: find.summed(start.filter((_, k) => k % 2 === 0)), firsts: start.filter((_, k) => k % 2 === 1), kinds: Array.from(kinds, Number) };
      const parts = { layers, origin: index.origin, towns: this.towns };
      this.names = { places: this.told("places", index.places, find.placesOf, parts), numbers: this.told("numbers", index.numbers.files, find.numbersOf, parts) };
      this.facilities = new find.Names(this.files, this.told("names", index.names.files, find.namesOf, parts), index.names);
      if (this.besideIndex) this.makers.set(this.besideIndex, (document) => this.openedBeside(document));
      return this;
    }

    openedBeside({ layers, names }) {
      const parts = { layers: find.layersOf({ layers }), origin: this.origin, known: (text) => this.municipality.without(text) };
      this.layers = [...this.layers, ...parts.layers];
      return new find.Names(this.files, this.told("other", names.files, find.namesOf, parts), names);
    }

    /** Return the names of the files of a kind, of which a text has the digests, and remember what is made of them. */
    told(kind, digests, make, parts) {
      return find.digests(digests).map((digest, k) => {
        const name = `search/${kind}${k}-${digest}.json`;
        this.makers.set(name, (document) => make(document, parts));
        return name;
      });
    }

    /** A layer as it is declared, for `gp.words.name`. */
    layer(id) { return this.layers.find((layer) => layer.id === id); }

    /**
     * Return what the register has for a text; rejects when files cannot be had: there is no answer then.
     * @param {string} text as typed
     * @returns {Promise<{result: string, hits: Object[], rest: string, read_as: string, reason: ?Object}>}
     */
    search(text) { return this.answer(() => shown(find.search(this, text))); }

    /** Return what layers beside the register have that is called so, or has the text in its name. */
    beside(text) { return this.answer(() => find.besides(this, text).map(shownHit)); }

    /** Return towns, facilities and numbers that begin with what is typed so far. */
    suggest(text) { return this.answer(() => find.suggested(this, text).map(shownHit)); }

    /** Ask until every file that the answer needs is there. */
    async answer(ask) {
      await this.open();
      for (;;) {
        try {
          const answer = ask();
          this.files.tidy();
          return answer;
        } catch (wanted) {
          if (!(wanted instanceof find.Wanted)) throw wanted;
          await Promise.all(wanted.names.map((name) => this.files.fetch(name, this.makers.get(name))));
        }
      }
    }

    townHit(town) {
      const place = this.files.get(this.placeFile(town))[town.id % TOWNS_TO_A_FILE];
      return find.hit({ name: town.name, town: town.name, number: "", kana: town.kana, ...place }, "town");
    }

    placeFile(town) { return this.names.places[Math.floor(town.id / TOWNS_TO_A_FILE)]; }

    wantPlaces(towns) { this.files.want(towns.map((town) => this.placeFile(town))); }

    /** Want the numbers of some towns at once: pairs of a town and the key that is asked for. */
    wantNumbers(asked) {
      this.files.want(asked.map(([town, key]) => this.fileAt(town, find.firstNumber(key))).filter((k) => k >= 0).map((k) => this.names.numbers[k]));
    }

    /** Return which file of numbers has a first number of a town, -1 for none. */
    fileAt(town, first) {
      const { groups, firsts } = this.start;
      let [a, b] = [0, groups.length];  // the first file that begins behind
      while (a < b) {
        const middle = (a + b) >> 1;
        if (groups[middle] < town.group || (groups[middle] === town.group && firsts[middle] <= first)) a = middle + 1;
        else b = middle;
      }
      return a - 1;
    }

    rowsIn(k, town) { return this.files.get(this.names.numbers[k]).get(town.id) || { address: [], lot: [] }; }

    /** Return the numbers of a town that have a first number. */
    numbered(town, first) {
      const k = this.fileAt(town, first);
      if (k < 0) return [];
      const { address, lot } = this.rowsIn(k, town);
      return [...address, ...lot].filter((row) => row.first === first);
    }

    /** Return the next file of numbers in which a town may go on with a kind, -1 for none. way: 1 or -1. */
    fileBeside(town, kind, k, way) {
      const { groups, firsts, kinds } = this.start;
      const goesOn = (at) => at < groups.length && groups[at] === town.group && firsts[at] !== WHOLE;
      while (goesOn(way > 0 ? k + 1 : k)) {
        k += way;
        if (kinds[k] & (kind === "address" ? 1 : 2)) return k;
      }
      return -1;
    }

    /** Return the numbers of one kind above or below a first number, nearest first, as far as their files are here, and the first file that is not. */
    walked(town, kind, first, way, most) {
      const found = [];
      let k = this.fileAt(town, first);
      for (; k >= 0 && found.length < most && this.files.has(this.names.numbers[k]); k = this.fileBeside(town, kind, k, way)) {
        const rows = this.rowsIn(k, town)[kind].filter((row) => (way > 0 ? row.first > first : row.first < first));
        found.push(...(way > 0 ? rows : rows.reverse()));
      }
      return { found: found.slice(0, most), next: found.length < most ? k : -1 };
    }

    /** Return the numbers of one kind above or below a first number, nearest first, as far as their files are here. */
    loadedBeside(town, kind, first, way, most) { return this.walked(town, kind, first, way, most).found; }

    /**
     * Want the files in which numbers beside a first number lie, one further each way, until there are enough of each kind.
     * @param {function(number): boolean} closer whether what is here is nearer than a distance, so that nothing further away is told
     */
    wantBeside(town, kinds, first, most, closer) {
      const { firsts } = this.start;
      const next = kinds.flatMap((kind) => [1, -1].map((way) => [way, this.walked(town, kind, first, way, most).next])).filter(([, k]) => k >= 0);
      const distance = ([way, k]) => (way > 0 ? firsts[k] - first : first - firsts[k + 1] + 1);
      this.files.want(next.filter((one) => !closer(distance(one))).map(([, k]) => this.names.numbers[k]));
    }

    /** Return facilities whose whole name or reading is the text. */
    named(text) { return find.facilitiesNamed((...keys) => this.facilities.with(...keys), text); }

    /** Return facilities with the text in their name or reading. */
    containing(text) { return find.facilitiesContaining((...keys) => this.facilities.with(...keys), text); }

    /** Return rows of layers beside the register that may have one of two keys in their name or reading. */
    besideWith(...keys) { return this.besideIndex ? this.files.get(this.besideIndex).with(...keys) : []; }
  };

  const widened = (sentence) => sentence && { ...sentence, en: find.wide(sentence.en), ja: find.wide(sentence.ja),
    values: Object.fromEntries(Object.entries(sentence.values).map(([name, value]) => [name, find.wide(String(value))])) };

  const shownHit = ({ kind, name, town, number, lon, lat, layer, feature, kana, note, also, exact }) => ({ kind, name: find.wide(name), town: find.wide(town), number: find.wide(number), lon, lat, layer, feature,
    kana: find.wide(kana), note: widened(note), also, ...(exact === undefined ? {} : { exact }) });

  const shown = ({ result, hits, rest, read_as, reason, unread }) => ({ result, hits: hits.map(shownHit), rest: find.wide(rest), read_as: find.wide(read_as), reason: widened(reason), unread });
})(window.gispipe = window.gispipe || {});
