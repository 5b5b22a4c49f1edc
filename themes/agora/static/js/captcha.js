// Has the browser solve a challenge while somebody fills a form in; without it, the form is sent all the same.
const form = document.querySelector("form[data-token]");
const place = form && form.querySelector("[data-captcha]");
const vendor = new URL("../vendor/altcha/", import.meta.url);
const spoken = { fr: "fr-fr", ar: "ar" }; // what each language is called there; English is there without a file

async function prepare() {
  const language = document.documentElement.lang;
  await import(new URL("altcha.js", vendor));
  if (language in spoken) await import(new URL(`${language}.js`, vendor));
  globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(new URL("pbkdf2.js", vendor)));
  const widget = document.createElement("altcha-widget");
  widget.setAttribute("challenge", new URL(form.dataset.challenge, location.href));
  widget.setAttribute("language", spoken[language] || "en");
  widget.setAttribute("name", "altcha");
  widget.setAttribute("auto", "onload");
  place.append(widget);
}

if (place) form.addEventListener("focusin", prepare, { once: true });
