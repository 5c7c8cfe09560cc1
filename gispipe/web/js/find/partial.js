/* Answer a text that is no address as it stands: a part of a name, a reading, or nothing that the register has. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const { said, found } = find;

  /** Return the towns or facilities that have the text in their name or reading, else the town it begins with, else nothing. */
  find.byName = function (register, text, reading, weak) {
    const ours = register.municipality;
    const { city } = ours;
    const at = weak === null ? behindCity(reading, ours) : 0;
    const behind = reading.text.slice(at);
    if (weak === null) {
      const hits = partialTowns(register, ...nameAndTail(behind));
      if (hits.length) return find.listed([...hits, ...register.containing(text)], `${city} ${behind}`, said("NAME_ONLY"));
      const towns = find.townsByReading(register, reading, at);
      if (towns.length) return byReading(register, towns, city, behind);
    }
    let hits = register.containing(text);
    if (!hits.length) hits = register.containing(behind);
    if (hits.length) return found("candidates", hits, { read_as: reading.text, reason: said("ONLY_LIKE") });
    const other = find.unknownMunicipality(reading.text, ours);
    return weak || found("nothing", [], { read_as: reading.text, reason: other ? said("OTHER_CITY", { other, city }) : find.noTown(text, city) });
  };

  function byReading(register, towns, city, behind) {
    register.wantPlaces(towns);
    const hits = towns.map((town) => find.noted(register.townHit(town), said("READING")));
    return hits.length === 1 ? found("town", hits, { read_as: `${city} ${towns[0].name}` }) : find.listed(hits, `${city} ${behind}`, said("NAME_ONLY"));
  }

  /** Return the farthest place behind the municipality that a text can begin with, 0 where that is another one. */
  function behindCity(reading, ours) {
    const scopes = find.scopes(reading.text, ours, () => 0);
    return scopes.some((scope) => scope.other) ? 0 : Math.max(...scopes.map((scope) => scope.at));
  }

  /** Return the tokens of the name before the numbers and the tail of numbers behind it. */
  function nameAndTail(text) {
    const parts = find.tokens(text).filter((token) => token.key !== " ");
    const number = parts.findIndex((token, k) => token.number && k > 0);
    const cut = number < 0 ? parts.length : number;
    return [parts.slice(0, cut), find.tailText(parts.slice(cut), text)];
  }

  function partialTowns(register, name, tail) {
    const towns = find.townsContaining(register, name);
    const numbers = find.parseNumbers(tail);
    const [first] = numbers.atoms;
    const chome = numbers.chome || (first && find.isDigits(first) && first.length < 4 ? Number(first) : 0);
    const same = chome ? towns.filter((town) => town.chome === chome) : [];
    const meant = same.length ? same : towns;
    const asked = meant.slice(0, find.MOST).map((town) => [town, town.chome && !numbers.chome ? 1 : 0]).filter(([, start]) => numbers.atoms.length > start);
    register.wantNumbers(asked.map(([town, start]) => [town, numbers.key(start)]));
    const houses = asked.map(([town, start]) => find.resolve(register, town, numbers, start)).filter((answer) => answer.grade !== "town").flatMap((answer) => answer.hits);
    if (houses.length) return houses;
    const shown = meant.slice(0, find.MOST);  // no more are listed
    register.wantPlaces(shown);
    return shown.map((town) => register.townHit(town));
  }

  /** The sentence that nothing of the register is like a text. */
  find.noTown = function (text, city) {
    const short = find.words(text).join(" ");
    return said("NO_TOWN", { text: short.length <= 40 ? short : `${short.slice(0, 40)}…`, city });
  };
})(window.gispipe = window.gispipe || {});
