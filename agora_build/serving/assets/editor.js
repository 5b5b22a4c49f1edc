// Starts Decap for the person who started `agora serve --editor`: nobody signs in, saving is not publishing, and what
// is refused stays on the page until it is mended.
window.CMS_MANUAL_INIT = true;
localStorage.setItem("decap-cms-user", JSON.stringify({ backendName: "proxy" }));

const told = document.createElement("p");
told.setAttribute("role", "alert");
told.className = "told";

const asked = window.fetch;
window.fetch = async (address, options) => {
  const answer = await asked(address, options);
  if (!String(address).endsWith("/_agora/editor/api")) return answer;
  const { error } = answer.ok ? {} : await answer.clone().json();
  if (error || String(options.body).includes('"persistEntry"')) told.textContent = error || "";
  if (error) throw Object.assign(new Error(error), { name: "" });
  return answer;
};

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
