/* What the page without a map offers while somebody types: towns, numbers and facilities that begin so. */
(function (gp) {
  "use strict";

  const MOST = 10;

  /**
   * Offer places below the field of the question.
   * @param {gp.Register} register
   * @param {function(Object)} choose takes the hit that was chosen
   * @returns {function()} takes the offers away
   */
  gp.startOffers = function (register, choose) {
    const finder = { open: () => { register.open().catch(() => {}); }, ask: (text) => offered(register, text, choose), submits: true };
    return gp.startSearch(finder, { input: gp.byId("question"), list: gp.byId("question-list") });
  };

  async function offered(register, text, choose) {
    const none = { options: [], said: "", meant: null };
    if (gp.readCoordinate(text) !== null) return none;  // a coordinate, or the beginning of one
    const [found, begun] = await Promise.all([register.search(text), register.suggest(text)]);
    const seen = new Set();
    const hits = [...found.hits, ...begun].filter((hit) => { const key = `${hit.kind} ${hit.layer} ${hit.name}`; return !seen.has(key) && seen.add(key); });
    return { ...none, options: hits.slice(0, MOST).map((hit) => ({ icon: "pin", title: hit.name, line: gp.words.t(`card_kind_${hit.kind}`), choose: () => choose(hit) })) };
  }
})(window.gispipe = window.gispipe || {});
