/* Measuring and drawing come in a script of their own, fetched when somebody first asks for it. */
(function (gp) {
  "use strict";

  let coming = null;
  let linked = "";  // the drawing of a link whose script is still on its way: the address keeps it

  /** Fetch the script of the tools, once; a failure is forgotten, so that the next try asks again. */
  gp.tools = function () {
    coming = coming || new Promise((done, failed) => {
      const { root, tools } = document.documentElement.dataset;
      const { url, integrity } = JSON.parse(tools);
      const script = gp.el("script", { src: root + url, integrity });
      script.addEventListener("load", done);
      script.addEventListener("error", () => { coming = null; script.remove(); failed(new Error(url)); gp.release.changed(); });
      document.head.append(script);
    });
    return coming;
  };

  const open = (start) => gp.tools().then(() => start(), () => gp.toast(gp.words.t("draw_not_loaded")));

  /** Open the measuring tool. */
  gp.startMeasure = () => open(() => gp.openMeasure());

  /** Open the drawing tool. */
  gp.startSketch = () => open(() => gp.openSketch());

  gp.sketch = {
    /** The drawing as text for a link: "" without one, null when it is too much for a link. */
    toText: () => linked,

    /** Take on the drawing of a link; tells (in time) whether it was one. */
    fromText(text) {
      linked = text;
      return gp.tools().then(() => gp.sketch.fromText(text), () => { gp.toast(gp.words.t("draw_not_loaded")); return false; });
    },

    /** Bring the drawing onto maps that were opened or closed. */
    show() {},
  };
})(window.gispipe = window.gispipe || {});
