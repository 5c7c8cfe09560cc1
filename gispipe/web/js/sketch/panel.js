/* The panel of the drawing tool: what to draw, what is drawn, going back, and files. */
(function (gp) {
  "use strict";

  const ROWS = 50;
  const TYPES = ".kml,.kmz,.geojson,.json,application/vnd.google-earth.kml+xml,application/geo+json";
  const KINDS = ["point", "line", "area", "text"];
  const { t } = { t: (...a) => gp.words.t(...a) };

  let page = 0;
  let followed = null;

  /**
   * Fill the panel anew.
   * @param {HTMLElement} body
   * @param {gp.Drawing} drawing
   * @param {gp.Pen|null} pen
   * @param {Object} on what each button does: draw, middle, back, finish, cancel, select, put, remove, removeCorner, undo, redo, clear, open, saveKml, saveGeoJson, snap
   */
  gp.showSketchPanel = function (body, drawing, pen, on) {
    gp.keepPlace(body, () => gp.fill(body, kinds(pen, on), ...(pen ? drawingNow(pen, on) : [help(drawing), list(drawing, on), going(drawing, on), files(drawing, on)])),
      () => gp.byId(`thing-${drawing.selected}`) || gp.byId(`draw-${pen ? pen.kind : "point"}`));
  };

  const kinds = (pen, on) => gp.el("div", { class: "sketch-kinds", role: "group", "aria-label": t("draw_what") }, ...KINDS.map((kind) =>
    gp.toolButton({ id: `draw-${kind}`, words: gp.kindWord(kind), icon: kind, look: "tall", pressed: Boolean(pen && pen.kind === kind) }, () => on.draw(kind))));

  /** While something is being drawn only this is in the way. */
  function drawingNow(pen, on) {
    const next = pen.type === "point" ? "draw_help_point" : pen.ready ? "draw_help_end" : pen.positions.length ? "draw_help_more" : "draw_help_first";
    const size = pen.size();
    return [
      gp.el("p", { class: "tool-help" }, t(next), gp.el("span", { class: "keys", text: ` ${t("draw_keys")}` })),
      pen.type === "point" ? null : gp.el("p", { class: "tool-value", id: "pen-size", text: t("draw_so_far", { n: pen.positions.length, size }) }),
      gp.el("div", { class: "tool-row" },
        gp.toolButton({ id: "pen-middle", key: "draw_add_middle", icon: "cross", bare: true }, on.middle),
        pen.type === "point" ? null : gp.toolButton({ id: "pen-finish", key: "draw_finish", icon: "done", look: "main", disabled: !pen.ready }, on.finish),
        pen.type === "point" ? null : gp.toolButton({ id: "pen-back", key: "draw_back", icon: "undo", disabled: !pen.positions.length }, on.back),
        gp.toolButton({ id: "pen-cancel", key: "draw_cancel", icon: "remove" }, on.cancel)),
    ];
  }

  const help = (drawing) => (drawing.things.length ? null : gp.el("p", { class: "tool-help", text: t("draw_help") }));

  function list(drawing, on) {
    const { things, selected } = drawing;
    if (selected !== followed) {
      followed = selected;
      const at = things.findIndex(({ id }) => id === selected);
      if (at >= 0) page = Math.floor(at / ROWS);
    }
    page = Math.min(page, Math.max(0, Math.ceil(things.length / ROWS) - 1));
    const turn = (to) => { page = to; drawing.tell(); };
    const shown = things.slice(page * ROWS, (page + 1) * ROWS).map((thing) => item(thing, thing.id === selected, on));
    return gp.el("div", {}, gp.el("ul", { class: "sketch-list", "aria-label": t("draw_list") }, ...shown),
      gp.toolPager(things.length, ROWS, page, turn));
  }

  function item(thing, open, on) {
    const kind = gp.kindOf(thing);
    const sign = gp.toolIcon(kind);
    sign.style.color = thing.colour;
    const [name, word] = [gp.nameOf(thing), gp.kindWord(kind)];
    const below = [name === word ? "" : word, gp.sizeOf(thing)].filter(Boolean).join("　");
    const words = gp.el("span", { class: "what" }, gp.el("b", { text: name }), gp.el("small", { text: below }));
    const turn = () => on.select(open ? null : thing.id);
    return gp.el("li", { class: open ? "open" : "" },
      gp.el("button", { type: "button", class: "sketch-item", id: `thing-${thing.id}`, "aria-expanded": String(open), onclick: turn }, sign, words, gp.icon("chevron")),
      open ? gp.sketchForm(thing, { ...on, put: (make, what, focus) => on.put(make, what, focus, thing.id) }) : null);
  }

  const going = (drawing, on) => gp.el("div", { class: "tool-row tool-even" },
    gp.toolButton({ id: "sketch-undo", key: "draw_undo", icon: "undo", look: "tall", disabled: !drawing.canUndo }, on.undo),
    gp.toolButton({ id: "sketch-redo", key: "draw_redo", icon: "redo", look: "tall", disabled: !drawing.canRedo }, on.redo),
    gp.toolButton({ id: "sketch-clear", key: "draw_clear", icon: "clear", look: "tall", disabled: !drawing.things.length }, on.clear));

  function files(drawing, on) {
    const input = gp.el("input", {
      id: "sketch-file", type: "file", multiple: true, class: "hidden", tabindex: "-1", "aria-hidden": "true", accept: TYPES,
      onchange: () => { on.open([...input.files]); input.value = ""; },
    });
    const none = !drawing.things.length;
    return gp.el("div", { class: "sketch-files" }, input,
      gp.el("div", { class: "tool-row" }, gp.toolButton({ id: "sketch-open", key: "draw_open", icon: "open" }, () => input.click()),
        gp.toolButton({ id: "sketch-kml", key: "draw_save_kml", icon: "save", disabled: none }, on.saveKml),
        gp.toolButton({ id: "sketch-geojson", key: "draw_save_geojson", icon: "save", disabled: none }, on.saveGeoJson)),
      gp.el("label", { class: "switch", for: "sketch-snap" },
        gp.el("input", { id: "sketch-snap", type: "checkbox", checked: on.snaps(), onchange: (event) => on.snap(event.target.checked) }),
        gp.el("span", { text: t("draw_snap") })),
      gp.el("p", { class: "tool-note", text: t("draw_files_note") }));
  }
})(window.gispipe = window.gispipe || {});
