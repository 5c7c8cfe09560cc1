/* A new point, line, area or text, set corner by corner with mouse, finger or keyboard. */
(function (gp) {
  "use strict";

  const REACH = 14;  // px

  /** The nearest corner of a drawing to a position, when it lies within a finger's reach; else the position itself. */
  gp.snapped = function (things, position) {
    const { map } = gp.viewer;
    const at = map.latLngToContainerPoint([position[1], position[0]]);
    const far = map.containerPointToLatLng(at.add([REACH, -REACH]));
    const [lon, lat] = [Math.abs(far.lng - position[0]), Math.abs(far.lat - position[1])];
    let [best, distance] = [position, REACH];
    for (const thing of things) for (const { rings } of thing.shapes) for (const ring of rings) for (const one of ring) {
      if (Math.abs(one[0] - position[0]) > lon || Math.abs(one[1] - position[1]) > lat) continue;
      const here = at.distanceTo(map.latLngToContainerPoint([one[1], one[0]]));
      if (here < distance) [best, distance] = [one, here];
    }
    return best;
  };

  gp.Pen = class {
    /**
     * @param {string} kind point, line, area or text
     * @param {{done: function(Object), changed: function(string), ended: function(), place: function(number[]): number[]}} on
     *   `done` gets the shape, `changed` the sentence to say, `ended` tells that the pen was put down without a shape, `place` may move a position to a corner near by
     */
    constructor(kind, colour, on) {
      Object.assign(this, { kind, colour, on, positions: [], hover: null, overlay: new gp.TapOverlay(), type: kind === "text" ? "point" : kind });
      this.stop = gp.listenForTaps({
        add: (position) => this.add(on.place(position)), back: () => this.back(), finish: () => this.finish(), cancel: () => { on.ended(); return true; },
        hover: (position) => { this.hover = position; this.draw(); },
      });
    }

    get ready() { return this.positions.length >= gp.leastCorners(this.type); }

    /** The last corner again ends a line, the first one closes an area. */
    add(position) {
      const { map } = gp.viewer;
      const { positions, type } = this;
      if (type === "point") { positions.push(position); this.finish(); return; }
      if (type === "area" && this.ready && gp.isNear(map, positions[0], position)) { this.finish(); return; }
      if (positions.length && gp.isNear(map, positions.at(-1), position)) { this.finish(); return; }
      positions.push(position);
      this.draw();
      this.on.changed(gp.words.t("draw_said_corner", { n: positions.length, size: this.size() }));
    }

    /** Length so far, or the area that would be enclosed. */
    size() {
      if (this.type === "area" && this.ready) return gp.areaText(gp.areaOf([this.positions]));
      return this.positions.length > 1 ? gp.lengthText(gp.lengthOf(this.positions)) : "";
    }

    back() {
      if (!this.positions.length) return;
      this.positions.pop();
      this.draw();
      this.on.changed(gp.words.t("draw_said_back", { n: this.positions.length }));
    }

    finish() {
      if (!this.ready) return;
      const positions = this.positions.map((position) => gp.position(...position));
      this.end();
      this.on.done({ type: this.type, rings: [this.type === "area" ? gp.turned(positions, true) : positions] });
    }

    draw() {
      const { positions, type, hover, colour } = this;
      this.overlay.show(positions, { hover: type === "point" ? null : hover, colour, closed: type === "area" && positions.length > 2 });
    }

    end() {
      this.stop();
      this.overlay.clear();
    }
  };
})(window.gispipe = window.gispipe || {});
