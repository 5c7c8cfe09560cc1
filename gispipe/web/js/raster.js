/* Aerial photographs as plain <img> tiles under the canvas. */
(function (gp) {
  "use strict";

  const MIME = { 2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif" };

  /** Overzoomed beyond the last level there is; outside its bounds nothing is asked for. */
  gp.rasterLayer = function (tileset, source) {
    const [west, south, east, north] = tileset.bounds || [-180, -85, 180, 85];
    const Layer = L.GridLayer.extend({
      createTile(coords, done) {
        const image = document.createElement("img");
        image.alt = "";
        show(source, coords, image).then(() => done(null, image), (error) => { gp.tilesFailed(error); done(error, image); });
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

  async function show(source, coords, image) {
    const [header, found] = await Promise.all([source.getHeader(), source.getZxy(coords.z, coords.x, coords.y)]);
    if (!found) {
      image.style.visibility = "hidden";  // browsers frame an image without a source
      return;
    }
    image.src = URL.createObjectURL(new Blob([found.data], { type: MIME[header.tileType] }));
    await image.decode().catch(() => {});  // a tile unloaded meanwhile has nothing to decode
  }
})(window.gispipe = window.gispipe || {});
