/* The search files of a release: fetched when a question needs them, checked against their names, kept while there is room. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const ROOM = 4_000_000;  // characters of files that are kept

  /** Thrown where a question needs files that are not there yet. */
  find.Wanted = class {
    constructor(names) { this.names = names; }
  };

  find.Files = class {
    /** @param {string} root the address of the release, with a slash at its end */
    constructor(root) {
      Object.assign(this, { root, room: ROOM, kept: new Map(), coming: new Map(), size: 0, used: new Set() });
    }

    /** Return what is made of a file; throws `Wanted` when it is not there. */
    get(name) {
      this.used.add(name);
      if (!this.kept.has(name)) throw new find.Wanted([name]);
      return this.kept.get(name).made;
    }

    has(name) { return this.kept.has(name); }

    /** Throw `Wanted` for those of some files that are not there. */
    want(names) {
      const missing = Array.from(new Set(names)).filter((name) => !this.has(name));
      if (missing.length) throw new find.Wanted(missing);
    }

    /**
     * Fetch a file and keep what is made of it; rejects when it cannot be had or is not the one its name says.
     * @param {string} name its address in the release, with a digest in front of the dot
     * @param {function(Object): *} make
     */
    fetch(name, make) {
      if (this.kept.has(name)) return Promise.resolve(this.kept.get(name).made);
      if (!this.coming.has(name)) {
        const coming = this.load(name, make).finally(() => this.coming.delete(name));
        this.coming.set(name, coming);
      }
      return this.coming.get(name);
    }

    async load(name, make) {
      const bytes = await content(this.root + name, digestIn(name));
      const made = make(JSON.parse(find.narrow(new TextDecoder("utf-8", { fatal: true }).decode(bytes))));
      this.kept.set(name, { made, size: bytes.length });
      this.size += bytes.length;
      return made;
    }

    /** Forget the files that were used longest ago, those of the last question never. */
    tidy() {
      for (const name of this.used) {
        const held = this.kept.get(name);
        if (held) { this.kept.delete(name); this.kept.set(name, held); }
      }
      for (const [name, { size }] of this.kept) {
        if (this.size <= this.room || this.used.has(name)) break;
        this.kept.delete(name);
        this.size -= size;
      }
      this.used.clear();
    }
  };

  const digestIn = (name) => name.slice(name.lastIndexOf("-") + 1, name.lastIndexOf("."));

  /** Return the bytes of a file; one that is not whole in the browser's store is asked for anew. */
  async function content(url, digest) {
    for (const cache of ["default", "reload"]) {
      const response = await fetch(url, { cache });
      if (!response.ok) throw new Error(`${response.status} ${url}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if ((await gp.sha256(bytes)).startsWith(digest)) return bytes;
    }
    throw new Error(`not what its name says: ${url}`);
  }
})(window.gispipe = window.gispipe || {});
