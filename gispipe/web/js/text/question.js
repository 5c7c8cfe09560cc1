/* What is asked of the page of text: its fragment, and what was typed. */
(function (gp) {
  "use strict";

  const NUMBERS = /^[\s\d+-]*[.,;][\s\d.,;+-]*$/;

  /**
   * Read `#lat/lon` or `#q=text`, each with `&lang=xx` behind. Anything else is dropped: a link may come from anybody.
   * @returns {{lat?: number, lon?: number, text?: string, lang?: string}}
   */
  gp.readQuestion = function (fragment) {
    const out = {};
    for (const part of fragment.replace(/^#/, "").split("&")) {
      const [key, value] = [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)];
      if (key === "lang" && gp.words.languages().includes(value)) out.lang = value;
      else if (key === "q") out.text = decoded(value).slice(0, 200);
      else if (/^-?\d{1,3}(\.\d{1,10})?\/-?\d{1,3}(\.\d{1,10})?$/.test(part)) [out.lat, out.lon] = part.split("/").map(Number);
    }
    return out;
  };

  /** The fragment of a question. */
  gp.writeQuestion = ({ lat, lon, text, lang }) => [text === undefined ? (lat === undefined ? "" : `${trim(lat)}/${trim(lon)}`) : `q=${encodeURIComponent(text)}`, lang && lang !== "ja" ? `lang=${lang}` : ""].filter(Boolean).join("&");

  /** Read `lat,lon` in degrees, full-width too; null for words, false for numbers that are no coordinate. */
  gp.readCoordinate = function (text) {
    const plain = text.normalize("NFKC").replace(/、/g, ",");
    const parts = plain.split(",").map((part) => part.trim());
    const numbers = parts.map(Number);
    if (parts.length !== 2 || parts.some((part) => !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(part))) return NUMBERS.test(plain) ? false : null;
    return Math.min(...numbers.map(Math.abs)) > 90 || Math.max(...numbers.map(Math.abs)) > 180 ? false : numbers;
  };

  const trim = (number) => String(Number(number.toFixed(6)));

  function decoded(text) {
    try { return decodeURIComponent(text.replace(/\+/g, " ")); } catch (error) { return ""; }
  }
})(window.gispipe = window.gispipe || {});
