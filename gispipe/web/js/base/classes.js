/* Which class of a layer's style a feature belongs to: the one decision that map, legend and popup share. */
(function (gp) {
  "use strict";

  /** Compile a layer's style to a function from attributes to class. */
  gp.classifier = function (style) {
    const ofValue = gp.valueClassifier(style);
    return (props) => ofValue(style.by ? props[style.by] : null);
  };

  /**
   * Compile a layer's style to a function from the value of its column to class.
   * Values are compared as the number they are or as text, since tiles may carry 1 where a style says "1".
   */
  gp.valueClassifier = function (style) {
    const other = style.other || null;
    if (!style.by) return () => style.classes[0];
    const exact = new Map();
    const ranges = [];
    for (const one of style.classes) {
      const takes = one.values || (one.value !== undefined && one.value !== null ? [one.value] : null);
      if (takes) takes.forEach((value) => exact.has(key(value)) || exact.set(key(value), one));
      else ranges.push(one);
    }
    return function (value) {
      if (value === undefined || value === null) return other;
      const found = exact.get(key(value));
      if (found) return found;
      const number = Number(value);
      return ranges.find((one) => number >= (one.min ?? -Infinity) && number < (one.max ?? Infinity)) || other;
    };
  };

  const key = (value) => (typeof value === "boolean" ? String(Number(value)) : String(value));

  /** Every class a legend shows, the catch-all last. */
  gp.allClasses = (style) => (style.other ? [...style.classes, style.other] : style.classes);
})(window.gispipe = window.gispipe || {});
