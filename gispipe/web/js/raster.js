/* Aerial photographs out of a raster PMTiles archive, as plain <img> tiles under the canvas. */
(function (gp) {
  "use strict";

  const MIME = { 2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif" };

  /** Overzoomed beyond the archive's last level; outside its bounds nothing is asked for. */
  gp.rasterLayer = function (tileset, url) {
    const archive = gp.archive(url);
    const [west, south, east, north] = tileset.bounds || [-180, -85, 180, 85];
    const Layer = L.GridLayer.extend({
      createTile(coords, done) {
        const image = document.createElement("img");
        image.alt = "";
        show(archive, coords, image).then(() => done(null, image), (error) => done(error, image));
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

  async function show(archive, coords, image) {
    const [header, found] = await Promise.all([archive.getHeader(), archive.getZxy(coords.z, coords.x, coords.y)]);
    if (!found) {
      image.style.visibility = "hidden";  // browsers frame an image without a source
      return;
    }
    image.src = URL.createObjectURL(new Blob([found.data], { type: MIME[header.tileType] }));
    await image.decode().catch(() => {});  // a tile unloaded meanwhile has nothing to decode
  }
})(window.gispipe = window.gispipe || {});
