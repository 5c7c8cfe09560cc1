/* The drawing as it is, and every state it had before: undo and redo go along them. */
(function (gp) {
  "use strict";

  const KEPT = 200;  // states; they share all things that did not change

  gp.Drawing = class {
    constructor() { Object.assign(this, { states: [{ things: [], what: "" }], at: 0, selected: null, listeners: [], saved: 0 }); }

    get things() { return this.states[this.at].things; }

    get thing() { return this.things.find(({ id }) => id === this.selected) || null; }

    /** Be told of every change of the things or of what is selected. */
    onChange(listener) { this.listeners.push(listener); }

    /** Take on new things; `what` is the sentence of what was done, which undo repeats. Raises SketchError beyond the limits. */
    put(things, what, selected = this.selected) {
      const beyond = things.length > this.things.length || gp.thingsGrew(this.things, things) ? gp.beyondLimits(things) : null;
      if (beyond) throw beyond;
      this.states = [...this.states.slice(Math.max(0, this.at + 1 - KEPT), this.at + 1), { things, what }];
      this.at = this.states.length - 1;
      this.selected = selected;
      this.tell();
    }

    /** Replace one thing by another that keeps its number. */
    replace(thing, what) { this.put(this.things.map((one) => (one.id === thing.id ? thing : one)), what); }

    select(id) {
      if (this.selected === id) return;
      this.selected = id;
      this.tell();
    }

    get canUndo() { return this.at > 0; }

    get canRedo() { return this.at + 1 < this.states.length; }

    /** Go back one state; returns the sentence of what was undone. */
    undo() {
      if (!this.canUndo) return null;
      const { what } = this.states[this.at];
      this.at -= 1;
      this.settle();
      return what;
    }

    redo() {
      if (!this.canRedo) return null;
      this.at += 1;
      this.settle();
      return this.states[this.at].what;
    }

    settle() {
      if (!this.thing) this.selected = null;
      this.tell();
    }

    tell() { for (const listener of this.listeners) listener(); }
  };

  /** Whether a change added corners: only then can it pass a limit. */
  gp.thingsGrew = function (before, after) {
    const known = new Set(before);
    const fresh = after.filter((thing) => !known.has(thing));
    const gone = new Set(after);
    const old = before.filter((thing) => !gone.has(thing));
    const count = (things) => things.reduce((sum, thing) => sum + gp.cornersOf(thing), 0);
    return count(fresh) > count(old);
  };
})(window.gispipe = window.gispipe || {});
