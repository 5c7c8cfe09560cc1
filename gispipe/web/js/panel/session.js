/* Who is signed in, on the pages of the office: the server that serves them knows. */
(function (gp) {
  "use strict";

  /** Show name and department, where the release is an internal one and its server tells them. */
  gp.showSession = async function (root, site) {
    if (site.audience !== "internal") return;
    let session = null;
    try { session = await gp.json(`${root}session.json`); } catch (error) { session = null; }  // a plain file server has no sessions
    const box = gp.byId("session");
    box.hidden = false;
    gp.byId("session-name").textContent = session && session.user ? [session.department, session.name || session.user].filter(Boolean).join("　") : gp.words.t("session_none");
  };
})(window.gispipe = window.gispipe || {});
