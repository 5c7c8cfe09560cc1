/* The start: the documents, the screens, and what follows from each change of the state. */
(function (gp) {
  "use strict";

  /**
   * Take over a Leaflet map that folium made.
   * @param {L.Map} map
   */
  gp.start = async function (map) {
    const { root, map: here, symbols } = document.documentElement.dataset;
    try {
      const lang = gp.languageIn(window.location.hash) || gp.words.remembered() || gp.words.preferred();
      const [site, drawings] = await Promise.all([gp.release.open(), gp.json(root + symbols), gp.words.load(lang)]);
      gp.words.use(lang);
      const style = await gp.json(root + site.style);
      gp.useSymbols(drawings);
      gp.painter.start(style, root, drawings);
      gp.viewer = new Viewer(map, site, style, root, here);
      gp.viewer.run();
      gp.release.tell();
    } catch (error) {
      if (gp.words.t("failed") === "failed") gp.byId("toast").hidden = false;  // not even the words came: the page's own sentence
      else gp.toast(gp.words.t("failed"), true);
      gp.byId("loading").hidden = true;
      gp.release.changed();
      console.error(error);
    }
  };

  class Viewer {
    constructor(map, site, style, root, here) {
      Object.assign(this, { site, style, root, asking: true });
      const { drawing, ...linked } = gp.readPermalink(window.location.hash, style);
      if (!linked.screens.length) linked.screens = [gp.newScreen(here)];
      Object.assign(gp.state, gp.firstView(map, site, style.maps[linked.screens[0].map]), linked, { lang: gp.words.lang() });
      this.drawing = drawing;
      this.screens = [new gp.Screen(map, site, style, root, 0)];
      this.plane = gp.plane ? gp.plane(site.crs) : null;
      this.cards = site.cards && gp.Cards ? new gp.Cards(root, site.cards) : null;
    }

    /** The main map; the second screen follows it. */
    get map() { return this.screens[0].map; }

    maps() { return this.screens.map((screen) => screen.map); }

    run() {
      const { site } = this;
      this.screens[0].draw();  // first, so that tiles are fetched while the page is made
      gp.makeLanguageMenu();
      gp.startSheet();
      gp.placeBackgrounds();
      gp.startControls(this);
      this.split = new gp.Split(this);
      this.overview = new gp.Overview(this);
      this.place = new gp.Place(this);
      gp.startTools({
        side: () => this.split.toggle("side"), swipe: () => this.split.toggle("swipe"), overview: () => gp.change({ overview: !gp.state.overview }),
        measure: () => gp.startMeasure(), draw: () => gp.startSketch(), share: () => gp.share(), image: () => gp.saveImage(this), print: () => window.print(),
      });
      gp.startFinding(this);
      gp.showSession(this.root, site);
      this.listen(this.screens[0]);
      gp.onChange((changed, number) => this.update(changed, number));
      gp.byId("patterns").addEventListener("change", (event) => gp.change({ patterns: event.target.checked }));
      gp.byId("as-declared").addEventListener("click", () => { gp.changeScreen({ layers: {}, opacity: {}, order: null }); gp.byId("legend-title").focus(); });
      window.addEventListener("hashchange", () => this.follow());
      this.update(new Set(["lang", "split", "overview"]), null);
      this.moved();
      if (this.drawing && gp.sketch) gp.sketch.fromText(this.drawing);
      if (gp.state.place) this.place.ask(L.latLng(gp.state.place.lat, gp.state.place.lon));
      gp.byId("loading").hidden = true;
      document.documentElement.dataset.ready = "true";
      this.screens[0].canvas.drawn().then(() => performance.mark("gispipe-drawn"));
    }

    /** Let a screen's map be asked and moved: by a click, and by Enter on the cross in its middle, since the mouse is not the only way to a feature. */
    listen(screen) {
      const { map } = screen;
      map.getContainer().setAttribute("aria-label", gp.words.t("map_label"));
      map.on("click", (event) => this.asking && this.place.ask(event.latlng, { brush: event.originalEvent.pointerType === "touch" ? 16 : 7, screen }));
      map.on("moveend", () => screen === this.screens[0] && this.moved());
      map.on("mousemove", (event) => gp.showCoordinates(event.latlng, this.plane));
      map.on("mouseout", () => gp.showCoordinates(map.getCenter(), this.plane));
      map.getContainer().addEventListener("keydown", (event) => {
        if (event.key === "Enter" && event.target === map.getContainer() && this.asking) this.place.ask(map.getCenter(), { screen, focus: true });
      });
    }

    /** Bring the page in line with what changed, of a screen or of both. */
    update(changed, number) {
      const { style, site } = this;
      if (changed.has("lang")) {
        gp.words.use(gp.state.lang);
        gp.words.remember(gp.state.lang);
        gp.translatePage(site);
        for (const map of this.maps()) map.getContainer().setAttribute("aria-label", gp.words.t("map_label"));
        gp.showScale(this.map);
        if (gp.tilesFailed.lasting) gp.toast(gp.words.t(gp.tilesFailed.lasting), true);
      }
      if (changed.has("split") || changed.has("swipe") || changed.has("active")) this.split.update();
      if (changed.has("overview")) this.overview.update();
      const panel = ["map", "lang", "bg", "layers", "opacity", "order", "patterns", "active", "split"].some((key) => changed.has(key));
      if (["map", "bg", "layers", "opacity", "order", "patterns"].some((key) => changed.has(key))) {
        for (const screen of this.screens) if (number === null || number === screen.number) screen.draw();  // first, so that tiles are fetched while the panel is made
      }
      if (panel) this.panel(changed);
      if (changed.has("lang") || changed.has("map") || changed.has("layers")) this.place.again();
      this.write();
    }

    panel(changed) {
      const { style, site, map } = this;
      gp.keepFocus(() => {
        if (["map", "lang", "active", "split"].some((key) => changed.has(key))) gp.showThemes(style, site);
        if (["map", "lang", "bg", "active", "split"].some((key) => changed.has(key))) gp.showBackgrounds(style);
        gp.showLegend(style, map);
      });
      gp.showSources(style, site);
      gp.showLevel(style, map);
    }

    moved() {
      const center = this.map.getCenter();
      Object.assign(gp.state, { z: this.map.getZoom(), lat: center.lat, lon: center.lng });
      gp.markUnseen(this.style, this.map);
      gp.showScale(this.map);
      gp.showCoordinates(center, this.plane);
      gp.showLevel(this.style, this.map);
      this.write();
    }

    /** Keep the address in step. The page of the theme goes into the path, so that a reload opens that page. */
    write() {
      const page = this.site.maps.find(({ id }) => id === gp.state.screens[0].map);
      const path = page ? new URL(this.root + page.page, document.baseURI).pathname : window.location.pathname;
      this.written = gp.permalink(this.style);
      window.history.replaceState(null, "", path + this.written);
    }

    /** Somebody pasted another permalink into the address bar: the map moves there, or the page begins anew where more than the view is another. */
    follow() {
      const { hash } = window.location;
      if (hash === this.written) return;
      const beyondView = (fragment) => fragment.split("/").slice(3).join("/");
      const { z, lat, lon } = gp.readPermalink(hash, this.style);
      if (z !== undefined && beyondView(hash) === beyondView(this.written)) this.map.setView([lat, lon], z, { animate: false });
      else window.location.reload();
    }

    /** Mark a place until the next one, on every screen. */
    mark(latlng) {
      this.unmark();
      this.marks = this.maps().map((map) => gp.placeMark(latlng).addTo(map));
    }

    unmark() { for (const mark of this.marks || []) mark.remove(); this.marks = []; }

    /** Draw the ways on foot of a card; null takes them away. */
    showWays(card) {
      for (const line of this.ways || []) line.remove();
      this.ways = card && gp.wayLines ? this.maps().map((map) => gp.wayLines(card).addTo(map)) : [];
    }

    /** Go to a place that was found. */
    go(latlng, zoom = 17) {
      gp.closeTool();
      this.map.setView(latlng, Math.max(zoom, this.map.getZoom()), { animate: false });
    }
  }

  /** A rebuilt list must not throw the focus back to the top of the page. */
  gp.keepFocus = function (action) {
    const id = document.activeElement && document.activeElement.id;
    action();
    if (id && document.activeElement === document.body && gp.byId(id)) gp.byId(id).focus();
  };
})(window.gispipe = window.gispipe || {});
