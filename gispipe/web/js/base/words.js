/* Words of the pages in five languages, one file for each, and the names of what the city declares: with the things, or by Japanese text with the words. */
(function (gp) {
  "use strict";

  /** BCP 47 tag of each language, and its name in itself; やさしい日本語 is Japanese to a screen reader. */
  const LANGUAGES = { ja: ["ja", "日本語"], easy: ["ja", "やさしい日本語"], en: ["en", "English"], zh: ["zh-Hans", "中文"], ko: ["ko", "한국어"] };

  const tables = {};
  let current = "ja";

  const JAPANESE = /[\u3041-\u30ff\u3400-\u9fff]/;

  const own = (thing) => ((thing && thing.names) || {})[current];

  function translated(text) {
    const terms = tables[current]?.terms;
    return terms && Object.hasOwn(terms, text) ? terms[text] : undefined;
  }

  function said(text, name) {
    const foreign = !name && LANGUAGES[current][0] !== "ja" && JAPANESE.test(text);
    return { text: name || text, lang: foreign ? "ja" : null };
  }

  gp.words = {
    languages() { return Object.keys(LANGUAGES); },

    /** BCP 47 tag of a language. */
    tag(lang) { return LANGUAGES[lang][0]; },

    /** The name of a language in that language. */
    self(lang) { return LANGUAGES[lang][1]; },

    /** Fetch the words of a language, once. */
    async load(lang) {
      if (tables[lang]) return;
      const { root, words } = document.documentElement.dataset;
      tables[lang] = await gp.json(root + JSON.parse(words)[lang]);
    },

    use(lang) { current = tables[lang] ? lang : current; },

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

    /** A sentence with its {places} filled. Every table has every sentence: the tests fail on what is said here otherwise. */
    t(key, values) {
      const sentence = tables[current]?.[key] ?? key;
      if (sentence === key && tables[current]) console.error(`no words for ${key}`);
      return sentence.replace(/\{(\w+)\}/g, (all, place) => (values && place in values ? String(values[place]) : all));
    },

    /** The address of a page of text in the reader's language: `index.en.html`; the plain one is Japanese. */
    pageOf(address) { return current === "ja" ? address : address.replace(/\.html$/, `.${current}.html`); },

    /** What a Japanese text of the declarations is called in the reader's language, else the text itself. */
    term(text) { return translated(text) || text || ""; },

    /** A declared name in the reader's language: the thing's own, else that of its Japanese text, else the Japanese one. */
    name(thing, field) {
      const text = (thing && thing[field || "title"]) || "";
      return own(thing) || translated(text) || text;
    },

    /** `term` as attributes for `gp.el`: text that stayed Japanese on a page in another language says so. */
    saidTerm(text) { return said(text || "", translated(text)); },

    /** A text that is shown as it is, as attributes for `gp.el`: names of places are Japanese on every page. */
    asIs(text) { return said(text || ""); },

    /** `name` as attributes for `gp.el`. */
    said(thing, field) {
      const text = (thing && thing[field || "title"]) || "";
      return said(text, own(thing) || translated(text));
    },
  };

  /** A document of the release; an answer that is no success is an error that names it. */
  gp.json = async function (url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    return response.json();
  };
})(window.gispipe = window.gispipe || {});
