/* Where a point is: degrees, degrees with minutes and seconds, and the plane rectangular coordinates, each to be copied. */
(function (gp) {
  "use strict";

  const { t } = { t: (...a) => gp.words.t(...a) };

  gp.PlaceMeter = class {
    constructor(body) { Object.assign(this, { body, position: null, overlay: new gp.TapOverlay() }); }

    start() {
      this.stop = gp.listenForTaps({ add: (position) => this.set(position), back: () => this.clear(), finish() {}, cancel: () => this.clear() });
      this.render();
    }

    end() {
      this.stop();
      this.overlay.clear();
    }

    set(position) {
      this.position = position;
      this.overlay.show([position]);
      this.render();
      gp.reveal([position]);
      gp.say(gp.placeRows(position).map(([, shown]) => shown).join(" "));
    }

    /** Take the point away; tells whether there was one. */
    clear() {
      if (!this.position) return false;
      this.position = null;
      this.overlay.clear();
      this.render();
      gp.say(t("measure_said_cleared"));
      return true;
    }

    render() {
      const rows = this.position ? gp.placeRows(this.position) : [];
      gp.keepPlace(this.body, () => gp.fill(this.body,
        this.position ? null : gp.el("p", { class: "tool-help" }, t("measure_help_place"), gp.el("span", { class: "keys", text: ` ${t("measure_keys_place")}` })),
        ...rows.map(([key, shown, copied]) => {
          const what = t(key, { zone: gp.planeZone() });
          const value = gp.el("span", { class: "tool-value", id: `${key}-value`, text: shown });
          return gp.el("div", { class: "tool-place" }, gp.el("div", {}, gp.el("b", { text: what }), value),
            gp.toolButton({ id: `${key}-copy`, key: "measure_copy", icon: "copy", bare: true, words: t("measure_copy", { what }) }, () => gp.copyWords(copied, value)));
        }),
        gp.el("div", { class: "tool-row" }, gp.toolButton({ id: "measure-middle", key: "measure_middle", icon: "cross" }, () => this.set(gp.tapped(gp.aim().latlng)))),
        gp.el("p", { class: "tool-note", text: t("measure_datum") })), () => gp.viewer.map.getContainer());
      gp.placeCross();
    }
  };
})(window.gispipe = window.gispipe || {});
