/* The peers of tests/bench/page.mjs: the same layers as a plain folium.GeoJson page and as a MapLibre page, on servers of their own. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".geojson": "application/json", ".pmtiles": "application/octet-stream" };

/** Serve a folder with byte ranges; `beside` maps first parts of addresses to other folders. */
function serve(folder, beside = {}) {
  const server = http.createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, "http://x").pathname).slice(1);
    const [first] = name.split("/");
    const file = beside[first] ? path.join(beside[first], name.slice(first.length + 1)) : path.join(folder, name);
    if (!fs.existsSync(file) || !fs.statSync(file).isFile()) { response.writeHead(404).end(); return; }
    const { size } = fs.statSync(file);
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range || "");
    const [begin, end] = asked ? [Number(asked[1]), Math.min(size - 1, Number(asked[2]))] : [0, size - 1];
    response.writeHead(asked ? 206 : 200, { "Content-Type": TYPES[path.extname(file)] || "application/octet-stream", "Content-Length": end - begin + 1, ...(asked ? { "Content-Range": `bytes ${begin}-${end}/${size}` } : {}) });
    fs.createReadStream(file, { start: begin, end }).pipe(response);
  });
  return new Promise((done) => { server.listen(0, "127.0.0.1", () => done({ url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() })); });
}

const assets = (python) => execFileSync(python, ["-c", "from gispipe.web.assets import locate; print(locate())"], { encoding: "utf8" }).trim();
const current = (city) => fs.realpathSync(path.join(city, "output/public/current"));

/** All lots, all zones and all sites of the first map as GeoJSON inside one page, as folium writes it. */
export async function foliumPage({ folder, city, python }) {
  const own = path.join(folder, "folium");
  fs.mkdirSync(own);
  execFileSync(python, ["-m", "tests.bench.page_folium", city, path.join(own, "index.html")], { stdio: ["ignore", "ignore", "inherit"] });
  const server = await serve(own, { assets: assets(python) });
  return { name: "folium.GeoJson", url: `${server.url}index.html`, stop: server.stop, painted: () => window.painted_ > 0, time: "window.painted_" };
}

/** The same archives and colours in MapLibre; nothing where it is not installed. */
export async function maplibrePage({ folder, city, python, maplibre, site }) {
  const there = maplibre && path.join(maplibre, "node_modules/maplibre-gl/dist");
  if (!there || !fs.existsSync(path.join(there, "maplibre-gl.js"))) { console.error("MapLibre is not there (npm install maplibre-gl@5.24.1 in a folder, --maplibre FOLDER): left out"); return null; }
  const release = current(city);
  const style = JSON.parse(fs.readFileSync(path.join(release, site.style), "utf8"));
  const theme = style.maps[site.default_map];
  const shown = [...[...(theme.base || [])].reverse(), ...theme.layers.filter(({ visible }) => visible !== false).map(({ id }) => id).reverse()].filter((id) => style.layers[id] && style.layers[id].style);
  const layers = shown.flatMap((id) => drawn(id, style.layers[id]));
  const sources = Object.fromEntries([...new Set(layers.map(({ source }) => source))].map((id) => [id, { type: "vector", url: `pmtiles://${"{ORIGIN}"}/release/${style.tilesets[id].url}` }]));
  const own = path.join(folder, "maplibre");
  fs.mkdirSync(own);
  const document = JSON.stringify({ version: 8, sources, layers: [{ id: "ground", type: "background", paint: { "background-color": "#eef1ee" } }, ...layers] });
  fs.writeFileSync(path.join(own, "index.html"), `<!doctype html><meta charset="utf-8"><title>MapLibre</title><link rel="stylesheet" href="maplibre/maplibre-gl.css"><style>html,body,#map{margin:0;height:100%}</style><div id="map"></div>
<script src="maplibre/maplibre-gl.js"></script><script src="assets/pmtiles.js"></script><script>
maplibregl.addProtocol("pmtiles", new pmtiles.Protocol().tile);
const style = JSON.parse(${JSON.stringify(document)}.replaceAll("{ORIGIN}", location.origin));
const map = new maplibregl.Map({ container: "map", style, center: ${JSON.stringify(site.center)}, zoom: 14, fadeDuration: 0 });
map.once("idle", () => { window.painted_ = performance.now(); });</script>`);
  const server = await serve(own, { assets: assets(python), maplibre: there, release });
  return { name: "MapLibre", url: `${server.url}index.html`, stop: server.stop, painted: () => window.painted_ > 0, time: "window.painted_" };
}

/** One layer in MapLibre's words: classes by value as a match, without patterns and signs. */
function drawn(id, layer) {
  const { by, classes, opacity } = layer.style;
  const pick = (key, other) => {
    const cases = by ? classes.flatMap((one) => (one.values || (one.value !== undefined ? [one.value] : [])).map((value) => [String(value), one[key] ?? other])) : [];
    return cases.length ? ["match", ["to-string", ["get", by]], ...cases.flat(), other] : classes[0][key] ?? other;
  };
  const common = { source: layer.tileset, "source-layer": layer.source_layer, minzoom: Math.max(0, layer.minzoom - 1) };
  if (layer.geometry === "polygon") return [{ id, type: "fill", ...common, paint: { "fill-color": pick("fill", "rgba(0,0,0,0)"), "fill-opacity": opacity ?? 1 } }, { id: `${id}-edge`, type: "line", ...common, paint: { "line-color": pick("stroke", "rgba(0,0,0,0)"), "line-width": 1 } }];
  if (layer.geometry === "line") return [{ id, type: "line", ...common, paint: { "line-color": pick("stroke", "#555555"), "line-width": 1.5 } }];
  const signs = [{ id, type: "circle", ...common, paint: { "circle-color": pick("fill", "#3366AA"), "circle-radius": 6 } }];
  return layer.text ? [...signs, { id: `${id}-name`, type: "symbol", ...common, "source-layer": layer.text.source_layer, layout: { "text-field": ["get", layer.text.column], "text-size": layer.text.size, "text-font": ["sans-serif"] }, paint: { "text-color": layer.text.color } }] : signs;
}
