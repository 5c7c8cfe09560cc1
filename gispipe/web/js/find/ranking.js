/* Choose between the readings of a number: with its chome, without one, or with the chome left out. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const { said, found, noted } = find;

  /** Return candidates, each once, at most twenty. */
  find.listed = function (hits, readAs, reason, more = {}) {
    const unique = new Map([...hits].reverse().map((hit) => [JSON.stringify([hit.kind, hit.layer, hit.feature, hit.name]), hit]));
    return found("candidates", Array.from(unique.values()).reverse().slice(0, find.MOST), { read_as: readAs, reason, ...more });
  };

  /** Return what the towns of one stem say to the rest of the question. */
  find.answerInTowns = function (register, question, begun) {
    const tail = new find.Tail(question, begun);
    const { chome, atoms } = tail.numbers;
    if (chome) {
      const chosen = begun.towns.filter((town) => town.chome === chome);
      return chosen.length ? saidBy(register, tail, chosen.map((town) => [town, 0]), begun) : noSuchChome(register, question, begun, chome);
    }
    if (!atoms.length) return onlyTown(register, tail, begun);
    const options = [...begun.towns.filter((town) => town.chome === 0).map((town) => [town, 0]),
      ...begun.towns.filter((town) => town.chome && atoms[0] === String(town.chome)).map((town) => [town, 1])];
    return saidBy(register, tail, options, begun);
  };

  const hitsOf = (register, towns) => { register.wantPlaces(towns); return towns.map((town) => register.townHit(town)); };

  function noSuchChome(register, question, begun, chome) {
    const town = find.stemName(begun.towns[0]);
    return find.listed(hitsOf(register, begun.towns), `${question.city} ${town}`, said("NO_CHOME", { town, chome }));
  }

  function onlyTown(register, tail, begun) {
    const [rest, { city }] = [tail.rest(0, "town"), tail.question];
    const whole = begun.towns.filter((town) => town.chome === 0);
    const stem = find.stemName(begun.towns[0]);
    if (rest && tail.text[0] !== " ") {  // what follows may make it another name: 里 in 里見町
      return find.listed(hitsOf(register, begun.towns), `${city} ${stem}`, said("UNREAD", { town: stem, rest }), { rest, unread: true });
    }
    if (whole.length === 1) {
      const towns = [...whole, ...begun.towns.filter((town) => town.chome)].slice(0, find.MOST);
      return found("town", hitsOf(register, towns), { rest, read_as: `${city} ${whole[0].name}` });
    }
    return find.listed(hitsOf(register, begun.towns), `${city} ${stem}`, said(whole.length ? "SEVERAL" : "WHICH_CHOME"), { rest });
  }

  const isBlock = (answer) => (answer.grade === "town" ? answer.block : answer.hits[0].kind === "block");

  /** Return the best of the readings; two of the same rank are candidates. */
  function saidBy(register, tail, options, begun) {
    const { numbers } = tail;
    const numbered = options.filter(([, start]) => start < numbers.atoms.length);
    register.wantNumbers(numbered.map(([town, start]) => [town, numbers.key(start)]));
    const answers = numbered.map(([town, start]) => find.resolve(register, town, numbers, start));
    const bare = options.filter(([, start]) => start === numbers.atoms.length).map(([town]) => town);
    let exact = answers.filter((answer) => answer.grade === "exact");
    if (exact.some((answer) => answer.whole)) exact = exact.filter((answer) => answer.whole);
    const mayLack = !numbers.chome && numbers.atoms.length <= 2 && !exact.some((answer) => answer.town.chome === 0);
    const unsaid = mayLack ? chomeLeftOut(register, tail, begun) : [];
    if (exact.length === 1 && !unsaid.length && (exact[0].whole || options.length === 1)) return foundExact(tail, exact[0]);
    let several = exact.flatMap((answer) => answer.hits.slice(0, 1));
    if (!several.length) several = answers.filter((answer) => answer.grade === "candidates").flatMap((answer) => answer.hits);
    if (several.length || unsaid.length) {
      const blocks = answers.filter(isBlock).map((answer) => answer.hits[0]);
      const areas = several.length && exact.length !== 1 ? [] : [...blocks, ...hitsOf(register, bare)];
      return candidates(tail, answers, [...several, ...areas, ...unsaid], unsaid.length > 0 && !several.length);
    }
    return nothingExact(register, tail, begun, answers, bare);
  }

  /** Return the block or the town, or the towns of which one has to be chosen. */
  function nothingExact(register, tail, begun, answers, bare) {
    if (bare.length && !answers.some(isBlock)) return townAlone(register, tail, bare[0]);
    if (!answers.length) return whichChome(register, tail, begun);
    const ordered = [...answers].sort((a, b) => find.compareLists(find.townOrder(a.town), find.townOrder(b.town)));
    const numbered = ordered.length > 1 && ordered.some((answer) => answer.town.chome === 0 && answer.hits.length > 1);  // the town without chome has numbers of its own
    const rank = (answer) => [isBlock(answer), answer.town.chome > 0 && !numbered];
    return foundTown(tail, ordered.reduce((best, answer) => (find.compareLists(rank(answer), rank(best)) > 0 ? answer : best)));
  }

  /** Return the houses that have the whole number in any chome of the town. */
  function chomeLeftOut(register, tail, begun) {
    const key = tail.numbers.key(0, tail.numbers.atoms.length);
    const towns = begun.towns.filter((town) => town.chome).sort((a, b) => find.compareLists(find.townOrder(a), find.townOrder(b)));
    register.wantNumbers(towns.map((town) => [town, key]));
    return towns.flatMap((town) => find.withNumber(register, town, key));
  }

  const readAs = (tail, town, number) => [tail.question.city, town.name, number].filter(Boolean).join(" ");

  function foundExact(tail, answer) {
    const { kind } = answer.hits[0];
    const rest = tail.rest(answer.used, kind);
    const first = answer.whole ? answer.hits[0] : noted(answer.hits[0], said(kind === "lot" && rest.startsWith("-") ? "REST_OF_LOT" : "REST", { rest }));
    return found("exact", [first, ...answer.hits.slice(1)], { rest, read_as: readAs(tail, answer.town, answer.number) });
  }

  function candidates(tail, answers, hits, unsaid) {
    const graded = answers.filter((answer) => answer.grade !== "town").map((answer) => answer.used);
    const used = graded.length ? Math.max(...graded) : tail.numbers.atoms.length;
    const one = new Set(answers.map((answer) => answer.town)).size === 1 && !unsaid;
    const read = one ? readAs(tail, answers[0].town, answers[0].number) : `${tail.question.city} ${tail.question.reading.text}`;
    return find.listed(hits, read, said(unsaid ? "WHICH_CHOME" : "SEVERAL"), { rest: tail.rest(used, hits[0].kind) });
  }

  function townAlone(register, tail, town) {
    const rest = tail.rest(tail.numbers.atoms.length, "town");
    const next = tail.text.slice(tail.numbers.end, tail.numbers.end + 1);
    const reason = rest && next !== " " ? said("UNREAD", { town: town.name, rest }) : null;
    return found("town", hitsOf(register, [town]), { rest, read_as: readAs(tail, town, ""), reason, unread: reason !== null });
  }

  function whichChome(register, tail, begun) {
    const number = tail.numbers.key(0, tail.numbers.atoms.length);
    return find.listed(hitsOf(register, begun.towns), `${tail.question.city} ${find.stemName(begun.towns[0])} ${number}`, said("WHICH_CHOME"),
      { rest: tail.rest(tail.numbers.atoms.length, "town") });
  }

  function foundTown(tail, answer) {
    const [first] = answer.hits;
    const onlyBlock = first.kind === "block" && first.number === answer.number;
    const reason = onlyBlock ? said("ONLY_BLOCK", { block: first.name }) : said("NO_NUMBER", { town: answer.town.name, number: answer.number });
    return found("town", answer.hits, { rest: tail.rest(answer.used, "town"), read_as: readAs(tail, answer.town, answer.number), reason });
  }
})(window.gispipe = window.gispipe || {});
