/* An archive of tiles that is not the one it was: two releases are never drawn into one picture. */
(function (gp) {
  "use strict";

  /**
   * A source that refuses an archive replaced under its name. A server may give the same bytes a new tag, so a new tag alone
   * says nothing: what was read first (the header and the root directory) is read again and must be what it was.
   */
  gp.SameArchive = class {
    constructor(source) { Object.assign(this, { source, head: null, tag: undefined, refused: null }); }

    getKey() { return this.source.getKey(); }

    async getBytes(offset, length, signal) {
      if (this.refused) throw this.refused;
      const answer = await this.source.getBytes(offset, length, signal);
      if (!this.head) Object.assign(this, { head: offset === 0 ? new Uint8Array(answer.data) : null, tag: answer.etag });
      else if (answer.etag !== this.tag) await this.compare(answer.etag);
      return answer;
    }

    async compare(tag) {
      const { data } = await this.source.getBytes(0, this.head.length);
      const now = new Uint8Array(data);
      if (now.length !== this.head.length || now.some((byte, k) => byte !== this.head[k])) {
        this.refused = new Error(`another archive under the same name: ${this.getKey()}`);
        throw this.refused;
      }
      this.tag = tag;
    }
  };
})(window.gispipe = window.gispipe || {});
