// Looks for words in the site, with the index that Pagefind made, and shows the pages that hold them; see docs/recherche.md.
"use strict";
(() => {
  const form = document.querySelector(".search__form");
  const said = document.querySelector(".search__said");
  const list = document.querySelector(".search__found");
  const model = form.parentElement.querySelector("template").content;
  const words = form.elements.q;
  const choices = [...form.querySelectorAll("select")];
  const told = form.dataset;
  const SHOWN = 10, MOST_WORDS = 12;
  // The words of « l’école » are « l » and « école »: the index was made with a space between the two.
  const ARTICLE = "(?<![\\p{L}\\p{N}'’])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]";
  // What takes long to make, and only a search needs: made by the first.
  const once = (make) => { let made; return () => (made ??= make()); };
  const elided = once(() => new RegExp(ARTICLE, "giu"));
  const apart = once(() => new RegExp(`(${ARTICLE})\\s`, "giu"));
  const dated = once(() => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" }));
  const joined = (text) => text.replace(apart(), "$1");
  const plain = (text) => joined(text).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  let engine = null, turn = 0;
  document.querySelector(".search__without").hidden = true;

  if (location.protocol === "file:") {
    form.hidden = true;
    document.querySelector(".search__offline").hidden = false;
    return;
  }

  /** Starts the engine, once. */
  function start() {
    engine ??= import(new URL(told.engine, location.href)).then(async (found) => {
      await found.options({ excerptLength: 24 });
      return found;
    });
    return engine;
  }

  /** Gives the words of what was typed: letters and digits, without the article that an apostrophe ties to the next word. */
  function wordsOf(text) {
    const kept = text.normalize("NFC").replace(elided(), "").match(/[\p{L}\p{N}\p{M}]+(?:['’-][\p{L}\p{N}\p{M}]+)*/gu) ?? [];
    return [...new Set(kept)].filter((word) => word.length > 1).slice(0, MOST_WORDS);
  }

  const read = (results, from, end) => Promise.all(results.slice(from, end).map((result) => result.data()));

  /** Tells whether one of some pages has a word, or one that begins so. */
  function says(found, word) {
    const begins = plain(word);
    return found.some((page) => plain(`${page.meta.title} ${page.content}`).split(/[^\p{L}\p{N}]+/u).some((each) => each.startsWith(begins)));
  }

  /** Tells whether a page of the site has a word, or one that begins so: for others, the engine gives shorter words. */
  async function holds(pages, word, shown) {
    if (says(shown, word) || (await pages.search(`"${word}"`)).results.length) return true;
    return says(await read((await pages.search(word)).results, 0, 3), word);
  }

  /** Copies an excerpt with its marks: as text, whatever it holds. */
  function excerpt(html) {
    const parts = new DOMParser().parseFromString(html, "text/html").body.childNodes;
    return [...parts].map((part) => {
      const copy = document.createElement(part.nodeName === "MARK" ? "mark" : "span");
      copy.textContent = joined(part.textContent);
      return copy;
    });
  }

  const label = (name, value) => [...form.elements[name].options].find((option) => value && option.value === value)?.text ?? "";

  function item(page) {
    const row = model.cloneNode(true);
    const link = row.querySelector("a");
    const { kind, campaign, quarter } = page.filters;
    link.href = new URL(page.raw_url, new URL("../../", new URL(told.engine, location.href)));
    link.append(Object.assign(document.createElement("bdi"), { textContent: joined(page.meta.title) }));
    const about = [label("kind", kind?.[0]), label("campaign", campaign?.[0]), label("quarter", quarter?.[0])];
    if (page.meta.date) about.push(dated().format(new Date(page.meta.date)));
    row.querySelector(".quiet").textContent = about.filter(Boolean).join(" · ");
    row.querySelector(".search__excerpt").append(...excerpt(page.excerpt));
    return row;
  }

  /** Adds the next results to the list, and a button for those after; the first of them gets the focus when asked. */
  async function show(results, from, mine, focus) {
    const pages = await read(results, from, from + SHOWN);
    if (mine !== turn) return;
    list.append(...pages.map(item));
    if (focus) list.children[from].querySelector("a").focus();
    if (from + SHOWN >= results.length) return;
    const more = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: told.more });
    more.addEventListener("click", () => { more.remove(); show(results, from + SHOWN, mine, true); });
    list.after(more);
  }

  function say(text) { said.textContent = text; }

  /** Searches; each search takes the place of the one before. */
  async function search() {
    const mine = ++turn;
    const wanted = wordsOf(words.value);
    list.replaceChildren();
    if (list.nextElementSibling?.tagName === "BUTTON") list.nextElementSibling.remove();
    if (!wanted.length) { say(words.value.trim() ? told.short : ""); return; }
    say(told.searching);
    try {
      const pages = await start();
      const filters = Object.fromEntries(choices.filter((each) => each.value).map((each) => [each.name, each.value]));
      const { results } = await pages.search(wanted.join(" "), { filters });
      const shown = await read(results, 0, SHOWN);
      const held = await Promise.all(wanted.map((word) => holds(pages, word, shown)));
      if (mine !== turn) return;
      const unknown = wanted.filter((_word, at) => !held[at]);
      if (unknown.length) { say(`${told.unknown} ${unknown.join(", ")}`); return; }
      if (results.length) await show(results, 0, mine, false);
      if (mine !== turn) return;
      const many = told.many.replace("{count}", results.length.toLocaleString(document.documentElement.lang));
      say(results.length > 1 ? many : results.length ? told.one : told.none);
    } catch {
      engine = null;
      if (mine === turn) say(told.failed);
    }
  }

  /** Writes what is looked for in the address, so that it can be kept and sent. */
  function note() {
    const fields = [words, ...choices].filter((field) => field.value).map((field) => [field.name, field.value]);
    const query = new URLSearchParams(fields).toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); note(); search(); });
  for (const choice of choices) choice.addEventListener("change", () => { note(); search(); });
  words.addEventListener("focus", () => start().catch(() => { engine = null; }), { once: true });
  const asked = new URLSearchParams(location.search);
  for (const field of [words, ...choices]) field.value = asked.get(field.name) ?? "";
  if (choices.some((choice) => choice.value)) form.querySelector("details").open = true;
  if (words.value) search();
})();
