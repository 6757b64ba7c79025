// Cameras by how they fare: each state has a shape of its own, drawn from the signs that the page's legend holds.

import { tokenColour } from "../zone-map.js";

const COLOURS = { silent: "--bad", late: "--warn", clock: "--warn", unheard: "--faint", off: "--faint", live: "--accent" };
const ORDER = ["live", "off", "unheard", "clock", "late", "silent"];
const SIZE_PX = 64;

/** Marks as the template wrote them; `onPoint(code | null)` hears what the pointer is over. */
export function create(marks, { onPoint = () => {} } = {}) {
  let shown = null;
  let over = null;
  let known = marks;

  function add(map) {
    // As large as the page's letters: a wall screen is looked at from afar.
    const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 15;
    shown = map;
    for (const state of ORDER) addSign(map, state);
    map.addSource("cameras", { type: "geojson", data: features(known), promoteId: "code" });
    map.addLayer({
      id: "camera-ring", type: "circle", source: "cameras",
      paint: {
        "circle-radius": 13 * scale, "circle-color": tokenColour("--accent-soft"), "circle-stroke-width": 2,
        "circle-stroke-color": tokenColour("--text"),
        "circle-opacity": ["case", ["boolean", ["feature-state", "over"], false], 1, 0],
        "circle-stroke-opacity": ["case", ["boolean", ["feature-state", "over"], false], 1, 0],
      },
    });
    map.addLayer({
      id: "cameras", type: "symbol", source: "cameras",
      layout: {
        "icon-image": ["concat", "camera-", ["get", "state"]], "icon-allow-overlap": true, "icon-ignore-placement": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.75 * scale, 14, 1.25 * scale], "symbol-sort-key": ["get", "order"],
        "text-field": ["step", ["zoom"], "", 12.5, ["get", "code"]], "text-font": ["sans-serif"], "text-size": 11 * scale,
        "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true,
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
    const mark = known.find((one) => one.code === code);
    shown.getCanvas().title = mark ? `${mark.code} ${mark.name}${mark.told ? ` · ${mark.told}` : ""}` : "";
    onPoint(code);
  }

  /** Mark one camera, or none, as what the reader looks at. */
  function highlight(code) {
    if (!shown?.getSource("cameras")) return;
    if (over) shown.setFeatureState({ source: "cameras", id: over }, { over: false });
    over = code;
    if (code) shown.setFeatureState({ source: "cameras", id: code }, { over: true });
  }

  /** Show cameras as they fare by now. */
  function update(fresh) {
    known = fresh;
    shown?.getSource("cameras")?.setData(features(known));
  }

  return { add, highlight, update };
}

function addSign(map, state) {
  const path = document.querySelector(`.legend .sign[data-state="${state}"] path`)?.getAttribute("d");
  if (!path || map.hasImage(`camera-${state}`)) return;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE_PX;
  const pen = canvas.getContext("2d");
  pen.translate(SIZE_PX / 2, SIZE_PX / 2);
  pen.scale(SIZE_PX / 3.6, SIZE_PX / 3.6);
  const shape = new Path2D(path);
  pen.lineWidth = 0.5;
  pen.lineJoin = "round";
  pen.strokeStyle = tokenColour("--surface");
  pen.stroke(shape);
  pen.fillStyle = tokenColour(COLOURS[state]);
  pen.fill(shape, "evenodd");
  map.addImage(`camera-${state}`, pen.getImageData(0, 0, SIZE_PX, SIZE_PX), { pixelRatio: 2.66 });
}

function features(marks) {
  return {
    type: "FeatureCollection",
    features: marks.map(({ code, name, at, state, href }) => ({
      type: "Feature", properties: { code, name, state, href, order: ORDER.indexOf(state) },
      geometry: { type: "Point", coordinates: at },
    })),
  };
}
