/* Entries and hits: what an answer consists of. */
(function (gp) {
  "use strict";

  const find = gp.find;

  /** Return a hit: an entry of the register (kind: town, block, address, lot or facility) with a note and further rows of its layer at the same place. */
  find.hit = (entry, kind) => ({ ...entry, kind, note: null, also: [] });

  /** Return the hit with another entry that is the same place; rows of other layers add nothing. */
  find.joined = (hit, other) => (other.layer === hit.layer ? { ...hit, also: [...hit.also, other.feature] } : hit);

  /** Return the same hit with a note, keeping the one it has already. */
  find.noted = (hit, note) => (note === null || hit.note ? hit : { ...hit, note });

  /** Return an answer. result: exact, candidates, town or nothing; unread: what stands behind the town was not read as a number. */
  find.found = (result, hits, more = {}) => ({ result, hits, rest: "", read_as: "", reason: null, unread: false, ...more });

  const METRES = 111195;

  /** Whether two places are within fifty metres (equirectangular). */
  find.near = (one, other) => Math.hypot((one.lon - other.lon) * Math.cos((one.lat * Math.PI) / 180), one.lat - other.lat) * METRES <= 50;

  /** The towns' order: name without chome, then chome. */
  find.townOrder = (town) => [town.stem, town.chome, town.name];

  /** Return a town without what marks its chome. */
  find.stemName = function (town) {
    if (!town.chome) return town.name;
    const cut = find.rtrim(find.rtrim(town.name, "丁目"), "0123456789〇一二三四五六七八九十");
    return cut || town.name;
  };
})(window.gispipe = window.gispipe || {});
