/* Answer a question: one exact place, several candidates, only the town, or nothing; and say which. The same as the register's own search. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const { said, found } = find;
  const LONGEST = 200;
  const LABEL = new RegExp(`^(?:住所|所在地|所在)[:：${find.SPACE}]+`);
  const MARKS = ["地番", "住居表示"].map((mark) => [mark, () => new RegExp(`^${mark}[:：${find.SPACE}]*|[${find.SPACE}(（]*${mark}[)）]?$`, "g")]);
  const REFUSED = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

  /**
   * Return what a register has at an address, a lot number or a name, however it is written; throws `find.Wanted` where files are missing.
   * @param {gp.Register} register
   * @param {string} text as typed
   */
  find.search = function (register, text) {
    const refused = find.refusal(text);
    if (refused) return found("nothing", [], { reason: refused });
    let first = null;
    for (const form of forms(find.narrow(text))) {
      const answer = answerTo(register, form);
      if (answer.result !== "nothing") return answer;
      first = first || answer;
    }
    return first;
  };

  /** The text, and with its runs of replacement characters shortened: two or three of them are often the bytes of one character. */
  function forms(text) {
    const shorter = [2, 3].map((size) => text.replace(/\ufffd{2,}/g, (run) => "\ufffd".repeat(Math.ceil(run.length / size))));
    return Array.from(new Set([text, ...shorter]));
  }

  /** Return the sentence that a text is no question, null where it may be one. */
  find.refusal = function (text) {
    if (Array.from(text).length > LONGEST) return said("TOO_LONG");
    if (!find.stripped(text)) return said("EMPTY");
    if (REFUSED.test(text.replace(/[\t\r\n]/g, ""))) return said("CONTROL");
    return /[\p{L}\p{N}\p{Cn}]/u.test(text) ? null : said("NO_LETTERS");
  };

  function answerTo(register, text) {
    const hits = register.named(text);
    if (hits.length) return facility(text, hits);
    const [bare, marks] = unmarked(find.stripped(text).replace(LABEL, ""));
    const { city } = register.municipality;
    const question = { reading: find.normalise(bare), city, marks };
    if (!question.reading.text) return found("nothing", [], { read_as: city, reason: find.noTown(text, city) });
    const answer = address(register, text, question);
    if ((answer.result === "exact" || answer.result === "town") && wildcardBefore(answer.rest, question.reading.text)) {
      return { ...answer, hits: [find.noted(answer.hits[0], said("WILDCARD", { name: answer.read_as })), ...answer.hits.slice(1)] };
    }
    return answer;
  }

  const wildcardBefore = (rest, text) => find.isUnreadable(text) && find.isUnreadable(find.rtrim(text.split(rest || "\0")[0], "?"));

  /** Return the text without the words that say what kind of number it is, and those words. */
  function unmarked(text) {
    let bare = text;
    const marks = new Set();
    for (const [mark, pattern] of MARKS) {
      if (!text.includes(mark)) continue;
      if (pattern().test(text)) marks.add(mark);
      bare = bare.replace(pattern(), "");
    }
    return [bare, marks];
  }

  function facility(text, hits) {
    const read_as = find.stripped(find.narrow(find.wide(text).normalize("NFKC")));
    if (hits.length === 1) return found("exact", hits, { read_as });
    return found("candidates", hits.slice(0, find.MOST), { read_as, reason: said("SEVERAL") });
  }

  function address(register, text, question) {
    const { reading } = question;
    const known = new Map();
    const begun = (at) => {
      if (!known.has(at)) known.set(at, find.begun(register, reading.text, at));
      return known.get(at);
    };
    const townAt = (at) => (begun(at) ? begun(at).end - at : 0);
    let weak = null;
    for (const scope of find.scopes(reading.text, register.municipality, townAt)) {
      if (scope.other) return elsewhere(register, text, question, scope);
      const original = reading.original(scope.at);
      const hits = scope.said ? register.named(original) : [];
      if (hits.length) return facility(original, hits);
      const answer = inScope(register, question, scope, begun(scope.at));
      if (answer !== null && answer.result !== "nothing" && !answer.unread) return answer;
      weak = weak || answer;
    }
    return find.byName(register, text, reading, weak);
  }

  function elsewhere(register, text, question, scope) {
    const read_as = question.reading.text;
    const hits = scope.guessed ? register.containing(text) : [];
    if (hits.length) return found("candidates", hits, { read_as, reason: said("ONLY_LIKE") });
    return found("nothing", [], { read_as, reason: said("OTHER_CITY", { other: scope.other, city: question.city }) });
  }

  function inScope(register, question, scope, begun) {
    const { text } = question.reading;
    if (begun) return find.answerInTowns(register, question, begun);
    if (scope.said && scope.at >= text.length) return null;
    const guesses = find.townsWithWildcards(register, text, scope.at).map((one) => find.answerInTowns(register, question, one));
    if (guesses.length < 2) return guesses[0] || null;
    return find.listed(guesses.flatMap((guess) => guess.hits.slice(0, 1)), guesses[0].read_as, said("SEVERAL"));
  }
})(window.gispipe = window.gispipe || {});
