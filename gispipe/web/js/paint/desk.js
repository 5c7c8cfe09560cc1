/* The desk where tiles are painted: it answers the messages of the page, in a thread of its own where the browser has one. */
(function (gp) {
  "use strict";

  /**
   * Serve the boards of a page.
   * @param {{postMessage: function, onmessage: function}} port where messages come from and answers go
   * @returns {Map<number, gp.Board>} what is open
   */
  gp.desk = function (port) {
    const boards = new Map();
    let release = null;

    const failure = (error) => ({ lasting: error.lasting || null, text: String(error.message || error) });
    gp.tilesFailed = (error) => port.postMessage({ did: "failed", failed: failure(error) });

    const told = (board) => ({
      again: (keys) => port.postMessage({ did: "again", board, keys }),
      done(key, turn, sheet) {
        if (!sheet.transferToImageBitmap) { port.postMessage({ did: "tile", board, key, turn, picture: sheet }); return; }
        const picture = sheet.transferToImageBitmap();
        port.postMessage({ did: "tile", board, key, turn, picture }, [picture]);
      },
    });

    const doing = {
      /** Read the heads of archives that the first view needs, before it is said what is drawn. */
      warm({ root, archives }) { for (const url of archives) gp.tileSource({ url }, root).getHeader().catch(() => {}); },  // who draws from it hears of it
      start({ style, root, symbols }) {
        gp.useSymbols(symbols);
        release = { style, root };
      },
      open({ board }) { boards.set(board, new gp.Board(release.style, release.root, told(board))); },
      show({ board, drawn, patterns, turn }) { boards.get(board).show(drawn, patterns, turn); },
      add({ board, tile }) { boards.get(board).add(tile); },
      drop({ board, key }) { boards.get(board)?.drop(key); },
      close({ board }) { boards.delete(board); },
      /** The bytes of a picture tile; the page shows pictures itself. */
      async read({ question, tileset, at: { z, x, y } }) {
        try {
          const source = gp.tileSource(release.style.tilesets[tileset], release.root);
          const [header, tile] = await Promise.all([source.getHeader(), source.getZxy(z, x, y)]);
          port.postMessage({ did: "answered", question, answer: tile ? { type: header.tileType, data: tile.data } : null });
        } catch (error) { port.postMessage({ did: "answered", question, failed: failure(error) }); }
      },
      async pick({ board, question, at }) { port.postMessage({ did: "answered", question, answer: await boards.get(board).pick(at) }); },
    };
    port.onmessage = ({ data }) => { if (Object.hasOwn(doing, data.do)) doing[data.do](data); };
    port.postMessage({ did: "began" });
    return boards;
  };

  if (typeof WorkerGlobalScope === "function") gp.desk(self);
})(window.gispipe = window.gispipe || {});
