/* What opens and closes: the phone's bottom sheet in three heights, and the list of themes. */
(function (gp) {
  "use strict";

  const HEIGHTS = ["low", "half", "full"];

  /** low: theme and short legend; half: an answer with the map above it; full: everything. A wide window shows all of it always. */
  gp.setSheet = function (height) {
    const sheet = gp.byId("sheet");
    const handle = gp.byId("handle");
    sheet.dataset.height = height;
    handle.setAttribute("aria-expanded", String(height !== "low"));
    handle.dataset.tLabel = height === "full" ? "sheet_close" : "sheet_open";
    handle.setAttribute("aria-label", gp.words.t(handle.dataset.tLabel));
  };

  gp.startSheet = function () {
    const sheet = gp.byId("sheet");
    const handle = gp.byId("handle");
    const step = (by) => gp.setSheet(HEIGHTS[Math.min(2, Math.max(sheet.dataset.place === undefined ? 0 : 1, HEIGHTS.indexOf(sheet.dataset.height) + by))]);
    const flip = () => gp.setSheet(sheet.dataset.height === "full" ? (sheet.dataset.place === undefined ? "low" : "half") : "full");
    handle.addEventListener("click", flip);
    gp.byId("mini-legend").addEventListener("click", () => {
      gp.setSheet("full");
      gp.byId("legend-title").scrollIntoView({ block: "start" });
    });
    drag(handle, (way) => step(way));
    gp.setSheet("low");

    const theme = gp.byId("theme-button");
    const list = gp.byId("theme-list");
    const set = (open) => { theme.setAttribute("aria-expanded", String(open)); list.hidden = !open; };
    theme.addEventListener("click", () => {
      set(list.hidden);
      if (!list.hidden) gp.setSheet("full");
    });
    list.addEventListener("click", (event) => { if (event.detail && event.target.matches("input")) set(false); });  // arrow keys leave it open: they pass every map on the way
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) { set(false); theme.focus(); }
    });
  };

  /** A flick up opens, a flick down closes; a tap on the handle does the same without any movement. */
  function drag(handle, go) {
    let start = null;
    handle.addEventListener("pointerdown", (event) => { start = event.clientY; handle.setPointerCapture(event.pointerId); });
    handle.addEventListener("pointerup", (event) => {
      const moved = start === null ? 0 : event.clientY - start;
      start = null;
      if (Math.abs(moved) <= 24) return;
      go(moved < 0 ? 1 : -1);
      handle.addEventListener("click", (click) => click.stopImmediatePropagation(), { once: true, capture: true });
    });
  }
})(window.gispipe = window.gispipe || {});
