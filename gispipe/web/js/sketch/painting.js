/* The drawing on every map that is shown. Only what changed is made anew. */
(function (gp) {
  "use strict";

  const NAMES = 300;  // texts on one map at a time
  const LONGEST = 60;  // characters of a text on the map

  /** A line's width in pixels, whatever a file says. */
  const drawn = (width) => Math.min(24, Math.max(1, width));

  gp.SketchPainting = class {
    /** @param {function(number)} chosen is called with the number of a thing that somebody tapped */
    constructor(chosen) { Object.assign(this, { chosen, boards: new Map() }); }

    /** Bring every map in line with the things; a map that is gone is forgotten. */
    show(things) {
      this.things = things;
      const maps = new Set(gp.viewer.maps());
      for (const [map, board] of this.boards) if (!maps.has(map)) { board.group.remove(); this.boards.delete(map); }
      for (const map of maps) {
        if (!this.boards.has(map)) this.boards.set(map, this.board(map));
        this.paint(map, this.boards.get(map));
      }
    }

    board(map) {
      const group = L.layerGroup().addTo(map);
      map.on("moveend", () => { const board = this.boards.get(map); if (board) this.label(map, board); });
      return { group, renderer: L.canvas({ padding: 0.3, tolerance: 8 }), layers: new Map(), labels: new Map() };
    }

    paint(map, board) {
      const wanted = new Set(this.things);
      let made = 0;
      for (const [thing, layers] of board.layers) if (!wanted.has(thing)) { layers.forEach((layer) => layer.remove()); board.layers.delete(thing); }
      for (const thing of this.things) {
        if (board.layers.has(thing)) continue;
        const layers = thing.shapes.flatMap((shape) => this.layersOf(thing, shape, board.renderer));
        board.layers.set(thing, layers);
        for (const layer of layers) board.group.addLayer(layer);
        made += 1;
      }
      if (made && made < this.things.length) {
        for (const thing of this.things) board.layers.get(thing).forEach((layer) => layer.bringToFront());  // back into the order of the list
      }
      this.label(map, board);
    }

    /** A white border under each line, so that it stands out from the map and from a photograph. */
    layersOf(thing, { type, rings }, renderer) {
      const places = rings.map((ring) => ring.map(([lon, lat]) => [lat, lon]));
      const common = { renderer, interactive: true, bubblingMouseEvents: true, lineJoin: "round" };
      const weight = drawn(thing.width);
      const opacity = thing.opacity / 255;
      const tapped = (layer) => layer.on("click", (event) => this.tap(event, thing.id));
      if (type === "point") {
        if (thing.label) return [];
        const style = { radius: 4 + weight / 1.5, weight: 2, color: "#ffffff", fillColor: thing.colour, fillOpacity: opacity };
        return [tapped(L.circleMarker(places[0][0], { ...common, ...style }))];
      }
      const closed = type === "area";
      const make = (style) => (closed ? L.polygon(places, { ...common, ...style }) : L.polyline(places[0], { ...common, fill: false, ...style }));
      return [make({ color: "#ffffff", weight: weight + 3, opacity: 0.85 * opacity, fill: false, interactive: false }),
        tapped(make({ color: thing.colour, weight, opacity, fill: closed, fillColor: thing.fill, fillOpacity: thing.fillOpacity / 255 }))];
    }

    tap(event, id) {
      if (!this.chosen(id)) return;
      L.DomEvent.stopPropagation(event);
    }

    /** Texts are elements of the page, so only those in view are made. */
    label(map, board) {
      const view = map.getBounds().pad(0.2);
      const wanted = new Map();
      for (const thing of this.things) {
        if (!thing.label || wanted.size >= NAMES) continue;
        const point = thing.shapes.find(({ type }) => type === "point");
        if (point && view.contains([point.rings[0][0][1], point.rings[0][0][0]])) wanted.set(thing, point.rings[0][0]);
      }
      for (const [thing, mark] of board.labels) if (!wanted.has(thing)) { mark.remove(); board.labels.delete(thing); }
      for (const [thing, [lon, lat]] of wanted) {
        if (board.labels.has(thing)) continue;
        const words = gp.el("span", { class: "sketch-text", "data-picture-text": true, text: thing.name.slice(0, LONGEST) || "…" });
        words.style.color = thing.colour;
        words.style.opacity = String(thing.opacity / 255);
        words.style.fontSize = `${gp.textSize(thing.width)}px`;
        const mark = L.marker([lat, lon], { icon: L.divIcon({ className: "sketch-label", iconSize: null, html: words }), keyboard: false, bubblingMouseEvents: true });
        mark.on("click", (event) => this.tap(event, thing.id));
        board.group.addLayer(mark);
        board.labels.set(thing, mark);
      }
    }
  };

  /** Height of a text on the map, px. */
  gp.textSize = (width) => Math.round(12 + drawn(width) * 1.5);
})(window.gispipe = window.gispipe || {});
