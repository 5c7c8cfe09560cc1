/* Parts of one file on a server. What is wanted at one time and lies close together is asked for together. */
(function (gp) {
  "use strict";

  const BESIDE = 16384;  // bytes between two parts that cost less than a request of their own
  const MOST = 1 << 20;  // bytes of one request: what is given up for another zoom must not hold the line for long

  // Chromium on Windows mixes up the parts that it keeps of one file when several are asked for at once
  const UNKEPT = /Windows.*(Chrome|Chromium|Edg|OPR)/.test(globalThis.navigator?.userAgent || "");

  const waiting = new Set();  // files of which parts are wanted

  /** All files are asked at once: between one and the next, what came first would be painted. */
  function askAll() {
    const files = [...waiting];
    waiting.clear();
    for (const file of files) file.ask();
  }

  /**
   * A file on a server that sends parts of files. One that answers with the whole file is asked no more: every tile would cost
   * the reader the whole archive, and waiting does not mend it. A browser may keep a part cut off and give that the next time:
   * what is too short is asked for anew, past everything kept.
   */
  gp.Parts = class {
    /** @param {string} url address of the file */
    constructor(url) { Object.assign(this, { url, wanted: [], refused: null }); }

    getKey() { return this.url; }

    /**
     * The bytes of a part: `{data: ArrayBuffer, etag}`; a part that begins the file may be longer than the file is.
     * Neighbours of one moment (a view's tiles stand one behind the other in their archive) come by one request.
     */
    getBytes(offset, length, signal) {
      return new Promise((done, failed) => {
        const part = { begin: offset, end: offset + length, over: false };
        part.done = (answer) => { part.over = true; done(answer); };
        part.failed = (error) => { part.over = true; failed(error); };
        const given = () => {
          if (part.over) return;
          part.failed(new DOMException("given up", "AbortError"));
          part.leave?.();
        };
        if (signal?.aborted) { given(); return; }
        signal?.addEventListener("abort", given, { once: true });
        this.wanted.push(part);
        waiting.add(this);
        if (waiting.size === 1 && this.wanted.length === 1) gp.breath().then(askAll);
      });
    }

    /** Ask for what gathered, neighbours together. */
    ask() {
      const parts = this.wanted.splice(0).filter(({ over }) => !over).sort((a, b) => a.begin - b.begin);
      for (let k = 0; k < parts.length;) {
        const group = [parts[k]];
        let { begin, end } = parts[k];
        for (k++; k < parts.length && parts[k].begin <= end + BESIDE && Math.max(end, parts[k].end) - begin <= MOST; k++) {
          group.push(parts[k]);
          end = Math.max(end, parts[k].end);
        }
        this.request(group, begin, end);
      }
    }

    async request(group, begin, end) {
      const controller = new AbortController();
      for (const part of group) part.leave = () => { if (group.every(({ over }) => over)) controller.abort(); };
      try {
        if (this.refused) throw this.refused;
        const whole = await this.fill(group, begin, end, controller, UNKEPT ? "no-store" : undefined);
        if (!whole) {
          const left = group.filter(({ over }) => !over);
          if (!await this.fill(left, left[0].begin, end, controller, "no-store")) throw new Error(`a part of ${this.url} is cut off`);
        }
      } catch (error) {
        for (const part of group) if (!part.over) part.failed(error);
      }
    }

    /** Hand out the parts as their bytes come; false when the answer ended before all of them were there. */
    async fill(group, begin, end, controller, cache) {
      const response = await this.answer(begin, end, controller, cache);
      const [, first, size] = (/^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("Content-Range") || "") || []).map(Number);
      if (first !== undefined && first !== begin) return false;
      const tag = response.headers.get("ETag");
      const etag = tag && !tag.startsWith("W/") ? tag : undefined;
      const room = new Uint8Array(end - begin);
      let came = 0;
      const hand = (there) => {
        for (const part of group) if (!part.over && there(part)) part.done({ data: room.slice(part.begin - begin, Math.min(part.end - begin, came)).buffer, etag });
      };
      const reader = response.body.getReader();
      for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) {
        if (came + value.length > room.length) throw new Error(`more of ${this.url} than was asked for`);
        room.set(value, came);
        came += value.length;
        hand((part) => part.end <= begin + came);
      }
      hand((part) => part.begin === 0 && came > 0 && came >= Math.min(part.end, size ?? came));  // the first part of a small file is all of it
      return group.every(({ over }) => over);
    }

    async answer(begin, end, { signal }, cache) {
      const ask = (to) => fetch(this.url, { headers: { Range: `bytes=${begin}-${to - 1}` }, cache, signal });
      let response = await ask(end);
      const size = response.status === 416 && begin === 0 ? Number(/^bytes \*\/(\d+)$/.exec(response.headers.get("Content-Range") || "")?.[1]) : NaN;
      if (size > 0 && size < end) response = await ask(size);  // a server that sends nothing where more is asked for than there is
      if (response.status === 200) {
        const length = Number(response.headers.get("Content-Length") ?? NaN);
        if (begin === 0 && length <= end) return response;
        response.body?.cancel().catch(() => {});
        this.refused = Object.assign(new Error(`${this.url} is not sent in parts`), { lasting: "no_parts" });
        throw this.refused;
      }
      if (response.status !== 206) throw new Error(`${response.status} ${this.url}`);
      return response;
    }
  };
})(window.gispipe = window.gispipe || {});
