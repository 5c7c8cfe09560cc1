/* What the selected thing is called and looks like, and how it is moved or deleted. */
(function (gp) {
  "use strict";

  const STEPS = [0.1, 1, 10, 100];  // metres
  const { t } = { t: (...a) => gp.words.t(...a) };

  let step = 1;

  /**
   * Make the form of a thing.
   * @param {Object} thing
   * @param {{put: function(function(Object): Object, string), remove: function(), removeCorner: (function()|null), close: function()}} on
   */
  gp.sketchForm = function (thing, on) {
    const kind = gp.kindOf(thing);
    const size = kind === "text" || kind === "point" ? "draw_size" : "draw_width";
    const put = (patch, what) => window.setTimeout(() => on.put((one) => gp.changedThing(one, patch), what));  // when the focus is where it was going
    return gp.el("div", { class: "sketch-form", id: "sketch-form", role: "group", "aria-label": t("draw_form", { name: gp.nameOf(thing) }) },
      gp.toolField(t(kind === "text" ? "draw_words" : "draw_name"), name(thing, put)),
      gp.toolField(t("draw_note"), note(thing, put)),
      palette(thing, put),
      gp.el("div", { class: "sketch-width" }, gp.el("span", { class: "tool-label", text: t(size) }),
        gp.toolChoice("sketch-width", size, gp.WIDTHS.map(([word, width]) => [width, t(word)]), thing.width, (width) => put({ width }, "draw_did_width"))),
      kind === "area" && thing.shapes.some(({ rings }) => gp.crossesItself(rings[0])) ? gp.el("p", { class: "tool-warn", text: t("measure_crossing") }) : null,
      thing.data.length ? data(thing) : null,
      gp.cornerTable(thing, on.put),
      moving(thing, on),
      gp.el("div", { class: "tool-row" },
        on.removeCorner ? gp.toolButton({ id: "sketch-remove-corner", key: "draw_remove_corner", icon: "remove" }, on.removeCorner) : null,
        gp.toolButton({ id: "sketch-show", key: "draw_show", icon: "cross" }, () => gp.showThing(thing)),
        gp.toolButton({ id: "sketch-remove", key: "draw_remove", icon: "clear", look: "danger" }, on.remove)));
  };

  /** What a thing is called in the list: its name, else what it is. */
  gp.nameOf = (thing) => gp.readable(thing.name).trim().slice(0, 80) || gp.kindWord(gp.kindOf(thing));

  /** Bring a thing into view. */
  gp.showThing = function (thing) {
    gp.showPlaces(gp.thingsCorners([thing]));
  };

  function name(thing, put) {
    const change = () => put({ name: gp.plainText(input.value) }, "draw_did_name");
    const input = gp.el("input", { id: "sketch-name", type: "text", maxlength: 1000, autocomplete: "off", onchange: change });
    input.value = thing.name;
    return input;
  }

  function note(thing, put) {
    const area = gp.el("textarea", { id: "sketch-note", rows: 2, onchange: () => put({ note: gp.plainText(area.value) }, "draw_did_note") });
    area.value = thing.note;
    return area;
  }

  /** Eight colours by name; one from a file that is none of them stands beside them. */
  function palette(thing, put) {
    const own = gp.PALETTE.some(([, colour]) => colour === thing.colour) ? [] : [["draw_colour_other", thing.colour]];
    return gp.el("div", { class: "sketch-colours", role: "radiogroup", "aria-label": t("draw_colour") }, ...[...gp.PALETTE, ...own].map(([word, colour]) => {
      const disc = gp.el("span", { class: "disc" }, gp.toolIcon("done"));
      disc.style.backgroundColor = colour;
      return gp.el("label", { class: "colour", }, gp.el("input", {
        type: "radio", name: "sketch-colour", id: word.replace("draw_", "sketch-").replaceAll("_", "-"), value: colour, checked: colour === thing.colour,
        onchange: () => put({ colour, fill: colour }, "draw_did_colour"),
      }), disc, gp.el("small", { text: t(word) }));
    }));
  }

  /** What a file said beside the name: text, never markup. */
  function data(thing) {
    const rows = thing.data.slice(0, 100).flatMap(([key, value]) => [gp.el("dt", { text: key.slice(0, 200) }), gp.el("dd", { text: gp.datumText(value).slice(0, 2000) })]);
    return gp.toolMore({ id: "sketch-data", text: t("draw_data", { n: thing.data.length }) }, gp.el("dl", { class: "sketch-data" }, ...rows));
  }

  /** Moving by metres along the axes of the plane, for those who do not drag. */
  function moving(thing, on) {
    const by = (north, east) => on.put((one) => {
      const plane = gp.cityPlane();
      const [[west, south]] = gp.thingsCorners([one]);
      const [x, y] = plane.forward([west, south]);
      const [lon, lat] = plane.inverse([x + east * step, y + north * step]);
      return gp.mapPositions(one, (position) => gp.moved(position, lon - west, lat - south));
    }, "draw_did_move");
    const arrow = (key, icon, north, east) => gp.toolButton({ id: `sketch-move-${icon}`, key, icon, bare: true }, () => by(north, east));
    return gp.el("div", { class: "sketch-move", role: "group", "aria-label": t("draw_move") }, gp.el("span", { class: "tool-label", text: t("draw_move") }),
      gp.el("div", { class: "tool-row" }, arrow("draw_move_west", "left", 0, -1), arrow("draw_move_north", "up", 1, 0), arrow("draw_move_south", "down", -1, 0),
        arrow("draw_move_east", "right", 0, 1),
        gp.el("select", { id: "sketch-step", "aria-label": t("draw_step"), onchange: (event) => { step = Number(event.target.value); } },
          ...STEPS.map((one) => gp.el("option", { value: one, selected: one === step, text: `${one}m` })))));
  }
})(window.gispipe = window.gispipe || {});
