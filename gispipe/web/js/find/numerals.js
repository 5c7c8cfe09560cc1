/* Numbers written in kanji, positional (三〇二) and multiplicative (二十五), read as decimal digits. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const DIGIT = Object.fromEntries(Array.from("〇零一二三四五六七八九壱弐参", (one, k) => [one, "00123456789123"[k]]));
  const TIMES = { 十: 10, 拾: 10, 百: 100, 千: 1000 };
  const D = `[${Object.keys(DIGIT).join("")}]`;
  const NUMBER = `${D}?千(?:${D}?百)?(?:${D}?[十拾])?${D}?|${D}?百(?:${D}?[十拾])?${D}?|${D}?[十拾]${D}?|${D}+?(?=${D}[十拾百千])|${D}+`;

  find.NUMERALS = Object.keys(DIGIT).join("") + Object.keys(TIMES).join("");

  /** One number of a text, in ASCII digits or in kanji; of a run of numerals the first: 十三一 is 十三 and 一. */
  find.oneNumber = () => new RegExp(`[0-9]+|(?=[${find.NUMERALS}])(?:${NUMBER})`, "g");

  const plain = (digits) => digits.replace(/^0+/, "") || "0";

  /** Return one number, in ASCII digits or in kanji, as decimal digits without leading zeros. */
  find.decimal = function (number) {
    if (/^[0-9]*$/.test(number)) return plain(number);
    const letters = Array.from(number);
    if (!letters.some((one) => TIMES[one])) return plain(letters.map((one) => DIGIT[one]).join(""));
    let [total, digit] = [0, ""];
    for (const one of letters) {
      if (TIMES[one]) [total, digit] = [total + Number(digit || "1") * TIMES[one], ""];
      else digit = DIGIT[one];
    }
    return String(total + Number(digit || "0"));
  };

  /** Return a number from 1 to 99 in kanji, as a chome is written. */
  find.kanji = function (number) {
    const [tens, ones] = [Math.floor(number / 10), number % 10];
    const digits = "〇一二三四五六七八九";
    return (tens === 0 ? "" : tens === 1 ? "十" : `${digits[tens]}十`) + (ones ? digits[ones] : "");
  };
})(window.gispipe = window.gispipe || {});
