/* Distances leg by leg, and the area when the line is closed. */
(function (gp) {
  "use strict";

  const { t } = { t: (...a) => gp.words.t(...a) };

  gp.DistanceMeter = class {
    constructor(body) {
      Object.assign(this, { body, positions: [], closed: false, done: false, hover: null, overlay: new gp.TapOverlay() });
      this.open = !window.matchMedia("(max-width: 760px)").matches;
    }

    start() {
      this.stop = gp.listenForTaps({
        add: (position) => this.add(position), back: () => this.back(), finish: () => this.finish(false), cancel: () => this.cancel(),
        hover: (position) => { this.hover = this.done ? null : position; this.draw(); },
      });
      this.render();
    }

    end() {
      this.stop();
      this.overlay.clear();
    }

    /** A further point; the last one again ends the line, the first one again closes it. A new line begins after an end. */
    add(position) {
      const { map } = gp.viewer;
      if (this.done) this.reset();
      const { positions } = this;
      if (positions.length >= 3 && gp.isNear(map, positions[0], position)) return this.finish(true);
      if (positions.length && gp.isNear(map, positions.at(-1), position)) return positions.length > 1 ? this.finish(false) : undefined;
      positions.push(position);
      const { leg, total } = this.lengths();
      return this.changed(positions.length === 1 ? t("measure_said_first") : t("measure_said_leg", { n: positions.length, leg, total }));
    }

    back() {
      if (!this.positions.length) return;
      if (this.done) Object.assign(this, { done: false, closed: false });
      else this.positions.pop();
      this.changed(t("measure_said_back", { n: this.positions.length }));
    }

    finish(closed) {
      if (this.positions.length < (closed ? 3 : 2)) return;
      Object.assign(this, { done: true, closed, hover: null });
      this.changed(closed ? t("measure_said_area", { area: gp.areaText(gp.areaOf([this.positions])) }) : t("measure_said_total", { total: this.lengths().total }));
    }

    /** Give up; tells whether there was anything. */
    cancel() {
      if (!this.positions.length) return false;
      this.reset();
      this.changed(t("measure_said_cleared"));
      return true;
    }

    reset() { Object.assign(this, { positions: [], closed: false, done: false, hover: null }); }

    changed(sentence) {
      this.draw();
      this.render();
      gp.say(sentence);
    }

    draw() { this.overlay.show(this.positions, this); }

    /** The lengths in writing; the way back to the start counts when the line is closed. */
    lengths() {
      const legs = gp.legs(this.closed ? [...this.positions, this.positions[0]] : this.positions);
      return { legs, leg: gp.lengthText(legs.at(-1) || 0), total: gp.lengthText(legs.reduce((sum, leg) => sum + leg, 0)) };
    }

    render() {
      const { positions, closed, done } = this;
      const { legs, total } = this.lengths();
      gp.keepPlace(this.body, () => gp.fill(this.body,
        this.help(),
        positions.length > 1 ? gp.el("dl", { class: "tool-result" },
          gp.el("dt", { text: t(closed ? "measure_perimeter" : "measure_total") }), gp.el("dd", { id: "measure-total", text: total }),
          ...(closed ? [gp.el("dt", { text: t("measure_area") }), gp.el("dd", { id: "measure-area", text: gp.areaText(gp.areaOf([positions])) })] : [])) : null,
        closed && gp.crossesItself(positions) ? gp.el("p", { class: "tool-warn", text: t("measure_crossing") }) : null,
        gp.el("div", { class: "tool-row" },
          gp.toolButton({ id: "measure-middle", key: "draw_add_middle", icon: "cross", bare: true }, () => this.add(gp.tapped(gp.aim().latlng))),
          gp.toolButton({ id: "measure-close", key: "measure_close_line", icon: "area", disabled: positions.length < 3 || closed }, () => this.finish(true)),
          gp.toolButton({ id: "measure-back", key: "measure_back", icon: "undo", disabled: !positions.length }, () => this.back()),
          gp.toolButton({ id: "measure-clear", key: "measure_clear", icon: "clear", disabled: !positions.length }, () => this.cancel())),
        legs.length > 1 ? this.table(legs) : null,
        gp.el("p", { class: "tool-note", text: t("measure_note", { zone: gp.planeZone() }) })), () => gp.viewer.map.getContainer());
      gp.placeCross();
    }

    help() {
      const { positions, done } = this;
      if (done) return gp.el("p", { class: "tool-help", text: t("measure_help_done") });
      const [help, keys] = positions.length ? [t("measure_help_more"), t("measure_keys_more")] : [t("measure_help"), t("measure_keys")];
      return gp.el("p", { class: "tool-help" }, help, gp.el("span", { class: "keys", text: ` ${keys}` }));
    }

    /** Leg by leg; folded away where there is little room. */
    table(legs) {
      const name = (k) => `${k + 1}–${this.closed && k === legs.length - 1 ? 1 : k + 2}`;
      const row = (k) => gp.el("tr", {}, gp.el("th", { scope: "row", text: name(k) }), gp.el("td", { text: gp.lengthText(legs[k]) }));
      return gp.toolMore({ id: "measure-legs", text: t("measure_legs"), open: this.open, toggled: (open) => { this.open = open; } },
        gp.el("table", { class: "tool-table" }, gp.el("caption", { class: "hidden", text: t("measure_legs") }),
          gp.el("thead", {}, gp.el("tr", {}, gp.el("th", { scope: "col", text: t("measure_leg") }), gp.el("th", { scope: "col", text: t("measure_length") }))),
          gp.el("tbody", {}, ...legs.map((leg, k) => row(k)))));
    }
  };
})(window.gispipe = window.gispipe || {});
