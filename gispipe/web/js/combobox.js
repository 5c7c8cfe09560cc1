/* The search box as an ARIA combobox: a text field that owns a listbox, driven by the arrow keys. */
(function (gp) {
  "use strict";

  const MOST = 12;

  /**
   * Start the search box.
   * @param {gp.SearchIndex} index
   * @param {function(Object)} go called with the chosen entry
   * @param {function(Object): string} subtitle the second line of an entry
   */
  gp.startSearch = function (index, go, subtitle) {
    const input = gp.byId("search");
    const list = gp.byId("search-list");
    const clear = gp.byId("search-clear");
    let found = [];
    let active = -1;
    let asked = 0;

    async function ask() {
      const turn = ++asked;
      clear.hidden = !input.value;
      if (!input.value.trim()) return close();
      let hits;
      try { hits = await index.find(input.value, MOST); } catch (error) { hits = null; }
      if (turn !== asked) return undefined;  // a later letter was typed meanwhile
      found = hits || [];
      active = -1;
      gp.fill(list, ...found.map(option));
      if (!found.length) gp.fill(list, gp.el("li", { class: "none", role: "option", "aria-disabled": "true", text: gp.words.t(hits ? "search_none" : "search_failed") }));
      open();
      gp.say(hits ? (found.length ? gp.words.t("search_found", { n: found.length }) : gp.words.t("search_none")) : gp.words.t("search_failed"));
      return undefined;
    }

    const option = (entry, k) => gp.el("li", { role: "option", id: `hit-${k}`, "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick: () => choose(k) },
      gp.icon("pin"), gp.el("span", {}, gp.el("b", { text: entry.n }), gp.el("small", { text: subtitle(entry) })));

    function open() { list.hidden = false; input.setAttribute("aria-expanded", "true"); mark(-1); }

    function close() { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); }

    function mark(k) {
      active = k;
      list.querySelectorAll("[id^=hit-]").forEach((node, at) => {
        node.setAttribute("aria-selected", String(at === k));
        if (at === k) node.scrollIntoView({ block: "nearest" });
      });
      if (k >= 0) input.setAttribute("aria-activedescendant", `hit-${k}`);
      else input.removeAttribute("aria-activedescendant");
    }

    function choose(k) {
      const entry = found[k];
      if (!entry) return;
      input.value = entry.n;
      clear.hidden = false;
      close();
      go(entry);
    }

    input.addEventListener("input", ask);
    input.addEventListener("focus", () => { if (found.length && input.value) open(); });
    input.addEventListener("blur", () => window.setTimeout(close, 150));
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;  // the Enter that ends a kana conversion chooses nothing
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && found.length) { event.preventDefault(); if (list.hidden) open(); mark((active + step + found.length + (active < 0 && step < 0 ? 1 : 0)) % found.length); }
      else if (event.key === "Enter") { event.preventDefault(); choose(active < 0 ? 0 : active); }
      else if (event.key === "Escape") { if (list.hidden) input.value = ""; clear.hidden = !input.value; close(); }
    });
    clear.addEventListener("click", () => { input.value = ""; clear.hidden = true; found = []; close(); input.focus(); });
  };
})(window.gispipe = window.gispipe || {});
