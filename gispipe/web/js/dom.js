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

  /** Text without characters that nobody sees: control characters, and those that turn the direction of what stands beside. */
  gp.readable = (text) => String(text).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, "");

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
    search: "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.4 15.4L20.5 20.5",
    plus: "M12 5V19M5 12H19",
    minus: "M5 12H19",
    locate: "M12 7.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9M12 2.5V7M12 17V21.5M2.5 12H7M17 12H21.5",
    home: "M4 11.5L12 4.5L20 11.5M6.5 10V19.5H17.5V10",
    print: "M7 9V3.5H17V9M7 17H4V9H20V17H17M7 14H17V20.5H7Z",
    link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2",
    close: "M6 6L18 18M18 6L6 18",
    chevron: "M6 9.5L12 15.5L18 9.5",
    maps: "M9 5L3.5 7V19L9 17L15 19L20.5 17V5L15 7ZM9 5V17M15 7V19",
    pin: "M12 21C7.5 15.5 5.5 12.7 5.5 9.7a6.5 6.5 0 0 1 13 0C18.5 12.7 16.5 15.5 12 21ZM12 7.4a2.4 2.4 0 1 0 0 4.8a2.4 2.4 0 0 0 0-4.8",
    warn: "M12 4L21 19.5H3ZM12 10V14.2M12 16.6V17.2",
  };
})(window.gispipe = window.gispipe || {});
