// The live map: takes the place of a figure's drawing where the browser has WebGL2; layers come as modules.

import { drawBase } from "./ground.js";

/** Whether this browser can draw a live map; terminal servers often can't. */
function hasWebGL2() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

/** A colour of the page's own tokens, as the map needs it: worked out, since the map knows no light-dark(). */
export function tokenColour(name) {
  const probe = document.createElement("span");
  probe.className = "probe";
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  const [red, green, blue, alpha = 1] = colour.startsWith("color(")
    ? colour.match(/[\d.]+/g).slice(0, 4).map((part, at) => (at < 3 ? Math.round(part * 255) : Number(part)))
    : colour.match(/[\d.]+/g).map(Number);
  return `rgba(${red},${green},${blue},${alpha})`;
}

/**
 * Put a live map into a figure made by the template's macro `zone_map`.
 *
 * Resolves to { map, figure, add(layer), fit(bounds) }, or to null where there is no WebGL2: the drawing then stays.
 * A layer is { add(map), update?(data), remove?(map) }; it is added again whenever light turns to dark.
 */
export async function openMap(figure) {
  if (!hasWebGL2()) return null;
  const ml = await import("../vendor/maplibre-gl.mjs");
  const ground = await drawBase(figure);
  const holder = document.createElement("div");
  holder.className = "map-live";
  const drawing = figure.querySelector(".map-drawing");
  figure.append(holder);
  const bounds = readBounds(figure);
  const map = new ml.Map({
    container: holder, style: ground.style(), attributionControl: false, maxZoom: 17, minZoom: 7, fadeDuration: 0,
    dragRotate: false, pitchWithRotate: false, keyboard: false, locale: { "Map.Title": drawing?.ariaLabel ?? "" },
    ...(bounds ? { bounds, fitBoundsOptions: { padding: 36 } } : {}),
  });
  map.touchZoomRotate.disableRotation();
  const layers = [];
  const live = {
    map, figure,
    add(layer) {
      layers.push(layer);
      if (map.isStyleLoaded()) layer.add(map);
      else map.once("styledata", () => layer.add(map));
      return layer;
    },
    fit(wanted = bounds) {
      if (wanted) map.fitBounds(wanted, { padding: 48, duration: motion(500), maxZoom: 14.5 });
    },
  };
  map.on("idle", () => { figure.dataset.idle = "true"; });
  map.on("dataloading", () => { delete figure.dataset.idle; });
  await new Promise((loaded) => map.once("load", loaded));
  if (drawing) drawing.hidden = true;
  figure.classList.add("live");
  figure.append(zoomButtons(figure, live));
  watchLooks(() => {
    map.setStyle(ground.style());
    map.once("style.load", () => layers.forEach((layer) => layer.add(map)));
  });
  return live;
}

/** The marks that the template wrote into a figure. */
export function readMarks(figure) {
  return JSON.parse(figure.querySelector("script.map-marks").textContent);
}

/** A length of time for a movement, in milliseconds; none for who asked for less motion. */
export function motion(milliseconds) {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : milliseconds;
}

function readBounds(figure) {
  if (!figure.dataset.bounds) return null;
  const [west, south, east, north] = figure.dataset.bounds.split(",").map(Number);
  return [[west, south], [east, north]];
}

function zoomButtons(figure, live) {
  const group = document.createElement("div");
  group.className = "map-buttons";
  const rows = [
    ["+", figure.dataset.zoomIn, () => live.map.zoomIn({ duration: motion(250) })],
    ["−", figure.dataset.zoomOut, () => live.map.zoomOut({ duration: motion(250) })],
    ["⤢", figure.dataset.whole, () => live.fit()],
  ];
  for (const [sign, label, act] of rows) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.title = button.ariaLabel = label;
    button.addEventListener("click", act);
    group.append(button);
  }
  return group;
}

function watchLooks(redraw) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}
