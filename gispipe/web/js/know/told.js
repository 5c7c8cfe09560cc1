/* Sentences, class labels and titles of a card in the reader's language, as nodes: what the city says in Japanese only is marked as Japanese. */
(function (gp) {
  "use strict";

  /** The key of our sentence for every reason that a card gives, by its English sentence. */
  const WHY = {
    "the walk starts inside the zone": "card_start_inside",
    "there is no way on foot around the zone": "card_no_way_around",
    "no road within 500 m": "card_no_road",
    "no designated shelter can be reached on foot": "card_no_way",
    "no site is designated for it": "card_no_site",
    "there is no road layer to walk on": "card_no_roads",
  };
  const STATES = { outside: "区域外", not_surveyed: "未調査", no_data: "データなし", no_record: "記録なし" };

  const text = (value) => document.createTextNode(gp.readable(value));

  gp.told = {
    /** What the city says in Japanese. */
    local(value) { return gp.words.tag(gp.words.lang()) === "ja" ? text(value) : gp.el("span", { lang: "ja", text: value }); },

    named(names, japanese) { const own = (names || {})[gp.words.lang()]; return own ? text(own) : gp.told.local(japanese); },

    label(one) { return gp.told.named(one.labels, one.label); },

    title(answer) { return gp.told.named(answer.titles, answer.title); },

    /** The word for nothing of a hazard layer: ours, or the layer's own as it stands. */
    nothing(answer) {
      const own = answer.answer.ja;
      if (own === STATES[answer.state]) return text(gp.words.t(`card_state_${answer.state}`));
      return gp.told.named(answer.answer.en === own ? {} : answer.answer, own);  // without an English name the sentence itself stands there
    },

    /** A sentence of what to do: by its code where the sentences of cards are loaded, else as the card has it. */
    advice(one) {
      const lang = gp.words.lang();
      try { return text(gp.cardWords.t(lang, `advice_${one.code}`)); } catch (error) { return gp.words.tag(lang) === "ja" ? gp.told.local(one.ja) : text(one.en); }
    },

    why(reason) { return gp.words.t(WHY[reason] || "card_no_way"); },

    hazards(names) { return names.map((name) => gp.words.t(`card_${name}`)).join(gp.words.t("card_comma")); },

    share(share) {
      const percent = Math.floor(share * 100 + 1e-9);
      return percent ? gp.words.t("card_share", { n: percent }) : gp.words.t("card_share_little");
    },

    /** Lists of nodes with a comma between. */
    listed(parts) { return parts.flatMap((part, k) => [...(k ? [text(gp.words.t("card_comma"))] : []), ...[part].flat()]); },

    /** A sentence whose {places} are nodes or texts. */
    phrase(key, values) {
      return gp.words.t(key).split(/\{(\w+)\}/).flatMap((part, k) => (k % 2 ? [values[part]].flat().map((one) => (one instanceof Node ? one : text(one))) : part ? [text(part)] : []));
    },

    /** A number without decimals, thousands apart; a half goes to the even number, as on paper and at the command line. */
    whole(number) {
      const near = Math.round(number);
      return (Math.abs(number % 1) === 0.5 && near % 2 ? near - 1 : near).toLocaleString("en-US");
    },
  };
})(window.gispipe = window.gispipe || {});
