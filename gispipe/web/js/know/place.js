/* The place panel: a point that was tapped or found, its hazards in words, and what the layers have there. */
(function (gp) {
  "use strict";

  const BUTTONS = 76;  // pixels at the right edge where the map's buttons lie

  gp.Place = class {
    constructor(viewer) {
      this.viewer = viewer;
      this.asked = 0;
      gp.byId("place-close").addEventListener("click", () => this.close());
      gp.byId("place").addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    }

    /**
     * Ask about a point of a screen.
     * @param {L.LatLng} asked
     * @param {{brush?: number, hit?: Object, name?: string, screen?: gp.Screen, focus?: boolean}} how `hit`: the entry of the register it is, else `name` what it is called; `focus`: go to the answer
     */
    async ask(asked, how = {}) {
      const latlng = L.latLng(Number(asked.lat.toFixed(6)), Number(asked.lng.toFixed(6)));  // as the link has it: who opens it must read the same
      const turn = ++this.asked;
      const { viewer } = this;
      const screen = how.screen || viewer.screens[gp.state.active] || viewer.screens[0];
      this.last = [latlng, how];
      viewer.mark(latlng);
      gp.change({ place: { lat: latlng.lat, lon: latlng.lng } });
      gp.fill(gp.byId("place-title"), how.hit || how.name ? gp.el("span", gp.words.asIs(how.hit ? how.hit.name : how.name)) : gp.words.t("here"));
      gp.byId("place-where").textContent = gp.coordinates(latlng, viewer.plane);
      const card = gp.el("div", { class: "answer" });
      const features = gp.el("div", {}, gp.el("p", { class: "wait", text: gp.words.t("card_wait") }));
      this.lay(card, features);
      this.open(how);
      gp.byId("place").setAttribute("aria-busy", "true");
      const under = await gp.featuresAt(screen, latlng, how.brush ?? 7);
      if (turn !== this.asked) return;
      gp.fill(features, under);
      await this.card(card, latlng, how, turn);
      if (turn !== this.asked) return;
      gp.byId("place").setAttribute("aria-busy", "false");
      gp.say(`${gp.byId("place-title").textContent}。${gp.byId("place-body").innerText}`);
    }

    /** The answer of the hazard card, where the release has cards. */
    async card(box, latlng, how, turn) {
      const { viewer } = this;
      if (!viewer.cards) { box.remove(); return; }
      box.append(gp.el("p", { class: "wait", text: gp.words.t("card_wait") }));
      let card = null;
      try {
        card = await (how.hit ? viewer.cards.of(how.hit) : viewer.cards.at(latlng.lat, latlng.lng));
        await gp.cardWords.load(viewer.cards.files, gp.words.lang());
      } catch (error) {
        if (turn === this.asked) gp.fill(box, gp.el("p", { class: "none", text: gp.words.t(error.outside ? "card_outside" : "card_failed") }));
        if (!error.outside) gp.release.changed();
        return;
      }
      if (turn !== this.asked) return;
      gp.fill(box, gp.cardView(card), this.asText(latlng));
      await viewer.cards.ways(card).then(() => turn === this.asked && viewer.showWays(card), () => {});
    }

    /** The page that says the same without a map, and prints on one sheet. */
    asText({ lat, lng }) {
      const { site, root } = this.viewer;
      const lang = gp.words.lang() === "ja" ? "" : `&lang=${gp.words.lang()}`;
      return site.ask ? gp.el("p", { class: "as-text" }, gp.el("a", { href: `${root}${site.ask}#${lat.toFixed(6)}/${lng.toFixed(6)}${lang}`, text: gp.words.t("card_as_text") })) : null;
    }

    /** On a hazard map the hazards come first, on any other what the map shows. */
    lay(card, node) {
      const hazard = gp.isHazardMap(this.viewer.style, gp.activeScreen().map);
      const layers = gp.el("section", {}, gp.el("h3", { class: "part", text: gp.words.t("layers_here") }), node);
      gp.fill(gp.byId("place-body"), ...(hazard ? [card, layers] : [layers, card]));
      gp.byId("place-body").scrollTop = 0;
    }

    open({ focus }) {
      gp.byId("place").hidden = false;
      gp.byId("sheet").dataset.place = "";
      gp.setSheet("half");
      this.reveal();
      if (focus) gp.byId("place-title").focus();
    }

    /** On a phone the answer covers the lower half: move the map so that its place stays in sight. */
    reveal() {
      const sheet = gp.byId("sheet");
      const stage = gp.byId("stage").getBoundingClientRect();
      if (window.getComputedStyle(sheet).position !== "absolute") {
        if (gp.byId("place").getBoundingClientRect().top >= window.innerHeight) gp.byId("place").scrollIntoView();  // enlarged pages go on below the map
        return;
      }
      const [top, bottom] = [gp.byId("search-box").getBoundingClientRect().bottom - stage.top + 44, stage.height * 0.46 - 12];
      const { map } = this.viewer;
      const { x, y } = map.latLngToContainerPoint(this.last[0]);
      const by = L.point(Math.max(0, x - (stage.width - BUTTONS)), y < top || y > bottom ? y - (top + bottom) / 2 : 0);
      if (!by.x && !by.y) return;
      const before = this.moved() || L.point(0, 0);
      map.panBy(by, { animate: false });
      this.shift = { by: before.add(by), at: map.getCenter(), zoom: map.getZoom() };
    }

    /** How far `reveal` moved the map, in pixels; null once the reader has moved it too. */
    moved() {
      const { map } = this.viewer;
      return this.shift && map.getZoom() === this.shift.zoom && map.getCenter().equals(this.shift.at, 1e-7) ? this.shift.by : null;
    }

    /** With the answer gone the map goes back to where the reader had it. */
    unreveal() {
      const by = this.moved();
      if (by) this.viewer.map.panBy(by.multiplyBy(-1), { animate: false });
      this.shift = null;
    }

    /** Say the same in another language, or what other layers have there. */
    again() { if (!gp.byId("place").hidden && this.last) this.ask(...this.last); }

    close() {
      this.asked++;
      const inside = gp.byId("place").contains(document.activeElement);
      gp.byId("place").hidden = true;
      delete gp.byId("sheet").dataset.place;
      this.last = null;
      this.viewer.unmark();
      this.viewer.showWays(null);
      gp.setSheet("low");
      this.unreveal();
      gp.change({ place: null });
      if (inside) this.viewer.map.getContainer().focus();
    }
  };
})(window.gispipe = window.gispipe || {});
