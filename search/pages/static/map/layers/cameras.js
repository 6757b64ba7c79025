// Cameras as dots with the way they look; a click leads where the mark leads, hovering names it.

import { tokenColour } from "../zone-map.js";

const STATES = { silent: "--bad", late: "--warn", off: "--faint" };

/** Marks as the template wrote them; `onPoint(code | null)` hears what the pointer is over. */
export function create(marks, { onPoint = () => {} } = {}) {
  let over = null;
  let shown = null;

  function add(map) {
    shown = map;
    const colours = Object.entries(STATES).flatMap(([state, token]) => [state, tokenColour(token)]);
    map.addSource("cameras", { type: "geojson", data: features(marks), promoteId: "code" });
    map.addLayer({
      id: "cameras", type: "circle", source: "cameras",
      paint: {
        "circle-radius": ["+", ["get", "size"], ["case", ["boolean", ["feature-state", "over"], false], 3, 0]],
        "circle-color": ["match", ["get", "state"], ...colours, tokenColour("--accent")],
        "circle-stroke-width": 1.8, "circle-stroke-color": tokenColour("--surface"),
      },
    });
    map.addLayer({
      id: "camera-names", type: "symbol", source: "cameras", minzoom: 12.5,
      layout: {
        "text-field": ["get", "code"], "text-font": ["sans-serif"], "text-size": 11, "text-offset": [0, 1.1],
        "text-anchor": "top", "text-optional": true,
      },
      paint: {
        "text-color": tokenColour("--text"), "text-halo-color": tokenColour("--map-ground"), "text-halo-width": 1.4,
      },
    });
    if (!map.zoneschildCameras) listen(map);
  }

  function listen(map) {
    map.zoneschildCameras = true;
    map.on("mousemove", "cameras", ({ features: [found] }) => point(found.id));
    map.on("mouseleave", "cameras", () => point(null));
    map.on("click", "cameras", ({ features: [found] }) => {
      if (found.properties.href) location.assign(found.properties.href);
    });
  }

  function point(code) {
    if (code === over) return;
    highlight(code);
    shown.getCanvas().style.cursor = code ? "pointer" : "";
    const mark = marks.find((one) => one.code === code);
    shown.getCanvas().title = mark ? `${mark.code} ${mark.name}${mark.told ? ` · ${mark.told}` : ""}` : "";
    onPoint(code);
  }

  /** Mark one camera, or none, as what the reader looks at. */
  function highlight(code) {
    if (over) shown.setFeatureState({ source: "cameras", id: over }, { over: false });
    over = code;
    if (code) shown.setFeatureState({ source: "cameras", id: code }, { over: true });
  }

  return { add, highlight };
}

function features(marks) {
  const most = Math.max(1, ...marks.map((mark) => mark.count ?? 0));
  return {
    type: "FeatureCollection",
    features: marks.map(({ code, name, at, state, href, count }) => ({
      type: "Feature",
      properties: { code, name, state, href, size: count === null ? 6 : 5 + 12 * Math.sqrt(count / most) },
      geometry: { type: "Point", coordinates: at },
    })),
  };
}
