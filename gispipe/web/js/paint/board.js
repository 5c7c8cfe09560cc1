/* What one map shows from vector tiles, painted tile by tile: the base map and the theme share one collision index. */
(function (gp) {
  "use strict";

  const LABELLED_TILES = 400;  // the renderer forgets labels beyond this many data tiles; a 4K screen needs some 60
  const SIDE = 256;
  const PATIENCE = 150;  // ms that painting waits for the data of other tiles
  const OVER = 16;  // pixels beyond a tile's border from which features are still drawn

  // a source that is asked last of all: its rule runs `flush` between the features of one layer and the next
  const FLUSH = "flush";

  gp.Board = class {
    /**
     * @param {Object} style
     * @param {string} root address of the release
     * @param {{done: function, again: function}} told called with a painted tile, and with the keys of tiles that will be painted once more
     */
    constructor(style, root, told) {
      Object.assign(this, { style, root, told, views: new Map(), tiles: new Map(), ready: [], z: null, turn: 0, running: false });
      this.scratch = gp.sheet(1).getContext("2d");
      this.shown = null;  // until the first `show` tiles only wait
    }

    /** Take over the layers of a map from the bottom up: `{id, words, opacity, silent}`; `words` leaves out the shapes, `silent` the names. */
    show(drawn, patterns, turn) {
      this.turn = turn;
      this.shown = drawn.map((one) => ({ ...one, layer: this.style.layers[one.id] }));  // the page names only layers that can be drawn
      for (const view of this.views.values()) view.forget();
      const [paint, symbols, texts] = [[], [], []];
      this.shown.forEach(({ layer, words, opacity, silent }, order) => {
        const tileset = this.style.tilesets[layer.tileset];
        const first = Math.max(layer.minzoom ?? 0, tileset.minzoom);
        if (!words) {
          const rule = { ...this.source(layer.tileset, first, layer.maxzoom ?? 99), dataLayer: layer.source_layer };
          const painter = new gp.LayerPainter(layer, patterns, opacity);
          paint.push({ ...rule, symbolizer: painter });
          paint.push({ dataSource: FLUSH, dataLayer: FLUSH, symbolizer: { before: (ctx) => painter.flush(ctx), draw() {} } });
          if (layer.geometry === "point") symbols.unshift({ ...rule, symbolizer: new gp.SymbolPlacer(layer, opacity) });
        }
        const { text } = layer;
        if (!text || silent || opacity === 0) return;
        const begin = Math.max(text.minzoom ?? layer.minzoom ?? 0, tileset.minzoom);
        texts.push({ ...this.source(layer.tileset, begin, text.maxzoom ?? 99), dataLayer: text.source_layer, symbolizer: new gp.TextPlacer(layer), priority: text.priority || 0, order });
      });
      texts.sort((a, b) => b.priority - a.priority || b.order - a.order);
      this.rules = { paint, labels: [...symbols, ...texts] };
      this.labelers = new protomapsL.Labelers(this.scratch, this.rules.labels, LABELLED_TILES, (tiles) => this.repaint(tiles));
      this.ready.length = 0;
      for (const tile of this.tiles.values()) {
        tile.data = null;
        this.fetch(tile);
      }
    }

    source(id, minzoom, maxzoom) {
      if (!this.views.has(id)) this.views.set(id, new gp.TileView(this.style.tilesets[id], gp.tileSource(this.style.tilesets[id], this.root)));
      this.views.get(id).want(minzoom, maxzoom);
      return { dataSource: id, minzoom, maxzoom };
    }

    /** Paint a tile and again whenever it changes, until it is dropped. */
    add({ key, x, y, z, ratio }) {
      const tile = { key, x, y, z, ratio, done: -1 };
      this.tiles.set(key, tile);
      if (this.z !== z) {
        this.z = z;  // tiles of this zoom whose data were given up for another zoom
        for (const one of this.tiles.values()) if (one.z === z && one !== tile && one.done < this.turn) this.fetch(one);
      }
      this.fetch(tile);
    }

    drop(key) { this.tiles.delete(key); }

    async fetch(tile) {
      if (!this.shown) return;
      const { turn } = this;
      const wanted = [...this.views];
      const came = await Promise.allSettled(wanted.map(([, view]) => view.displayTile(tile)));
      if (turn !== this.turn || this.tiles.get(tile.key) !== tile) return;
      if (came.some(({ reason }) => reason)) {  // given up for another zoom: asked again at once or when this one comes back
        if (tile.z === this.z) this.fetch(tile);
        return;
      }
      tile.data = new Map(wanted.flatMap(([id], k) => (came[k].value ? [[id, [came[k].value]]] : [])));
      this.place(tile);
      this.queue(tile);
    }

    /** Find room for the names and signs of a tile, before it and its neighbours are painted. */
    place(tile) {
      this.placing = tile;
      gp.paintedLatitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * (tile.y + 0.5)) / 2 ** tile.z))) * 180) / Math.PI;
      try {
        this.labelers.add(tile.z, tile.data);
      } catch (error) { gp.tilesFailed(error); }
      this.placing = null;
    }

    /** Names that came later push others aside: the tiles that the renderer names ("x:y:z", as the keys are) are painted once more. */
    repaint(keys) {
      const again = [...keys].map((key) => this.tiles.get(key)).filter((tile) => tile && tile.data && tile !== this.placing);
      for (const tile of again) this.queue(tile);
      if (again.length) this.told.again(again.map(({ key }) => key));
    }

    queue(tile) {
      if (!this.ready.includes(tile)) this.ready.push(tile);
      if (!this.running) this.run();
    }

    /**
     * Paint one tile after the other, those of the zoom that is looked at first; in between others may speak. Painting
     * begins when all tiles have their names, or after a moment: what a later name pushes aside is painted twice.
     */
    async run() {
      this.running = true;
      const latest = performance.now() + PATIENCE;
      while (this.ready.length) {
        await gp.breath();
        if (performance.now() < latest && [...this.tiles.values()].some(({ z, data }) => z === this.z && !data)) {
          await new Promise((done) => { setTimeout(done, 4); });
          continue;
        }
        const at = Math.max(0, this.ready.findIndex(({ z }) => z === this.z));
        const [tile] = this.ready.splice(at, 1);
        if (tile && this.tiles.get(tile.key) === tile) this.paint(tile);
      }
      this.running = false;
    }

    paint(tile) {
      const { x, y, z, ratio, data } = tile;
      const sheet = sheetOf(SIDE * ratio);
      const ctx = sheet.getContext("2d");
      try {
        if ("lang" in ctx) ctx.lang = "ja";
        ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
        const box = { minX: SIDE * x - OVER, minY: SIDE * y - OVER, maxX: SIDE * (x + 1) + OVER, maxY: SIDE * (y + 1) + OVER };
        protomapsL.paint(ctx, z, new Map([...data, [FLUSH, [flusher(tile)]]]), this.labelers.getIndex(z), this.rules.paint, box, { x: SIDE * x, y: SIDE * y }, false, "");
      } catch (error) {
        gp.tilesFailed(error);  // a tile that cannot be read: the reader is told, and the rest goes on
        held = null;  // whatever was cut short (a clip, a turn) stays with this sheet
      }
      tile.done = this.turn;
      this.told.done(tile.key, this.turn, sheet);
    }

    /** Features at a place, topmost layer first: `[{id, loaded, features: [{id, props}]}]`. */
    async pick({ lat, lon, z, brush }) {
      const n = SIDE * 2 ** z;
      const [px, py] = [((lon + 180) / 360) * n, ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n];
      const asked = [...this.shown].reverse().filter(({ layer, words }) => !words && z >= Math.max(layer.minzoom ?? 0, this.style.tilesets[layer.tileset].minzoom) && z <= (layer.maxzoom ?? 99));
      return Promise.all(asked.map(async ({ id, layer }) => {
        const reach = layer.geometry === "point" ? Math.max(brush, gp.symbolSize(layer.style.classes[0], z) / 2 + 3) : brush;
        const hits = await this.views.get(layer.tileset).pick(layer.source_layer, px, py, z, reach);
        return { id, loaded: hits !== null, features: distinct(hits || []) };
      }));
    }
  };

  let held = null;

  /** An empty sheet: the one before where its picture is taken away from it, as making one takes longer than painting many a tile. */
  function sheetOf(size) {
    if (typeof OffscreenCanvas !== "function" || !OffscreenCanvas.prototype.transferToImageBitmap) return gp.sheet(size);
    if (!held || held.width !== size) held = gp.sheet(size);
    return held;
  }

  const flusher = ({ x, y, z }) => ({ data: new Map([[FLUSH, []]]), z, dataTile: { z, x, y }, scale: 1, dim: SIDE, origin: { x: SIDE * x, y: SIDE * y } });

  /** One object may lie in several pieces in a tile. */
  function distinct(features) {
    const seen = new Map();
    for (const { id, props } of features) seen.set(`${id ?? ""} ${JSON.stringify(props)}`, { id, props: { ...props } });
    return [...seen.values()];
  }

  const pauses = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => pauses.shift()();

  /** Let what waits be heard: a moment without the pause that timers make. */
  gp.breath = () => new Promise((done) => { pauses.push(done); port2.postMessage(0); });
})(window.gispipe = window.gispipe || {});
