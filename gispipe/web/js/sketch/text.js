/* A whole drawing as a short text for a link, and back. The text may come from anybody: whatever does not fit is refused. */
(function (gp) {
  "use strict";

  const LONGEST = 2000;
  const VERSION = 1;
  const STEP = 1e7;  // parts of a degree: a centimetre
  const TYPES = ["point", "line", "area"];
  const BITS = { label: 1, name: 2, note: 4, data: 8, style: 16, many: 32 };

  /** The things as text, "" for none; null when they are too many for a link, or have heights. */
  gp.toLinkText = function (things) {
    if (!things.length) return "";
    if (things.some((thing) => thing.shapes.some(({ rings }) => rings.some((ring) => ring.some((position) => position.length > 2))))) return null;
    const out = new Writer();
    out.number(VERSION);
    out.number(things.length);
    const last = { style: "", lon: 0, lat: 0 };
    for (const thing of things) {
      write(out, thing, last);
      if (out.bytes.length > LONGEST) return null;
    }
    const text = btoa(String.fromCharCode(...out.bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    return text.length <= LONGEST ? text : null;
  };

  /** Things out of such a text; null when it is none of ours. */
  gp.fromLinkText = function (text) {
    if (typeof text !== "string" || !text || text.length > LONGEST || !/^[\w-]+$/.test(text)) return null;
    try {
      const input = new Reader(Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0)));
      if (input.number() !== VERSION) return null;
      const last = { style: null, lon: 0, lat: 0 };
      const things = Array.from({ length: input.count() }, () => read(input, last));
      return input.ended() && !gp.beyondLimits(things) ? things : null;
    } catch (error) { return null; }
  };

  function write(out, thing, last) {
    const data = thing.data.length ? JSON.stringify(thing.data) : "";
    const style = [thing.colour, thing.fill, thing.opacity, thing.fillOpacity, thing.width].join();
    const flags = { label: thing.label, name: thing.name, note: thing.note, data, style: style !== last.style, many: thing.shapes.length > 1 };
    out.number(Object.entries(BITS).reduce((sum, [key, bit]) => sum + (flags[key] ? bit : 0), 0));
    if (flags.style) {
      for (const colour of [thing.colour, thing.fill]) out.colour(colour);
      for (const number of [thing.opacity, thing.fillOpacity, Math.round(thing.width * 4)]) out.number(number);
    }
    last.style = style;
    for (const words of [thing.name, thing.note, data]) if (words) out.text(words);
    if (flags.many) out.number(thing.shapes.length);
    for (const { type, rings } of thing.shapes) {
      out.number(TYPES.indexOf(type) + 3 * (rings.length - 1));
      for (const ring of rings) {
        if (type !== "point") out.number(ring.length);
        for (const [lon, lat] of ring) {
          const [x, y] = [Math.round(lon * STEP), Math.round(lat * STEP)];
          out.signed(x - last.lon);
          out.signed(y - last.lat);
          Object.assign(last, { lon: x, lat: y });
        }
      }
    }
  }

  function read(input, last) {
    const flags = input.number();
    if (flags >= 64) throw new RangeError("flags");
    if (flags & BITS.style) last.style = { colour: input.colour(), fill: input.colour(), opacity: input.byte(), fillOpacity: input.byte(), width: input.number() / 4 };
    const [name, note, data] = ["name", "note", "data"].map((key) => (flags & BITS[key] ? input.text() : ""));
    const shapes = Array.from({ length: flags & BITS.many ? input.count() : 1 }, () => {
      const code = input.count();
      const type = TYPES[code % 3];
      const rings = Array.from({ length: Math.floor(code / 3) + 1 }, () => Array.from({ length: type === "point" ? 1 : input.count() }, () => {
        last.lon += input.signed();
        last.lat += input.signed();
        const position = gp.position(last.lon / STEP, last.lat / STEP);
        if (!position) throw new RangeError("position");
        return position;
      }));
      if (rings.some((ring) => ring.length < gp.leastCorners(type)) || (type !== "area" && rings.length > 1)) throw new RangeError("corners");
      return { type, rings };
    });
    if (!shapes.length) throw new RangeError("shapes");
    return gp.newThing(shapes, { ...last.style, label: Boolean(flags & BITS.label), name: gp.plainText(name), note: gp.plainText(note), data: pairs(data) });
  }

  function pairs(text) {
    const list = text ? JSON.parse(text) : [];
    const whole = (pair) => Array.isArray(pair) && typeof pair[0] === "string" && pair.length === 2;
    return Array.isArray(list) ? list.filter(whole).map(([key, value]) => [gp.plainText(key), typeof value === "string" ? gp.plainText(value) : value]) : [];
  }

  class Writer {
    constructor() { this.bytes = []; }

    number(value) {
      for (let rest = value; ; rest = Math.floor(rest / 128)) {
        if (rest < 128) { this.bytes.push(rest); return; }
        this.bytes.push((rest % 128) + 128);
      }
    }

    signed(value) { this.number(value < 0 ? -2 * value - 1 : 2 * value); }

    colour(text) { this.bytes.push(...[1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16))); }

    text(words) {
      const bytes = new TextEncoder().encode(words).subarray(0, LONGEST + 1);  // longer ones do not fit into a link anyway
      this.number(bytes.length);
      this.bytes.push(...bytes);
    }
  }

  class Reader {
    constructor(bytes) { Object.assign(this, { bytes, at: 0 }); }

    byte() {
      const value = this.number();
      if (value > 255) throw new RangeError("byte");
      return value;
    }

    raw() {
      if (this.at >= this.bytes.length) throw new RangeError("cut off");
      this.at += 1;
      return this.bytes[this.at - 1];
    }

    number() {
      let [value, unit] = [0, 1];
      for (let k = 0; k < 6; k += 1) {
        const one = this.raw();
        value += (one % 128) * unit;
        if (one < 128) return value;
        unit *= 128;
      }
      throw new RangeError("number");
    }

    /** A number of things that are still to come: each takes a byte at least. */
    count() {
      const value = this.number();
      if (value > this.bytes.length) throw new RangeError("count");
      return value;
    }

    signed() { const value = this.number(); return value % 2 ? -(value + 1) / 2 : value / 2; }

    colour() { return `#${[0, 1, 2].map(() => this.raw().toString(16).padStart(2, "0")).join("")}`; }

    text() {
      const length = this.count();
      if (this.at + length > this.bytes.length) throw new RangeError("cut off");
      this.at += length;
      return new TextDecoder("utf-8", { fatal: true }).decode(this.bytes.subarray(this.at - length, this.at));
    }

    ended() { return this.at === this.bytes.length; }
  }
})(window.gispipe = window.gispipe || {});
