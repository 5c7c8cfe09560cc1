/* The corners of a thing as a table: the way to draw and change without a pointer. */
(function (gp) {
  "use strict";

  const ROWS = 30;
  const { t } = { t: (...a) => gp.words.t(...a) };

  /** What the reader had chosen: which system, which ring, which rows. */
  const seen = { system: "degrees", ring: 0, page: 0, open: false, thing: null };

  const SYSTEMS = {
    degrees: {
      heads: () => [t("draw_lat"), t("draw_lon")],
      shown: (position) => { const [lon, lat] = gp.positionTexts(position); return [lat, lon]; },
      read: ([lat, lon]) => gp.position(lon, lat),
    },
    plane: {
      heads: () => [t("draw_plane_x"), t("draw_plane_y")],
      shown: (position) => { const [east, north] = gp.cityPlane().forward(position); return [north.toFixed(3), east.toFixed(3)]; },
      read: ([north, east]) => { const [lon, lat] = gp.cityPlane().inverse([east, north]); return gp.position(Number(lon.toFixed(9)), Number(lat.toFixed(9))); },
    },
  };

  /**
   * Make the table.
   * @param {Object} thing
   * @param {function(function(Object): Object, string)} put takes what makes the changed thing of the present one, and the key of what was done
   */
  gp.cornerTable = function (thing, put) {
    if (seen.thing !== thing.id) Object.assign(seen, { thing: thing.id, ring: 0, page: 0 });
    const list = gp.el("div");
    const again = (change) => { Object.assign(seen, change); gp.keepFocus(fill); };
    const fill = () => gp.fill(list, ...table(thing, put, again));
    if (seen.open) fill();
    const toggled = (open) => { seen.open = open; if (open && !list.children.length) fill(); };
    return gp.toolMore({ id: "sketch-corners", text: t("draw_corners", { n: gp.cornersOf(thing).toLocaleString("en-US") }), open: seen.open, toggled }, list);
  };

  function table(thing, put, again) {
    const rings = thing.shapes.flatMap(({ type, rings: own }, s) => own.map((positions, r) => ({ type, positions, s, r })));
    const now = rings[Math.min(seen.ring, rings.length - 1)];
    const { type, positions, s, r } = now;
    const system = SYSTEMS[seen.system];
    const change = (make, what, focus) => put((one) => gp.withRing(one, s, r, make(one.shapes[s].rings[r])), what, focus);
    const last = Math.max(0, Math.ceil(positions.length / ROWS) - 1);
    const page = Math.min(seen.page, last);
    const shown = positions.slice(page * ROWS, (page + 1) * ROWS);
    const systems = [["degrees", t("draw_degrees")], ["plane", t("draw_plane", { zone: gp.planeZone() })]];
    return [
      gp.toolChoice("corner-system", "draw_system", systems, seen.system, (value) => again({ system: value })),
      rings.length > 1 ? gp.toolField(t("draw_part"), parts(rings, now, again)) : null,
      gp.el("table", { class: "tool-table corner-table" }, gp.el("caption", { class: "hidden", text: t("draw_corners", { n: positions.length }) }),
        gp.el("thead", {}, gp.el("tr", {}, gp.el("th", { scope: "col", text: t("draw_number") }), ...system.heads().map((text) => gp.el("th", { scope: "col", text })))),
        ...shown.map((position, k) => row(page * ROWS + k, position, positions.length, type, change))),
      gp.toolPager(positions.length, ROWS, page, (to) => again({ page: to })),
      type === "point" ? null : adding(change, () => { seen.page = Math.floor(positions.length / ROWS); }),
    ];
  }

  /** Which ring of which shape the table shows. */
  function parts(rings, now, again) {
    const name = (ring, k) => t(ring.r ? "draw_part_hole" : "draw_part_number", { n: k + 1, all: rings.length });
    return gp.el("select", { id: "corner-ring", onchange: (event) => again({ ring: Number(event.target.value), page: 0 }) },
      ...rings.map((ring, k) => gp.el("option", { value: k, selected: ring === now, text: name(ring, k) })));
  }

  /** A field for one number of a position. */
  function number(id, problem, more) {
    return gp.el("input", { id, type: "text", inputmode: "decimal", autocomplete: "off", "aria-describedby": problem.id, ...more });
  }

  /** One corner: two fields, and under them, while one works on it, what can be done with it. */
  function row(k, position, count, type, change) {
    const system = SYSTEMS[seen.system];
    const n = k + 1;
    const before = system.shown(position);
    const problem = gp.el("p", { class: "tool-warn", id: `corner-${k}-problem`, role: "alert", hidden: true });
    const fields = before.map((text, axis) => number(`corner-${k}-${axis}`, problem, {
      value: text, "aria-label": t("draw_corner_field", { n, what: system.heads()[axis] }), onkeydown: (event) => { if (event.key === "Enter") apply(); },
    }));
    const apply = () => {
      if (fields.every((field, axis) => field.value === before[axis])) return;
      const place = typed(fields, problem);
      if (place) change((ring) => ring.map((one, at) => (at === k ? place : one)), "draw_did_corner");
    };
    const swap = (other) => change((ring) => ring.map((one, at) => (at === k ? ring[other] : at === other ? ring[k] : one)), "draw_did_order", `corner-${other}-0`);
    const remove = () => change((ring) => ring.filter((one, at) => at !== k), "draw_did_remove_corner", `corner-${Math.max(0, k - 1)}-0`);
    const act = (key, icon, action, disabled) => gp.toolButton({ id: `corner-${k}-${icon}`, key, icon, bare: true, words: t(key, { n }), disabled }, action);
    const actions = type === "point" ? null : gp.el("div", { class: "tool-row" },
      act("draw_corner_up", "up", () => swap(k - 1), k === 0), act("draw_corner_down", "down", () => swap(k + 1), k === count - 1),
      act("draw_corner_show", "cross", () => gp.showPlaces([position])), act("draw_corner_remove", "clear", remove, count <= gp.leastCorners(type)));
    const leave = (event) => { if (!body.contains(event.relatedTarget)) window.setTimeout(apply); };  // when the focus is where it was going
    const enter = () => { for (const other of body.parentElement.querySelectorAll(".at")) other.classList.remove("at"); body.classList.add("at"); };
    const body = gp.el("tbody", { class: "corner", onfocusout: leave, onfocusin: enter },
      gp.el("tr", {}, gp.el("th", { scope: "row", text: String(n) }), ...fields.map((field) => gp.el("td", {}, field))),
      gp.el("tr", { class: "corner-actions" }, gp.el("td", { colspan: 3 }, problem, actions)));
    return body;
  }

  /** The number in each field as a position; a mistake is told under the row. */
  function typed(fields, problem) {
    const numbers = fields.map((field) => gp.typedNumber(field.value));
    const position = numbers.every((number) => number !== null) ? SYSTEMS[seen.system].read(numbers) : null;
    fields.forEach((field, k) => field.setAttribute("aria-invalid", String(numbers[k] === null || !position)));
    problem.hidden = Boolean(position);
    problem.textContent = position ? "" : t("draw_not_a_place");
    return position;
  }

  /** A further corner, by its coordinates or at the middle of the map. */
  function adding(change, turn) {
    const system = SYSTEMS[seen.system];
    const problem = gp.el("p", { class: "tool-warn", id: "corner-new-problem", role: "alert", hidden: true });
    const fields = [0, 1].map((axis) => number(`corner-new-${axis}`, problem, { onkeydown: (event) => { if (event.key === "Enter") add(); } }));
    const put = (position) => { turn(); change((ring) => [...ring, position], "draw_did_add_corner", "corner-new-0"); };
    const add = () => { const position = typed(fields, problem); if (position) put(position); };
    return gp.el("fieldset", { class: "corner-new" }, gp.el("legend", { text: t("draw_new_corner") }),
      gp.el("div", { class: "tool-row" }, ...fields.map((field, axis) => gp.toolField(system.heads()[axis], field))), problem,
      gp.el("div", { class: "tool-row" }, gp.toolButton({ id: "corner-add", key: "draw_add", icon: "plus" }, add),
        gp.toolButton({ id: "corner-add-middle", key: "draw_add_middle", icon: "cross" }, () => put(gp.position(...gp.tapped(gp.aim().latlng))))));
  }
})(window.gispipe = window.gispipe || {});
