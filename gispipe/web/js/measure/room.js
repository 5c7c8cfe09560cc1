/* The part of the map that the tool's panel leaves free: the cross stands in it, and what is chosen is brought into it. */
(function (gp) {
  "use strict";

  const EDGE = 28;  // px

  /** The free part of the main map in its own pixels. The panel stands at the right, or on a phone at the bottom. */
  function room() {
    const box = gp.viewer.map.getContainer().getBoundingClientRect();
    const free = { left: 0, top: 0, right: box.width, bottom: box.height };
    const panel = gp.byId("tool").getBoundingClientRect();
    const bar = document.querySelector(".top").getBoundingClientRect();
    if (panel.width) {
      if (panel.width > box.width * 0.6) free.bottom = Math.min(free.bottom, panel.top - box.top);
      else free.right = Math.min(free.right, panel.left - box.left);
    }
    if (bar.left < box.right && bar.right > box.left && bar.bottom > box.top && bar.top <= box.top) free.top = Math.min(bar.bottom - box.top, free.bottom);
    return free;
  }

  /** Where the cross stands: the middle of the map, unless the panel lies over it. */
  gp.aim = function () {
    const { map } = gp.viewer;
    const free = room();
    const middle = map.getSize().divideBy(2);
    const covered = middle.x > free.right - EDGE || middle.y > free.bottom - EDGE;
    const at = covered ? L.point((free.left + free.right) / 2, (free.top + free.bottom) / 2) : middle;
    return { at, latlng: covered ? map.containerPointToLatLng(at) : map.getCenter() };
  };

  /** Put the cross of every map where `gp.aim` is; with `away`, back into the middle. */
  gp.placeCross = function (away) {
    const { at } = gp.aim();
    for (const map of gp.viewer.maps()) {
      const { style } = map.getContainer();
      style.setProperty("--cross-x", away ? "50%" : `${at.x}px`);
      style.setProperty("--cross-y", away ? "50%" : `${at.y}px`);
    }
  };

  /** Move the map, if need be, so that positions lie in the free part; what is larger than that keeps its place. */
  gp.reveal = function (positions) {
    const { map } = gp.viewer;
    const free = room();
    const bounds = L.bounds(positions.map(([lon, lat]) => map.latLngToContainerPoint([lat, lon])));
    const size = bounds.getSize();
    const shift = (low, high, from, to, length) => (length > to - from - 2 * EDGE ? 0 : low < from + EDGE ? low - from - EDGE : high > to - EDGE ? high - to + EDGE : 0);
    const by = L.point(shift(bounds.min.x, bounds.max.x, free.left, free.right, size.x), shift(bounds.min.y, bounds.max.y, free.top, free.bottom, size.y));
    if (by.x || by.y) map.panBy(by, { animate: false });
  };

  /** Show positions as large as the free part allows, but no nearer than `nearest` or the present zoom. */
  gp.showPlaces = function (positions, nearest = 17) {
    const { map } = gp.viewer;
    const free = room();
    const size = map.getSize();
    map.fitBounds(L.latLngBounds(positions.map(([lon, lat]) => [lat, lon])), {
      paddingTopLeft: [free.left + EDGE, free.top + EDGE], paddingBottomRight: [size.x - free.right + EDGE, size.y - free.bottom + EDGE],
      maxZoom: Math.max(nearest, map.getZoom()), animate: false,
    });
  };

  /** Do something that makes a panel anew; the focus stays where it was, or goes to `fallback` when that place is gone. */
  gp.keepPlace = function (panel, action, fallback) {
    const inside = panel.contains(document.activeElement);
    gp.keepFocus(action);
    if (inside && document.activeElement === document.body) (fallback() || gp.byId("tool")).focus();
  };
})(window.gispipe = window.gispipe || {});
