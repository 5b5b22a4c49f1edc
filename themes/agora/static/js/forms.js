// Gives a form its token when the reader reaches it, fills in what a link says (#about=…), and sends it once only.
"use strict";
(() => {
  const form = document.querySelector("form[data-token]");
  if (!form) return;

  function hide(name, value) {
    const input = form.elements[name] || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    input.value = value;
  }

  /** Asks for the token that says when the form was opened, and the key that makes sending it twice the same as once. */
  async function prepare() {
    if (form.elements.token) return;
    try {
      const answer = await fetch(form.dataset.token, { headers: { Accept: "application/json" } });
      if (answer.ok) for (const [name, value] of Object.entries(await answer.json())) hide(name, value);
    } catch { /* offline: the form is accepted without */ }
  }

  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const field = form.elements[name];
    if (field && !field.value) field.value = value;
  }
  form.addEventListener("focusin", prepare, { once: true });
  form.addEventListener("pointerdown", prepare, { once: true });

  let sent = 0;
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.type === "image") return;
    if (Date.now() - sent < 10000) event.preventDefault(); // the button stays a button, for those who hear it
    sent = Date.now();
  });
  addEventListener("pageshow", () => { sent = 0; });
  const errors = document.getElementById("erreurs");
  if (errors) errors.focus();
})();
