/* Words of the pages in five languages, and the names that the city's own declarations give. */
(function (gp) {
  "use strict";

  const tables = {};
  let current = "ja";

  /** BCP 47 tag of each language; やさしい日本語 is Japanese to a screen reader. */
  const TAGS = { ja: "ja", en: "en", zh: "zh-Hans", ko: "ko", easy: "ja" };

  gp.words = {
    tags: TAGS,

    /** Register one table; each words/*.js file does this when it loads. */
    add(lang, table) { tables[lang] = table; },

    languages() { return Object.keys(TAGS).filter((lang) => tables[lang]); },

    /** The name of a language in that language. */
    self(lang) { return tables[lang].self; },

    use(lang) { current = tables[lang] ? lang : "ja"; },

    lang() { return current; },

    /** The language chosen last time. It is the reader's own choice and harmless; storage may be switched off. */
    remembered() {
      try {
        const lang = window.localStorage.getItem("gispipe-language");
        return gp.words.languages().includes(lang) ? lang : null;
      } catch (error) { return null; }
    },

    remember(lang) {
      try { window.localStorage.setItem("gispipe-language", lang); } catch (error) { /* then it is asked again next time */ }
    },

    /** The browser's language when we have it, else Japanese. */
    preferred() {
      const wish = (navigator.language || "ja").slice(0, 2);
      return gp.words.languages().includes(wish) ? wish : "ja";
    },

    /** A sentence with its {places} filled. A missing key falls back to Japanese, never to an empty string. */
    t(key, values) {
      const sentence = tables[current][key] ?? tables.ja[key] ?? key;
      return sentence.replace(/\{(\w+)\}/g, (all, place) => (values && place in values ? String(values[place]) : all));
    },

    /** A declared name in the reader's language, else the Japanese one. */
    name(thing, field) {
      const names = (thing && thing.names) || {};
      return names[current] || (thing && (thing[field || "title"])) || "";
    },
  };
})(window.gispipe = window.gispipe || {});
