/* The parts that the panels of the tools are put together from: buttons with our own icons, pages of a long list, copying. */
(function (gp) {
  "use strict";

  const SPACE = "http://www.w3.org/2000/svg";

  /** A line drawing in a box of 24 px, hidden from screen readers. */
  gp.toolIcon = function (name) {
    const svg = document.createElementNS(SPACE, "svg");
    const path = document.createElementNS(SPACE, "path");
    path.setAttribute("d", ICONS[name]);
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    svg.append(path);
    return svg;
  };

  /**
   * A button.
   * @param {{key: string, icon: (string|undefined), words: (string|undefined), bare: (boolean|undefined), look: (string|undefined), pressed: (boolean|undefined)}} how
   *   `key` of its words, `words` in their stead, `bare` when only the icon is seen, `look` a class, `pressed` for one that stays down
   * @param {function(Event)} action
   */
  gp.toolButton = function ({ key, icon, words, bare, look, pressed, disabled, id }, action) {
    const text = words || gp.words.t(key);
    return gp.el("button", {
      type: "button", id, class: `tool-button ${look || ""}`, "aria-label": bare ? text : null, title: bare ? text : null, "data-key": key,
      "aria-pressed": pressed === undefined ? null : String(pressed), disabled, onclick: action,
    }, icon ? gp.toolIcon(icon) : null, bare ? null : gp.el("span", { text }));
  };

  /** Choices of which one holds, as radio buttons of the page's own look. */
  gp.toolChoice = function (name, key, choices, chosen, action) {
    return gp.el("div", { class: "segments", role: "radiogroup", "aria-label": gp.words.t(key) }, ...choices.map(([value, text]) => gp.el("label", { class: "chip" },
      gp.el("input", { type: "radio", name, id: `${name}-${value}`, value, checked: value === chosen, onchange: () => action(value) }), gp.el("span", { text }))));
  };

  /** A section that opens and closes; `toggled` hears of it. */
  gp.toolMore = function ({ id, text, open, toggled }, ...content) {
    const details = gp.el("details", { class: "tool-more", id, open, ontoggle: () => toggled && toggled(details.open) },
      gp.el("summary", { id: `${id}-summary` }, gp.el("span", { text }), gp.icon("chevron")), ...content);
    return details;
  };

  /** A field under its words. */
  gp.toolField = (text, input) => gp.el("label", { class: "tool-field", for: input.id }, gp.el("span", { text }), input);

  /** Which rows of a long list are shown: `size` at a time. */
  gp.toolPager = function (total, size, page, action) {
    const last = Math.max(0, Math.ceil(total / size) - 1);
    if (!last) return null;
    return gp.el("div", { class: "tool-row tool-pager" },
      gp.toolButton({ key: "draw_page_before", icon: "left", bare: true, disabled: page === 0 }, () => action(page - 1)),
      gp.el("span", { text: gp.words.t("draw_page", { from: page * size + 1, to: Math.min(total, (page + 1) * size), n: total.toLocaleString("en-US") }) }),
      gp.toolButton({ key: "draw_page_after", icon: "right", bare: true, disabled: page === last }, () => action(page + 1)));
  };

  /** Put a text into the clipboard; where a browser forbids it the text is marked for copying by hand. */
  gp.copyWords = async function (text, node) {
    try {
      await navigator.clipboard.writeText(text);
      gp.toast(gp.words.t("measure_copied", { text }));
    } catch (error) {
      window.getSelection().selectAllChildren(node);
      gp.toast(gp.words.t("measure_marked"));
    }
  };

  const ICONS = {
    point: "M12 21C7.5 15.5 5.5 12.7 5.5 9.7a6.5 6.5 0 0 1 13 0C18.5 12.7 16.5 15.5 12 21ZM12 7.4a2.4 2.4 0 1 0 0 4.8a2.4 2.4 0 0 0 0-4.8",
    line: "M5 18.5L10 8.5L15 14L19.5 5.5M5 17a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 0 0 0-3.2M19.5 4a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 0 0 0-3.2",
    area: "M5.5 8L13.5 4.5L19.5 11L16.5 19L6.5 17.5ZM9.5 16.5L16.5 9.5M7 13L12.5 7.5",
    text: "M5 7V4.5H19V7M12 4.5V19.5M9 19.5H15",
    group: "M5 5H11V11H5ZM15.5 13.5a3 3 0 1 0 0 6a3 3 0 0 0 0-6M13.5 6.5L20 6.5M5 19L10 14.5",
    undo: "M8.5 5L4 9.5L8.5 14M4.5 9.5H14a5.5 5.5 0 0 1 0 11H9",
    redo: "M15.5 5L20 9.5L15.5 14M19.5 9.5H10a5.5 5.5 0 0 0 0 11H15",
    clear: "M5 6.5H19M9.5 6.5V4.5H14.5V6.5M7 6.5L8 20H16L17 6.5M10.5 10V16.5M13.5 10V16.5",
    remove: "M6 6L18 18M18 6L6 18",
    up: "M12 19V5.5M6 11L12 5L18 11",
    down: "M12 5V18.5M6 13L12 19L18 13",
    left: "M19 12H5.5M11 6L5 12L11 18",
    right: "M5 12H18.5M13 6L19 12L13 18",
    copy: "M9 9H19V20H9ZM15 9V4H5V15H9",
    open: "M4 19V6H10L12 8.5H19V11M4 19L7 11H21L18 19Z",
    save: "M12 4V15.5M6.5 10.5L12 16L17.5 10.5M4.5 20H19.5",
    done: "M5 12.5L10 17.5L19.5 7",
    plus: "M12 5V19M5 12H19",
    move: "M12 3V21M3 12H21M9.5 5.5L12 3L14.5 5.5M9.5 18.5L12 21L14.5 18.5M5.5 9.5L3 12L5.5 14.5M18.5 9.5L21 12L18.5 14.5",
    cross: "M12 3V10M12 14V21M3 12H10M14 12H21",
    ruler: "M4 15.5L15.5 4L20 8.5L8.5 20ZM8 11.5L10 13.5M11 8.5L12.5 10M5.5 14L7 15.5M13.5 6L15.5 8",
  };
})(window.gispipe = window.gispipe || {});
