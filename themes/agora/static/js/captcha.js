// Has the browser solve a challenge while somebody fills a form in; without it, the form is sent all the same.
const form = document.querySelector("form[data-token]");
const place = form && form.querySelector("[data-captcha]");
const vendor = new URL("../vendor/altcha/", import.meta.url);

async function prepare() {
  const french = document.documentElement.lang === "fr";
  await import(new URL("altcha.js", vendor));
  if (french) await import(new URL("fr.js", vendor));
  globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(new URL("pbkdf2.js", vendor)));
  const widget = document.createElement("altcha-widget");
  widget.setAttribute("challenge", new URL(form.dataset.challenge, location.href));
  widget.setAttribute("language", french ? "fr-fr" : "en");
  widget.setAttribute("name", "altcha");
  widget.setAttribute("auto", "onload");
  place.append(widget);
}

if (place) form.addEventListener("focusin", prepare, { once: true });
