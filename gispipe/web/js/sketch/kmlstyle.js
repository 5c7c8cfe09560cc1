/* Styles of KML: colours as aabbggrr, shared styles by name, and of the pairs of a style map the normal one. */
(function (gp) {
  "use strict";

  const SIZE = 4;  // px of our width to one unit of a KML scale; a power of two, so that going there and back loses nothing

  const hex = (number) => number.toString(16).padStart(2, "0");

  /** "#rrggbb" and 0 to 255 as aabbggrr. */
  gp.kmlColour = (colour, opacity) => hex(opacity) + colour.slice(5, 7) + colour.slice(3, 5) + colour.slice(1, 3);

  /** aabbggrr as {colour, opacity}; null when it is none. */
  gp.fromKmlColour = function (text) {
    const found = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec((text || "").trim());
    return found ? { colour: `#${found[4]}${found[3]}${found[2]}`.toLowerCase(), opacity: parseInt(found[1], 16) } : null;
  };

  /** The style element of a thing. A text is a point whose sign has the size nought. */
  gp.kmlStyle = function (thing) {
    const colour = gp.kmlColour(thing.colour, thing.opacity);
    const scale = gp.decimal(thing.width / SIZE);
    const line = `<LineStyle><color>${colour}</color><width>${gp.decimal(thing.width)}</width></LineStyle>`;
    const fill = `<PolyStyle><color>${gp.kmlColour(thing.fill, thing.fillOpacity)}</color></PolyStyle>`;
    return {
      text: `<IconStyle><scale>0</scale></IconStyle><LabelStyle><color>${colour}</color><scale>${scale}</scale></LabelStyle>`,
      point: `<IconStyle><color>${colour}</color><scale>${scale}</scale></IconStyle>`, line,
      area: line + fill, group: `<IconStyle><color>${colour}</color></IconStyle>${line}${fill}`,
    }[gp.kindOf(thing)];
  };

  /** What the parts of a KML style mean for a thing of these shapes; `parts` maps IconStyle, LabelStyle, LineStyle and PolyStyle to their fields. */
  gp.styleFromKml = function (parts, shapes) {
    const types = new Set(shapes.map(({ type }) => type));
    const points = types.size === 1 && types.has("point");
    const number = (part, field) => {
      const text = (parts[part]?.[field] ?? "").trim();
      return text && Number.isFinite(Number(text)) && Number(text) >= 0 ? Number(text) : null;
    };
    const label = points && number("IconStyle", "scale") === 0;
    const main = label ? "LabelStyle" : points ? "IconStyle" : "LineStyle";
    const fill = gp.fromKmlColour(parts.PolyStyle?.color);
    const stroke = gp.fromKmlColour(parts[main]?.color) || (types.has("area") && fill ? { colour: fill.colour, opacity: 255 } : null)
      || (types.has("point") ? gp.fromKmlColour(parts.IconStyle?.color) : null);
    const size = points ? number(main, "scale") : number("LineStyle", "width");
    const off = (field) => /^\s*(0|false)\s*$/.test(parts.PolyStyle?.[field] ?? "");
    return {
      label, ...stroke, fill: fill?.colour, fillOpacity: off("fill") ? 0 : fill?.opacity,
      width: size === null || !points ? size : size * SIZE || null,
      ...(off("outline") && types.has("area") && types.size === 1 ? { opacity: 0 } : {}),
    };
  };
})(window.gispipe = window.gispipe || {});
