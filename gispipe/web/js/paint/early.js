/* What a page begins with, before its other scripts have come: the thread that paints, and the document that says where the data are. */
(function (gp) {
  "use strict";

  /** The thread, null where the browser has none that can paint; `failed` when its script did not come. */
  gp.early = { thread: null, failed: false, site: null };
  const { root, paint, warm } = document.documentElement.dataset;
  gp.early.site = fetch(`${root}map.json`, { cache: "no-cache", signal: AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined }).then((response) => {
    if (!response.ok) throw new Error(`${response.status} map.json`);
    return response.text();
  });
  gp.early.site.catch(() => {});  // who waits for it hears of it
  try {
    if (typeof Worker === "function" && typeof OffscreenCanvas === "function") {
      const thread = new Worker(root + JSON.parse(paint).url);
      thread.onerror = (event) => { event.preventDefault(); gp.early.failed = true; };
      thread.postMessage({ do: "warm", root: new URL(root || ".", document.baseURI).href, archives: JSON.parse(warm) });
      gp.early.thread = thread;
    }
  } catch (error) { /* then the page paints itself */ }
})(window.gispipe = window.gispipe || {});
