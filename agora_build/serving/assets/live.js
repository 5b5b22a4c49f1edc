// Keeps a page of `agora serve` as its files are: shown again when it changed, restyled when its style did, and told of
// problems until they are mended. It is never part of a published site.
(() => {
  "use strict";
  const own = document.currentScript;
  const words = JSON.parse(own.dataset.words);
  const here = decodeURI(location.pathname).replace(/^\//, "").replace(/(^|\/)$/, "$1index.html");
  const asked = new URLSearchParams({ page: location.pathname, seen: own.dataset.seen });
  let events = null;

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  // The files that a page was made with are those the browser fetched for it.
  const used = () => performance.getEntriesByType("resource")
    .map((entry) => new URL(entry.name))
    .filter((address) => address.origin === location.origin)
    .map((address) => decodeURI(address.pathname).slice(1));

  const restyle = (path) => {
    for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
      const address = new URL(link.href);
      if (decodeURI(address.pathname).slice(1) !== path) continue;
      const next = link.cloneNode();
      address.searchParams.set("seen", Date.now());
      next.href = address;
      next.addEventListener("load", () => link.remove(), { once: true });
      link.after(next);
    }
  };

  const changed = (paths) => {
    if (paths === null) return location.reload();
    const mine = new Set([here, ...used()]);
    const seen = paths.filter((path) => mine.has(path));
    if (seen.some((path) => !path.endsWith(".css"))) return location.reload();
    seen.forEach(restyle);
  };

  const item = (problem) => {
    const made = element("li");
    made.append(element("p", problem.place, "agora-place"), element("p", problem.message));
    if (problem.line) {
      const shown = element("pre");
      shown.append(problem.line.slice(0, problem.from));
      shown.append(element("mark", problem.line.slice(problem.from, problem.to) || " "));
      shown.append(problem.line.slice(problem.to), "\n", " ".repeat(problem.from), "^".repeat(problem.to - problem.from));
      shown.dir = "ltr";
      shown.tabIndex = 0;
      made.append(shown);
    }
    made.append(element("p", `${words.remedy} ${problem.hint}`, "agora-hint"));
    return made;
  };

  const panel = element("section", "", "agora-panel");
  panel.setAttribute("role", "alert");
  panel.dir = "ltr";  // messages are in French or in English
  panel.lang = words.language;
  const show = (problems) => {
    panel.replaceChildren();
    if (!problems.length) return panel.remove();
    const title = problems.length === 1 ? words.one : words.several.replace("{count}", problems.length);
    const list = element("ol");
    list.append(...problems.map(item));
    const fold = element("button", words.fold);
    fold.type = "button";
    fold.setAttribute("aria-expanded", "true");
    fold.addEventListener("click", () => {
      list.hidden = !list.hidden;
      fold.textContent = list.hidden ? words.unfold : words.fold;
      fold.setAttribute("aria-expanded", String(!list.hidden));
    });
    const head = element("div", "", "agora-head");
    head.append(element("h2", title), fold);
    if (!panel.isConnected) document.body.append(panel);
    panel.append(head, list);
  };

  const listen = () => {
    if (events || document.hidden) return;
    events = new EventSource(`/_agora/events?${asked}`);
    events.addEventListener("problems", (event) => show(JSON.parse(event.data)));
    events.addEventListener("changed", (event) => changed(JSON.parse(event.data)));
  };
  const leave = () => {
    if (events) events.close();
    events = null;
  };

  const style = element("link");
  style.rel = "stylesheet";
  style.href = "/_agora/live.css";
  document.head.append(style);
  // A browser opens six connections to a host: a tab that nobody sees leaves its own to the others.
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", listen);
  listen();
})();
