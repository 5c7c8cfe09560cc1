/* The search index: one small file of names, and shards of addresses fetched when a town is named. */
(function (gp) {
  "use strict";

  gp.SearchIndex = class {
    constructor(root, url) {
      this.root = root;
      this.url = url;
      this.shards = new Map();
    }

    /** Fetch the list of shards and the names; once, when somebody first searches. */
    open() {
      if (!this.opened) {
        this.opened = json(this.root + this.url).then(async (index) => {
          this.prefixes = Object.entries(index.shards || {}).map(([prefix, url]) => ({ prefix: gp.fold(prefix), url }));
          this.names = index.names ? folded((await json(this.root + index.names)).entries) : [];
        });
        this.opened.catch(() => { this.opened = null; });  // a later try may succeed
      }
      return this.opened;
    }

    /**
     * Find entries, best first.
     * @param {string} query as typed
     * @param {number} most how many to return
     */
    async find(query, most) {
      await this.open();
      const wanted = gp.fold(query);
      if (!wanted) return [];
      const near = this.prefixes.filter(({ prefix }) => prefix && (wanted.startsWith(prefix) || (wanted.length > 1 && prefix.startsWith(wanted))))
        .sort((a, b) => b.prefix.length - a.prefix.length).slice(0, 4);
      const shards = await Promise.all(near.map(({ url }) => this.shard(url)));
      const hits = [];
      for (const entry of [this.names, ...shards].flat()) {
        const score = rate(entry, wanted);
        if (score < 9) hits.push([score, entry.name.length, entry]);
      }
      hits.sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2].name < b[2].name ? -1 : 1));
      return hits.slice(0, most).map(([, , entry]) => entry.entry);
    }

    shard(url) {
      if (!this.shards.has(url)) this.shards.set(url, json(this.root + url).then((body) => folded(body.entries)));
      return this.shards.get(url);
    }
  };

  async function json(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    return response.json();
  }

  const folded = (entries) => (entries || []).map((entry) => ({ entry, name: gp.fold(entry.n), kana: entry.k ? gp.fold(entry.k) : "", sub: entry.s ? gp.fold(entry.s) : "" }));

  /** 0 the same, 1 begins so, 2 reading begins so, 3 contains, 4 reading contains, 5 the line below contains; 9 no. */
  function rate({ name, kana, sub }, wanted) {
    if (name === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    if (kana && kana.startsWith(wanted)) return 2;
    if (name.includes(wanted)) return 3;
    if (kana && kana.includes(wanted)) return 4;
    return sub && sub.includes(wanted) ? 5 : 9;
  }
})(window.gispipe = window.gispipe || {});
