/* What a tool draws while points are being set: corners, the line so far, and the leg that follows the pointer. */
(function (gp) {
  "use strict";

  const LINE = "#0b3d91";

  /** Lines over every map that is shown; the corners lie on all of them. */
  gp.TapOverlay = class {
    constructor() { this.groups = new Map(); }

    /**
     * Draw anew.
     * @param {number[][]} positions
     * @param {{closed: boolean, hover: (number[]|null)}} how
     */
    show(positions, { closed = false, hover = null, colour = LINE } = {}) {
      this.clear();
      const places = positions.map(([lon, lat]) => [lat, lon]);
      for (const map of gp.viewer.maps()) {
        const group = L.layerGroup().addTo(map);
        this.groups.set(map, group);
        const line = (at, more) => {
          L.polyline(at, { color: "#ffffff", weight: 7, opacity: 0.9, interactive: false, ...more }).addTo(group);
          L.polyline(at, { color: colour, weight: 3, interactive: false, ...more }).addTo(group);
        };
        if (closed) L.polygon(places, { stroke: false, fillColor: colour, fillOpacity: 0.16, interactive: false }).addTo(group);
        if (places.length > 1) line(closed ? [...places, places[0]] : places);
        if (hover && places.length && !closed) {
          L.polyline([places.at(-1), [hover[1], hover[0]]], { color: colour, weight: 2, dashArray: "5 6", interactive: false }).addTo(group);
        }
        for (const place of places) L.circleMarker(place, { radius: 5, weight: 2, color: "#ffffff", fillColor: colour, fillOpacity: 1, interactive: false }).addTo(group);
      }
    }

    clear() {
      for (const group of this.groups.values()) group.remove();
      this.groups.clear();
    }
  };
})(window.gispipe = window.gispipe || {});
