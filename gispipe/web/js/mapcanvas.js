/* One canvas layer for everything drawn from vector tiles: the base map and the theme share one collision index. */
(function (gp) {
  "use strict";

  const LABELLED_TILES = 400;  // the renderer forgets labels beyond this many data tiles; a 4K screen needs some 60

  gp.MapCanvas = class {
    constructor(map, style, root) {
      this.style = style;
      this.root = root;
      this.views = new Map();
      this.layer = protomapsL.leafletLayer({
        url: "unused.pmtiles", attribution: "", lang: "ja", paintRules: [], labelRules: [], noWrap: true,
        devicePixelRatio: Math.min(3, Math.max(1, window.devicePixelRatio || 1)), minZoom: 0, maxZoom: 22, updateWhenIdle: false,
      });
      this.layer.views = new Map();  // "unused" is never asked: the list below is the only one
      this.layer.addTo(map);
    }

    /** Draw the layers of a map. `drawn` lists `{layer, words}` from the bottom up; `words` alone leaves out the shapes. */
    show(drawn, patterns) {
      this.drawn = drawn.filter(({ layer }) => layer.style && layer.tileset && this.style.tilesets[layer.tileset]);
      const paint = [];
      const symbols = [];
      const texts = [];
      const views = new Map([[FLUSH, FLUSHER]]);
      this.drawn.forEach(({ layer, words }, order) => {
        for (const source of this.sources(layer, views)) {
          if (!words) {
            const painter = new gp.LayerPainter(layer, patterns);
            paint.push({ ...source, dataLayer: layer.source_layer, symbolizer: painter });
            paint.push({ dataSource: FLUSH, dataLayer: FLUSH, symbolizer: { before: (ctx) => painter.flush(ctx), draw() {} } });
            if (layer.geometry === "point") symbols.unshift({ ...source, dataLayer: layer.source_layer, symbolizer: new gp.SymbolPlacer(layer) });
          }
        }
        if (layer.text) texts.push(...this.textRules(layer, order, views));
      });
      texts.sort((a, b) => b.priority - a.priority || b.order - a.order);
      this.layer.views = views;
      this.layer.paintRules = paint;
      this.layer.labelRules = [...symbols, ...texts];
      this.restart();
    }

    /** Forget placed labels and draw again. */
    restart() {
      const layer = this.layer;
      layer.labelers = new protomapsL.Labelers(layer.scratch, layer.labelRules, LABELLED_TILES, layer.onTilesInvalidated);
      layer.rerenderTiles();
    }

    /** The rules' sources of a layer: the coarse view above its first zoom, the fine one at it (see tileview.js). */
    sources(layer, views) {
      const first = Math.max(layer.minzoom ?? 0, this.style.tilesets[layer.tileset].minzoom);
      return [this.source(layer.tileset, 0, first, first, views), this.source(layer.tileset, 1, first + 1, layer.maxzoom ?? 99, views)];
    }

    textRules(layer, order, views) {
      const text = layer.text;
      const tileset = this.style.tilesets[layer.tileset];
      const first = Math.max(text.minzoom ?? layer.minzoom ?? 0, tileset.minzoom);
      const rule = { dataLayer: text.source_layer, symbolizer: new gp.TextPlacer(layer), priority: text.priority || 0, order };
      const last = text.maxzoom ?? 99;
      return [{ ...this.source(layer.tileset, 0, first, first, views), ...rule }, { ...this.source(layer.tileset, 1, first + 1, last, views), ...rule }]
        .filter((one) => one.minzoom <= one.maxzoom);
    }

    source(tileset, diff, minzoom, maxzoom, views) {
      const id = `${tileset}/${diff}`;
      if (!this.views.has(id)) {
        const declared = this.style.tilesets[tileset];
        this.views.set(id, new gp.TileView(declared, diff, gp.tileSource(declared, this.root)));
      }
      const view = this.views.get(id);
      if (!views.has(id)) view.wanted = () => false;
      const before = view.wanted;
      view.wanted = (z) => before(z) || (z >= minzoom && z <= maxzoom);
      views.set(id, view);
      return { dataSource: id, minzoom, maxzoom };
    }

    /** Features under a point, topmost layer first: `[{layer, loaded, features}]`. */
    pick(latlng, z, brush) {
      const out = [];
      for (const { layer, words } of [...this.drawn].reverse()) {
        const first = Math.max(layer.minzoom ?? 0, this.style.tilesets[layer.tileset].minzoom);
        if (words || z < first) continue;
        const view = this.views.get(`${layer.tileset}/${z === first ? 0 : 1}`);
        const reach = layer.geometry === "point" ? Math.max(brush, gp.symbolSize(layer.style.classes[0], z) / 2 + 3) : brush;
        const hits = view.pick(latlng, z, layer.geometry === "polygon" ? 1 : reach);
        const own = (hits || []).filter((hit) => hit.layerName === layer.source_layer).map((hit) => hit.feature);
        out.push({ layer, loaded: hits !== null, features: distinct(own) });
      }
      return out;
    }
  };

  // a source that is asked last of all: its rule runs `flush` between the features of one layer and the next
  const FLUSH = "flush";
  const FLUSHER = {
    async getDisplayTile(coords) {
      return { data: new Map([[FLUSH, []]]), z: coords.z, dataTile: { ...coords }, scale: 1, dim: 256, origin: { x: 256 * coords.x, y: 256 * coords.y } };
    },
  };

  /** One object may lie in several pieces in a tile. */
  function distinct(features) {
    const seen = new Map();
    for (const feature of features) seen.set(`${feature.id ?? ""} ${JSON.stringify(feature.props)}`, feature);
    return [...seen.values()];
  }
})(window.gispipe = window.gispipe || {});
