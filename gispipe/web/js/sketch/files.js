/* Files that are opened and saved. */
(function (gp) {
  "use strict";

  gp.tooLarge = () => new gp.SketchError("draw_too_large", { n: gp.SKETCH_LIMITS.bytes / 1e6 });

  /**
   * Read a KML, KMZ or GeoJSON file, told apart by what is in it.
   * @param {Blob} file
   * @returns {Promise<{things: Object[], lost: Map<string, number>}>} Raises SketchError
   */
  gp.readSketch = async function (file) {
    if (file.size > gp.SKETCH_LIMITS.bytes) throw gp.tooLarge();
    let bytes;
    try { bytes = new Uint8Array(await file.arrayBuffer()); } catch (error) { throw new gp.SketchError("draw_not_read"); }
    if (gp.isZip(bytes)) return gp.fromKml(decoded(await gp.unpackKmz(bytes)));
    const text = decoded(bytes);
    const first = /\S/.exec(text.replace(/^\ufeff/, ""))?.[0];
    if (first === "<") return gp.fromKml(text);
    if (first === "{") return gp.fromGeoJson(text);
    throw new gp.SketchError("draw_unknown_file");
  };

  /** Bytes as text: by their mark, else as the XML declaration says, else UTF-8. */
  function decoded(bytes) {
    const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : null;
    const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
    const said = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(head)?.[1];
    try {
      return new TextDecoder(mark || (bytes[0] === 0xef ? "utf-8" : said || "utf-8"), { fatal: true }).decode(bytes);
    } catch (error) { throw new gp.SketchError("draw_bad_text"); }
  }

  /** A file name out of the title of the page, with nothing in it that a file system dislikes. */
  gp.sketchName = function (suffix) {
    const title = gp.words.t("draw_file_name").replace(/[^\p{L}\p{N}_-]+/gu, "_");
    return `${title}.${suffix}`;
  };

  /** Take files that are dropped on an element. */
  gp.takeDrops = function (node, open) {
    const over = (event) => {
      if (!event.dataTransfer || ![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      node.dataset.drop = "";
    };
    const leave = (event) => { if (!node.contains(event.relatedTarget)) delete node.dataset.drop; };
    const drop = (event) => {
      delete node.dataset.drop;
      if (!event.dataTransfer || !event.dataTransfer.files.length) return;
      event.preventDefault();
      open([...event.dataTransfer.files]);
    };
    const events = { dragenter: over, dragover: over, dragleave: leave, drop };
    for (const [name, action] of Object.entries(events)) node.addEventListener(name, action);
    return () => { for (const [name, action] of Object.entries(events)) node.removeEventListener(name, action); };
  };
})(window.gispipe = window.gispipe || {});
