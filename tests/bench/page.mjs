/*
 * Measure the public pages of a finished city in Chromium without a GPU, beside a folium.GeoJson page and a MapLibre page of the same data.
 *
 *     node tests/bench/page.mjs --city DIR [--python .venv/bin/python] [--runs 5] [--minutes 3] [--maplibre FOLDER] [--no-peers] [--only load|move|find|know|memory]
 *
 * The city has been built (`gispipe demo --size full --city DIR`). Its own server is started on a free port and ended with the script. Every load is in a
 * fresh profile with nothing kept. "Full render": from the start of the navigation until every tile of the view is painted. Bytes before tiles are those
 * of all answers but tiles, packed with gzip as a server in front would send them. Memory is the proportional share (PSS) of all processes of Chromium.
 * The driver is the one that Python's playwright brings. --maplibre: a folder in which `npm install maplibre-gl@5.24.1` was run.
 */
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { foliumPage, maplibrePage } from "./page_peers.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run", "--enable-precise-memory-info"];
const TARGETS = { render_ms: 700, packed_kb: 250, pan_fps: 55, zoom_fps: 55, search_cold_ms: 50, search_warm_ms: 5, search_kb: 40, card_ms: 100, memory_mb: 600 };
const SIZE = { width: 1280, height: 800 };
const REST = 1500;  // ms: a reader has a window before the address is entered; what Chromium does to make one costs a page that is loaded at once a quarter second on two cores

const PATIENCE = 40000;  // ms: a page that follows the mouse more slowly than this is measured over what it did of the way

const options = { city: null, python: ".venv/bin/python", runs: 5, minutes: 3, maplibre: null, peers: true, only: null };
for (let k = 2; k < process.argv.length; k++) {
  const name = process.argv[k].replace(/^--/, "");
  if (name === "no-peers") options.peers = false;
  else options[name] = ["runs", "minutes"].includes(name) ? Number(process.argv[++k]) : process.argv[++k];
}
if (!options.city) { console.error("--city DIR: a finished city"); process.exit(2); }

const median = (values) => { const sorted = [...values].sort((a, b) => a - b); return sorted.length ? sorted[Math.floor(sorted.length / 2)] : NaN; };
const part = (values, share) => { const sorted = [...values].sort((a, b) => a - b); return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]; };
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const wanted = (what) => !options.only || options.only === what;

const python = fs.existsSync(options.python) ? options.python : "python3";
const driver = execFileSync(python, ["-c", "import pathlib, playwright; print(pathlib.Path(playwright.__file__).parent / 'driver' / 'package' / 'index.js')"], { encoding: "utf8" }).trim();
const { chromium } = createRequire(import.meta.url)(driver);
const executablePath = ["chromium", "chromium-browser", "google-chrome"].map((name) => { try { return execFileSync("which", [name], { encoding: "utf8" }).trim(); } catch { return null; } }).find(Boolean);

const freePort = () => new Promise((done) => { const server = net.createServer().listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => done(port)); }); });

async function served(audience) {
  const port = await freePort();
  const process_ = spawn(python, ["-c", "import sys; from gispipe.cli.main import main; sys.exit(main())", "serve", audience, "--city", options.city, "--port", String(port)], { stdio: "ignore" });
  for (let k = 0; k < 200; k++) {
    try { await new Promise((done, failed) => http.get(`http://127.0.0.1:${port}/map.json`, (answer) => { answer.resume(); answer.statusCode === 200 ? done() : failed(); }).on("error", failed)); break; } catch { await sleep(100); }
  }
  return { url: `http://127.0.0.1:${port}/`, stop: () => process_.kill() };
}

/** Open a page in a fresh profile and wait until it has painted; `painted` is a function that becomes true. `rest`: ms for the empty window to come to rest first. */
async function opened(browser, url, painted, { size = SIZE, rest = REST } = {}) {
  const context = await browser.newContext({ viewport: size, locale: "ja-JP" });
  const page = await context.newPage();
  await sleep(rest);
  const answers = [];
  page.on("response", (response) => answers.push(response));
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(painted, null, { timeout: 120000, polling: 20 });
  return { context, page, answers };
}

const OURS = () => performance.getEntriesByName("gispipe-drawn").length > 0;  // functions: the page's own policy refuses text as a script

async function load(browser, url, painted, time, options_ = {}) {
  const took = [];
  let packed = 0;
  for (let k = 0; k < options.runs; k++) {
    const { context, page, answers } = await opened(browser, url, painted, options_);
    took.push(await page.evaluate(time));
    if (k === 0) for (const answer of answers) if (!/\.pmtiles|\/licensed\/|\.mvt/.test(answer.url())) packed += gzipSync(await answer.body().catch(() => Buffer.alloc(0))).length;
    await context.close();
  }
  return { render_ms: median(took), packed_kb: packed / 1024 };
}

const FRAMES = "() => { window.frames_ = []; let on = true; const step = (t) => { window.frames_.push(t); if (on) requestAnimationFrame(step); }; requestAnimationFrame(step); window.stop_ = () => { on = false; return window.frames_; }; }";
const speed = (frames) => { const gaps = frames.slice(1).map((t, k) => t - frames[k]); return { fps: 1000 * gaps.length / (frames.at(-1) - frames[0]), p95: part(gaps, 0.95) }; };

async function move(browser, url, painted) {
  const { context, page } = await opened(browser, url, painted);
  await sleep(500);
  await page.evaluate(`(${FRAMES})()`);
  let late = Date.now() + PATIENCE;
  for (let k = 0; k < 4 && Date.now() < late; k++) {  // four drags, there and back
    await page.mouse.move(900, 420);
    await page.mouse.down();
    for (let step = 0; step < 40 && Date.now() < late; step++) { await page.mouse.move(900 - (k % 2 ? -1 : 1) * step * 8, 420 + step * 2); await sleep(8); }
    await page.mouse.up();
    await sleep(250);
  }
  const pan = speed(await page.evaluate("window.stop_()"));
  await page.evaluate(`(${FRAMES})()`);
  late = Date.now() + PATIENCE;
  for (let k = 0; k < 8 && Date.now() < late; k++) { await page.mouse.wheel(0, k % 4 < 2 ? -120 : 120); await sleep(600); }
  const zoom = speed(await page.evaluate("window.stop_()"));
  await context.close();
  return { pan_fps: pan.fps, pan_p95: pan.p95, zoom_fps: zoom.fps, zoom_p95: zoom.p95 };
}

async function find(browser, url, texts) {
  const cold = [], warm = [], bytes = [];
  for (const text of texts) {
    const context = await browser.newContext({ viewport: SIZE, locale: "ja-JP" });
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "commit" });
    await page.waitForFunction(OURS, null, { timeout: 60000 });
    const told = await page.evaluate(async (asked) => {
      performance.clearResourceTimings();
      const register = new gispipe.Register(gispipe.viewer.root, gispipe.viewer.site.search);
      const begin = performance.now();
      await register.search(asked);
      const first = performance.now() - begin;
      const sizes = performance.getEntriesByType("resource").filter((one) => one.name.includes("/search/")).reduce((sum, one) => sum + one.encodedBodySize, 0);
      const again = performance.now();
      for (let k = 0; k < 20; k++) await register.search(asked);
      return [first, (performance.now() - again) / 20, sizes];
    }, text);
    cold.push(told[0]); warm.push(told[1]); bytes.push(told[2] / 1024);
    await context.close();
  }
  return { search_cold_ms: median(cold), search_cold_p95: part(cold, 0.95), search_warm_ms: median(warm), search_warm_p95: part(warm, 0.95), search_kb: median(bytes), search_kb_max: Math.max(...bytes) };
}

async function know(browser, url, places) {
  const cold = [], warm = [], bytes = [];
  for (const [lat, lon] of places) {
    const context = await browser.newContext({ viewport: SIZE, locale: "ja-JP" });
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "commit" });
    await page.waitForFunction(OURS, null, { timeout: 60000 });
    const told = await page.evaluate(async ([lat_, lon_]) => {
      performance.clearResourceTimings();
      const cards = new gispipe.Cards(gispipe.viewer.root, gispipe.viewer.site.cards);
      const ask = async () => { const begin = performance.now(); const card = await cards.at(lat_, lon_); await gispipe.cardWords.load(cards.files, "ja"); gispipe.cardView(card); return performance.now() - begin; };
      const first = await ask();
      const sizes = performance.getEntriesByType("resource").filter((one) => one.name.includes("/cards/")).reduce((sum, one) => sum + one.encodedBodySize, 0);
      return [first, await ask(), sizes];
    }, [lat, lon]).catch(() => null);
    if (told) { cold.push(told[0]); warm.push(told[1]); bytes.push(told[2] / 1024); }
    await context.close();
  }
  return { card_ms: median(cold), card_p95: part(cold, 0.95), card_warm_ms: median(warm), card_kb: median(bytes) };
}

/** The proportional memory of a process and all its children, MB. */
function memory(root) {
  const parents = new Map();
  for (const id of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try { parents.set(Number(id), Number(fs.readFileSync(`/proc/${id}/stat`, "utf8").replace(/^.*\) /, "").split(" ")[1])); } catch { /* it has ended */ }
  }
  const family = new Set([root]);
  for (let grown = true; grown;) { grown = false; for (const [id, parent] of parents) if (family.has(parent) && !family.has(id)) { family.add(id); grown = true; } }
  let kilobytes = 0;
  for (const id of family) { try { kilobytes += Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1] ?? 0); } catch { /* likewise */ } }
  return kilobytes / 1024;
}

async function used(url, painted, ours) {
  const server = await chromium.launchServer({ executablePath, args: FLAGS });
  const browser = await chromium.connect(server.wsEndpoint());
  const { context, page } = await opened(browser, url, painted);
  const end = Date.now() + options.minutes * 60000;
  for (let k = 0; Date.now() < end; k++) {
    await page.mouse.move(900, 420);
    await page.mouse.down();
    await page.mouse.move(900 + 260 * Math.cos(k), 420 + 260 * Math.sin(k), { steps: 12 });
    await page.mouse.up();
    if (k % 3 === 0) await page.mouse.wheel(0, k % 12 < 6 ? -120 : 120);
    if (ours && k % 4 === 1) await page.mouse.click(700 + (k % 7) * 30, 400);
    await sleep(500);
  }
  const megabytes = memory(server.process().pid);
  await context.close();
  await browser.close();
  await server.close();
  return { memory_mb: megabytes };
}

/** What people ask, out of the city's own register: towns with numbers, facilities. */
function asked() {
  const script = "import json, sys; from pathlib import Path; from gispipe.catalogue import load_catalogue; from gispipe.answers.files import AnswerFiles; import sqlite3\n"
    + "c = load_catalogue(Path(sys.argv[1])); f = AnswerFiles.of(c, 'public'); d = sqlite3.connect(f.register())\n"
    + "n = [r[0] for r in d.execute('SELECT name FROM register_number WHERE rowid % (SELECT max(1, count(*) / 20) FROM register_number) = 3 LIMIT 20')]\n"
    + "p = [list(r) for r in d.execute('SELECT lat, lon FROM register_number WHERE rowid % (SELECT max(1, count(*) / 30) FROM register_number) = 5 LIMIT 30')]\n"
    + "a = [r[0] for r in d.execute('SELECT name FROM register_facility ORDER BY key LIMIT 10')]\n"
    + "print(json.dumps([n + a, p]))";
  return JSON.parse(execFileSync(python, ["-c", script, options.city], { encoding: "utf8" }));
}

const server = await served("public");
const results = {};
const told = (name, figures) => { results[name] = { ...results[name], ...figures }; console.error(name, Object.entries(figures).map(([key, value]) => `${key} ${value.toFixed(1)}`).join("  ")); };
try {
  const site = await (await fetch(server.url + "map.json")).json();
  const [texts, places] = asked();
  const page = server.url + site.maps.find(({ id }) => id === site.default_map).page;
  const near = (zoom) => `${page}#${zoom}/${site.center[1]}/${site.center[0]}/${site.default_map}/base/-/ja`;
  const url = near(15);
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const drawn = "performance.getEntriesByName('gispipe-drawn')[0].startTime";
  if (wanted("load")) {
    told("gispipe", await load(browser, page, OURS, drawn));
    told("gispipe", { render_at_once_ms: (await load(browser, page, OURS, drawn, { rest: 0 })).render_ms });
    for (const zoom of [14, 15, 16, 18]) told("gispipe", { [`render_z${zoom}_ms`]: (await load(browser, near(zoom), OURS, drawn)).render_ms });
  }
  if (wanted("move")) told("gispipe", await move(browser, url, OURS));
  if (wanted("find")) told("gispipe", await find(browser, url, texts));
  if (wanted("know")) told("gispipe", await know(browser, url, places));
  if (wanted("memory")) told("gispipe", await used(url, OURS, true));
  if (options.peers) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "gispipe-page-"));
    for (const make of [foliumPage, maplibrePage]) {
      const peer = await make({ folder, city: options.city, python, maplibre: options.maplibre, release: server.url, site });
      if (!peer) continue;
      if (wanted("load")) told(peer.name, await load(browser, peer.url, peer.painted, peer.time));
      if (wanted("move")) told(peer.name, await move(browser, peer.url, peer.painted));
      if (wanted("memory")) told(peer.name, await used(peer.url, peer.painted, false));
      peer.stop();
    }
    fs.rmSync(folder, { recursive: true });
  }
  await browser.close();
} finally { server.stop(); }

const columns = Object.keys(results);
const cell = (value) => (value === undefined ? "–" : value >= 100 ? String(Math.round(value)) : value.toFixed(1));
console.log(["", ...columns, "target"].map((one, k) => one.padEnd(k ? 16 : 18)).join(""));
for (const name of new Set(Object.values(results).flatMap(Object.keys))) {
  const [mine, target] = [results.gispipe[name], TARGETS[name]];
  const kept = target === undefined || mine === undefined ? "" : `${/fps/.test(name) ? "≥" : "≤"} ${target} ${(/fps/.test(name) ? mine >= target : mine <= target) ? "met" : "NOT MET"}`;
  console.log([name.padEnd(18), ...columns.map((one) => `${cell(results[one][name])}${one !== "gispipe" && results[one][name] && mine ? ` (${(results[one][name] / mine).toFixed(2)}×)` : ""}`.padEnd(16)), kept].join(""));
}
