/* Buttons on the map, the scale chip, and the mark of a found place. */
(function (gp) {
  "use strict";

  /** Wire the buttons that the page already has. */
  gp.startControls = function (viewer) {
    const { map, site } = viewer;
    const on = (id, action) => gp.byId(id).addEventListener("click", action);
    on("zoom-in", () => map.zoomIn());
    on("zoom-out", () => map.zoomOut());
    on("home", () => {
      const whole = gp.firstView(map, site, {});
      map.setView([whole.lat, whole.lon], whole.z);
    });
    on("locate", () => locate(viewer));
    keepSizeInPrint();
    map.on("zoomend moveend", () => showScale(map));
    map.on("zoomend", () => {
      gp.byId("zoom-in").disabled = map.getZoom() >= map.getMaxZoom();
      gp.byId("zoom-out").disabled = map.getZoom() <= map.getMinZoom();
    });
    document.addEventListener("keydown", () => { document.documentElement.dataset.keys = ""; });
    document.addEventListener("pointerdown", () => { delete document.documentElement.dataset.keys; });
  };

  /** Paper is narrower than the window. The tiles there are stay as they are, and the paper shows the part round the middle. */
  function keepSizeInPrint() {
    const box = gp.byId("screens");
    window.addEventListener("beforeprint", () => {
      Object.assign(box.style, { width: `${box.clientWidth}px`, height: `${box.clientHeight}px` });
      box.dataset.print = "";
    });
    window.addEventListener("afterprint", () => {
      Object.assign(box.style, { width: "", height: "" });
      delete box.dataset.print;
    });
  }

  /** The pin of a place. */
  gp.placeMark = (latlng) => L.marker(latlng, { icon: L.divIcon({ className: "place-mark", iconSize: [30, 38], iconAnchor: [15, 36], html: gp.el("span", { class: "pin" }, gp.icon("pin")) }), interactive: false, keyboard: false });

  /** Ask the device where it is. Nothing leaves the machine; the answer is only drawn. */
  function locate(viewer) {
    const { map, site } = viewer;
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
      viewer.place.ask(here);
    }, () => gp.toast(gp.words.t("locate_denied")), { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 });
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
  }

  gp.showScale = showScale;

  /** Latitude and longitude, and where the city's plane system is known X (north) and Y (east) in metres. */
  gp.coordinates = function (latlng, plane) {
    const degrees = gp.words.t("coords", { lat: latlng.lat.toFixed(6), lon: latlng.lng.toFixed(6) });
    if (!plane) return degrees;
    const { x, y } = plane.forward(latlng.lat, latlng.lng);
    return `${degrees}\n${gp.words.t("plane", { zone: plane.zone, x: metres(y), y: metres(x) })}`;
  };

  const metres = (value) => value.toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

  gp.showCoordinates = function (latlng, plane) { gp.byId("coordinates").textContent = gp.coordinates(latlng, plane).replace("\n", "　"); };
})(window.gispipe = window.gispipe || {});
