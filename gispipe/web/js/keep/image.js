/* The map as a PNG: what is on the screens, with title, scale, legend of what is drawn, sources and the day. */
(function (gp) {
  "use strict";

  const HEAD = 44;
  const FOOT = 40;

  /** Save the present view as a picture. */
  gp.saveImage = async function (viewer) {
    gp.toast(gp.words.t("image_wait"));
    try {
      const canvas = await drawn(viewer);
      const blob = await new Promise((done, failed) => { canvas.toBlob((made) => (made ? done(made) : failed(new Error("no picture"))), "image/png"); });
      gp.saveAs(blob, `${gp.state.screens[0].map}-${new Date().toISOString().slice(0, 10)}.png`);
      gp.toast(gp.words.t("image_saved"));
    } catch (error) {
      gp.toast(gp.words.t("image_failed"));
    }
  };

  /** Hand a file to the reader under a name. */
  gp.saveAs = function (blob, name) {
    const link = gp.el("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  async function drawn(viewer) {
    const box = gp.byId("screens").getBoundingClientRect();
    const ratio = Math.min(2, Math.max(1, window.devicePixelRatio || 1));
    const legend = gp.byId("legend-list").querySelectorAll(".layer:not(.off)");
    const rows = [...legend].flatMap((layer) => [...layer.querySelectorAll(".swatch")].map((swatch) => [swatch, swatch.nextElementSibling ? swatch.nextElementSibling.textContent : ""]));
    const columns = Math.max(1, Math.floor(box.width / 230));
    const height = rows.length ? Math.ceil(rows.length / columns) * 26 + 14 : 0;
    const canvas = gp.el("canvas", {});
    canvas.width = Math.round(box.width * ratio);
    canvas.height = Math.round((box.height + HEAD + height + FOOT) * ratio);
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    ctx.fillStyle = "#ffffff";
    ctx.fillRect(0, 0, box.width, box.height + HEAD + height + FOOT);
    for (const screen of viewer.screens) await screen.canvas.drawn();
    for (const screen of viewer.screens) await copy(ctx, screen.map.getContainer(), box);
    if (gp.state.split !== "one") divider(ctx, box);
    words(ctx, box, rows, columns, height);
    return canvas;
  }

  /** Tiles as they lie on the screen, then lines and marks over them. */
  async function copy(ctx, map, box) {
    ctx.save();
    ctx.translate(0, HEAD);
    const own = map.getBoundingClientRect();
    const left = map.classList.contains("second") && gp.state.split === "swipe" ? box.left + box.width * gp.state.swipe : own.left;
    ctx.beginPath();
    ctx.rect(left - box.left, own.top - box.top, own.right - left, own.height);
    ctx.clip();
    ctx.fillStyle = window.getComputedStyle(map).backgroundColor;
    ctx.fillRect(0, 0, box.width, box.height);
    const tiles = [...map.querySelectorAll(".leaflet-tile-pane .leaflet-layer")].sort((a, b) => (Number(a.style.zIndex) || 0) - (Number(b.style.zIndex) || 0))
      .flatMap((layer) => [...layer.querySelectorAll("img.leaflet-tile, canvas.leaflet-tile")]);
    for (const tile of tiles) {
      const at = tile.getBoundingClientRect();
      if (tile.style.visibility !== "hidden" && (tile.complete ?? true) && at.width) ctx.drawImage(tile, at.left - box.left, at.top - box.top, at.width, at.height);
    }
    for (const drawing of map.querySelectorAll(".leaflet-overlay-pane canvas")) {
      const at = drawing.getBoundingClientRect();
      if (at.width && at.height) ctx.drawImage(drawing, at.left - box.left, at.top - box.top, at.width, at.height);
    }
    for (const svg of map.querySelectorAll(".leaflet-overlay-pane svg, .leaflet-marker-pane svg:not(.sketch-handle svg)")) await copySvg(ctx, svg, box);
    for (const text of map.querySelectorAll("[data-picture-text]")) copyText(ctx, text, box);
    ctx.restore();
  }

  /** Vectors become a picture first; their colours may come from the page's style, so those are written into the copy. */
  async function copySvg(ctx, svg, box) {
    const at = svg.getBoundingClientRect();
    if (!at.width || !at.height) return;
    const twin = svg.cloneNode(true);
    const originals = [svg, ...svg.querySelectorAll("*")];
    [twin, ...twin.querySelectorAll("*")].forEach((node, k) => {
      const computed = window.getComputedStyle(originals[k]);
      for (const name of ["fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "fill-opacity", "stroke-opacity"]) node.setAttribute(name, computed.getPropertyValue(name));
    });
    twin.setAttribute("width", String(at.width));
    twin.setAttribute("height", String(at.height));
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(twin))}`;
    await image.decode();
    ctx.drawImage(image, at.left - box.left, at.top - box.top, at.width, at.height);
  }

  function copyText(ctx, node, box) {
    const at = node.getBoundingClientRect();
    const style = window.getComputedStyle(node);
    ctx.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    ctx.textBaseline = "middle";
    ctx.strokeStyle = "#ffffff";
    ctx.lineWidth = 3;
    ctx.strokeText(node.textContent, at.left - box.left, at.top - box.top + at.height / 2);
    ctx.fillStyle = style.color;
    ctx.fillText(node.textContent, at.left - box.left, at.top - box.top + at.height / 2);
  }

  function divider(ctx, box) {
    const second = gp.byId("screens").querySelector(".second").getBoundingClientRect();
    ctx.fillStyle = "#1b2733";
    if (gp.state.split === "swipe") ctx.fillRect(box.width * gp.state.swipe - 1, HEAD, 2, box.height);
    else if (second.top > box.top + 4) ctx.fillRect(0, HEAD + second.top - box.top - 1, box.width, 2);
    else ctx.fillRect(second.left - box.left - 1, HEAD, 2, box.height);
  }

  function words(ctx, box, rows, columns, height) {
    const font = window.getComputedStyle(document.body).fontFamily;
    const line = (text, size, weight, x, y, most, align = "left") => {
      ctx.font = `${weight} ${size}px ${font}`;
      ctx.textAlign = align;
      ctx.textBaseline = "middle";
      ctx.fillStyle = "#1b2733";
      ctx.fillText(text, x, y, most);
    };
    const titles = gp.state.screens.slice(0, gp.state.split === "one" ? 1 : 2).map((screen) => gp.words.name(gp.viewer.style.maps[screen.map]));
    line(`${[...new Set(titles)].join(" ｜ ")} — ${gp.byId("city-name").textContent}`, 17, "700", 12, HEAD / 2, box.width - 24);
    rows.forEach(([swatch, text], k) => {
      const x = 12 + (k % columns) * ((box.width - 24) / columns);
      const y = HEAD + box.height + 20 + Math.floor(k / columns) * 26;
      ctx.drawImage(swatch, x, y - 10, 32, 20);
      line(text, 13, "400", x + 40, y, (box.width - 24) / columns - 46);
    });
    const below = HEAD + box.height + height + FOOT / 2;
    line(`${gp.byId("scale-ratio").textContent}　${gp.byId("coordinates").textContent}　${new Date().toISOString().slice(0, 10)}`, 12, "400", 12, below - 8, box.width - 24);
    line(gp.byId("attribution").textContent, 12, "400", 12, below + 9, box.width - 24);
  }
})(window.gispipe = window.gispipe || {});
