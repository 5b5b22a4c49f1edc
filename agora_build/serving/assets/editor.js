// Starts Decap for the person who started `agora serve --editor`: nobody signs in, saving is not publishing, and what
// is refused stays on the page until it is mended.
window.CMS_MANUAL_INIT = true;
localStorage.setItem("decap-cms-user", JSON.stringify({ backendName: "proxy" }));

const told = document.createElement("p");
told.setAttribute("role", "alert");
told.className = "told";

const asked = window.fetch;
const stopped = "Relancez « agora serve --editor » : il est arrêté. Ce que vous écrivez est encore dans cette page.";
window.fetch = async (address, options) => {
  if (!String(address).endsWith("/_agora/editor/api")) return asked(address, options);
  const answer = await asked(address, options).catch(() => null);
  const error = !answer ? stopped : answer.ok ? "" : (await answer.clone().json()).error;
  if (error || String(options.body).includes('"persistEntry"')) told.textContent = error;
  if (error) throw Object.assign(new Error(error), { name: "" });
  return answer;
};
window.addEventListener("hashchange", () => { told.textContent = ""; });

document.addEventListener("DOMContentLoaded", () => {
  document.body.append(told);
  const words = CMS.getLocale("fr");
  Object.assign(words.editor.editorToolbar, {
    publish: "Enregistrer", publishing: "Enregistrement…", published: "Enregistré", publishNow: "Enregistrer",
    publishAndCreateNew: "Enregistrer, puis en commencer un autre",
    publishAndDuplicate: "Enregistrer, puis en faire une copie",
    deletePublishedEntry: "Retirer", deleteEntry: "Retirer", deployButtonLabel: "Voir l’aperçu",
  });
  words.editor.editorWidgets.list.add = "Ajouter";
  words.editor.editorWidgets.datetime.setToNow = "Maintenant : %{fieldLabel}";
  words.editor.editor.onDeletePublishedEntry = "Retirer ce fichier ? Git garde ce qu’il contenait.";
  Object.assign(words.ui.toast, {
    onFailToPersist: "%{details}", onFailToDelete: "%{details}", onFailToLoadEntries: "%{details}",
    entrySaved: "Enregistré dans un commit", entryPublished: "Enregistré dans un commit",
  });
  CMS.registerLocale("fr", words);
  CMS.init();
});
