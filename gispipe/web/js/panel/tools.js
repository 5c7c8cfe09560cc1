/* The tools: a list that opens from a button, and one docked panel for the tool that is at work. */
(function (gp) {
  "use strict";

  let active = null;

  /**
   * Show a tool's panel; another tool that is at work is closed first.
   * @param {{id: string, title: string, body: Node, onClose: function(): void}} tool
   */
  gp.openTool = function (tool) {
    gp.closeTool();
    active = { ...tool, before: document.activeElement };
    gp.byId("tool-title").textContent = tool.title;
    gp.fill(gp.byId("tool-body"), tool.body);
    gp.byId("tool").dataset.tool = tool.id;
    gp.byId("tool").hidden = false;
    gp.viewer.asking = false;
    gp.byId("tool").focus();
  };

  /** Close the tool that is at work, and go back to where the reader came from. */
  gp.closeTool = function () {
    if (!active) return;
    const { onClose, before } = active;
    const inside = gp.byId("tool").contains(document.activeElement);
    active = null;
    gp.byId("tool").hidden = true;
    gp.byId("tool-body").replaceChildren();
    gp.viewer.asking = true;
    if (onClose) onClose();
    if (inside) (before && before.isConnected && before !== document.body ? before : gp.byId("tools-button")).focus();
  };

  /** Wire the button and its list; `actions` are called by the name of each entry. */
  gp.startTools = function (actions) {
    const button = gp.byId("tools-button");
    const list = gp.byId("tools-list");
    const set = (open) => { list.hidden = !open; button.setAttribute("aria-expanded", String(open)); };
    button.addEventListener("click", () => { set(list.hidden); if (!list.hidden) list.querySelector("button:not([hidden])").focus(); });
    for (const entry of list.querySelectorAll("button")) {
      entry.addEventListener("click", () => { set(false); button.focus(); actions[entry.dataset.do](); });
    }
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const entries = [...list.querySelectorAll("button:not([hidden])")];
      entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
    });
    document.addEventListener("pointerdown", (event) => { if (!list.hidden && !list.contains(event.target) && !button.contains(event.target)) set(false); });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (!list.hidden) { set(false); button.focus(); } else if (active && gp.byId("tool").contains(event.target)) gp.closeTool();
    });
    gp.byId("tool-close").addEventListener("click", gp.closeTool);
  };
})(window.gispipe = window.gispipe || {});
