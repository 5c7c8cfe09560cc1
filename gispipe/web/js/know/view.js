/* A hazard card as elements: the answer first, then what to do, where to go, and the details; the same words in the same order as web/know/view.py. */
(function (gp) {
  "use strict";

  /**
   * Make the article of a card, for the panel of the map and the page of text alike.
   * @param {Object} card the document of `gispipe lookup --json`, or what gp.Cards gives
   * @param {Object} [how] open: whether the parts that can be folded are open
   */
  gp.cardView = function (card, how) {
    const town = Boolean(card.place && card.place.kind === "town");
    const kinds = gp.hazardKinds(card.hazards);
    const pressing = kinds.filter(({ level }) => level === "bad" || level === "some").map(({ hazard }) => hazard);
    const open = Boolean(how && how.open);
    const [near, farther] = going(card, town, pressing, open);
    const article = gp.el("article", {}, answer(kinds), doing(card), near, farther, details(card, open), areas(card, town), sources(card, open));
    article.className = paperClass(width(article), farther ? width(farther) : 0);
    return article;
  };

  /** How long a card is on paper; the same figures as web/know/paper.py. */
  const LIMITS = { ja: [3100, 3150, 3950], easy: [3400, 3400, 4400], en: [3200, 3200, 4000], zh: [2850, 2800, 3300], ko: [3200, 3200, 3800] };

  const width = (node) => Math.floor((new TextEncoder().encode(node.textContent).length + [...node.textContent].length) / 2);

  function paperClass(whole, farther) {
    const [long, longer, longest] = LIMITS[gp.words.lang()];
    return ["hcard", whole > long && "long", whole - farther > longer && "longer", whole - farther > longest && "longest"].filter(Boolean).join(" ");
  }

  const t = (key, values) => gp.words.t(key, values);
  const p = (className, ...children) => gp.el("p", className ? { class: className } : {}, ...children);
  const section = (className, title, ...children) => gp.el("section", { class: className }, gp.el("h2", { text: t(title) }), ...children);
  const folded = (className, title, open, ...children) => gp.el("details", { class: className, open }, gp.el("summary", { text: t(title) }), ...children);
  const row = (term, ...parts) => gp.el("div", {}, gp.el("dt", {}, ...term), gp.el("dd", {}, ...parts));
  const chip = (one, of) => gp.el("i", { class: `hc-chip z-${one.id}-${of.rank}` });

  function answer(kinds) {
    const rows = kinds.map((kind) => gp.el("li", { class: kind.level }, gp.el("i", { class: `hc-pict p-${kind.hazard}` }), gp.el("div", {}, gp.el("h3", { text: t(`card_${kind.hazard}`) }), ...lines(kind))));
    return section("hc-answer", "card_hazards", gp.el("ul", {}, ...rows), p("hc-caution", t("card_caution")));
  }

  function lines(kind) {
    const nothing = kind.nothing.length ? [p("", ...gp.told.listed(kind.nothing.map(gp.told.nothing)))] : [];
    return [...nothing, ...kind.lines.map((line, k) => p(k || nothing.length ? "" : "first", ...lineOf(line)))];
  }

  function lineOf(line) {
    let told = [chip(line.answer, line.of), gp.el("b", {}, gp.told.label(line.of))];
    if (line.titled) told = [gp.told.title(line.answer), t("card_colon"), ...told];
    if (line.role) return gp.told.phrase(`card_around_${line.role}`, { class: told });
    return line.share === null || line.share === undefined ? told : [...told, " ", gp.el("small", { text: gp.told.share(line.share) })];
  }

  /** What to do, most urgent first; a card without advice says where to hear it. */
  function doing(card) {
    const items = (card.advice || []).map((one) => gp.el("li", {}, gp.told.advice(one)));
    return section("hc-do", "card_do", items.length ? gp.el("ul", {}, ...items) : p("", t("card_official")));
  }

  /** The nearest places to go to, and the farther ones. */
  function going(card, town, pressing, open) {
    if (!card.shelters.length) return [null, null];
    const goals = gp.goalsOf(card.shelters, pressing);
    const near = goals.filter(({ rank }) => rank === 0).map(goalOf);
    const others = goals.filter(({ rank }) => rank > 0).map(goalOf);
    const whys = gp.reasonsOf(card.shelters).map(([why, hazards]) => p("hc-none", gp.told.hazards(hazards), t("card_colon"), gp.told.why(why)));
    return [section("hc-go", "card_go", town ? p("hc-start", t("card_go_from_town")) : null, gp.el("ul", {}, ...near), ...whys),
      others.length ? folded("hc-go hc-more", "card_more_sites", open, gp.el("ul", {}, ...others)) : null];
  }

  function goalOf(goal) {
    const parts = [gp.el("h3", {}, gp.told.local(goal.ways[0].site.name))];
    let metres = null;
    for (const way of goal.ways) {
      if (gp.metresOf(way) !== metres) { parts.push(p("", ...lengthOf(way))); metres = gp.metresOf(way); }
      parts.push(p("hc-for", t("card_for", { names: gp.told.hazards(way.hazards) })), ...warnings(way).map((one) => p("hc-warn", gp.el("b", { text: t("card_warning") }), " ", ...one)));
    }
    return gp.el("li", {}, ...parts);
  }

  function lengthOf(way) {
    const n = gp.told.whole(gp.metresOf(way));
    if (!way.walked) return [gp.el("b", { class: "min", text: t("card_straight", { n }) })];
    return [gp.el("b", { class: "min", text: t("card_walk", { n: gp.told.whole(way.site.minutes) }) }), " ", gp.el("small", { text: t("card_metres", { n }) })];
  }

  function warnings({ site, walked }) {
    const found = [];
    if (walked && !site.safe) found.push([...(site.why ? [gp.told.why(site.why.en), t("card_colon")] : []), t("card_crossing", { n: gp.told.whole(site.danger_m) })]);
    if (site.inside.length) {
      const zones = site.inside.map((zone) => [gp.told.title(zone), t("card_colon"), chip(zone, zone.class), gp.told.label(zone.class)]);
      found.push(gp.told.phrase("card_stands_in", { zones: gp.told.listed(zones) }));
    }
    return found;
  }

  function details(card, open) {
    const reached = (one) => one.state === "inside" || one.around.length > 0;
    const words = new Map();
    for (const one of card.hazards.filter((answered) => !reached(answered))) {
      const word = gp.told.nothing(one);
      if (!words.has(word.textContent)) words.set(word.textContent, [word, []]);
      words.get(word.textContent)[1].push(gp.told.title(one));
    }
    const notes = new Map();
    for (const one of card.hazards.filter((answered) => reached(answered) && answered.note)) notes.set(one.note, [...(notes.get(one.note) || []), gp.told.title(one)]);
    return folded("hc-details", "card_details", open, gp.el("dl", {}, ...card.hazards.filter(reached).map((one) => row([gp.told.title(one)], ...detail(one))),
      ...[...words.values()].map(([word, titles]) => row([word], p("", ...gp.told.listed(titles)))),
      ...[...notes].map(([note, titles]) => row(gp.told.listed(titles), p("hc-note", gp.told.local(note))))));
  }

  /** What one hazard layer says: classes with their shares, rivers or slopes, what stands around. */
  function detail(one) {
    const name = one.of.length === 1 ? [" (", gp.told.local(one.of[0].name), ")"] : [];
    return [
      one.state === "inside" ? p("", ...gp.told.listed(one.classes.map((part) => partOf(one, part))), ...name) : p("", gp.told.nothing(one)),
      one.of.length > 1 ? p("", ...gp.told.listed(one.of.map((named) => [gp.told.local(named.name), " ", gp.told.label(named.class)]))) : null,
      ...one.around.map((part) => p("", ...gp.told.phrase(`card_around_${part.role}`, { class: gp.told.label(part.class) }))),
    ];
  }

  function partOf(one, part) {
    const told = [chip(one, part.class), gp.told.label(part.class)];
    return part.share === null || part.share === undefined ? told : [...told, " ", gp.el("small", { text: gp.told.share(part.share) })];
  }

  function areas(card, town) {
    const shown = card.areas.filter((one) => !town || one.role !== "town");
    if (!shown.length) return null;
    return section("hc-areas", "card_areas", gp.el("dl", {}, ...shown.map((one) => row([gp.told.title(one)], gp.told.local(one.name)))));
  }

  /** Who made the data and of when they are; what most layers have in common is told last and without their names. */
  function sources(card, open) {
    const found = new Map();
    for (const one of card.sources) {
      const key = JSON.stringify([one.attribution, one.updated || ""]);
      if (!found.has(key)) found.set(key, new Set());
      found.get(key).add(one.title);
    }
    const made = [...found];
    const most = made.reduce((best, one) => (!best || one[1].size > best[1].size ? one : best), null);
    const ordered = made.filter((one) => one !== most).concat(most ? [most] : []);
    const items = ordered.map((one) => {
      const [key, titles] = one;
      const [by, date] = JSON.parse(key);
      const which = one !== most ? [gp.told.local([...titles].join("、")), t("card_colon")] : ordered.length > 1 ? [t("card_source_rest"), t("card_colon")] : [];
      return gp.el("li", {}, ...which, gp.told.local(by), ...(date ? [t("card_comma"), t("updated", { date })] : []));
    });
    return folded("hc-sources", "card_sources", open, gp.el("ul", {}, ...items));
  }
})(window.gispipe = window.gispipe || {});
