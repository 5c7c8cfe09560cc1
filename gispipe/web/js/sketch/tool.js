/* The drawing tool: what each button, key and tap does to the drawing. */
(function (gp) {
  "use strict";

  const { t } = { t: (...a) => gp.words.t(...a) };
  const drawing = new gp.Drawing();
  let [body, pen, handles, snap, held, waiting, linked] = [null, null, null, false, false, false, null];
  const undoing = [];
  const ADDED = { point: "draw_did_add_point", line: "draw_did_add_line", area: "draw_did_add_area", text: "draw_did_add_text" };

  const painting = new gp.SketchPainting((id) => {
    if (!body || pen) return false;
    drawing.select(id);
    gp.say(t("draw_said_selected", { name: gp.nameOf(drawing.thing) }));
    return true;
  });

  const place = (position, but) => (snap ? gp.snapped(drawing.things.filter(({ id }) => !but || id !== but.id), position) : position);
  const tell = (what) => gp.say(t(what));

  /** Change the drawing; what does not fit into one is told and not done. */
  function put(things, what, selected) {
    try { drawing.put(things, what, selected); } catch (error) {
      if (!(error instanceof gp.SketchError)) throw error;
      gp.toast(t(error.key, error.values));
      drawing.tell();
      return false;
    }
    tell(what);
    return true;
  }

  const change = (make, what, focus, id = drawing.selected) => {
    if (!drawing.things.some((one) => one.id === id)) return;
    put(drawing.things.map((one) => (one.id === id ? make(one) : one)), what);
    if (focus) window.setTimeout(() => gp.byId(focus) && gp.byId(focus).focus());
  };

  const on = {
    place, snaps: () => snap, snap: (to) => { snap = to; }, put: change,
    draw(kind) {
      const same = pen && pen.kind === kind;
      drop();
      if (!same) {
        drawing.select(null);
        pen = new gp.Pen(kind, lastColour(), {
          place, changed: (sentence) => { render(); gp.say(sentence); }, ended: on.cancel, done: (shape) => added(kind, shape),
        });
        tell(pen.type === "point" ? "draw_help_point" : "draw_help_first");
      }
      refresh();
      if (pen) gp.viewer.map.getContainer().focus({ preventScroll: true });
    },
    middle: () => pen.add(place(gp.tapped(gp.aim().latlng))), back: () => pen.back(), finish: () => pen.finish(),
    cancel() {
      drop();
      refresh();
      tell("draw_said_cancelled");
    },
    select(id) {
      drawing.select(id);
      window.setTimeout(() => { if (body && drawing.thing) reveal(drawing.thing); });
    },
    remove() {
      const { thing } = drawing;
      put(drawing.things.filter((one) => one !== thing), "draw_did_remove", null);
    },
    undo: () => { const what = drawing.undo(); if (what) gp.say(t("draw_said_undo", { what: t(what) })); },
    redo: () => { const what = drawing.redo(); if (what) gp.say(t("draw_said_redo", { what: t(what) })); },
    clear: () => put([], "draw_did_clear", null),
    open: (files) => gp.openSketchFiles(files, drawing, put),
    saveKml: () => save(gp.toKml(drawing.things, t("draw_file_name")), "kml", "application/vnd.google-earth.kml+xml"),
    saveGeoJson: () => save(gp.toGeoJson(drawing.things), "geojson", "application/geo+json"),
  };

  function save(text, suffix, type) {
    gp.saveAs(new Blob([text], { type }), gp.sketchName(suffix));
    drawing.kept = drawing.things;
    gp.say(t("draw_saved", { name: gp.sketchName(suffix) }));
  }

  const lastColour = () => drawing.things.at(-1)?.colour || gp.USUAL;

  function added(kind, shape) {
    pen = null;
    const thing = gp.newThing([shape], { colour: lastColour(), label: kind === "text", name: kind === "text" ? t("draw_text_new") : "" });
    if (!put([...drawing.things, thing], ADDED[kind], thing.id)) refresh();
    window.setTimeout(() => {  // when the panel has taken its new size
      if (!body || pen) return;
      const name = gp.byId("sketch-name");
      if (kind === "text" && name) { name.focus(); name.select(); }
      reveal(thing);
    });
  }

  const reveal = (thing) => gp.reveal(thing.shapes.flatMap(({ rings }) => rings.flat()));

  function removeCorner() {
    const thing = handles && handles.without();
    if (thing) change(() => thing, "draw_did_remove_corner");
  }

  function drop() {
    if (pen) pen.end();
    pen = null;
  }

  /** Open the panel and take over the taps on the map. */
  gp.openSketch = function () {
    gp.closeTool();  // also when it is this one that is open
    body = gp.el("div", { class: "tool-sketch" });
    gp.openTool({ id: "draw", title: t("draw_title"), body, onClose: close });
    const preview = (thing) => painting.show(drawing.things.map((one) => (one.id === thing.id ? thing : one)));
    handles = new gp.Handles({ preview, put: (thing, what) => change(() => thing, what), place, picked: render });
    const { map } = gp.viewer;
    const box = map.getContainer();
    const outside = () => { if (!pen) drawing.select(null); };
    map.on("click", outside).on("moveend", aim);
    document.addEventListener("keydown", key, true);
    document.addEventListener("pointerdown", down, true);
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, up, true);
    const drops = [gp.takeDrops(box, on.open), gp.takeDrops(gp.byId("tool"), on.open)];
    undoing.push(() => {
      map.off("click", outside).off("moveend", aim);
      document.removeEventListener("keydown", key, true);
      document.removeEventListener("pointerdown", down, true);
      for (const end of ["pointerup", "pointercancel"]) document.removeEventListener(end, up, true);
      drops.forEach((end) => end());
    });
    refresh();
  };

  function close() {
    drop();
    handles.show(null);
    drawing.selected = null;
    body = null;
    while (undoing.length) undoing.pop()();
    painting.show(drawing.things);
  }

  /** While a button is held down the panel stays as it is, so that a field which is left at the same time does not take the button away. */
  const down = (event) => { held = body.contains(event.target); };
  const up = () => window.setTimeout(() => { held = false; if (waiting) refresh(); });

  const aim = () => { if (body && !pen && drawing.thing) handles.show(drawing.thing); };

  function key(event) {
    const field = event.target.closest("input, textarea, select");
    if (field && !["radio", "checkbox"].includes(field.type)) return;
    const command = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (event.key === "Escape" && pen && gp.byId("tool").contains(event.target)) on.cancel();
    else if (command && !pen && letter === "z") (event.shiftKey ? on.redo : on.undo)();
    else if (command && !pen && letter === "y") on.redo();
    else if (event.key === "Delete" && !pen && drawing.thing && event.target === gp.viewer.map.getContainer()) { if (handles.corner) removeCorner(); else on.remove(); }
    else return;
    event.preventDefault();
  }

  function render() {
    if (body) gp.showSketchPanel(body, drawing, pen, { ...on, removeCorner: handles.without() ? removeCorner : null });
  }

  function refresh() {
    waiting = held;
    if (held) { painting.show(drawing.things); return; }
    painting.show(drawing.things);
    if (!body) return;
    handles.show(pen ? null : drawing.thing);
    render();
    gp.placeCross(!pen);
  }

  drawing.onChange(refresh);
  drawing.onChange(() => { if (drawing.things !== linked) { linked = drawing.things; gp.viewer.write(); } });  // the address carries the drawing
  gp.onChange((changed) => {
    painting.show(drawing.things);
    if (!changed.has("lang") || !body) return;
    gp.byId("tool-title").textContent = t("draw_title");
    render();
  });
  /** A drawing too large for the address would be lost with the page. */
  window.addEventListener("beforeunload", (event) => { if (drawing.things !== drawing.kept && gp.sketch.toText() === null) event.preventDefault(); });

  Object.assign(gp.sketch, {
    drawing,
    toText: () => gp.toLinkText(drawing.things),
    /** Take on the drawing of a link; it stands in the place of the present one, which undo brings back. */
    fromText(text) {
      const things = gp.fromLinkText(text);
      if (!things) return false;
      put(things, "draw_did_open", null);
      drawing.kept = drawing.things;
      return true;
    },
    /** Bring the drawing onto maps that were opened or closed. */
    show: () => painting.show(drawing.things),
  });
})(window.gispipe = window.gispipe || {});
