/* The lines of the ways on foot, followed from crossing to crossing through the files of the squares they pass. */
(function (gp) {
  "use strict";

  const MILLION = 1e6;
  const [SHOWN_LON, SHOWN_LAT] = [7, 8];

  /** The line of one way: longitude and latitude of the place, its spot on the road, the corners of the roads and the site. */
  gp.wayLine = async function (files, index, { lat, lon }, spot, walk) {
    const place = [gp.rounded(lon, 6), gp.rounded(lat, 6)];
    const own = await edgeOf(files, index, spot.edge);
    const [from, to] = [own[spot.corner], own[spot.corner + 1]];
    const road = [0, 1].map((k) => Math.round(from[k] + spot.share * (to[k] - from[k])) / MILLION);
    const corners = walk.start.ticks ? walk.start.forward ? own.slice(spot.corner + 1) : own.slice(0, spot.corner + 1).reverse() : [];
    for (let { node, rank } = { node: walk.start.node, rank: walk.rank }, step; (step = await stepFrom(files, index, node, walk.table, rank)); { node, rank } = step) {
      const edge = await edgeOf(files, index, step.directed >> 1);
      corners.push(...(step.directed & 1 ? edge.slice(1) : edge.slice(0, -1).reverse()));
    }
    return put(place, road, drawn(corners), index.shelters.sites[walk.site]);
  };

  /** The corners where a way visibly turns, and the last; a repeated one once. */
  function drawn(corners) {
    const kept = [];
    corners.forEach(([lon, lat, turns], k) => {
      if (!turns && k < corners.length - 1) return;
      const last = kept[kept.length - 1];
      if (!last || last[0] !== lon || last[1] !== lat) kept.push([lon, lat]);
    });
    return kept.map(([lon, lat]) => [lon / MILLION, lat / MILLION]);
  }

  function put(place, road, roads, site) {
    const same = (a, b) => a[0] === b[0] && a[1] === b[1];
    const line = same(place, road) ? [place] : [place, road];
    line.push(...(roads.length && same(roads[0], road) ? roads.slice(1) : roads));
    const end = [site[SHOWN_LON], site[SHOWN_LAT]];
    return same(line[line.length - 1], end) && line.length > 1 ? line : [...line, end];
  }

  /** Where a way goes on from a crossing, null at its end. */
  async function stepFrom(files, index, node, table, rank) {
    const { square, file } = await squareOf(files, index, index.ways.first, node);
    const { begin, kinds } = nodesOf(file);
    const at = begin[node - index.ways.first[square]];
    const kind = kinds.get(file.nodes[at]);
    const step = kind[1 + table * index.shelters.count + rank];
    if (step < 0) return null;
    const way = at + 1 + 2 * Math.floor(step / index.shelters.count);
    return { directed: file.nodes[way], node: file.nodes[way + 1], rank: step % index.shelters.count };
  }

  /** The corners of an edge: longitude and latitude in millionths of a degree, and whether a way visibly turns there. */
  async function edgeOf(files, index, number) {
    const { square, file } = await squareOf(files, index, index.ways.edges, number);
    file.edgeBegin ??= begins(file.edges, (at) => 1 + 2 * file.edges[at]);
    let at = file.edgeBegin[number - index.ways.edges[square]];
    const corners = [];
    let [lon, lat] = [0, 0];
    for (let count = file.edges[at++]; count > 0; count -= 1) {
      const east = file.edges[at++];
      lon += Math.floor(east / 2);
      lat += file.edges[at++];
      corners.push([lon, lat, (east & 1) !== 0]);
    }
    return corners;
  }

  function nodesOf(file) {
    file.nodeBegin ??= begins(file.nodes, (at) => 1 + 2 * gp.kindsOf(file).get(file.nodes[at])[0]);
    return { begin: file.nodeBegin, kinds: gp.kindsOf(file) };
  }

  function begins(numbers, size) {
    const found = [];
    for (let at = 0; at < numbers.length; at += size(at)) found.push(at);
    return found;
  }

  async function squareOf(files, index, first, number) {
    let [low, high] = [0, first.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (first[middle] <= number) low = middle;
      else high = middle;
    }
    return { square: low, file: await files.file("way", index.ways.files[low]) };
  }
})(window.gispipe = window.gispipe || {});
