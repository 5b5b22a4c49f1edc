// Gathers the points of a map whose marks would touch into one bigger mark, again at each zoom: no mark ever covers
// another, each is large enough for a finger, and the keyboard goes through them in the order of the list.
"use strict";
window.agoraGroups = (() => {
  const ONE = 34; // the sides of the marks, as map.css draws them
  const MANY = 42;
  const BETWEEN = 4;

  const touch = (one, other) =>
    Math.max(Math.abs(one.at.x - other.at.x), Math.abs(one.at.y - other.at.y)) < (one.side + other.side) / 2 + BETWEEN;

  function join(one, other) {
    const [here, there] = [one.points.length, other.points.length];
    one.at = one.at.multiplyBy(here).add(other.at.multiplyBy(there)).divideBy(here + there);
    one.points = one.points.concat(other.points).sort((a, b) => a.number - b.number);
    one.side = MANY;
  }

  /** Puts points together at a zoom until no two marks touch. */
  function gather(map, points, zoom) {
    let groups = points.map((point) => ({ points: [point], at: map.project([point.lat, point.lon], zoom), side: ONE }));
    for (let before = Infinity; groups.length < before;) {
      before = groups.length;
      groups = groups.reduce((kept, group) => {
        const near = kept.find((other) => touch(other, group));
        if (near) join(near, group); else kept.push(group);
        return kept;
      }, []);
    }
    return groups.sort((a, b) => a.points[0].number - b.points[0].number);
  }

  /** Tells whether some zoom parts the points of a group. */
  const parts = (map, points) => gather(map, points, map.getMaxZoom()).length > 1;

  /** Puts the marks in the order of the list; the one that has the focus stays, or it would lose it. */
  function order(elements) {
    const held = elements.indexOf(document.activeElement);
    for (const [rank, element] of elements.entries()) {
      if (rank < held) elements[held].before(element);
      else if (rank > held) element.parentElement.append(element);
    }
  }

  /** Keeps the marks of a map in step with its zoom; `draw(points)` makes the mark of one point, or of several. */
  function follow(map, points, draw) {
    let shown = new Map();
    function show() {
      const zoom = map.getZoom();
      const near = map.getBounds().pad(1);
      const next = new Map();
      for (const { at, points: held } of gather(map, points, zoom)) {
        const name = held.map(({ number }) => number).join();
        const where = map.unproject(at, zoom);
        if (near.contains(where)) next.set(name, shown.get(name) || { held, mark: draw(held).setLatLng(where).addTo(map) });
      }
      const marks = [...next.values()];
      const left = [...shown.values()].find(({ mark }) => mark.getElement() === document.activeElement);
      const heir = left && marks.find(({ held }) => held.includes(left.held[0]));
      if (heir) heir.mark.getElement().focus({ preventScroll: true });
      for (const [name, { mark }] of shown) if (!next.has(name)) mark.remove();
      if ([...next.keys()].join(" ") !== [...shown.keys()].join(" ")) order(marks.map(({ mark }) => mark.getElement()));
      shown = next;
    }
    map.on("moveend", show);
    show();
  }

  return { follow, parts };
})();
