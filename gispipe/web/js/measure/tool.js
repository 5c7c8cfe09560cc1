/* The measuring tool: distances and areas, or the place of a point. */
(function (gp) {
  "use strict";

  let mode = "distance";
  let meter = null;
  let body = null;

  const METERS = { distance: () => gp.DistanceMeter, place: () => gp.PlaceMeter };

  /** Open the panel and take over the taps on the map. */
  gp.openMeasure = function () {
    gp.closeTool();  // also when it is this one that is open
    body = gp.el("div", { class: "tool-measure" });
    gp.openTool({ id: "measure", title: gp.words.t("measure_title"), body, onClose: close });
    build();
    gp.viewer.map.getContainer().focus({ preventScroll: true });
  };

  function build() {
    const inside = gp.el("div");
    const modes = [["distance", gp.words.t("measure_distance")], ["place", gp.words.t("measure_place")]];
    gp.fill(body, gp.toolChoice("measure-mode", "measure_title", modes, mode, turn), inside);
    if (meter) meter.body = inside;
    else meter = new (METERS[mode]())(inside);
    if (!meter.stop) meter.start();
    else meter.render();
  }

  function turn(to) {
    meter.end();
    meter = null;
    mode = to;
    build();
    gp.byId(`measure-mode-${to}`).focus();
  }

  function close() {
    if (meter) meter.end();
    meter = body = null;
  }

  gp.onChange((changed) => {
    if (!changed.has("lang") || !body) return;
    gp.byId("tool-title").textContent = gp.words.t("measure_title");
    build();
  });
})(window.gispipe = window.gispipe || {});
