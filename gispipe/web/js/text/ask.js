/* The page that answers for any place in words: a question, an answer, no map. */
(function (gp) {
  "use strict";

  class Ask {
    constructor(site) {
      this.site = site;
      this.turn = 0;
      this.register = site.search && gp.Register ? new gp.Register("", site.search) : null;
      this.cards = site.cards && gp.Cards ? new gp.Cards("", site.cards) : null;
      this.shown = null;
    }

    run() {
      const leave = this.register ? gp.startOffers(this.register, (hit) => this.chosen(hit)) : () => {};
      gp.byId("ask").addEventListener("submit", (event) => { event.preventDefault(); leave(); this.typed(gp.byId("question").value); });
      gp.byId("ask-here").addEventListener("click", () => this.here());
      gp.byId("placed-print").addEventListener("click", () => window.print());
      window.addEventListener("hashchange", () => this.follow());
      window.addEventListener("beforeprint", () => { for (const one of document.querySelectorAll(".hcard details:not([open])")) { one.open = true; one.dataset.folded = ""; } });
      window.addEventListener("afterprint", () => { for (const one of document.querySelectorAll(".hcard details[data-folded]")) { one.open = false; delete one.dataset.folded; } });
      this.languages();
      this.speak();
      this.follow();
      document.documentElement.dataset.ready = "true";
    }

    languages() {
      const select = gp.byId("language");
      gp.fill(select, ...gp.words.languages().map((lang) => gp.el("option", { value: lang, lang: gp.words.tag(lang), text: gp.words.self(lang) })));
      select.addEventListener("change", async () => {
        try {
          await gp.words.load(select.value);
          if (gp.cardWords && this.shown) await gp.cardWords.load(this.cards.files, select.value);
        } catch (error) {
          select.value = gp.words.lang();
          this.say(gp.words.t("words_failed"));
          gp.release.changed();
          return;
        }
        gp.words.use(select.value);
        gp.words.remember(select.value);
        this.speak();
        this.link();
      });
    }

    /** Say everything on the page in the chosen language. */
    speak() {
      const lang = gp.words.lang();
      document.documentElement.lang = gp.words.tag(lang);
      gp.byId("language").value = lang;
      for (const node of document.querySelectorAll("[data-t]")) node.textContent = gp.words.t(node.dataset.t);
      for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", gp.words.t(node.dataset.tLabel));
      gp.byId("city-name").textContent = gp.words.name(this.site.city, "name");
      for (const [id, page] of [["town-list", this.site.towns], ["sources-page", this.site.sources]]) {
        const link = gp.byId(id);
        if (link && page) link.setAttribute("href", gp.words.pageOf(page));
      }
      document.title = `${gp.words.t("ask_title")} — ${gp.words.name(this.site.city, "name")}`;
      if (this.shown) this.show(...this.shown);
    }

    /** Answer what the address of the page asks. */
    follow() {
      const asked = gp.readQuestion(window.location.hash);
      if (asked.text !== undefined) { gp.byId("question").value = asked.text; if (asked.text !== this.asked?.text) this.typed(asked.text); }
      else if (asked.lat !== undefined && (asked.lat !== this.asked?.lat || asked.lon !== this.asked?.lon)) this.at(asked.lat, asked.lon);
    }

    /** Put the question into the address, so that it can be sent and printed. */
    link() { window.history.replaceState(null, "", `#${gp.writeQuestion({ ...this.asked, lang: gp.words.lang() })}`); }

    typed(text) {
      const place = text.trim() ? gp.readCoordinate(text) : null;
      if (!text.trim()) { gp.byId("question").focus(); return undefined; }
      if (place === false) return this.say(gp.words.t("ask_unread"));
      if (place) return this.at(...place);
      this.asked = { text };
      this.link();
      return this.answer(() => this.search(text));
    }

    chosen(hit) {
      this.asked = { text: hit.name };
      this.link();
      return this.answer(async () => this.cards.of(hit));
    }

    at(lat, lon) {
      this.asked = { lat: Number(lat.toFixed(6)), lon: Number(lon.toFixed(6)) };
      this.link();
      return this.answer(async () => this.cards.at(lat, lon));
    }

    async search(text) {
      if (!this.register) { this.say(gp.words.t("ask_no_search")); return null; }
      const found = await this.register.search(text);
      const hit = found.hits[0];
      if (found.result === "exact" || (found.result === "town" && !found.reason)) return this.cards.of({ ...hit, rest: found.rest });
      const further = found.result === "nothing" ? "" : gp.words.t(found.result === "town" ? "card_only_town" : "card_several");
      this.say([found.reason ? this.reason(found.reason) : "", further].filter(Boolean).join(" "));
      this.list(found.hits);
      return null;
    }

    /** What the reader of addresses says, in the language of the page. */
    reason(said) { return gp.find.sayIn(said, gp.words.lang()); }

    /** Show what a question is answered with; of what comes late nothing is shown. */
    async answer(make) {
      const turn = ++this.turn;
      this.clear();
      this.say(gp.words.t("card_wait"));
      let card = null;
      try {
        if (!this.cards) throw new Error("no cards");
        card = await make();
        if (card && gp.cardWords) await gp.cardWords.load(this.cards.files, gp.words.lang());
      } catch (error) {
        if (turn === this.turn) this.say(gp.words.t(error.outside ? "card_outside" : "card_failed"));
        if (!error.outside) gp.release.changed();
        return;
      }
      if (turn !== this.turn || !card) return;
      this.say("");
      this.show(card);
      gp.byId("placed-name").focus();
      gp.say(gp.words.t("ask_found", { name: card.place.name }));
    }

    show(card) {
      this.shown = [card];
      const { place } = card;
      gp.byId("placed").hidden = false;
      gp.fill(gp.byId("placed-name"), place.kind === "point" ? gp.words.t("here") : gp.told.local(place.name));
      gp.byId("placed-where").textContent = `${gp.words.t(`card_kind_${place.kind}`)}  ${gp.words.t("coords", { lat: place.lat.toFixed(6), lon: place.lon.toFixed(6) })}`;
      const wide = window.matchMedia("(min-width: 700px)").matches;
      gp.fill(gp.byId("placed-card"), gp.cardView(card, { open: wide }));
      gp.byId("placed-map").setAttribute("href", `${document.documentElement.dataset.map}#17/${place.lat.toFixed(6)}/${place.lon.toFixed(6)}`);
    }

    /** Several places: nobody picks for the reader. */
    list(hits) {
      const item = (hit) => gp.el("li", {}, gp.el("button", { type: "button", onclick: () => this.answer(async () => this.cards.of(hit)) },
        gp.el("b", {}, gp.told.local(hit.name)), gp.el("small", { text: [gp.words.t(`card_kind_${hit.kind}`), hit.note ? this.reason(hit.note) : ""].filter(Boolean).join("　") })));
      gp.fill(gp.byId("ask-list"), ...hits.map(item));
      gp.byId("ask-list").hidden = !hits.length;
    }

    here() {
      this.say(gp.words.t("locate_wait"));
      if (!navigator.geolocation) { this.say(gp.words.t("locate_denied")); return; }
      navigator.geolocation.getCurrentPosition(({ coords }) => this.at(coords.latitude, coords.longitude), () => this.say(gp.words.t("locate_denied")), { enableHighAccuracy: true, timeout: 15000 });
    }

    say(sentence) {
      const said = gp.byId("ask-said");
      said.textContent = sentence;
      said.hidden = !sentence;
    }

    clear() {
      this.shown = null;
      gp.byId("placed").hidden = true;
      gp.byId("ask-list").hidden = true;
    }
  }

  /** Start the page: the words in the reader's language, and the document that says where the data are. */
  gp.startAsk = async function () {
    const lang = gp.readQuestion(window.location.hash).lang || gp.words.remembered() || gp.words.preferred();
    try {
      const [site] = await Promise.all([gp.release.open(), gp.words.load(lang)]);
      gp.words.use(lang);
      gp.ask = new Ask(site);
      gp.ask.run();
      gp.release.tell();
    } catch (error) {
      const said = gp.byId("ask-said");
      said.hidden = false;
      said.textContent = gp.words.t("card_failed") === "card_failed" ? "災害の情報を読み込めませんでした。区域外という意味ではありません。もう一度お試しください。" : gp.words.t("card_failed");
      gp.release.changed();
      console.error(error);
    }
  };

  if (document.getElementById("ask")) gp.startAsk();
})(window.gispipe = window.gispipe || {});
