/* Two screens: side by side, or one over the other with a divider; they move together, each with its own map and background. */
(function (gp) {
  "use strict";

  gp.Split = class {
    /**
     * @param {gp.Viewer} viewer whose first screen is there from the start
     */
    constructor(viewer) {
      this.viewer = viewer;
      this.box = gp.byId("screens");
      this.slider = gp.byId("swipe");
      this.slider.addEventListener("input", () => gp.change({ swipe: Math.min(0.95, Math.max(0.05, Number(this.slider.value) / 1000)) }));
      for (const [number, id] of ["screen-left", "screen-right"].entries()) {
        gp.byId(id).addEventListener("change", () => gp.change({ active: number }));
      }
    }

    /** Bring the page in line with the state: make the second screen, or take it away. */
    update() {
      const { split, swipe, active } = gp.state;
      const two = split !== "one";
      this.box.dataset.split = split;
      if (two && !this.viewer.screens[1]) this.add();
      if (!two && this.viewer.screens[1]) this.viewer.screens.pop().remove();
      if (!two) { const old = this.box.querySelector(".second"); if (old) old.remove(); }
      gp.byId("screen-choice").hidden = !two;
      gp.byId(active ? "screen-right" : "screen-left").checked = true;
      this.slider.hidden = split !== "swipe";
      this.slider.value = String(Math.round(swipe * 1000));
      const second = this.box.querySelector(".second");
      if (second) second.style.clipPath = split === "swipe" ? `inset(0 0 0 ${(100 * swipe).toFixed(2)}%)` : "";
      this.box.style.setProperty("--swipe", `${(100 * swipe).toFixed(2)}%`);
      if (split !== (this.before || "one")) for (const screen of this.viewer.screens) screen.map.invalidateSize({ animate: false });
      this.before = split;
      gp.byId("split-side").setAttribute("aria-pressed", String(split === "side"));
      gp.byId("split-swipe").setAttribute("aria-pressed", String(split === "swipe"));
    }

    add() {
      const { viewer } = this;
      const first = viewer.screens[0];
      const box = gp.el("div", { class: "folium-map second", tabindex: "0" });
      this.box.append(box);
      const map = L.map(box, { zoomControl: false, attributionControl: false, fadeAnimation: false, zoomSnap: first.map.options.zoomSnap, center: first.map.getCenter(), zoom: first.map.getZoom() });
      const screen = new gp.Screen(map, viewer.site, viewer.style, viewer.root, 1);
      viewer.screens.push(screen);
      viewer.listen(screen);
      screen.draw();
      this.together(first.map, map);
    }

    /** Each map follows the other; the one that follows does not lead. */
    together(one, other) {
      let leading = null;
      const follow = (from, to) => from.on("move zoomend", () => {
        if (leading || !to.getContainer().isConnected) return;
        leading = from;
        to.setView(from.getCenter(), from.getZoom(), { animate: false });
        leading = null;
      });
      follow(one, other);
      follow(other, one);
    }

    /** Open as wished, or go back to one screen when it is so already. */
    toggle(split) {
      const { screens } = gp.state;
      if (gp.state.split === split) { gp.change({ split: "one", active: 0 }); gp.say(gp.words.t("split_off")); return; }
      if (!screens[1]) screens.push({ ...gp.newScreen(screens[0].map), bg: other(this.viewer.style, screens[0]) });
      gp.change({ split, active: 1 });
      gp.say(gp.words.t("split_on"));
    }
  };

  /** A second screen begins with what one most likely compares with: the newest photograph, else the base map. */
  function other(style, screen) {
    const photo = gp.backgroundsOf(style, screen.map).find((id) => style.layers[id] && (style.layers[id].draw || "picture") === "picture");
    return screen.bg === "base" && photo ? photo : "base";
  }
})(window.gispipe = window.gispipe || {});
