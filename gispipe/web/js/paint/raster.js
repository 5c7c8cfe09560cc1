/* Aerial photographs as plain <img> tiles under the canvas. */
(function (gp) {
  "use strict";

  const MIME = { 2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif" };

  /** Overzoomed beyond the last level there is; outside its bounds nothing is asked for. `id`: the tileset. */
  gp.rasterLayer = function (tileset, id) {
    const [west, south, east, north] = tileset.bounds || [-180, -85, 180, 85];
    const Layer = L.GridLayer.extend({
      createTile(coords, done) {
        const image = document.createElement("img");
        image.alt = "";
        show(id, coords, image).then(() => done(null, image), (error) => { gp.tilesFailed(error); done(error, image); });
        return image;
      },
    });
    const layer = new Layer({
      pane: "tilePane", zIndex: 0, minZoom: tileset.minzoom, maxZoom: 22, maxNativeZoom: tileset.maxzoom, keepBuffer: 1,
      bounds: [[south, west], [north, east]], attribution: "",
    });
    layer.on("tileunload", (event) => { if (event.tile.src) URL.revokeObjectURL(event.tile.src); });
    return layer;
  };

  async function show(id, { z, x, y }, image) {
    const found = await gp.painter.read(id, { z, x, y });
    if (!found) {
      image.style.visibility = "hidden";  // browsers frame an image without a source
      return;
    }
    image.src = URL.createObjectURL(new Blob([found.data], { type: MIME[found.type] }));
    await image.decode().catch(() => {});  // a tile unloaded meanwhile has nothing to decode
  }
})(window.gispipe = window.gispipe || {});
