/* Files somebody chose or dropped: read, taken on, and what was not understood is said. */
(function (gp) {
  "use strict";

  const { t } = { t: (...a) => gp.words.t(...a) };

  /** Open files one after the other; each is one step of undo. A file that does not fit is refused in one sentence and changes nothing. */
  gp.openSketchFiles = async function (files, drawing, put) {
    const fresh = [];
    for (const file of files) {
      try {
        const { things, lost } = await gp.readSketch(file);
        if (!things.length) { gp.toast(t("draw_empty", { name: shown(file) })); continue; }
        if (!put([...drawing.things, ...things], "draw_did_open", null)) continue;
        fresh.push(...things);
        const sentence = t("draw_opened", { name: shown(file), n: things.length });
        gp.toast(lost.size ? `${sentence}${gp.words.lang() === "en" ? " " : ""}${t("draw_lost", { list: counted(lost) })}` : sentence);
      } catch (error) {
        if (!(error instanceof gp.SketchError)) throw error;
        gp.toast(`${shown(file)}: ${t(error.key, error.values)}`);
      }
    }
    if (fresh.length) gp.showPlaces(gp.thingsCorners(fresh));
  };

  const shown = (file) => gp.readable(file.name || "").slice(0, 60);

  /** The commonest first. The names come from the file: they are only ever text, and short. */
  function counted(lost) {
    const rows = [...lost].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const list = rows.slice(0, 5).map(([name, n]) => `${gp.readable(name).slice(0, 30)} ${n}`).join(", ");
    return rows.length > 5 ? `${list} …` : list;
  }
})(window.gispipe = window.gispipe || {});
