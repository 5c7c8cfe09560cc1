/* The hazard card of a place, answered in the browser from static files: the same answer as `gispipe lookup` gives. */
(function (gp) {
  "use strict";

  const EMPTY = { zones: [], surveyed: [], limits: [], areas: [], named: [], holders: [], entries: [] };
  const ORDER = ["town", "district", "neighborhood"];

  /** A question that has no answer: the place is outside the city. `said` and `hint` are sentences as the card has them. */
  gp.CardRefused = class extends Error {
    constructor(said, hint = null) {
      super(said.en);
      Object.assign(this, { name: "CardRefused", outside: true, said, hint });
    }
  };

  gp.Cards = class {
    /** @param {string} root the release @param {string} url of the index of the cards, from there (`map.json`, key `cards`) */
    constructor(root, url) { this.files = new gp.CardFiles(root, url); }

    /** Fetch the index now, so that the first answer is quick. */
    open() { return this.files.index(); }

    /** The card of a place in degrees; rejects with CardRefused outside the city, with CardsMissing where data did not come. */
    async at(lat, lon) {
      const index = await this.files.index();
      const [west, south, east, north] = index.bounds;
      if (!(west <= lon && lon <= east && south <= lat && lat <= north)) {
        const swapped = west <= lat && lat <= east && south <= lon && lon <= north;
        throw new gp.CardRefused(index.words.outside, swapped ? index.words.swapped : null);
      }
      const there = await this.there(index, index.toPlane(lat, lon));
      if (index.limited && !there.found.limits.size) throw new gp.CardRefused(index.words.not_ours);
      const point = { kind: "point", name: `${lat.toFixed(6)}, ${lon.toFixed(6)}`, lat, lon, layer: null, town: "", number: "", note: null, rest: "" };
      return this.card(index, "place", point, { lat, lon, layer: null, row: -1, own: null, ground: null, partly: null }, there);
    }

    /**
     * The card of an entry of the register: { kind, layer, feature, lon, lat, name, also, town, number, note, rest }.
     * A town is answered for its whole ground; of a town without ground, or a block, only the areas are told.
     */
    async of(hit) {
      const index = await this.files.index();
      const place = { kind: hit.kind, name: hit.name, lat: hit.lat, lon: hit.lon, layer: hit.layer, town: hit.town ?? "", number: hit.number ?? "", note: hit.note ?? null, rest: hit.rest ?? "" };
      const whole = hit.kind === "town" && hit.layer in index.towns;
      const metres = index.toPlane(hit.lat, hit.lon);
      if (!whole && (hit.kind === "town" || hit.kind === "block")) return this.blank(index, place, await this.there(index, metres));
      const asked = { lat: hit.lat, lon: hit.lon, layer: hit.layer, row: hit.feature, own: null, ground: null, partly: null };
      if (whole) Object.assign(asked, await this.town(index, hit));
      else await this.entries(index, hit, asked, metres);
      return this.card(index, whole ? "town" : "exact", place, asked, await this.there(index, asked.metres ?? metres));
    }

    /** Fill in the lines of the ways on foot of a card that this object gave. */
    async ways(card) {
      const { asked, spot, walks } = this.asked.get(card);
      const index = await this.files.index();
      await Promise.all([...walks].map(async ([told, walk]) => { told.line ??= await gp.wayLine(this.files, index, asked, spot, walk); }));
      return card;
    }

    /** The files of a place of the plane, and what is there. */
    async there(index, metres) {
      const [x, y] = [metres[0] - index.origin[0], metres[1] - index.origin[1]];
      const [ground, roads] = await Promise.all([this.leaf(index.ground, "ground", x, y), index.roads ? this.leaf(index.roads, "roads", x, y) : null]);
      return { metres, ground, roads, found: gp.groundAt(ground || EMPTY, x * index.steps, y * index.steps, index.touch * index.steps) };
    }

    /** The file of the square that a place is in, null where there is nothing. */
    async leaf(grid, kind, x, y) {
      const leaf = grid.tree(x, y);
      return grid.files[leaf] ? this.files.file(kind, grid.files[leaf]) : null;
    }

    async town(index, { layer, feature }) {
      const { first, files } = index.towns[layer];
      const block = first.filter((row) => row <= feature).length - 1;
      const town = (await this.files.file("towns", files[block])).towns[feature - first[block]];
      const own = new Map(town.reached.map(([zone, ranks, named]) => [zone, { ranks, named }]));
      return { own: [own], ground: town.ground, partly: new Set(town.partly) };
    }

    /** Add to what is asked the ground of a feature and what reaches it; of a point also where it is exactly. */
    async entries(index, hit, asked, metres) {
      const number = index.subjects.findIndex(({ layer }) => layer === hit.layer);
      if (number < 0) return;
      const { geometry } = index.subjects[number];
      const found = await Promise.all([hit.feature, ...(hit.also ?? [])].map((row, k) => this.entry(index, number, row, k ? null : metres)));
      asked.own = found.map(({ reached }) => reached);
      if (geometry === "point") asked.metres = [found[0].x / index.steps + index.origin[0], found[0].y / index.steps + index.origin[1]];
      if (geometry === "polygon") asked.ground = found.reduce((sum, { ground }) => sum + ground, 0);
    }

    /** What the files say of a row: looked for where it should be, else where its layer's list says it is. */
    async entry(index, number, row, metres) {
      const { layer, geometry } = index.subjects[number];
      const held = index.holders.findIndex((one) => one.layer === layer);
      const alone = index.entries.indexOf(number);
      const of = (file) => (file ? (held >= 0 && gp.entryOf(file.holders[held], row, { outlines: true })) || gp.entryOf(file.entries[alone], row, { point: geometry === "point" }) : null);
      const here = metres && index.ground.tree(metres[0] - index.origin[0], metres[1] - index.origin[1]);
      const found = metres && here >= 0 && index.ground.files[here] ? of(await this.files.file("ground", index.ground.files[here])) : null;
      if (found) return found;
      const { block, files } = index.rows;
      const list = await this.files.file("rows", files[layer][Math.floor(row / block)]);
      const leaf = list.leaves[row % block];
      const there = leaf >= 0 ? of(await this.files.file("ground", index.ground.files[leaf])) : null;
      if (!there) throw new gp.CardsMissing(this.files.url, `no entry of ${layer} ${row}`);
      return there;
    }

    card(index, result, place, asked, there) {
      const { shelters, walks, spot } = gp.sheltersAt(index, there.roads, there.metres);
      const around = this.around(index, asked, there);
      const hazards = index.zones.map((zone, number) => this.hazard(index, zone, number, asked, there, around));
      const card = { ...this.head(index, result, place), hazards, advice: gp.adviceFor(index.advice, hazards, shelters), shelters, areas: this.areas(index, there), caution: index.caution, sources: index.sources };
      this.asked.set(card, { asked, spot, walks });
      return card;
    }

    blank(index, place, there) {
      const card = { ...this.head(index, "town", place), hazards: [], advice: [], shelters: [], areas: this.areas(index, there), caution: index.caution, sources: index.sources };
      this.asked.set(card, { walks: new Map() });
      return card;
    }

    head(index, result, place) {
      return { schema: index.schema, audience: index.audience, city: index.city.name, fictitious: index.city.fictitious, result, reason: null, place, candidates: [] };
    }

    hazard(index, zone, number, asked, there, around) {
      if (!zone.data) return gp.zoneAnswer(zone, index.none, null, null, true, []);
      const pairs = [...there.found.pairs].filter((pair) => pair >= zone.first && pair < zone.first + zone.pairs.length);
      const reached = asked.own ? gp.combined(asked.own.map((one) => one.get(number) ?? gp.NOTHING)) : gp.atPoint(zone, pairs);
      const worst = reached.ranks.length ? reached.ranks[0][0] : -1;  // 0 is a value without a class of its own
      const worse = around.filter(({ ranks }) => (ranks.get(number) ?? -1) > worst).map(({ role, title, ranks }) => ({ role, title, class: zone.classes.get(ranks.get(number)) }));
      return gp.zoneAnswer(zone, index.none, reached, asked.ground, surveyed(zone, asked, there), worse);
    }

    /** The parcels and buildings the place is in, itself left out, with the worst rank of each hazard layer. */
    around(index, asked, there) {
      return there.found.holders.flatMap((rows, number) => {
        const { layer, role, title } = index.holders[number];
        return rows.filter(({ row }) => layer !== asked.layer || row !== asked.row)
          .map(({ reached }) => ({ role, title, ranks: new Map([...reached].filter(([, { ranks }]) => ranks.length).map(([zone, { ranks }]) => [zone, ranks[0][0]])) }));
      });
    }

    areas(index, { found, ground }) {
      const told = (ground || EMPTY).named.filter(([number]) => found.areas.has(number)).map(([, layer, name, kana]) => {
        return { ...index.areas[layer], kana, name };
      });
      return told.sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
    }

    asked = new WeakMap();
  };

  /** Whether a place was surveyed for a hazard: a town only where all of its ground was. */
  function surveyed(zone, asked, there) {
    if (zone.surveyed === null) return true;
    if (zone.surveyed < 0) return false;
    return asked.partly ? !asked.partly.has(zone.surveyed) : there.found.surveyed.has(zone.surveyed);
  }
})(window.gispipe = window.gispipe || {});
