// Lets the reader choose a point on the map of a form: by a click or, from the keyboard, at the centre of the map.
"use strict";
document.addEventListener("agora:map", (event) => {
  const view = event.target;
  const { L, map } = event.detail;
  const field = view.closest(".field--point");
  const [lat, lon] = field.querySelectorAll(".fields input");
  const said = field.querySelector(".plan__said");
  let mark = null;

  /** Shows the point that the two boxes say, or none. */
  function show() {
    if (mark) mark.remove();
    mark = null;
    const place = [Number(lat.value), Number(lon.value)];
    if (!lat.value || !lon.value || !place.every(Number.isFinite)) { said.textContent = ""; return; }
    mark = L.circleMarker(place, { radius: 11, weight: 4, color: "#b3271e", fillOpacity: 0.25, interactive: false }).addTo(map);
    said.textContent = view.dataset.chosen;
  }

  function choose({ lat: north, lng: east }) {
    lat.value = north.toFixed(5);
    lon.value = east.toFixed(5);
    show();
  }

  const centre = document.createElement("button");
  centre.type = "button";
  centre.className = "button plan__centre";
  centre.textContent = view.dataset.centre;
  centre.addEventListener("click", () => choose(map.getCenter()));
  field.querySelector(".plan").after(centre);
  map.on("click", (click) => choose(click.latlng));
  for (const box of [lat, lon]) box.addEventListener("change", show);
  show();
  if (mark) map.setView(mark.getLatLng(), 15, { animate: false });
});
