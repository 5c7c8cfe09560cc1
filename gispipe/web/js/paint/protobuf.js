/* Protocol buffers, as far as vector tiles use them. */
(function (gp) {
  "use strict";

  const text = new TextDecoder();

  /** Reads fields of a part of some bytes; what does not end there is an error. */
  gp.ProtoReader = class {
    constructor(bytes, pos = 0, end = bytes.length) {
      this.bytes = bytes;
      this.pos = pos;
      this.end = end;
      this.wire = 0;
    }

    varint() {
      const { bytes } = this;
      let byte = bytes[this.pos++];
      if (byte < 128) return byte;
      let value = byte & 127;
      for (let factor = 128; factor < 2 ** 63; factor *= 128) {
        byte = bytes[this.pos++];
        value += (byte & 127) * factor;
        if (byte < 128) return value;
      }
      if (byte === undefined || byte > 1) throw new Error("a number does not end");
      return value;
    }

    /** The next field as its number; `wire` is set. */
    field() {
      const key = this.varint();
      this.wire = key & 7;
      return key >>> 3;
    }

    /** The part that follows, as [begin, end]; the reader stands behind it. */
    part() {
      const length = this.varint();
      const begin = this.pos;
      this.pos += length;
      if (this.pos > this.end) throw new Error("a part is longer than the tile");
      return [begin, this.pos];
    }

    skip() {
      if (this.wire === 0) this.varint();
      else if (this.wire === 1) this.pos += 8;
      else if (this.wire === 2) this.part();
      else if (this.wire === 5) this.pos += 4;
      else throw new Error(`no such kind of field: ${this.wire}`);
    }

    string() { return text.decode(this.bytes.subarray(...this.part())); }
  };

  /** A value of a tile's layer: text, number or truth; null where none of them is there. */
  gp.tileValue = function (bytes, begin, end) {
    const reader = new gp.ProtoReader(bytes, begin, end);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    let found = null;
    while (reader.pos < end) {
      const field = reader.field();
      if (field === 1) found = reader.string();
      else if (field === 2) { found = view.getFloat32(reader.pos, true); reader.pos += 4; }
      else if (field === 3) { found = view.getFloat64(reader.pos, true); reader.pos += 8; }
      else if (field === 4) { found = reader.varint(); if (found >= 2 ** 63) found -= 2 ** 64; }
      else if (field === 5) found = reader.varint();
      else if (field === 6) { const told = reader.varint(); found = told % 2 ? -(told + 1) / 2 : told / 2; }
      else if (field === 7) found = reader.varint() !== 0;
      else reader.skip();
    }
    return found;
  };
})(window.gispipe = window.gispipe || {});
