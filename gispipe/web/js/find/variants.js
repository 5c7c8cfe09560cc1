/* Characters that place names are written with in more than one form, folded to one for comparison only. */
(function (gp) {
  "use strict";

  const find = gp.find;
  const table = new Map();
  for (const group of gp.tables.variants.split(" ").map((one) => Array.from(one))) {
    for (const other of group.slice(1)) table.set(find.narrow(other), find.narrow(group[0]));
  }
  find.variants = table;

  /** Return what puts others in place of the letters of a table. */
  find.replacing = function (others) {
    const some = new RegExp(`[${Array.from(others.keys()).join("")}]`, "g");
    return (text) => text.replace(some, (letter) => others.get(letter));
  };

  /** Return a narrow text of the same length in which every variant is the one that stands for it. */
  find.fold = find.replacing(table);
})(window.gispipe = window.gispipe || {});
