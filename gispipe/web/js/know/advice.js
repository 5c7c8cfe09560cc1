/* What to do, from what a card says: the rules of the index, read as `gispipe lookup` reads them. */
(function (gp) {
  "use strict";

  /** What to do where a card has these answers and sites, most urgent first, as { code, en, ja }; nothing where it answers nothing. */
  gp.adviceFor = function ({ rules, said, past }, hazards, shelters) {
    const codes = [];
    for (const rule of hazards.length ? rules : []) {
      if (!(rule.unless ?? []).some((code) => codes.includes(code)) && holds(rule, hazards, shelters, past)) codes.push(rule.code);
    }
    return codes.map((code) => said[code]);
  };

  function holds(rule, hazards, shelters, past) {
    const inside = (which) => hazards.some((one) => isInside(one, which, past));
    const state = (which) => hazards.some((one) => fits(one, which, past) && which.states.includes(one.state));
    return (!rule.inside || inside(rule.inside)) && (!rule.outside || !inside(rule.outside)) && (!rule.known || state(rule.known)) && (!rule.unknown || !state(rule.unknown))
      && (!rule.walk || needed(hazards, shelters, past).some((one) => walks(one, rule.walk)));
  }

  function fits(one, which, past) {
    if (one.hazard === past && !(which.hazards ?? []).includes(past)) return false;
    return (which.hazards ?? [one.hazard]).includes(one.hazard) && (which.says ?? [one.says]).includes(one.says);
  }

  function isInside(one, which, past) {
    const classes = [...(one.worst ? [one.worst] : []), ...one.around.map((around) => around.class)];
    return fits(one, which, past) && classes.some((each) => classFits(each, which));
  }

  function classFits({ depth_m: depth, avoid }, which) {
    if (which.deeper_m !== undefined) return depth !== null && (depth.length > 1 ? depth[1] : Infinity) > which.deeper_m;
    return (!which.avoid || avoid) && (!which.depth_unknown || depth === null);
  }

  /** The shelters for the hazards that a place is inside of. */
  function needed(hazards, shelters, past) {
    const reached = new Set(hazards.filter((one) => isInside(one, {}, past)).map((one) => one.hazard));
    return shelters.filter((one) => reached.has(one.hazard));
  }

  function walks({ on_foot: onFoot, straight }, what) {
    if (what === "none") return !onFoot.length;
    if (what === "crosses") return onFoot.length > 0 && !onFoot[0].safe;
    const nearest = onFoot.length ? onFoot : straight;
    return nearest.length > 0 && nearest[0].inside.length > 0;
  }
})(window.gispipe = window.gispipe || {});
