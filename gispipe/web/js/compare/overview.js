/* The overview: the whole city small in a corner, with a frame round what the large map shows. */
(function (gp) {
  "use strict";

  gp.Overview = class {
    constructor(viewer) { this.viewer = viewer; }

    update() {
      const box = gp.byId("overview");
      box.hidden = !gp.state.overview;
      gp.byId("overview-toggle").setAttribute("aria-pressed", String(gp.state.overview));
      if (gp.state.overview && !this.map) this.make(box);
      if (this.map && gp.state.overview) { this.map.invalidateSize({ animate: false }); this.whole(); this.frame(); }
    }

    make(box) {
      const { site, style } = this.viewer;
      const inner = gp.el("div", { class: "folium-map" });
      box.append(inner);
      this.map = L.map(inner, { zoomControl: false, attributionControl: false, dragging: false, keyboard: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, touchZoom: false, zoomSnap: 0.25, fadeAnimation: false });
      this.whole();
      inner.removeAttribute("tabindex");
      const canvas = new gp.MapCanvas(this.map, style);
      canvas.show([...(style.maps[gp.state.screens[0].map].base || [])].reverse()
        .filter((id) => style.layers[id] && style.layers[id].geometry !== "point").map((id) => ({ id, words: false, silent: true })), false);
      this.rectangle = L.rectangle(this.viewer.map.getBounds(), { weight: 2, color: "#d3273e", fillOpacity: 0.12, interactive: false }).addTo(this.map);
      this.map.on("click", (event) => this.viewer.map.panTo(event.latlng, { animate: false }));
      this.viewer.map.on("move zoomend", () => this.frame());
    }

    whole() {
      const [west, south, east, north] = this.viewer.site.bounds;
      this.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [2, 2] });
    }

    frame() { if (gp.state.overview) this.rectangle.setBounds(this.viewer.map.getBounds()); }
  };
})(window.gispipe = window.gispipe || {});
