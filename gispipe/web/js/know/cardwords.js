/* A card in lines of text in the reader's language: what the page shows, reads aloud and copies, the same as the command line prints. */
(function (gp) {
  "use strict";

  const tables = {};
  const LIKE = { ja: "ja", easy: "ja" };  // languages that read the city's own names

  /** A number without its fraction; a half goes to the even one, as the command line writes it. */
  function whole(value) {
    const near = Math.round(value);
    return Math.abs(value % 1) === 0.5 && near % 2 ? near - 1 : near;
  }

  gp.cardWords = {
    /** Fetch the sentences of a language, once; files: the `files` of a gp.Cards. */
    async load(files, lang) {
      const { sentences } = await files.index();
      await Promise.all(["ja", lang].map(async (one) => { tables[one] ??= await files.fetched(sentences[one]); }));
    },

    /** One sentence of a loaded language with its {places} filled. */
    t(lang, key, values = {}) { return tables[lang][key].replace(/\{(\w+)\}/g, (all, place) => (place in values ? String(values[place]) : all)); },

    /** The name of a hazard: of an answer or of the sites for it. */
    hazard(lang, hazard) { return tables[lang][`hazard_${hazard}`]; },

    /** The title of a layer. */
    title(lang, { title, titles }) { return titles[lang] ?? title; },

    /** A class of a hazard layer. */
    label(lang, { label, labels }) { return labels[lang] ?? label; },

    /** A sentence that the card has in Japanese and English only (why, none, answer): the one of the language where it is one of ours. */
    said(lang, said) {
      const key = Object.keys(tables.ja ?? {}).find((one) => /^(why|state|caution)/.test(one) && tables.ja[one] === said.ja);
      return key ? tables[lang][key] : LIKE[lang] ? said.ja : said[lang] ?? said.en;
    },

    /** What to do, as sentences in order. */
    advice(lang, card) { return card.advice.map(({ code }) => tables[lang][`advice_${code}`]); },

    /** What one hazard layer says, in one line. */
    hazardLine(lang, one) {
      const { t, label, title, said } = gp.cardWords;
      const between = t(lang, "between");
      const head = one.worst
        ? `${title(lang, one)}: 【${label(lang, one.worst)}】${one.of.map((named) => `${named.name} ${label(lang, named.class)}`).join(between)}` : `${title(lang, one)}: ${said(lang, one.answer)}`;
      const parts = one.classes.filter(({ share }) => share !== null).map((part) => t(lang, "share", { class: label(lang, part.class), percent: whole(100 * part.share) }));
      const around = one.around.map((part) => t(lang, "part_of", { ground: t(lang, `ground_${part.role}`), class: label(lang, part.class) }));
      return head + (parts.length ? `（${parts.join(between)}）` : "") + around.join("");
    },

    /** The sites for one hazard: its name with why there is none, and a line for each site. */
    shelterLines(lang, one) {
      const { t, said, hazard } = gp.cardWords;
      const straight = new Map(one.straight.map((site) => [`${site.layer} ${site.row}`, site.distance_m]));
      const inside = (site) => (site.inside.length ? t(lang, "stands_in", { zones: site.inside.map((zone) => `${gp.cardWords.title(lang, zone)} ${gp.cardWords.label(lang, zone.class)}`).join(t(lang, "between")) }) : "");
      const walked = one.on_foot.map((site) => {
        const key = `${site.layer} ${site.row}`;
        const direct = straight.has(key) ? t(lang, "also_straight", { metres: whole(straight.get(key)) }) : "";
        straight.delete(key);
        const line = t(lang, "on_foot", { metres: whole(site.length_m), minutes: whole(site.minutes) });
        const crossing = site.safe ? "" : t(lang, "crosses", { why: said(lang, site.why), metres: whole(site.danger_m) });
        return `${site.name} ${line}${direct}${crossing}${inside(site)}`;
      });
      const others = one.straight.filter((site) => straight.has(`${site.layer} ${site.row}`))
        .map((site) => `${site.name} ${t(lang, "straight", { metres: whole(site.distance_m) })}${inside(site)}`);
      return { head: `${hazard(lang, one.hazard)}:${one.none ? ` ${said(lang, one.none)}` : ""}`, sites: [...walked, ...others] };
    },

    /** The whole card, one line after the other; `null` as the heading of the first part. */
    lines(lang, card) {
      const { t, said } = gp.cardWords;
      const parts = [{ heading: null, lines: [`${card.city}${card.fictitious ? t(lang, "fictitious") : ""}  ${gp.cardWords.place(lang, card.place)}`] }];
      if (card.hazards.length) parts.push({ heading: t(lang, "hazards"), lines: [...card.hazards.map((one) => gp.cardWords.hazardLine(lang, one)), `※ ${said(lang, card.caution)}`] });
      if (card.advice.length) parts.push({ heading: t(lang, "advice"), lines: gp.cardWords.advice(lang, card).map((one) => `・${one}`) });
      if (card.shelters.length) {
        parts.push({ heading: t(lang, "where_to_go"), lines: card.shelters.flatMap((one) => {
          const { head, sites } = gp.cardWords.shelterLines(lang, one);
          return [head, ...sites.map((site) => `・${site}`)];
        }) });
      }
      if (card.areas.length) parts.push({ heading: t(lang, "areas"), lines: card.areas.map((one) => `${gp.cardWords.title(lang, one)}: ${one.name}${one.kana ? `（${one.kana}）` : ""}`) });
      return parts;
    },

    /** The place a card answers for. */
    place(lang, { kind, name, lat, lon, rest, note }) {
      const where = `${lat.toFixed(6)}, ${lon.toFixed(6)}`;
      if (kind === "point") return where;
      return `${name}${rest ? ` ${rest}` : ""}（${gp.cardWords.t(lang, `kind_${kind}`)}）${where}${note ? ` ※${gp.cardWords.said(lang, note)}` : ""}`;
    },
  };
})(window.gispipe = window.gispipe || {});
