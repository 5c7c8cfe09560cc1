/* The corners of the selected thing on the main map: drag to move, tap the small ones between to add, tap to choose one for deleting. */
(function (gp) {
  "use strict";

  const MOST = 240;  // corners with a handle at a time; zooming in shows the others

  gp.Handles = class {
    /** @param {{preview: function(Object), put: function(Object, string), place: function(number[], Object): number[], picked: function()}} on */
    constructor(on) { Object.assign(this, { on, group: null, thing: null, corner: null }); }

    /** Put handles on a thing, or away with null. */
    show(thing) {
      if (!thing || !this.thing || thing.id !== this.thing.id) this.corner = null;
      this.thing = thing;
      if (this.group) this.group.remove();
      this.group = null;
      if (!thing) return;
      this.group = L.layerGroup().addTo(gp.viewer.map);
      const view = gp.viewer.map.getBounds().pad(0.1);
      let shown = 0;
      thing.shapes.forEach(({ type, rings }, s) => rings.forEach((ring, r) => ring.forEach((position, k) => {
        if (shown >= MOST || !view.contains([position[1], position[0]])) return;
        shown += 1;
        this.vertex(s, r, k, position);
        const next = type === "area" ? ring[(k + 1) % ring.length] : ring[k + 1];
        if (next) this.middle(s, r, k + 1, [(position[0] + next[0]) / 2, (position[1] + next[1]) / 2]);
      })));
      if (gp.cornersOf(thing) > 1) this.mover(thing);
    }

    vertex(s, r, k, position) {
      const chosen = this.corner && [s, r, k].every((value, at) => value === this.corner[at]);
      const mark = this.mark(position, chosen ? "sketch-vertex chosen" : "sketch-vertex", null);
      mark.on("click", () => { this.corner = [s, r, k]; this.show(this.thing); this.on.picked(); });
      this.drag(mark, (to) => this.withCorner(s, r, (ring) => ring.map((one, at) => (at === k ? to : one))), "draw_did_corner");
    }

    middle(s, r, k, position) {
      const mark = this.mark(position, "sketch-middle", null);
      const insert = (to) => this.withCorner(s, r, (ring) => [...ring.slice(0, k), to, ...ring.slice(k)]);
      mark.on("click", () => { this.corner = [s, r, k]; this.on.put(insert(gp.position(...gp.tapped(mark.getLatLng()))), "draw_did_add_corner"); });
      this.drag(mark, insert, "draw_did_add_corner");
    }

    /** The handle that moves the whole, in the middle of the thing. */
    mover(thing) {
      const [[west, south], [east, north]] = gp.thingsCorners([thing]);
      const start = [(west + east) / 2, (south + north) / 2];
      const { map } = gp.viewer;
      const seat = map.containerPointToLatLng(map.latLngToContainerPoint([start[1], start[0]]).add([0, 34]));  // beside the middle: a corner may lie there
      const mark = this.mark([seat.lng, seat.lat], "sketch-mover", "move");
      this.drag(mark, (to) => gp.mapPositions(thing, (position) => gp.moved(position, to[0] - seat.lng, to[1] - seat.lat)), "draw_did_move", false);
    }

    mark(position, look, icon) {
      const html = gp.el("span", { class: look }, icon ? gp.toolIcon(icon) : null);
      const size = look === "sketch-middle" ? 32 : 44;
      const drawn = L.divIcon({ className: "sketch-handle", iconSize: [size, size], html });
      const zIndexOffset = look === "sketch-middle" ? 900 : 1000;
      return L.marker([position[1], position[0]], { icon: drawn, draggable: true, keyboard: false, autoPan: true, zIndexOffset }).addTo(this.group);
    }

    /** While a handle is dragged the thing is only shown; it is changed once, at the end. */
    drag(mark, change, what, snaps = true) {
      let frame = null;
      const now = () => { const to = gp.position(...gp.tapped(mark.getLatLng())); return change(snaps ? this.on.place(to, this.thing) : to); };
      mark.on("drag", () => { if (frame === null) frame = window.requestAnimationFrame(() => { frame = null; this.on.preview(now()); }); });
      mark.on("dragend", () => { window.cancelAnimationFrame(frame); this.on.put(now(), what); });
    }

    withCorner(s, r, change) { return gp.withRing(this.thing, s, r, change(this.thing.shapes[s].rings[r])); }

    /** The thing without the chosen corner; null when there is none, or it needs all it has. */
    without() {
      if (!this.corner || !this.thing) return null;
      const [s, r, k] = this.corner;
      const shape = this.thing.shapes[s];
      if (!shape || !shape.rings[r] || k >= shape.rings[r].length || shape.rings[r].length <= gp.leastCorners(shape.type)) return null;
      return this.withCorner(s, r, (ring) => ring.filter((one, at) => at !== k));
    }
  };
})(window.gispipe = window.gispipe || {});
