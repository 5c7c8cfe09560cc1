/* What is offered while somebody types, and what layers beside the register have. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const MOST = 8;

  /** Return towns, numbers of the town that is named, and facilities that begin with what is typed. */
  find.suggested = function (register, text) {
    const typed = find.narrow(find.stripped(text));
    const { text: read } = find.normalise(typed);
    if (!read) return [];
    const folded = find.fold(read);
    const [name, kana] = [find.nameKey(typed), find.kanaKey(typed)];
    const towns = register.towns.filter((town) => town.plain.startsWith(folded) || (kana && town.kanaKey.startsWith(kana))).slice(0, MOST);
    const places = name.length > 1 ? register.containing(typed).filter((hit) => find.nameKey(hit.name).startsWith(name) || (hit.kana && find.kanaKey(hit.kana).startsWith(kana))) : [];
    register.wantPlaces(towns);
    return [...towns.map((town) => register.townHit(town)), ...numbersBegun(register, read), ...places.slice(0, MOST)];
  };

  /** Return the numbers that begin as is typed behind a town, in the file that has the first of them. */
  function numbersBegun(register, text) {
    const begun = (at) => find.begun(register, text, at);
    const [scope] = find.scopes(text, register.municipality, (at) => (begun(at) ? begun(at).end - at : 0));
    const found = scope.other ? null : begun(scope.at);
    if (!found) return [];
    const question = { reading: find.normalise(text), city: "", marks: new Set() };
    const { numbers } = new find.Tail(question, found);
    const chosen = found.towns.filter((town) => town.chome === numbers.chome).map((town) => [town, numbers.key(0)]);
    if (!numbers.chome) chosen.push(...found.towns.filter((town) => town.chome && numbers.atoms[0] === String(town.chome)).map((town) => [town, numbers.key(1)]));
    const asked = chosen.filter(([, key]) => find.isDigits(key.replaceAll("-", "")));
    register.wantNumbers(asked);
    return asked.flatMap(([town, key]) => register.numbered(town, find.firstNumber(key)).filter((row) => row.key.startsWith(key)).slice(0, MOST).map((row) => find.hit(row, row.kind)));
  }

  /** Return rows of layers beside the register: `exact` where one is called as is typed, and those that have it in their name, the shortest first. */
  find.besides = function (register, text) {
    const typed = find.narrow(text);
    const [name, kana] = [find.nameKey(typed), find.kanaKey(register.municipality.without(typed)) || find.nameKey(typed)];
    if (!name) return [];
    const rows = register.besideWith(name, kana);
    const exact = (row) => row.key === name || (row.kanaKey === kana && row.kanaKey !== "");
    const like = rows.filter((row) => exact(row) || (name.length > 1 && (row.key.includes(name) || row.kanaKey.includes(kana))));
    const order = (row) => [!exact(row), !row.key.startsWith(name), row.key.length];
    return like.sort((a, b) => find.compareLists(order(a), order(b))).slice(0, find.MOST).map((row) => ({ ...find.hit(row, "other"), exact: exact(row) }));
  };

  /** Return the maps that have what is typed in a title of theirs, in any language. */
  find.maps = function (maps, text) {
    const key = find.nameKey(find.narrow(text));
    if (!key || find.refusal(text)) return [];
    return maps.map((map) => ({ map, titles: [map.title, ...Object.values(map.names || {})].map((title) => find.nameKey(find.narrow(title))) }))
      .filter(({ titles }) => titles.some((title) => title === key || (key.length > 1 && title.includes(key))))
      .map(({ map, titles }) => ({ kind: "map", id: map.id, map, name: map.title, exact: titles.includes(key) }));
  };
})(window.gispipe = window.gispipe || {});
