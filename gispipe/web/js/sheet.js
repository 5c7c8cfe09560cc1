/* What opens and closes: the phone's bottom sheet, the list of themes, sections of the panel. */
(function (gp) {
  "use strict";

  gp.startSheet = function () {
    const sheet = gp.byId("sheet");
    const handle = gp.byId("handle");
    const set = (open) => {
      sheet.classList.toggle("open", open);
      handle.setAttribute("aria-expanded", String(open));
      handle.dataset.tLabel = open ? "sheet_close" : "sheet_open";
      handle.setAttribute("aria-label", gp.words.t(handle.dataset.tLabel));
    };
    handle.addEventListener("click", () => set(!sheet.classList.contains("open")));
    gp.byId("mini-legend").addEventListener("click", () => set(true));
    drag(handle, sheet, set);
    gp.closeSheet = () => set(false);

    const theme = gp.byId("theme-button");
    theme.addEventListener("click", () => {
      const open = theme.getAttribute("aria-expanded") !== "true";
      theme.setAttribute("aria-expanded", String(open));
      gp.byId("theme-list").hidden = !open;
      if (open) set(true);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (!gp.byId("theme-list").hidden) { theme.setAttribute("aria-expanded", "false"); gp.byId("theme-list").hidden = true; theme.focus(); }
    });
  };

  /** A flick up opens, a flick down closes; a tap on the handle does the same without any movement. */
  function drag(handle, sheet, set) {
    let start = null;
    handle.addEventListener("pointerdown", (event) => { start = event.clientY; });
    handle.addEventListener("pointerup", (event) => {
      const moved = start === null ? 0 : event.clientY - start;
      start = null;
      if (Math.abs(moved) > 24) { set(moved < 0); handle.addEventListener("click", (click) => click.stopImmediatePropagation(), { once: true, capture: true }); }
    });
  }
})(window.gispipe = window.gispipe || {});
