/*
 * A vector tile, read only as far as it is asked for: a layer when it is wanted, attributes when a class or a name needs them.
 *
 * Corners stand in one array a layer instead of an object each: a city's tile has some hundred thousand of them.
 */
(function (gp) {
  "use strict";

  let room = new Float32Array(1 << 16);  // where corners gather before their number is known

  /** One layer of a tile: `xy` all corners, `ends` where each ring ends in it, `features`. */
  class Layer {
    constructor(bytes, begin, end, pixels) {
      const reader = this.reader = new gp.ProtoReader(bytes, begin, end);
      const found = [];
      Object.assign(this, { bytes, keys: [], values: [], features: [], ends: [], name: "" });
      let extent = 4096;
      while (reader.pos < end) {
        const field = reader.field();
        if (field === 1) this.name = reader.string();
        else if (field === 2) found.push(...reader.part());
        else if (field === 3) this.keys.push(reader.string());
        else if (field === 4) this.values.push(reader.part());
        else if (field === 5) extent = reader.varint();
        else reader.skip();
      }
      let length = 0;
      for (let k = 0; k < found.length; k += 2) length = this.read(found[k], found[k + 1], pixels / extent, length);
      this.xy = room.slice(0, length);
    }

    read(begin, end, scale, length) {
      const { reader } = this;
      const one = new gp.TileFeature(this);
      let shape = null;
      for (reader.pos = begin; reader.pos < end;) {
        const field = reader.field();
        if (field === 1) one.id = reader.varint();
        else if (field === 2) [one.tags, one.tagsEnd] = reader.part();
        else if (field === 3) one.geomType = reader.varint();
        else if (field === 4) shape = reader.part();
        else reader.skip();
      }
      one.from = this.ends.length;
      const after = shape ? this.corners(reader, shape[0], shape[1], scale, length, one) : length;
      one.to = this.ends.length;
      this.features.push(one);
      return after;
    }

    /** Read the commands of a shape behind the corners there are; return where they end. */
    corners(reader, begin, end, scale, start, one) {
      reader.pos = begin;
      let [at, first, x, y, command, left] = [start, start, 0, 0, 0, 0];
      if (room.length < start + 2 * (end - begin)) {
        const larger = new Float32Array(Math.max(2 * room.length, start + 2 * (end - begin)));
        larger.set(room);
        room = larger;
      }
      while (reader.pos < end) {
        const told = reader.varint();
        [command, left] = [told & 7, told >>> 3];
        if (command === 7) {
          room[at++] = room[first];
          room[at++] = room[first + 1];
          continue;
        }
        if (command !== 1 && command !== 2) throw new Error(`no such command: ${command}`);
        for (; left > 0 && reader.pos < end; left--) {
          const [dx, dy] = [reader.varint(), reader.varint()];
          x += (dx >>> 1) ^ -(dx & 1);
          y += (dy >>> 1) ^ -(dy & 1);
          if (command === 1) {
            if (at > first) this.ends.push(at);
            first = at;
          }
          const [px, py] = [x * scale, y * scale];
          room[at++] = px;
          room[at++] = py;
          if (px < one.minX) one.minX = px;
          if (px > one.maxX) one.maxX = px;
          if (py < one.minY) one.minY = py;
          if (py > one.maxY) one.maxY = py;
        }
      }
      if (at > first) this.ends.push(at);
      return at;
    }

    attribute({ tags, tagsEnd }, name) {
      const { reader } = this;
      const key = this.keys.indexOf(name);
      for (reader.pos = tags; reader.pos < tagsEnd;) {
        const at = reader.varint();
        const number = reader.varint();
        if (at === key) return this.value(number);
      }
      return undefined;
    }

    attributes({ tags, tagsEnd }) {
      const { reader } = this;
      const found = Object.create(null);
      for (reader.pos = tags; reader.pos < tagsEnd;) {
        const key = this.keys[reader.varint()];
        found[key] = this.value(reader.varint());
      }
      return found;
    }

    /** A value of the layer, read when it is first asked for: most are names of things that nobody points at. */
    value(number) {
      const held = this.values[number];
      if (!Array.isArray(held)) return held;
      return (this.values[number] = gp.tileValue(this.bytes, ...held));
    }
  }

  /** The layers of a tile by name; `get` reads one, in pixels of a tile that is `pixels` wide. */
  gp.TileData = class {
    /** @param {ArrayBuffer|null} buffer the tile, unpacked; null is a tile without anything */
    constructor(buffer) {
      this.places = new Map();
      this.read = new Map();
      if (!buffer) return;
      const bytes = this.bytes = new Uint8Array(buffer);
      const reader = new gp.ProtoReader(bytes);
      while (reader.pos < bytes.length) {
        if (reader.field() !== 3) { reader.skip(); continue; }
        const [begin, end] = reader.part();
        this.places.set(nameOf(bytes, begin, end), [begin, end]);
      }
    }

    /** A view for one size in which it is shown: `get(name)` gives the features of a layer. */
    at(pixels) { return { get: (name) => this.layer(name, pixels) }; }

    layer(name, pixels) {
      const place = this.places.get(name);
      if (!place) return undefined;
      const held = this.read.get(name);
      if (held && held.pixels === pixels) return held.layer.features;
      const layer = new Layer(this.bytes, ...place, pixels);
      this.read.set(name, { pixels, layer });  // one size at a time: a tile is seldom shown in two
      return layer.features;
    }
  };

  function nameOf(bytes, begin, end) {
    const reader = new gp.ProtoReader(bytes, begin, end);
    while (reader.pos < end) {
      if (reader.field() === 1) return reader.string();
      reader.skip();
    }
    throw new Error("a layer without a name");
  }
})(window.gispipe = window.gispipe || {});
