/* One screen: a Leaflet map with its background, the base map and a theme, drawn as a part of the state says. */
(function (gp) {
  "use strict";

  gp.Screen = class {
    /**
     * @param {L.Map} map
     * @param {Object} site map.json
     * @param {Object} style
     * @param {string} root address of the release, relative to the page
     * @param {number} number which of the state's screens it shows
     */
    constructor(map, site, style, root, number) {
      Object.assign(this, { map, style, root, number });
      map.attributionControl && map.attributionControl.remove();
      map.setMinZoom(site.min_zoom).setMaxZoom(site.max_zoom);
      map.setMaxBounds(roomy(site.bounds));
      map.setView([gp.state.lat, gp.state.lon], gp.state.z, { animate: false });
      map.getContainer().setAttribute("role", "application");
      this.canvas = new gp.MapCanvas(map, style);
    }

    get shown() { return gp.state.screens[this.number]; }

    get theme() { return this.style.maps[this.shown.map]; }

    /** Hand the canvas its layers from the bottom up. Over a photograph the base map keeps only its names. */
    draw() {
      const { style, shown, theme } = this;
      const photo = shown.bg !== "base" && shown.bg !== "none";
      const base = shown.bg === "none" ? [] : [...(theme.base || [])].reverse().map((id) => ({ id, words: photo }));
      const own = gp.layersOf(theme, shown).filter(({ id }) => gp.isVisible(theme, id, shown)).reverse()
        .map(({ id }) => ({ id, words: false, opacity: shown.opacity[id] }));
      this.background(photo ? shown.bg : null);
      const kind = !photo ? shown.bg : (style.layers[shown.bg]?.draw || "picture") === "picture" ? "photo" : "relief";
      this.map.getContainer().dataset.background = kind;
      this.canvas.show([...base, ...own], gp.state.patterns);
    }

    /** Photographs and reliefs of the release, or tiles of the net. */
    background(id) {
      if (this.raster) this.raster.remove();
      this.raster = null;
      const online = id && this.style.online ? this.style.online[id] : null;
      const tileset = id && !online ? this.style.tilesets[this.style.layers[id].tileset] : null;
      if (online) this.raster = gp.onlineLayer(online).addTo(this.map);
      else if (tileset) this.raster = gp.rasterLayer(tileset, this.style.layers[id].tileset).addTo(this.map);
    }

    remove() { this.map.remove(); }
  };

  /** A screen shows a little beyond the city: a border in the middle of the window must be reachable. */
  function roomy([west, south, east, north]) {
    const [x, y] = [(east - west) * 0.5, (north - south) * 0.5];
    return [[south - y, west - x], [north + y, east + x]];
  }

  const OVER = 0.18;  // of the window: a city a step smaller would be lost in the middle of it

  /** What a map declares, else the whole city as large as it goes; a little may run over the edge. */
  gp.firstView = function (map, site, own) {
    const [west, south, east, north] = site.bounds;
    const center = own.center || site.center;
    const fitting = map.getBoundsZoom([[south, west], [north, east]], false, map.getSize().multiplyBy(-OVER));
    return { z: own.zoom ? Math.floor(own.zoom) : Math.max(site.min_zoom, fitting), lat: center[1], lon: center[0] };
  };
})(window.gispipe = window.gispipe || {});
