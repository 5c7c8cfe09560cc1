/* The start: the documents, the map, and what follows from each change of the state. */
(function (gp) {
  "use strict";

  /**
   * Take over a Leaflet map that folium made.
   * @param {L.Map} map
   */
  gp.start = async function (map) {
    const { root, map: here, symbols } = document.documentElement.dataset;
    try {
      const site = await json(`${root}map.json`);
      const [style, drawings] = await Promise.all([json(root + site.style), json(root + symbols)]);
      gp.useSymbols(drawings);
      new Viewer(map, site, style, root, here).run();
    } catch (error) {
      gp.toast(gp.words.t("failed"));
      gp.byId("loading").hidden = true;
      throw error;
    }
  };

  async function json(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    return response.json();
  }

  class Viewer {
    constructor(map, site, style, root, here) {
      Object.assign(this, { map, site, style, root });
      const linked = gp.readPermalink(window.location.hash, style);
      const lang = linked.lang || gp.words.remembered() || gp.words.preferred();
      const start = { map: here, ...linked, lang };
      const at = firstView(map, site, style.maps[start.map]);
      gp.words.use(lang);
      Object.assign(gp.state, { bg: "base", layers: {} }, at, start);
      if (!this.backgrounds().includes(gp.state.bg)) gp.state.bg = "base";
    }

    backgrounds() { return ["base", "none", ...(this.style.maps[gp.state.map].backgrounds || [])]; }

    run() {
      const { map, site, style } = this;
      map.attributionControl && map.attributionControl.remove();
      map.setMinZoom(site.min_zoom).setMaxZoom(site.max_zoom);
      map.setMaxBounds(roomy(site.bounds));
      map.setView([gp.state.lat, gp.state.lon], gp.state.z, { animate: false });
      this.canvas = new gp.MapCanvas(map, style, this.root);
      gp.makeLanguageMenu();
      gp.startSheet();
      gp.placeBackgrounds();
      gp.startControls(map, site);
      this.search();
      this.keyboard();
      map.on("click", (event) => this.ask(event.latlng, event.originalEvent.pointerType === "touch" ? 16 : 7));
      map.on("moveend", () => this.moved());
      gp.onChange((changed) => this.update(changed));
      gp.byId("patterns").addEventListener("change", (event) => gp.change({ patterns: event.target.checked }));
      window.addEventListener("hashchange", () => this.follow());
      this.update(new Set(["map", "lang", "bg"]));
      this.moved();
      gp.byId("loading").hidden = true;
      document.documentElement.dataset.ready = "true";
    }

    /** Bring the page in line with what changed. */
    update(changed) {
      const { map, style, site } = this;
      if (changed.has("lang")) {
        gp.words.use(gp.state.lang);
        gp.words.remember(gp.state.lang);
        gp.translatePage(site);
        map.getContainer().setAttribute("aria-label", gp.words.t("map_label"));
        gp.showScale(map);
        if (gp.tilesFailed.lasting) gp.toast(gp.words.t(gp.tilesFailed.lasting), true);
      }
      gp.keepFocus(() => {
        if (changed.has("map") || changed.has("lang")) gp.showThemes(style, site);
        if (changed.has("map") || changed.has("lang") || changed.has("bg")) gp.showBackgrounds(style);
        gp.showLegend(style, map);
      });
      gp.showSources(style, site);
      gp.showLevel(style, map);
      if (changed.has("map") || changed.has("layers")) map.closePopup();
      if (["map", "layers", "bg", "patterns"].some((key) => changed.has(key))) this.draw();
      this.write();
    }

    /** Hand the canvas its layers from the bottom up. Over a photograph the base map keeps only its names. */
    draw() {
      const { style } = this;
      const theme = style.maps[gp.state.map];
      const photo = gp.state.bg !== "base" && gp.state.bg !== "none";
      const base = gp.state.bg === "none" ? [] : [...(theme.base || [])].reverse().map((id) => ({ layer: style.layers[id], words: photo }));
      const own = theme.layers.filter(({ id }) => gp.isVisible(theme, id)).reverse().map(({ id }) => ({ layer: style.layers[id], words: false }));
      if (this.raster) this.raster.remove();
      this.raster = null;
      const tileset = photo ? style.tilesets[style.layers[gp.state.bg].tileset] : null;
      if (tileset) this.raster = gp.rasterLayer(tileset, gp.tileSource(tileset, this.root)).addTo(this.map);
      this.map.getContainer().dataset.background = !photo ? gp.state.bg : (style.layers[gp.state.bg].draw || "picture") === "picture" ? "photo" : "relief";
      this.canvas.show([...base, ...own].filter(({ layer }) => layer), gp.state.patterns);
    }

    moved() {
      const center = this.map.getCenter();
      Object.assign(gp.state, { z: this.map.getZoom(), lat: center.lat, lon: center.lng });
      gp.markUnseen(this.style, this.map);
      gp.showScale(this.map);
      gp.showLevel(this.style, this.map);
      this.write();
    }

    /** Keep the address in step. The page of the theme goes into the path, so that a reload opens that page. */
    write() {
      const theme = this.style.maps[gp.state.map];
      const page = this.site.maps.find(({ id }) => id === gp.state.map);
      const path = page ? new URL(this.root + page.page, document.baseURI).pathname : window.location.pathname;
      this.written = gp.permalink(theme);
      window.history.replaceState(null, "", path + this.written);
    }

    /** Somebody pasted another permalink into the address bar. */
    follow() {
      if (window.location.hash === this.written) return;
      const linked = gp.readPermalink(window.location.hash, this.style);
      if (linked.z !== undefined) this.map.setView([linked.lat, linked.lon], linked.z, { animate: false });
      gp.change(Object.fromEntries(Object.entries(linked).filter(([key]) => ["map", "bg", "layers", "lang"].includes(key))));
    }

    ask(latlng, brush) {
      gp.closeSheet();
      gp.showPopup(this.map, this.canvas, this.style, latlng, brush);
    }

    /** Enter on the map asks about the cross in its middle: the mouse is not the only way to a feature. */
    keyboard() {
      const page = document.documentElement;
      document.addEventListener("keydown", () => { page.dataset.keys = ""; });
      document.addEventListener("pointerdown", () => { delete page.dataset.keys; });
      const box = this.map.getContainer();
      box.setAttribute("role", "application");
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.target !== box) return;
        this.ask(this.map.getCenter(), 7);
        const body = box.querySelector(".leaflet-popup .popup");
        if (body) body.focus();
      });
    }

    search() {
      const { site, style, map } = this;
      gp.byId("search-box").hidden = !site.search;
      if (!site.search) return;
      const index = new gp.SearchIndex(this.root, site.search);
      const subtitle = (entry) => {
        const layer = style.layers[entry.l];
        return [layer && entry.s === layer.title ? "" : entry.s, layer ? gp.words.name(layer) : ""].filter(Boolean).join("　");
      };
      gp.startSearch(index, (entry) => {
        const place = L.latLng(entry.c[1], entry.c[0]);
        gp.closeSheet();
        map.closePopup();
        map.setView(place, Math.max(17, map.getZoom()), { animate: false });
        gp.markPlace(map, place);
        gp.say(gp.words.t("moved_to", { name: entry.n }));
      }, subtitle);
    }
  }

  /** A rebuilt list must not throw the focus back to the top of the page. */
  gp.keepFocus = function (action) {
    const id = document.activeElement && document.activeElement.id;
    action();
    if (id && document.activeElement === document.body && gp.byId(id)) gp.byId(id).focus();
  };

  /** What a map declares, else the whole city as large as it goes; a little may run over the edge. */
  function firstView(map, site, own) {
    const [west, south, east, north] = site.bounds;
    const center = own.center || site.center;
    const fitting = map.getBoundsZoom([[south, west], [north, east]], false, L.point(-90, -90));
    return { z: own.zoom ? Math.floor(own.zoom) : Math.max(site.min_zoom, fitting), lat: center[1], lon: center[0] };
  }

  gp.firstView = firstView;

  function roomy([west, south, east, north]) {
    const [x, y] = [(east - west) * 0.5, (north - south) * 0.5];
    return [[south - y, west - x], [north + y, east + x]];
  }
})(window.gispipe = window.gispipe || {});
