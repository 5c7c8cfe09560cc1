/* Find a number in one town and say how sure that is: a wrong house is never presented as right. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const { said, noted } = find;
  const KINDS = ["address", "lot"];
  const [MOST, SUGGESTED, LONGEST] = [20, 5, 4];  // more than four numbers in one house and room are no address
  const [SAME, BESIDE] = [300, 20];

  const isNational = (layer) => /^(abr|isj)/.test(layer);

  /** Return rows as hits; the same house or lot of several sources is one. */
  function joined(rows) {
    const order = (row) => [isNational(row.layer), KINDS.indexOf(row.kind), row.layer, row.feature];
    const kept = new Map();
    for (const row of [...rows].sort((a, b) => find.compareLists(order(a), order(b)))) {
      const name = `${row.kind} ${row.key}`;
      if (!kept.has(name)) kept.set(name, []);
      const same = kept.get(name);
      // the city's own layers come first: what another source has within 50 m is the same house
      const at = same.findIndex((hit) => find.near(hit, row));
      if (at < 0) same.push(find.hit(row, row.kind));
      else same[at] = find.joined(same[at], row);
    }
    return Array.from(kept.values()).flat();
  }

  /** Return the addresses and lots of a town that have this number, addresses first. */
  find.withNumber = function (register, town, key) {
    const hits = joined(register.numbered(town, find.firstNumber(key)).filter((row) => row.key === key));
    return KINDS.flatMap((kind) => hits.filter((hit) => hit.kind === kind));
  };

  /**
   * Return what a town says to the atoms from `start` on: a fourth number, or a third behind a house or lot, may be a room.
   * @returns {{town, grade: string, hits: Object[], block: boolean, used: number, whole: boolean, number: string}} of grade town the hits are looked for when they are asked for
   */
  find.resolve = function (register, town, numbers, start) {
    const atoms = numbers.atoms.slice(start);
    const wanted = wantedOf(numbers.marks);
    const aside = [];
    const shorter = atoms.length <= LONGEST && atoms.every(find.isDigits) ? atoms.map((_, k) => atoms.length - 1 - k).filter((k) => k > 1) : [];
    for (const used of [atoms.length, ...shorter]) {
      const key = find.joinAtoms(atoms.slice(0, used));
      const hits = find.withNumber(register, town, key);
      const [grade, chosen] = choose(hits, wanted);
      const divided = grade && used < atoms.length ? branches(register, town, key, KINDS) : [];
      // the number is divided here, so what follows is one more branch and no room
      if (divided.length) return { town, grade: "candidates", hits: [...chosen, ...divided].slice(0, MOST), used: start + atoms.length, whole: true, number: find.joinAtoms(atoms) };
      if (grade) return { town, grade, hits: chosen, used: start + used, whole: used === atoms.length, number: key };
      aside.push(...hits);
    }
    return without(register, town, atoms, wanted, start, aside);
  };

  /** Return how the number was written: address (号), lot (地番), lot first (番地), either (番) or bare. */
  function wantedOf(marks) {
    const meaning = [["地番", "lot"], ["号", "address"], ["住居表示", "address"], ["番地", "lot first"], ["番", "either"]].find(([mark]) => marks.has(mark));
    return meaning ? meaning[1] : "bare";
  }

  /** Return the grade and the hits that answer what was written, an empty grade where none does. */
  function choose(hits, wanted) {
    const [addresses, lots] = KINDS.map((kind) => hits.filter((hit) => hit.kind === kind));
    let [chosen, others] = addresses.length ? [addresses, lots] : [lots, []];
    if (KINDS.includes(wanted)) [chosen, others] = wanted === "lot" ? [lots, []] : [addresses, lots];
    if (!chosen.length) return ["", []];
    if (chosen.length > 1) return ["candidates", [...chosen.map((hit) => noted(hit, said("FAR_APART"))), ...others]];
    if (others.length && (wanted === "lot first" || wanted === "either")) return ["candidates", [...chosen, ...others]];
    return ["exact", [chosen[0], ...others.map((hit) => noted(hit, said("SAME_LOT")))]];
  }

  /** Return the block, the lots that the number is divided into, or the nearest numbers. */
  function without(register, town, atoms, wanted, start, aside) {
    const key = find.joinAtoms(atoms);
    const block = wanted !== "lot" ? blockOf(register, town, atoms[0]) : null;
    const divided = wanted !== "address" ? branches(register, town, key, ["lot"]) : [];
    const lotFirst = wanted === "lot" || wanted === "lot first";
    if (divided.length && (lotFirst || !block || atoms.length === 1)) {
      const hits = [...(block && !lotFirst && atoms.length === 1 ? [block] : []), ...divided];
      return { town, grade: "candidates", hits: hits.slice(0, MOST), used: start + atoms.length, whole: true, number: key };
    }
    const suggestions = () => [...aside.map((hit) => noted(hit, said("SAME_DIGITS"))), ...nearest(register, town, atoms, wanted)].slice(0, SUGGESTED);
    const hits = once(() => { register.wantPlaces([town]); return [block || register.townHit(town), ...suggestions()]; });
    return { town, grade: "town", get hits() { return hits(); }, block: block !== null, used: start + atoms.length, whole: true, number: key };
  }

  const once = (make) => { let made; return () => (made = made || make()); };

  /** Return a block of the residence indication: the place of its house nearest to the middle of them all. */
  function blockOf(register, town, first) {
    if (!find.isDigits(first)) return null;
    const hits = joined(register.numbered(town, find.firstNumber(first)).filter((row) => row.kind === "address" && row.key.startsWith(`${first}-`)));
    if (!hits.length) return null;
    const [lon, lat] = ["lon", "lat"].map((name) => hits.reduce((sum, hit) => sum + hit[name], 0) / hits.length);
    const order = (hit) => [(hit.lon - lon) ** 2 + (hit.lat - lat) ** 2, hit.number, hit.layer, hit.feature];
    const middle = hits.reduce((best, hit) => (find.compareLists(order(hit), order(best)) < 0 ? hit : best));
    return { ...find.hit(middle, "block"), name: `${town.name}${first}番`, number: first, kana: "" };
  }

  function branches(register, town, key, kinds) {
    const rows = register.numbered(town, find.firstNumber(key)).filter((row) => kinds.includes(row.kind) && row.key.startsWith(`${key}-`));
    return inOrder(joined(rows), numberOrder);
  }

  const inOrder = (hits, order) => hits.map((hit) => [order(hit), hit]).sort((a, b) => find.compareLists(a[0], b[0])).map(([, hit]) => hit);

  /** Return the numbers of the town nearest to the one asked for, of the kind asked for where that is said. */
  function nearest(register, town, atoms, wanted) {
    const first = find.firstNumber(find.joinAtoms(atoms));
    const kinds = { address: ["address"], lot: ["lot"], "lot first": ["lot"] }[wanted] || KINDS;
    const second = atoms.length > 1 && find.isDigits(atoms[1]) && atoms[1].length < 10 ? Number(atoms[1]) : 0;
    const asked = (beside) => kinds.flatMap((kind) => {
      const same = register.numbered(town, first).filter((row) => row.kind === kind).slice(0, SAME);
      return [same, beside(kind, 1), beside(kind, -1)].flatMap(joined);
    });
    const closer = (distance) => asked((kind, way) => register.loadedBeside(town, kind, first, way, BESIDE)).filter((hit) => Math.abs(numberOrder(hit)[0] - first) < distance).length >= SUGGESTED;
    register.wantBeside(town, kinds, first, BESIDE, closer);
    const found = asked((kind, way) => register.loadedBeside(town, kind, first, way, BESIDE));
    const order = (hit) => { const own = numberOrder(hit); return [Math.abs(own[0] - first), Math.abs(own[1] - second), ...own]; };
    return inOrder(found, order).slice(0, SUGGESTED);
  }

  function numberOrder(hit) {
    const parts = (hit.number.match(/[0-9]+/g) || []).filter((part) => part.length < 10).map(Number);
    return [parts.length ? parts[0] : -1, parts.length > 1 ? parts[1] : 0, hit.number, hit.layer, hit.feature];
  }
})(window.gispipe = window.gispipe || {});
