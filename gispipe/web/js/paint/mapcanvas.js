/* The painted tiles of one map: canvases that the desk fills. */
(function (gp) {
  "use strict";

  const SIDE = 256;

  gp.MapCanvas = class {
    constructor(map, style) {
      Object.assign(this, { map, style, turn: 0, waiting: [], tiles: new Map(), shown: [] });
      this.board = gp.painter.open(this);
      this.ratio = Math.min(3, Math.max(1, window.devicePixelRatio || 1));
      this.layer = new (this.kind())({ attribution: "", noWrap: true, minZoom: 0, maxZoom: 22, updateWhenIdle: false });
      this.layer.on("tileunload", ({ coords }) => this.dropped(this.layer._tileCoordsToKey(coords)));
      this.layer.addTo(map);
      map.on("unload", () => gp.painter.close(this.board));
    }

    kind() {
      const board = this;
      return L.GridLayer.extend({
        createTile(coords, done) {
          const canvas = L.DomUtil.create("canvas", "leaflet-tile");
          canvas.width = canvas.height = SIDE * board.ratio;
          const key = this._tileCoordsToKey(coords);
          board.tiles.set(key, { canvas, done, turn: -1 });
          gp.painter.say({ do: "add", board: board.board, tile: { key, x: coords.x, y: coords.y, z: coords.z, ratio: board.ratio } });
          return canvas;
        },
      });
    }

    dropped(key) {
      const tile = this.tiles.get(key);
      if (!tile) return;
      this.tiles.delete(key);
      tile.canvas.width = tile.canvas.height = 0;
      gp.painter.say({ do: "drop", board: this.board, key });
      this.settle();
    }

    /** A tile was painted. */
    tile({ key, turn, picture }) {
      const tile = this.tiles.get(key);
      if (tile && turn === this.turn) {
        const ctx = tile.canvas.getContext("2d");
        ctx.clearRect(0, 0, tile.canvas.width, tile.canvas.height);
        ctx.drawImage(picture, 0, 0);
        tile.turn = turn;
        tile.again = false;
        if (tile.done) tile.done(null, tile.canvas);
        tile.done = null;
      }
      if (picture.close) picture.close();
      this.settle();
    }

    /** Some tiles will be painted once more. */
    again({ keys }) { for (const key of keys) if (this.tiles.has(key)) this.tiles.get(key).again = true; }

    /** How many tiles of the view are still to be painted. */
    get pending() { return [...this.tiles.entries()].filter(([, { turn, again }]) => turn !== this.turn || again).length; }

    settle() { if (this.waiting.length && !this.pending) this.waiting.splice(0).forEach((done) => done()); }

    /** Wait until every tile of the view is drawn. */
    drawn() { return this.pending ? new Promise((done) => { this.waiting.push(done); }) : Promise.resolve(); }

    /** Draw the layers of a map, from the bottom up: `{id, words, opacity, silent}`; `words` leaves out the shapes, `silent` the names, `opacity` is the reader's own. */
    show(drawn, patterns) {
      this.shown = drawn.map((one) => ({ ...one, layer: this.style.layers[one.id] })).filter(({ layer }) => layer && layer.style && layer.tileset && this.style.tilesets[layer.tileset]);
      gp.painter.say({ do: "show", board: this.board, drawn: this.shown.map(({ id, words, opacity, silent }) => ({ id, words, opacity, silent })), patterns, turn: ++this.turn });
    }

    /** Features under a point, topmost layer first: `[{layer, loaded, features}]`; a layer whose tile did not come is not `loaded`. */
    async pick(latlng, z, brush) {
      const found = await gp.painter.pick(this.board, { lat: latlng.lat, lon: latlng.lng, z, brush });
      return found.map(({ id, ...told }) => ({ layer: this.style.layers[id], ...told }));
    }
  };
})(window.gispipe = window.gispipe || {});
