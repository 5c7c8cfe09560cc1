/* Spellings of one name made equal, for searching: width, case, kana, dashes, numbers of 丁目, small ケ and ノ. */
(function (gp) {
  "use strict";

  const DIGITS = { 〇: 0, 一: 1, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };

  /** Fold a spelling. The same folding was applied to nothing in the index: both sides are folded here. */
  gp.fold = function (text) {
    return String(text).normalize("NFKC").toLowerCase()
      .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
      .replace(/[〇一二三四五六七八九十]+(?=丁目|番|号|条)/g, number)
      .replace(/[\s\u3000・,.、。'"’]/g, "")
      .replace(/[‐-―−ー－~〜]/g, "-")
      .replace(/(丁目|番地の?|番|号)(?=.)/g, "-").replace(/(丁目|番地|番|号)$/g, "")
      .replace(/[ヶヵけが](?=[\u4e00-\u9fff])/g, "け").replace(/[之のノ](?=[\u4e00-\u9fff0-9])/g, "の")
      .replace(/-+/g, "-");
  };

  /** 二十三 → 23; enough for numbers of blocks. */
  function number(kanji) {
    const at = kanji.indexOf("十");
    const digit = (part) => Array.from(part).map((one) => DIGITS[one]).join("");
    if (at < 0) return digit(kanji);
    return String(Number(digit(kanji.slice(0, at)) || 1) * 10 + Number(digit(kanji.slice(at + 1)) || 0));
  }
})(window.gispipe = window.gispipe || {});
