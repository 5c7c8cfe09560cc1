/* Points set on the map by mouse, finger or keyboard: the same few events for every tool. */
(function (gp) {
  "use strict";

  const NEAR = 14;  // px; a tap this near to a point that is there means that point
  const PAUSE = 400;  // ms; the second of two quick taps ends a line, and the zoom that belongs to it must not follow
  const DIGITS = 7;  // of a degree: a centimetre, finer than any screen

  let listening = null;

  /** A position as the map gives it. */
  gp.tapped = (latlng) => [Number(latlng.lng.toFixed(DIGITS)), Number(latlng.lat.toFixed(DIGITS))];

  /** Whether two positions are one to a finger at the present zoom. */
  gp.isNear = function (map, a, b) {
    return map.latLngToContainerPoint([a[1], a[0]]).distanceTo(map.latLngToContainerPoint([b[1], b[0]])) <= NEAR;
  };

  /**
   * Listen for points on every map that is shown, until the returned function is called.
   * Enter sets a point at the cross, Backspace takes the last one back, Shift+Enter finishes, Escape gives up.
   * @param {{add: function(number[]), back: function(), finish: function(), cancel: function(): boolean, hover: (function(number[])|undefined)}} on
   *   `add` gets a position; `cancel` returns whether there was something to give up
   */
  gp.listenForTaps = function (on) {
    const own = { on, ends: new Map() };
    listening = own;
    hear(own);
    return () => {
      if (listening === own) listening = null;
      for (const end of own.ends.values()) end();
      gp.placeCross(true);
    };
  };

  /** Listen on maps that are new, and forget those that are gone. */
  function hear(own) {
    const maps = gp.viewer.maps();
    for (const map of maps) if (!own.ends.has(map)) own.ends.set(map, attach(map, own.on));
    for (const map of [...own.ends.keys()]) if (!maps.includes(map)) own.ends.delete(map);
    gp.placeCross();
  }

  gp.onChange(() => listening && hear(listening));

  function attach(map, on) {
    const box = map.getContainer();
    const cross = () => gp.tapped(gp.aim().latlng);
    const click = (event) => on.add(gp.tapped(map.mouseEventToLatLng(event.originalEvent)));  // a tap on a small sign would else be taken for its middle
    const hover = (event) => on.hover && on.hover(gp.tapped(event.latlng));
    const moved = () => {
      gp.placeCross();
      if (on.hover && document.activeElement === box) on.hover(cross());
    };
    const key = (event) => {
      if (event.target !== box || event.isComposing) return;
      if (event.key === "Enter" && event.shiftKey) on.finish();
      else if (event.key === "Enter") on.add(cross());
      else if (event.key === "Backspace") on.back();
      else if (event.key !== "Escape" || !on.cancel()) return;
      event.preventDefault();
    };
    map.doubleClickZoom.disable();
    map.on("click", click).on("mousemove", hover).on("move", moved);
    box.addEventListener("keydown", key);
    box.dataset.tapping = "";
    return () => {
      map.off("click", click).off("mousemove", hover).off("move", moved);
      box.removeEventListener("keydown", key);
      delete box.dataset.tapping;
      window.setTimeout(() => { if (!listening && box.isConnected) map.doubleClickZoom.enable(); }, PAUSE);
    };
  }
})(window.gispipe = window.gispipe || {});
