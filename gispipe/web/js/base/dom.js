/* Elements made without HTML strings: text from data can only ever become a text node. */
(function (gp) {
  "use strict";

  /**
   * Make an element.
   * @param {string} tag
   * @param {Object<string, *>} [attributes] `text` becomes textContent, `on…` an event listener, the rest attributes
   * @param {...(Node|string|null)} children strings become text nodes
   */
  gp.el = function (tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key === "text") node.textContent = gp.readable(value);
      else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };

  /** Fill an element anew. */
  gp.fill = function (node, ...children) {
    node.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };

  gp.byId = (id) => document.getElementById(id);

  /** Say something to a screen reader without moving the focus. */
  gp.say = function (sentence) {
    const live = gp.byId("live");
    live.textContent = "";
    window.setTimeout(() => { live.textContent = sentence; }, 50);  // an unchanged text would not be read again
  };

  /** Show a short note over the map, and read it out; one that `stays` is there until the next. */
  gp.toast = function (sentence, stays) {
    const toast = gp.byId("toast");
    toast.textContent = sentence;
    toast.hidden = false;
    window.clearTimeout(gp.toast.timer);
    if (!stays) gp.toast.timer = window.setTimeout(() => { toast.hidden = true; }, 5000);
    gp.say(sentence);
  };

  /** An icon out of our own line drawings (24 px box). */
  gp.icon = function (name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  };

  const ICONS = {
    close: "M6 6L18 18M18 6L6 18",
    chevron: "M6 9.5L12 15.5L18 9.5",
    pin: "M12 21C7.5 15.5 5.5 12.7 5.5 9.7a6.5 6.5 0 0 1 13 0C18.5 12.7 16.5 15.5 12 21ZM12 7.4a2.4 2.4 0 1 0 0 4.8a2.4 2.4 0 0 0 0-4.8",
    adjust: "M4 8H14M18 8H20M16 6V10M4 16H6M10 16H20M8 14V18",
    up: "M12 19V5M6 11L12 5L18 11",
    down: "M12 5V19M6 13L12 19L18 13",
  };
})(window.gispipe = window.gispipe || {});
