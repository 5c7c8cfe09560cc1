/* SHA-256 of some bytes, also where the browser does not offer it (pages that are not served over HTTPS). */
(function (gp) {
  "use strict";

  const K = new Uint32Array(64);
  const START = new Uint32Array(8);
  for (let number = 2, found = 0; found < 64; number += 1) {  // the fractions of the roots of the first primes
    let prime = true;
    for (let part = 2; part * part <= number; part += 1) prime = prime && number % part !== 0;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(number));
    K[found] = fraction(Math.cbrt(number));
    found += 1;
  }

  function fraction(root) { return (root - Math.floor(root)) * 4294967296; }

  /** The digest of bytes in hexadecimal. */
  gp.sha256 = async function (bytes) {
    const subtle = window.crypto && window.crypto.subtle;
    return hexadecimal(subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes)) : gp.sha256Here(bytes));
  };

  /** The same worked out by this script: 32 bytes. */
  gp.sha256Here = function (bytes) {
    const padded = new Uint8Array((bytes.length + 72) & ~63);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const words = new DataView(padded.buffer);
    words.setUint32(padded.length - 8, Math.floor(bytes.length / 536870912));
    words.setUint32(padded.length - 4, (bytes.length * 8) >>> 0);
    const state = START.slice();
    const w = new Int32Array(64);
    for (let at = 0; at < padded.length; at += 64) block(state, w, words, at);
    const out = new DataView(new ArrayBuffer(32));
    state.forEach((word, k) => out.setUint32(4 * k, word));
    return new Uint8Array(out.buffer);
  };

  function block(state, w, words, at) {
    for (let k = 0; k < 16; k += 1) w[k] = words.getInt32(at + 4 * k);
    for (let k = 16; k < 64; k += 1) {
      const [x, y] = [w[k - 15], w[k - 2]];
      w[k] = w[k - 16] + w[k - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let k = 0; k < 64; k += 1) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[k] + w[k]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, k) => { state[k] += word; });
  }

  function turn(word, by) { return (word >>> by) | (word << (32 - by)); }

  function hexadecimal(bytes) { return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""); }
})(window.gispipe = window.gispipe || {});
