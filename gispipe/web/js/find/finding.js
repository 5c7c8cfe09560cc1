/* What is found for a text: the register's answer, what begins so, other layers and maps; and what follows when one is chosen. */
(function (gp) {
  "use strict";

  const MOST = 20;
  const NUMBERED = ["address", "lot", "block"];
  const ZOOM = { town: 15, block: 17 };
  const KINDS = { address: "kind_address", lot: "kind_lot", town: "kind_town", block: "kind_block" };

  gp.startFinding = function (viewer) {
    const { site, root } = viewer;
    gp.byId("search-box").hidden = !site.search;
    if (!site.search) return;
    const register = new gp.Register(root, site.search);
    gp.startSearch({ open: () => { register.open().catch(() => {}); }, ask: (text) => answer(viewer, register, text) },
      { input: gp.byId("search"), list: gp.byId("search-list"), clear: gp.byId("search-clear") });  // an index that does not come is told when something is asked
  };

  async function answer(viewer, register, text) {
    const [found, begun] = await Promise.all([register.search(text), register.suggest(text)]);
    const beside = found.hits.some(({ kind }) => NUMBERED.includes(kind)) ? [] : await register.beside(text);  // who asks for a house asks for nothing else
    const maps = gp.find.maps(viewer.site.maps, text);
    const own = found.hits.map((hit) => ofHit(viewer, register, hit));
    const others = [...beside.map((hit) => ofHit(viewer, register, hit)), ...maps.map((map) => ofMap(viewer, map))];
    const options = distinct([...own, ...begun.map((hit) => ofHit(viewer, register, hit)), ...others]).slice(0, MOST);
    const silent = found.reason === null || (found.result === "nothing" && options.length > 0);
    return { options, said: silent ? "" : gp.find.sayIn(found.reason, gp.words.lang()), meant: meant(found, own, others) };
  }

  /** The one place that a text says: what is listed beside it is no answer, and a house that is not there is not its town. */
  function meant(found, own, others) {
    if (found.result === "exact" || (found.result === "town" && found.reason === null)) return own[0];
    const exact = found.result === "nothing" ? others.filter((one) => one.exact) : [];
    return exact.length === 1 ? exact[0] : null;
  }

  function distinct(options) {
    const seen = new Set();
    return options.filter(({ key }) => !seen.has(key) && seen.add(key));
  }

  function ofHit(viewer, register, hit) {
    const layer = register.layer(hit.layer);
    const kind = KINDS[hit.kind] ? gp.words.t(KINDS[hit.kind]) : gp.words.name(layer) || gp.words.t("kind_facility");
    const town = hit.kind === "facility" && hit.town ? `${hit.town}${hit.number}` : "";
    const note = hit.note ? gp.find.sayIn(hit.note, gp.words.lang()) : "";
    return { key: `${hit.layer} ${hit.feature} ${hit.kind === "block" ? hit.name : ""}${hit.feature < 0 ? hit.name : ""}`, icon: "pin", title: hit.name, exact: hit.exact,
      line: [kind, town, note].filter(Boolean).join("　"), choose: () => go(viewer, hit) };
  }

  const ofMap = (viewer, { id, map, exact }) => ({ key: `map ${id}`, icon: "maps", title: gp.words.name(map), exact, line: gp.words.t("theme"), choose: () => gp.chooseTheme(viewer.style, id) });

  /** Go to a place that was chosen and ask about it there; an entry beside the register is asked about as a point. */
  function go(viewer, hit) {
    if (!Number.isFinite(hit.lon)) { gp.toast(gp.words.t("search_unplaced", { name: hit.name })); return; }
    const latlng = L.latLng(hit.lat, hit.lon);
    viewer.go(latlng, ZOOM[hit.kind]);
    gp.say(gp.words.t("moved_to", { name: hit.name }));
    viewer.place.ask(latlng, hit.kind === "other" ? { name: hit.name } : { hit });
  }
})(window.gispipe = window.gispipe || {});
