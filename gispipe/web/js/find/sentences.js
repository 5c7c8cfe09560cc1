/* What is said about an answer: sentences by name, with the words that are filled in. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (all, name) => (Object.hasOwn(values, name) ? String(values[name]) : all));

  /**
   * Return a sentence of the reader of addresses.
   * @param {string} name as in the table of sentences
   * @param {Object<string, *>} [values] what is filled in
   * @returns {{name: string, values: Object, en: string, ja: string}}
   */
  find.said = function (name, values = {}) {
    const { en, ja } = gp.tables.sentences[name];
    return { name, values, en: filled(en, values), ja: filled(ja, values) };
  };

  /** Return a sentence in a language of the pages. */
  find.sayIn = (sentence, language) => filled(gp.tables.sentences[sentence.name][language], sentence.values);
})(window.gispipe = window.gispipe || {});
