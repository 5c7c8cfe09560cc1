/* Buttons on the map, the scale chip, and the mark of a found place. */
(function (gp) {
  "use strict";

  /** Wire the buttons that the page already has. */
  gp.startControls = function (map, site) {
    const on = (id, action) => gp.byId(id).addEventListener("click", action);
    on("zoom-in", () => map.zoomIn());
    on("zoom-out", () => map.zoomOut());
    on("home", () => {
      const whole = gp.firstView(map, site, {});
      map.setView([whole.lat, whole.lon], whole.z);
    });
    on("locate", () => locate(map, site));
    on("print", () => window.print());
    keepSizeInPrint(map.getContainer());
    on("copy-link", () => copy());
    map.on("zoomend moveend", () => showScale(map));
    map.on("mousemove", (event) => showCoordinates(event.latlng));
    map.on("mouseout", () => showCoordinates(map.getCenter()));
    map.on("zoomend", () => {
      gp.byId("zoom-in").disabled = map.getZoom() >= map.getMaxZoom();
      gp.byId("zoom-out").disabled = map.getZoom() <= map.getMinZoom();
    });
  };

  /** Paper is narrower than the window. The tiles there are stay as they are, and the paper shows the part round the middle. */
  function keepSizeInPrint(box) {
    window.addEventListener("beforeprint", () => {
      Object.assign(box.style, { width: `${box.clientWidth}px`, height: `${box.clientHeight}px` });
      box.dataset.print = "";
    });
    window.addEventListener("afterprint", () => {
      Object.assign(box.style, { width: "", height: "" });
      delete box.dataset.print;
    });
  }

  /** Mark a place until the next one. */
  gp.markPlace = function (map, latlng) {
    if (gp.markPlace.mark) gp.markPlace.mark.remove();
    gp.markPlace.mark = L.marker(latlng, { icon: L.divIcon({ className: "place-mark", iconSize: [30, 38], iconAnchor: [15, 36], html: gp.el("span", { class: "pin" }, gp.icon("pin")) }), interactive: false, keyboard: false }).addTo(map);
  };

  /** Ask the device where it is. Nothing leaves the machine; the answer is only drawn. */
  function locate(map, site) {
    const [west, south, east, north] = site.bounds;
    gp.toast(gp.words.t("locate_wait"));
    if (!navigator.geolocation) { gp.toast(gp.words.t("locate_denied")); return; }
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const here = L.latLng(coords.latitude, coords.longitude);
      if (!L.latLngBounds([south, west], [north, east]).contains(here)) { gp.toast(gp.words.t("locate_outside")); return; }
      gp.byId("toast").hidden = true;
      map.setView(here, Math.max(map.getZoom(), 16));
      if (locate.shown) locate.shown.remove();
      locate.shown = L.layerGroup([
        L.circle(here, { radius: coords.accuracy, weight: 1, color: "#1763c6", fillOpacity: 0.12, interactive: false }),
        L.circleMarker(here, { radius: 8, weight: 3, color: "#ffffff", fillColor: "#1763c6", fillOpacity: 1, interactive: false }),
      ]).addTo(map);
    }, () => gp.toast(gp.words.t("locate_denied")), { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 });
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(window.location.href);
      gp.toast(gp.words.t("copied"));
    } catch (error) {
      gp.toast(gp.words.t("copy_failed"));  // no clipboard without https; the address bar has the same text
    }
  }

  /** A bar of a round length, and the scale of a 96 dpi screen to two digits: "about", never a promise. */
  function showScale(map) {
    const center = map.getCenter();
    const perPixel = (40075016.68557849 * Math.cos((center.lat * Math.PI) / 180)) / (256 * 2 ** map.getZoom());
    const most = perPixel * 110;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((step) => step * power).find((one) => one <= most);
    const bar = gp.byId("scale-bar");
    bar.setAttribute("width", String(Math.round(length / perPixel) + 2));
    bar.querySelector("path").setAttribute("d", `M1 1V7H${Math.round(length / perPixel) + 1}V1`);
    gp.byId("scale-length").textContent = length >= 1000 ? `${length / 1000}km` : `${length}m`;
    const denominator = perPixel / (0.0254 / 96);
    const step = 10 ** (Math.floor(Math.log10(denominator)) - 1);
    gp.byId("scale-ratio").textContent = gp.words.t("scale", { n: (Math.round(denominator / step) * step).toLocaleString("en-US") });
    showCoordinates(center);
  }

  gp.showScale = showScale;

  /** Pixels to a metre on the ground at a zoom, in the middle of the view. */
  gp.pixelsPerMetre = (zoom) => (256 * 2 ** zoom) / (40075016.68557849 * Math.cos(((gp.state.lat || 0) * Math.PI) / 180));

  function showCoordinates(latlng) {
    gp.byId("coordinates").textContent = gp.words.t("coords", { lat: latlng.lat.toFixed(5), lon: latlng.lng.toFixed(5) });
  }
})(window.gispipe = window.gispipe || {});
