/* The way to the desk: tiles are painted beside the page, so that moving the map never waits for them. */
(function (gp) {
  "use strict";

  /**
   * Messages to the desk and its answers. Where no second thread can paint (an old browser, a script that does not come)
   * the same desk works in the page.
   */
  class Painter {
    constructor() {
      Object.assign(this, { boards: new Map(), questions: new Map(), sent: [], count: 0 });
      const { root, paint } = document.documentElement.dataset;
      this.script = JSON.parse(paint);
      this.url = root + this.script.url;
      const { thread, failed } = gp.early;
      if (!thread || failed) { this.paintHere(); return; }
      thread.onmessage = ({ data }) => this.hear(data);
      thread.onerror = (event) => {
        event.preventDefault();
        if (!this.began) this.paintHere();
      };
      this.port = thread;
    }

    /** Paint in the page: what was said so far is said again. */
    paintHere() {
      if (this.here) return;
      this.here = new Map();
      this.port = null;
      const script = gp.el("script", { src: this.url, integrity: this.script.integrity });
      script.addEventListener("load", () => {
        const failed = gp.tilesFailed;
        const desk = { postMessage: (message) => queueMicrotask(() => this.hear(message)) };
        this.here = gp.desk(desk);
        gp.tilesFailed = failed;
        this.port = { postMessage: (data) => desk.onmessage({ data }) };
        for (const message of this.sent.splice(0)) this.port.postMessage(message);
      });
      script.addEventListener("error", () => { this.lost = Object.assign(new Error(this.url), { lasting: "failed" }); if (this.started) gp.tilesFailed(this.lost); });
      document.head.append(script);
    }

    say(message) {
      if (!this.began) this.sent.push(message);
      if (this.port) this.port.postMessage(message);
    }

    hear(message) {
      this.began = true;
      this.sent.length = 0;
      if (message.did === "tile" || message.did === "again") this.boards.get(message.board)?.[message.did](message);
      else if (message.did === "failed") gp.tilesFailed(asError(message.failed));
      else if (message.did === "answered") {
        const { done, failed } = this.questions.get(message.question);
        this.questions.delete(message.question);
        if (message.failed) failed(asError(message.failed));
        else done(message.answer);
      }
    }

    /** Hand over what is painted from; said before any board is opened. */
    start(style, root, symbols) {
      this.started = true;
      this.say({ do: "start", style, root: new URL(root || ".", document.baseURI).href, symbols });
      if (this.lost) gp.tilesFailed(this.lost);
    }

    /** Open a board for a map; `map` hears of its tiles. */
    open(map) {
      const board = ++this.count;
      this.boards.set(board, map);
      this.say({ do: "open", board });
      return board;
    }

    close(board) {
      this.boards.delete(board);
      this.say({ do: "close", board });
    }

    /** Ask what lies at a place. */
    pick(board, at) { return this.ask({ do: "pick", board, at }); }

    /** Read a picture tile of a tileset: `{type, data}` as its archive has them, null where there is none. */
    read(tileset, at) { return this.ask({ do: "read", tileset, at }); }

    ask(message) {
      const question = ++this.count;
      const answer = new Promise((done, failed) => { this.questions.set(question, { done, failed }); });
      this.say({ ...message, question });
      return answer;
    }
  }

  const asError = ({ text, lasting }) => Object.assign(new Error(text), { lasting });

  gp.painter = new Painter();

  /** Tell the reader that tiles did not come: an empty tile must not pass for a place without hazards. */
  gp.tilesFailed = function (error) {
    if (error.lasting) say(error);  // neither waiting nor reloading mends it
    else gp.release.changed().then((changed) => { if (!changed) say(error); });
  };

  function say(error) {
    if (error.lasting) gp.tilesFailed.lasting = error.lasting;
    const sentence = gp.words.t(gp.tilesFailed.lasting || "failed");
    const toast = gp.byId("toast");
    if (toast.hidden || toast.textContent !== sentence) gp.toast(sentence, Boolean(gp.tilesFailed.lasting));  // said once, however many tiles
  }
})(window.gispipe = window.gispipe || {});
