/* Background tiles of the net (地理院タイル), where the city's declaration allows them; a page asks for them only when the reader chooses them. */
(function (gp) {
  "use strict";

  /** @param {{url: string, minzoom: number, maxzoom: number}} online address with {z}, {x} and {y} */
  gp.onlineLayer = function (online) {
    const layer = L.tileLayer(online.url, { pane: "tilePane", zIndex: 0, minZoom: online.minzoom, maxNativeZoom: online.maxzoom, maxZoom: 22, attribution: "", referrerPolicy: "no-referrer" });
    layer.on("tileerror", () => gp.toast(gp.words.t("online_failed")));
    return layer;
  };
})(window.gispipe = window.gispipe || {});
