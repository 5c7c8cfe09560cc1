/* The files that cards are answered from: fetched once, and believed only when their bytes have the digest that their names promise. */
(function (gp) {
  "use strict";

  const FORMAT = 1;
  const KEPT = 64;  // files remembered: a reader walks about in one part of a city

  /** An answer that could not be given because its data did not come, or are not those of this release. */
  gp.CardsMissing = class extends Error {
    constructor(url, why) {
      super(`${why}: ${url}`);
      this.name = "CardsMissing";
      this.url = url;
    }
  };

  gp.CardFiles = class {
    /** @param {string} root the release @param {string} url of the index, from there */
    constructor(root, url) {
      Object.assign(this, { root, url, kept: new Map() });
    }

    /** The index, with the grids read; fetched once. */
    index() {
      this.opened ??= this.fetched(this.url).then((index) => {
        if (index.format !== FORMAT) throw new gp.CardsMissing(this.url, "another format");
        index.toPlane = gp.planeOf(index.plane);
        for (const zone of index.zones) zone.classes = new Map(zone.classes.map((one) => [one.rank, one]));
        index.ground.tree = tree(index.ground, index.root);
        if (index.roads) index.roads.tree = tree(index.roads, index.root);
        return index;
      });
      this.opened.catch(() => { this.opened = null; });  // a later try may succeed
      return this.opened;
    }

    /** One of the files by kind and digest. */
    file(kind, digest) { return this.fetched(`${this.url.slice(0, this.url.lastIndexOf("/") + 1)}${kind}-${digest}.json`); }

    fetched(url) {
      const found = this.kept.get(url);
      if (found) {
        this.kept.delete(url);
        this.kept.set(url, found);
        return found;
      }
      const coming = verified(this.root + url);
      this.kept.set(url, coming);
      coming.catch(() => this.kept.delete(url));
      if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
      return coming;
    }
  };

  async function verified(url) {
    let bytes;
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(String(response.status));
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (error) { throw new gp.CardsMissing(url, error.message); }
    const promised = /-([0-9a-f]+)\.json$/.exec(url);
    if (!promised || !(await gp.sha256(bytes)).startsWith(promised[1])) throw new gp.CardsMissing(url, "not the bytes of this release");
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  /** A grid as a function from metres (from the origin) to the number of a leaf, -1 where no square has anything. */
  function tree({ roots, text }, root) {
    const known = new Map();
    let at = 0;
    let leaf = 0;
    const read = () => {
      at += 1;
      if (text[at - 1] === "+") return [read(), read(), read(), read()];
      leaf += 1;
      return leaf - 1;
    };
    for (let k = 0; k < roots.length; k += 2) known.set(`${roots[k]},${roots[k + 1]}`, read());
    return (x, y) => {
      let [column, line, side] = [Math.floor(x / root), Math.floor(y / root), root];
      let node = known.get(`${column},${line}`);
      if (node === undefined) return -1;
      let [west, south] = [column * root, line * root];
      while (typeof node !== "number") {
        side /= 2;
        const [east, north] = [x >= west + side, y >= south + side];
        node = node[(north ? 2 : 0) + (east ? 1 : 0)];
        west += east ? side : 0;
        south += north ? side : 0;
      }
      return node;
    };
  }

  /** What things of a file point at, by number. */
  gp.kindsOf = function (file) {
    file.byNumber ??= new Map(file.kinds.map((kind) => [kind[0], kind.slice(1)]));
    return file.byNumber;
  };

  /** Run through flat numbers: `take(n)` gives the next n. */
  gp.runThrough = function (numbers) {
    return { numbers, at: 0, more() { return this.at < this.numbers.length; }, next() { return this.numbers[this.at++]; }, skip(n) { this.at += n; } };
  };
})(window.gispipe = window.gispipe || {});
