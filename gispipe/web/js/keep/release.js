/* Which release a page belongs to. When something of it does not come, the reader is told whether the map has been updated meanwhile. */
(function (gp) {
  "use strict";

  const PAUSE = 5000;  // milliseconds for which an answer holds: where one tile does not come, fifty do not
  const PATIENCE = 15000;
  const BARE = { release_updated: "地図が更新されました。The map has been updated.", release_reload: "再読み込み Reload" };  // where not even the words came

  let own = null;  // map.json as the page began with it, byte for byte: it names the data by their digests
  let asking = null;
  let other = null;  // the map.json of the release that took our place

  async function text(cache) {
    const { root } = document.documentElement.dataset;
    const response = await fetch(`${root}map.json`, { cache, signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined });
    if (!response.ok) throw new Error(`${response.status} map.json`);
    return response.text();
  }

  async function look() {
    const [now, began] = [await text("no-store"), own];
    const site = now === began ? null : JSON.parse(now);
    if (!site || !Array.isArray(site.maps)) return false;  // some other answer of the server is no update
    other = site;
    tell();
    return true;
  }

  gp.release = {
    /** Fetch the document that says where the data are; the page stays with it from then on. */
    async open() {
      const came = await (gp.early ? gp.early.site : text("no-cache"));
      const site = JSON.parse(came);
      own = came;
      const { pages } = document.documentElement.dataset;
      if (pages && site.pages && pages !== site.pages) other = site;  // the page itself is an old one that somebody kept
      return site;
    },

    /** Whether another release stands where the page's own stood, which the reader is then told; of a server that does not answer nothing is known. */
    changed() {
      if (other) { tell(); return Promise.resolve(true); }
      if (own === null) return Promise.resolve(false);
      if (!asking) {
        asking = look().catch(() => false);
        window.setTimeout(() => { asking = null; }, PAUSE);
      }
      return asking;
    },

    /** Tell it at the start, where it is known already. */
    tell() { if (other) tell(); },
  };

  const said = (key) => { const words = gp.words.t(key); return words === key ? BARE[key] : words; };

  /** One sentence and a button, there until the reader presses it. Nothing is reloaded by itself: somebody may be drawing. */
  function tell() {
    const toast = gp.byId("toast");
    if (toast) toast.hidden = true;
    if (gp.byId("updated")) return;
    const bar = gp.el("div", { id: "updated", class: "updated" }, gp.el("p", { "data-t": "release_updated", text: said("release_updated") }),
      gp.el("button", { type: "button", "data-t": "release_reload", text: said("release_reload"), onclick: reload }));
    (gp.byId("stage") || gp.byId("card")).prepend(bar);
    gp.say(said("release_updated"));
  }

  /** Open the new release at the same view. A map that it no longer has gives way to its first one. */
  function reload() {
    const { root, map } = document.documentElement.dataset;
    const shown = gp.state ? gp.state.screens[0]?.map ?? map : null;
    const page = (id) => other.maps.find((one) => one.id === id)?.page;
    const target = new URL(root + ((shown === null ? other.ask : page(shown) ?? page(other.default_map)) ?? "index.html"), document.baseURI);
    if (target.pathname === window.location.pathname) window.location.reload();
    else window.location.assign(target.pathname + window.location.hash);
  }
})(window.gispipe = window.gispipe || {});
