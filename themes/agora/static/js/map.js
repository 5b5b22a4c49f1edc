// Turns the place of a map (.map-view) into a Leaflet map when the reader reaches it; the picture and the list stay the
// page's own. Texts are data: they enter the page as text, never as HTML.
"use strict";
(() => {
  const loaded = new Map();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const own = document.currentScript.src;
  const POPUP = { maxWidth: 280, minWidth: 180, autoPanPadding: [16, 16] };
  const ROOM = 72; // around the points of a view: no mark under the buttons

  /** Loads a stylesheet or a classic script once (a page opened from a disk may read nothing else). */
  function load(url) {
    if (!loaded.has(url)) {
      loaded.set(url, new Promise((resolve, reject) => {
        const css = url.endsWith(".css");
        const element = document.createElement(css ? "link" : "script");
        if (css) { element.rel = "stylesheet"; element.href = url; } else { element.src = url; }
        element.onload = resolve;
        element.onerror = () => reject(new Error(url));
        document.head.append(element);
      }));
    }
    return loaded.get(url);
  }

  function make(tag, name, ...inside) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...inside);
    return element;
  }

  /** Draws the mark of a layer with a number in it, as templates/macros/map.html does. */
  function mark(path, shape, number) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 28 28");
    svg.setAttribute("aria-hidden", "true");
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
    drawn.setAttribute("d", path);
    svg.append(drawn);
    return make("span", `map-mark map-mark--${shape}`, svg, make("span", "map-mark__number", String(number)));
  }

  /** An icon made of elements, with the name that assistive technology reads. */
  function icon(L, name, size, className, inside) {
    const made = new L.DivIcon({ className, iconSize: [size, size], html: inside });
    const create = made.createIcon;
    made.createIcon = function (old) {
      const element = create.call(this, old);
      if (name) element.setAttribute("aria-label", name); else element.setAttribute("aria-hidden", "true");
      return element;
    };
    return made;
  }

  /** Tells Leaflet our words and manners before it makes anything. */
  function prepare(L, words) {
    L.Map.mergeOptions({
      zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still,
      scrollWheelZoom: false, maxBoundsViscosity: 1,
    });
    L.Control.Zoom.mergeOptions({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut });
  }

  /** Writes a long name over lines, as the picture does. */
  function lines(name) {
    return name.split(" – ").flatMap((part, rank) => (rank ? [" –", document.createElement("br"), part] : [part]));
  }

  /** Lets the browser answer the reader between two pieces of work. */
  const breathe = () => new Promise((resolve) => { setTimeout(resolve); });

  async function basemap(L, map, features) {
    const pane = map.createPane("names");
    pane.style.zIndex = 450;
    pane.style.pointerEvents = "none";
    pane.setAttribute("aria-hidden", "true");
    L.geoJSON(features, {
      interactive: false,
      style: (feature) => ({ className: `map-${feature.properties.kind}` }),
      pointToLayer: (feature, place) =>
        L.circleMarker(place, { radius: 4.5, interactive: false, className: `map-${feature.properties.kind}` }),
    }).addTo(map);
    await breathe();
    for (const { properties: said, geometry } of features) {
      if (!said.name || !["quarter", "water", "station"].includes(said.kind)) continue;
      const [lon, lat] = said.label || geometry.coordinates;
      const name = icon(L, "", 0, `map-name map-name--${said.kind}`, make("span", "", ...lines(said.name)));
      L.marker([lat, lon], { icon: name, interactive: false, keyboard: false, pane: "names" }).addTo(map);
    }
  }

  /** Leads to what is said of a point, on this page when it is there. */
  function way(point, base, ...inside) {
    const url = new URL(point.href, base);
    const link = make("a", "", ...inside);
    link.href = url.hash && document.getElementById(point.id) ? `#${point.id}` : url.href;
    return link;
  }

  function popup(point, words, base) {
    const more = way(point, base, words.more, make("span", "hidden", ` : ${point.title}`));
    return make("div", "map-popup",
      make("p", "map-popup__layer", `${point.number} · ${point.layer}`),
      make("p", "map-popup__title", point.title),
      ...point.lines.map((line) => make("p", "", line)),
      make("p", "map-popup__more", more));
  }

  /** Points that no zoom parts: all of them, to choose from. */
  function choice(points, name, base) {
    const items = points.map((point) => make("li", "", way(point, base, `${point.number}. ${point.title}`)));
    return make("div", "map-popup", make("p", "map-popup__title", name), make("ul", "", ...items));
  }

  function pin(L, point, data, base) {
    const name = `${point.number}. ${point.title}, ${point.layer}`;
    const marker = L.marker([0, 0], {
      icon: icon(L, name, 34, "map-pin", mark(data.marks[point.mark], point.mark, point.number)),
    });
    return marker.bindPopup(() => popup(point, data.words, base), POPUP);
  }

  /** One mark for points too close to be told apart: it zooms in to where they part, or lists them. */
  function heap(L, map, points, data, base) {
    const apart = window.agoraGroups.parts(map, points);
    const name = data.words[apart ? "closer" : "choose"].replace("{count}", points.length);
    const marker = L.marker([0, 0], { icon: icon(L, name, 42, "map-pin--many", make("span", "", String(points.length))) });
    if (!apart) return marker.bindPopup(() => choice(points, name, base), POPUP);
    const bounds = L.latLngBounds(points.map((point) => [point.lat, point.lon]));
    return marker.on("click", () => {
      const zoom = Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds, false, L.point(2 * ROOM, 2 * ROOM)));
      map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()));
    });
  }

  /** Frames the whole city, or the points of a campaign with what is around them. */
  function frame(L, map, data) {
    const points = L.latLngBounds(data.points.map((point) => [point.lat, point.lon]));
    const options = { animate: false, maxZoom: 15 };
    if (data.whole) map.fitBounds(L.latLngBounds(data.bounds), options);
    else map.fitBounds(points, { ...options, padding: [ROOM, ROOM] });
  }

  /** A third button beside the zoom's: back to where the map began. */
  function home(L, map, data) {
    const bar = map.zoomControl.getContainer();
    const button = make("a", "map-home", "⤢");
    button.href = "#";
    button.title = data.words.whole;
    button.setAttribute("role", "button");
    button.setAttribute("aria-label", data.words.whole);
    L.DomEvent.disableClickPropagation(button);
    L.DomEvent.on(button, "click", (event) => { L.DomEvent.preventDefault(event); frame(L, map, data); });
    bar.append(button);
  }

  /** Enter or space on a mark opens it and takes the focus inside; Escape closes and gives the focus back to the mark. */
  function keyboard(map, view, words) {
    let typed = false;
    let opener = null;
    view.addEventListener("keydown", (event) => {
      typed = event.key === "Enter" || event.key === " ";
      if (typed && event.target.matches(".map-pin, .map-pin--many")) {
        event.preventDefault();
        event.target.click();
      }
      if (event.key === "Escape" && map._popup && map._popup.isOpen()) {
        event.stopPropagation();
        map.closePopup();
      }
    }, true);
    view.addEventListener("pointerdown", () => { typed = false; }, true);
    map.on("popupopen", ({ popup: opened }) => {
      const element = opened.getElement();
      element.querySelector(".leaflet-popup-close-button").setAttribute("aria-label", words.close);
      opener = opened._source;
      if (typed) element.querySelector(".map-popup a").focus({ preventScroll: true });
    });
    map.on("popupclose", ({ popup: closed }) => {
      if (closed.getElement().contains(document.activeElement) || document.activeElement === document.body) {
        const back = opener && opener.getElement();
        (back || view).focus({ preventScroll: true });
      }
    });
    view.addEventListener("focusin", () => map.scrollWheelZoom.enable());
    view.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  }

  async function draw(view, script) {
    const { shell, data } = window.agoraMaps[script];
    const L = window.L;
    const picture = view.parentElement.querySelector(".map__picture");
    prepare(L, data.words);
    view.setAttribute("aria-label", data.words.label);
    view.hidden = false;
    if (picture) picture.hidden = true; // at once: what is below moves once at most
    const map = shell(L, view);
    const zoomed = () => {
      view.classList.toggle("map-view--far", map.getZoom() < 12.75);
      view.classList.toggle("map-view--wide", map.getZoom() < 13.75);
    };
    map.on("zoomend", zoomed);
    if (view.clientWidth < 480) map.zoomControl.setPosition("bottomleft"); // popups need the top
    frame(L, map, data);
    zoomed();
    await breathe();
    if (data.basemap.length) await basemap(L, map, data.basemap);
    map.attributionControl.setPrefix("Leaflet");
    if (data.words.credit) {
      const credit = document.createElement("i");
      credit.textContent = data.words.credit;
      map.attributionControl.addAttribution(credit.innerHTML);
    }
    await breathe();
    window.agoraGroups.follow(map, data.points, (points) =>
      points.length === 1 ? pin(L, points[0], data, script) : heap(L, map, points, data, script));
    home(L, map, data);
    keyboard(map, view, data.words);
    view.after(make("p", "map__keys", view.dataset.keys || data.words.keys));
    view.dispatchEvent(new CustomEvent("agora:map", { bubbles: true, detail: { L, map } }));
  }

  async function start(view) {
    const vendor = new URL(view.dataset.vendor, document.baseURI);
    const script = new URL(view.dataset.map, document.baseURI).href;
    const at = (name) => new URL(name, vendor).href;
    try {
      const parts = [at("leaflet/leaflet.css"), at("leaflet/leaflet.js"), new URL("groups.js", own).href, script];
      await Promise.all(parts.map(load));
      await breathe();
      await draw(view, script);
    } catch (error) {
      view.hidden = true; // the list is still there, and the picture comes back
      const picture = view.parentElement.querySelector(".map__picture");
      if (picture) picture.hidden = false;
      console.warn(error);
    }
  }

  const idle = window.requestIdleCallback || setTimeout; // the page is shown first
  const reached = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        reached.unobserve(target);
        idle(() => start(target.querySelector(".map-view")), { timeout: 1000 });
      }
    }
  }, { rootMargin: "200px" });
  for (const view of document.querySelectorAll(".map-view")) reached.observe(view.parentElement);
})();
