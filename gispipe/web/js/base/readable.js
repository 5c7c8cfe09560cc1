/* Text out of data, without what nobody sees. Scripts that paint need it as much as those of the page. */
(function (gp) {
  "use strict";

  /** Text without characters that nobody sees: control characters, and those that turn the direction of what stands beside. */
  gp.readable = (text) => String(text).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, "");
})(window.gispipe = window.gispipe || {});
