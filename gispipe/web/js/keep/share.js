/* Give the present view to somebody else: the phone's share sheet, else the clipboard. */
(function (gp) {
  "use strict";

  gp.share = async function () {
    const link = { title: document.title, url: window.location.href };
    if (navigator.share && (!navigator.canShare || navigator.canShare(link))) {
      try { await navigator.share(link); return; } catch (error) {
        if (error.name === "AbortError") return;  // the reader closed the sheet
      }
    }
    try {
      await navigator.clipboard.writeText(link.url);
      gp.toast(gp.words.t("copied"));
    } catch (error) {
      gp.toast(gp.words.t("copy_failed"));  // no clipboard without https; the address bar has the same text
    }
  };
})(window.gispipe = window.gispipe || {});
