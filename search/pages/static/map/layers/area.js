// An area on the map: shown, and drawn by clicks or by keys.

import { motion, tokenColour } from "../zone-map.js";

const SOURCE = "area";
const STEP_PIXELS = 60;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FEWEST = 3;
const MOST = 50;

function feature(corners, pointer) {
  const ring = pointer ? [...corners, pointer] : corners;
  const points = corners.map((at) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } }));
  const shape = ring.length >= FEWEST
    ? { type: "Polygon", coordinates: [[...ring, ring[0]]] } : { type: "LineString", coordinates: ring };
  return { type: "FeatureCollection",
    features: [...(ring.length > 1 ? [{ type: "Feature", properties: {}, geometry: shape }] : []), ...points] };
}

/** Write corners as an address holds them: `longitude,latitude;…`, to about a metre. */
export function writeArea(corners) {
  return corners.map(([lon, lat]) => `${lon.toFixed(5)},${lat.toFixed(5)}`).join(";");
}

/** Show an area of `corners`, [longitude, latitude] each. */
export function create(corners) {
  let map = null;
  let data = feature(corners);
  const paints = () => {
    const colour = tokenColour("--warn");
    return [
      { id: "area-fill", type: "fill", source: SOURCE, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour, "fill-opacity": 0.12 } },
      { id: "area-line", type: "line", source: SOURCE, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": colour, "line-width": 2.5, "line-dasharray": [2, 1] } },
      { id: "area-corner", type: "circle", source: SOURCE, filter: ["==", ["geometry-type"], "Point"],
        paint: { "circle-radius": 5, "circle-color": tokenColour("--surface"), "circle-stroke-color": colour, "circle-stroke-width": 2.5 } },
    ];
  };
  return {
    add(shown) {
      map = shown;
      map.addSource(SOURCE, { type: "geojson", data });
      for (const layer of paints()) map.addLayer(layer);
    },
    update(changed, pointer = null) {
      data = feature(changed, pointer);
      map?.getSource(SOURCE)?.setData(data);
    },
    remove() {
      for (const { id } of paints()) if (map.getLayer(id)) map.removeLayer(id);
      if (map.getSource(SOURCE)) map.removeSource(SOURCE);
    },
  };
}

/**
 * Let somebody draw: a click or Space (at the middle of the map, which the arrows move) puts a corner, double click or
 * Enter ends, Backspace takes the last corner back, Escape leaves. `done(corners)` or `left()` is called once;
 * `changed(corners)` with every corner. Returns a function that leaves.
 */
export function draw(map, layer, { done, left, changed }) {
  const corners = [];
  const canvas = map.getCanvas();

  const show = (pointer = null) => {
    layer.update(corners, pointer);
    changed?.([...corners]);
  };
  const put = ({ lng, lat }) => {
    if (corners.length < MOST) corners.push([lng, lat]);
    show();
  };
  const end = () => {
    if (corners.length < FEWEST) return;
    stop();
    done([...corners]);
  };
  const leave = () => {
    stop();
    layer.update([]);
    left?.();
  };
  const onClick = (event) => put(event.lngLat);
  const onMove = (event) => corners.length > 0 && layer.update(corners, [event.lngLat.lng, event.lngLat.lat]);
  const onDouble = (event) => {
    event.preventDefault(); // no zoom
    corners.pop(); // the second of its two clicks
    end();
  };
  const onKey = (event) => {
    const acts = { " ": () => put(map.getCenter()), Enter: end, Escape: leave, Backspace: () => { corners.pop(); show(); } };
    const step = STEPS[event.key];
    if (!(acts[event.key] || step) || event.target.closest("button, a, input")) return;
    event.preventDefault();
    event.stopPropagation();
    if (step) map.panBy(step.map((one) => one * STEP_PIXELS), { duration: motion(120) });
    else acts[event.key]();
  };
  const stop = () => {
    map.off("click", onClick);
    map.off("mousemove", onMove);
    map.off("dblclick", onDouble);
    removeEventListener("keydown", onKey, true);
    canvas.style.cursor = "";
    map.getContainer().classList.remove("is-drawn-on");
  };

  map.on("click", onClick);
  map.on("mousemove", onMove);
  map.on("dblclick", onDouble);
  addEventListener("keydown", onKey, true);
  canvas.style.cursor = "crosshair";
  map.getContainer().classList.add("is-drawn-on");
  canvas.focus();
  show();
  return leave;
}
