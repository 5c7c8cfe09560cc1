/* Where tiles come from: an archive read in parts, or a folder with a file for each tile. Both answer getHeader and getZxy. */
(function (gp) {
  "use strict";

  const sources = new Map();

  /** One source per tileset, so that an archive's directory is fetched once. */
  gp.tileSource = function (tileset, root) {
    const url = new URL(root + tileset.url, globalThis.document?.baseURI).href;  // beside the page the root is a whole address
    if (!sources.has(url)) sources.set(url, tileset.there ? new FolderTiles(url, tileset) : new pmtiles.PMTiles(new gp.SameArchive(new gp.Parts(url))));
    return sources.get(url);
  };

  const TYPES = { mvt: 1, png: 2, jpg: 3, webp: 4 };  // as PMTiles numbers them

  /**
   * A folder of tiles. `there` lists by zoom which of them exist: `[x, y, width, height, bits]`, one bit a tile, row by
   * row, highest bit first, base64. Ground without a tile is empty and not asked for; a listed tile that does not come is a failure.
   */
  class FolderTiles {
    constructor(url, { ending, there }) {
      Object.assign(this, { url, ending });
      this.there = new Map(Object.entries(there).map(([z, [x, y, width, height, bits]]) => [Number(z), { x, y, width, height, bits: window.atob(bits) }]));
    }

    async getHeader() { return { tileType: TYPES[this.ending] }; }

    has(z, x, y) {
      const box = this.there.get(z);
      const [column, row] = box ? [x - box.x, y - box.y] : [-1, -1];
      if (!box || column < 0 || row < 0 || column >= box.width || row >= box.height) return false;
      const at = row * box.width + column;
      return Boolean(box.bits.charCodeAt(at >> 3) & (128 >> (at & 7)));
    }

    async getZxy(z, x, y, signal) {
      if (!this.has(z, x, y)) return undefined;
      const address = `${this.url}${z}/${x}/${y}.${this.ending}`;
      const response = await fetch(address, { signal });
      if (!response.ok) throw new Error(`${response.status} ${address}`);
      return { data: await response.arrayBuffer() };
    }
  }
})(window.gispipe = window.gispipe || {});
