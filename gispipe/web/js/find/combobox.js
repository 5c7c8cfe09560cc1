/* The search box as an ARIA combobox: a text field that owns a listbox, driven by the arrow keys. */
(function (gp) {
  "use strict";

  /**
   * Start the search box.
   * @param {{open: function(), ask: function(string): Promise<{options: Object[], said: string, meant: ?Object}>, submits?: boolean}} finder
   *   `options` with title, line and choose(); `said`: a sentence about them; `meant`: the one option that the text as it stands says;
   *   `submits`: Enter without a marked option is left to the form
   * @param {{input: Element, list: Element, clear?: Element}} parts the field, its list and its button that empties it
   * @returns {function()} closes the list, and nothing asked before opens it again
   */
  gp.startSearch = function (finder, { input, list, clear = document.createElement("button") }) {
    let found = null;
    let active = -1;
    let asked = 0;

    /** Ask for what is typed; of two questions the later counts. */
    async function ask() {
      const turn = ++asked;
      const text = input.value;
      clear.hidden = !text;
      if (!text.trim()) { found = null; return close(); }
      let answer;
      try { answer = await finder.ask(text); } catch (error) {
        answer = { options: [], said: gp.words.t("search_failed"), meant: null };
        gp.release.changed();
      }
      if (turn !== asked) return undefined;
      found = answer;
      show();
      return undefined;
    }

    function show() {
      const sentence = found.said && gp.el("li", { class: "none", role: "option", "aria-disabled": "true", text: found.said });
      gp.fill(list, sentence || null, ...found.options.map(option));
      if (!list.children.length) { close(); return; }
      open();
      gp.say([found.options.length ? gp.words.t("search_found", { n: found.options.length }) : "", found.said].filter(Boolean).join(gp.words.lang() === "en" ? ". " : "。"));
    }

    const option = (one, k) => gp.el("li", { role: "option", id: `hit-${k}`, "aria-selected": "false", onmousedown: (event) => event.preventDefault(), onclick: () => choose(one) },
      gp.icon(one.icon), gp.el("span", {}, gp.el("b", gp.words.asIs(one.title)), gp.el("small", { text: one.line })));

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

    function choose(one) {
      input.value = one.title;
      clear.hidden = false;
      asked++;
      found = null;
      close();
      one.choose();
    }

    /** Enter goes to the marked option, else to the one that is meant; of several nobody picks for the reader. */
    async function enter() {
      if (active >= 0 && found && !list.hidden) { choose(found.options[active]); return; }
      const text = input.value;
      await ask();
      if (found && found.meant && text === input.value) choose(found.meant);
    }

    function move(step) {
      if (list.hidden) open();
      const { length } = found.options;
      mark((active + step + length + (active < 0 && step < 0 ? 1 : 0)) % length);
    }

    input.addEventListener("input", ask);
    input.addEventListener("focus", () => { finder.open(); if (found && input.value) open(); });
    input.addEventListener("blur", () => window.setTimeout(close, 150));
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;  // the Enter that ends a kana conversion chooses nothing
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && found && found.options.length) { event.preventDefault(); move(step); }
      else if (event.key === "Enter" && finder.submits && (active < 0 || list.hidden)) leave();
      else if (event.key === "Enter") { event.preventDefault(); enter(); }
      else if (event.key === "Escape") { if (list.hidden) input.value = ""; clear.hidden = !input.value; close(); }
    });
    function leave() { asked++; found = null; close(); }

    clear.addEventListener("click", () => { input.value = ""; clear.hidden = true; found = null; asked++; close(); input.focus(); });
    if (input.value && document.activeElement === input) { finder.open(); ask(); }  // somebody typed before the page was ready to hear it
    return leave;
  };
})(window.gispipe = window.gispipe || {});
