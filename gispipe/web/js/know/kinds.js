/* The hazards of a card by kind, the worst first; the same decisions as web/know/kinds.py. */
(function (gp) {
  "use strict";

  const KINDS = ["tsunami", "flood", "landslide", "storm_surge", "inland", "pond", "earthquake", "flood_history"];
  const LEVELS = ["bad", "some", "unknown", "none"];
  const MAIN = ["depth", "zone", "intensity", "history"];
  const STATES = ["not_surveyed", "no_data", "outside", "no_record"];
  const NOTHING = [-2, false, -1];

  /**
   * The kinds of hazard that a card answers for, the worst first.
   * @param {Array} hazards a card's hazards
   * @returns {Array<{hazard, level, lines, nothing}>} lines: {answer, of, share, titled, role}; nothing: answers whose word for nothing stands for the kind
   */
  gp.hazardKinds = function (hazards) {
    const byKind = new Map();
    for (const one of hazards) byKind.set(one.hazard, [...(byKind.get(one.hazard) || []), one]);
    return [...byKind].map(([hazard, answers]) => kind(hazard, answers))
      .sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || KINDS.indexOf(a.hazard) - KINDS.indexOf(b.hazard));
  };

  function kind(hazard, answers) {
    const some = answers.filter((one) => MAIN.includes(one.says));
    const main = some.length ? some : answers;
    const inside = main.filter((one) => one.state === "inside");
    const worst = inside.length ? [inside.reduce((best, one) => (more(standing(one), standing(best)) ? one : best))] : [];
    const lines = (hazard === "flood_history" ? inside : worst).map((one) => own(one));
    lines.push(...around(main, inside.map((one) => weight(one.worst)).reduce((a, b) => (more(b, a) ? b : a), NOTHING)));
    for (const says of ["collapse", "duration"]) lines.push(...beside(answers, main, says).map((one) => own(one, true)));
    for (const one of answers) {
      if (one.says === "collapse" && !main.includes(one)) lines.push(...one.around.map((part) => ({ answer: one, of: part.class, share: null, titled: true, role: part.role })));
    }
    const bad = lines.some((line) => line.of.avoid || line.answer.says === "collapse" || hazard === "tsunami");
    const nothing = inside.length ? [] : words(main);
    const unknown = nothing.some((one) => one.state === "not_surveyed" || one.state === "no_data");
    return { hazard, level: bad ? "bad" : lines.length ? "some" : unknown ? "unknown" : "none", lines, nothing };
  }

  const own = (one, titled) => ({ answer: one, of: one.worst, share: one.classes[0].share, titled: Boolean(titled), role: "" });

  /** What classes of one kind are compared by: depth of water, whether people should keep out, rank. */
  const weight = (one) => [one.depth_m ? one.depth_m[0] : -1, Boolean(one.avoid), one.rank];

  /** What answers of one kind are compared by: their class, then the largest scale, then the most ground. */
  const standing = (one) => [...weight(one.worst), one.scale === "largest", one.classes[0].share || 0];

  function more(a, b) {
    const at = a.findIndex((value, k) => Number(value) !== Number(b[k]));
    return at >= 0 && Number(a[at]) > Number(b[at]);
  }

  function beside(answers, main, says) {
    const found = answers.filter((one) => one.says === says && one.state === "inside" && !main.includes(one));
    return says === "collapse" || !found.length ? found : [found.reduce((best, one) => (one.worst.rank > best.worst.rank ? one : best))];
  }

  /** Of lot and building around the place the worst class each, where it is worse than the place's own. */
  function around(main, least) {
    const found = new Map();
    for (const one of main) {
      for (const part of one.around) {
        const before = found.get(part.role);
        if (more(weight(part.class), least) && (!before || more(weight(part.class), weight(before.of)))) found.set(part.role, { answer: one, of: part.class, share: null, titled: false, role: part.role });
      }
    }
    return ["parcel", "building"].filter((role) => found.has(role)).map((role) => found.get(role));
  }

  /** An answer for each different word for nothing, what is not known first. */
  function words(main) {
    const kept = new Map();
    for (const one of [...main].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state))) if (!kept.has(one.answer.ja)) kept.set(one.answer.ja, one);
    return [...kept.values()];
  }
})(window.gispipe = window.gispipe || {});
