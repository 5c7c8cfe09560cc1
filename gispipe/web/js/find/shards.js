/* Files of the register taken apart: digests, blocks of numbers, rows of names, places of towns. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const STEPS = 100_000_000;
  const KINDS = ["address", "lot"];

  const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));

  /** Return the digests of a text of them, as names have them. */
  find.digests = (text) => (text.match(/.{8}/g) ?? []).map((one) => Array.from(bytesOf(one), (byte) => byte.toString(16).padStart(2, "0")).join(""));

  /** Return degrees of steps from the origin. */
  const degrees = (steps, origin) => (steps + origin) / STEPS;

  /** Return the values of which each is told as its difference to the one before. */
  find.summed = (differences) => { let sum = 0; return differences.map((one) => (sum += one)); };

  const keysOf = (written) => (typeof written !== "string" ? written : written.split(";").flatMap((run) => {
    const [head, tails] = [run.slice(0, run.indexOf("|")), run.slice(run.indexOf("|") + 1)];
    return tails.split(",").map((tail) => (tail ? `${head}-${tail}` : head));
  }));

  /** Return the numbers of a file by town and kind, in the order of first number and key. */
  find.numbersOf = function (document, { layers, origin, towns }) {
    const found = new Map();
    for (const [town, kind, layer, written, lon, lat, feature, names, spelled] of document.blocks) {
      const [x, y, rows] = [lon, lat, feature].map(find.summed);
      const name = towns[town].name;
      const some = keysOf(written).map((key, k) => {
        const number = spelled && Object.hasOwn(spelled, k) ? spelled[k] : key;
        const pattern = typeof names === "number" ? names : names[k];
        return { kind: KINDS[kind], key, first: find.firstNumber(key), number, name: typeof pattern === "number" ? named(document.patterns[pattern], name, key, number) : pattern,
          town: name, lon: degrees(x[k], origin[0]), lat: degrees(y[k], origin[1]), layer: layers[layer].id, feature: rows[k], kana: "" };
      });
      if (!found.has(town)) found.set(town, { address: [], lot: [] });
      const held = found.get(town);
      held[KINDS[kind]] = held[KINDS[kind]].length ? [...held[KINDS[kind]], ...some].sort(byNumber) : some;
    }
    return found;
  };

  const byNumber = (a, b) => a.first - b.first || find.compare(a.key, b.key);

  /** Return the name that a pattern makes. */
  function named(pattern, town, key, number) {
    const atoms = key.split("-");
    let k = 0;
    return pattern.replace(/[\^#=]/g, (mark) => (mark === "^" ? town : mark === "=" ? number : atoms[k++]));
  }

  /** Return the rows of a file of names, in the order of their keys. `known`: what of their readings is what they are found by. */
  find.namesOf = (document, { layers, origin, known = (kana) => kana }) => document.names.map(([layer, feature, lon, lat, name, kana = "", town = "", number = ""]) => ({
    kind: "facility", name, town, number, kana, key: find.nameKey(name), kanaKey: kana && find.kanaKey(known(kana)), lon: degrees(lon, origin[0]), lat: degrees(lat, origin[1]),
    layer: layers[layer].id, feature }));

  /** Return the places of a file of them. */
  find.placesOf = (document, { layers, origin }) => document.lon.map((lon, k) => ({
    lon: lon === null ? NaN : degrees(lon, origin[0]), lat: lon === null ? NaN : degrees(document.lat[k], origin[1]),
    layer: document.layer[k] < 0 ? "" : layers[document.layer[k]].id, feature: document.feature[k] }));

  /** Return the towns of an index in their order, {id, group, stem, chome, name, plain, kana, kanaKey}. */
  find.townsOf = function (index) {
    const towns = [];
    index.towns.forEach(([name, kana, ends, stem = name], group) => {
      for (const [nameEnd, kanaEnd, chome] of ends.map((k) => index.endings[k])) {
        const whole = name + nameEnd;
        const town = { id: towns.length, group, stem, chome, name: whole, plain: index.plain[towns.length] ?? whole, kana: kana + kanaEnd };
        towns.push(town);
      }
    });
    return towns;
  };

  /** Return the layers of an index, for `gp.words.name`. */
  find.layersOf = ({ layers }) => layers.map(([id, title, names]) => ({ id, title, names }));

  find.bytesOf = bytesOf;
})(window.gispipe = window.gispipe || {});
