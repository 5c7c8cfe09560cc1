/* The one KML document inside a KMZ (zip) file. Nothing else in it is unpacked. */
(function (gp) {
  "use strict";

  const END = 0x06054b50;
  const ENTRY = 0x02014b50;
  const LOCAL = 0x04034b50;
  const MOST = 10_000;  // entries that are looked at

  gp.isZip = (bytes) => bytes.length > 3 && bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

  /** The bytes of doc.kml, else of the first .kml. Raises SketchError when there is none, or when it is too large. */
  gp.unpackKmz = async function (bytes) {
    try {
      const entries = list(bytes).filter(({ name }) => /\.kml$/i.test(name));
      const entry = entries.find(({ name }) => name.toLowerCase() === "doc.kml") || entries[0];
      if (!entry) throw new gp.SketchError("draw_not_kml");
      return await unpacked(bytes, entry);
    } catch (error) {
      if (error instanceof gp.SketchError) throw error;
      throw new gp.SketchError("draw_not_kml");  // cut off, or not a zip after all
    }
  };

  function list(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = bytes.length - 22;
    while (at >= Math.max(0, bytes.length - 22 - 65535) && view.getUint32(at, true) !== END) at -= 1;
    const count = view.getUint16(at + 10, true);
    let next = view.getUint32(at + 16, true);
    const out = [];
    for (let k = 0; k < Math.min(count, MOST); k += 1) {
      if (view.getUint32(next, true) !== ENTRY) break;
      const [length, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(next + offset, true));
      out.push({
        name: new TextDecoder().decode(bytes.subarray(next + 46, next + 46 + length)), locked: view.getUint16(next + 8, true) & 1,
        method: view.getUint16(next + 10, true), packed: view.getUint32(next + 20, true), start: view.getUint32(next + 42, true),
      });
      next += 46 + length + extra + comment;
    }
    return out;
  }

  async function unpacked(bytes, { locked, method, packed, start }) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (locked || view.getUint32(start, true) !== LOCAL || ![0, 8].includes(method)) throw new gp.SketchError("draw_not_kml");
    const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    const content = bytes.subarray(from, from + packed);
    if (method === 0) return content;
    const reader = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const parts = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > gp.SKETCH_LIMITS.bytes) { reader.cancel(); throw gp.tooLarge(); }
      parts.push(value);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }
})(window.gispipe = window.gispipe || {});
