// Journeys on the live map: the chosen one with its passages, the others faintly, and the vehicle where it is.

import { motion, tokenColour } from "../zone-map.js";

const BY_ROAD = ["drove", "stopped", "again"];
const INNER = 0.28;
const NEAR_ZOOM = 12.8;

/** `journeys` come from scripts/moving.js; `live` is what openMap gave. */
export function create(journeys, live) {
  let chosen = 0;
  let follows = false;
  let last = null;
  const vehicle = makeVehicle(live);

  function add(map) {
    map.addSource("journeys", { type: "geojson", data: lines(journeys) });
    map.addSource("passages", { type: "geojson", data: spots(journeys) });
    for (const layer of layers()) map.addLayer(layer);
    filter(map);
  }

  function filter(map) {
    for (const { id, metadata } of map.getStyle().layers) {
      if (metadata?.shows === "chosen") map.setFilter(id, ["all", metadata.of, ["==", ["get", "journey"], chosen]]);
    }
  }

  function choose(journey) {
    chosen = journey;
    if (live.map.getSource("journeys")) filter(live.map);
    const bounds = boundsOf(journeys[journey]);
    if (bounds && !follows) live.fit(bounds);
  }

  // The vehicle is an element over the map: moving it does not draw the map anew.
  function place(where) {
    last = where;
    vehicle.hidden = !where.at;
    if (!where.at) return;
    const { x, y } = live.map.project(where.at);
    vehicle.classList.toggle("standing", where.standing || where.heading === null);
    vehicle.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) rotate(${(where.heading ?? 0).toFixed(0)}deg)`;
    if (follows) keepInView(where.at, x, y);
  }

  function keepInView(at, x, y) {
    const { clientWidth: wide, clientHeight: high } = live.figure;
    const aside = Math.max(Math.abs(x / wide - 0.5), Math.abs(y / high - 0.5));
    if (aside > INNER && !live.map.isMoving()) live.map.easeTo({ center: at, duration: motion(700) });
  }

  function follow(wanted) {
    follows = wanted;
    if (!wanted) choose(chosen);
    else if (last?.at) live.map.easeTo({ center: last.at, zoom: Math.max(live.map.getZoom(), NEAR_ZOOM), duration: motion(700) });
  }

  live.map.on("move", () => { if (last) place(last); });
  return { add, choose, place, follow };
}

function makeVehicle({ figure }) {
  const vehicle = document.createElement("div");
  vehicle.className = "live-vehicle";
  vehicle.hidden = true;
  figure.querySelector(".map-live").append(vehicle);
  return vehicle;
}

function layers() {
  const [accent, strong, surface, faint, warn, bad, text] = [
    "--accent", "--accent-strong", "--surface", "--map-text", "--warn", "--bad", "--text"].map(tokenColour);
  const of = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
  const line = { "line-join": "round", "line-cap": "round" };
  const width = ["interpolate", ["linear"], ["zoom"], 9, 3, 14, 7];
  const rows = [
    ["journeys-others", "line", "journeys", "all", of("driven"), line,
      { "line-color": faint, "line-width": 2, "line-opacity": 0.5 }],
    ["journeys-edge", "line", "journeys", "chosen", of("road"), line,
      { "line-color": surface, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 5.5, 14, 11] }],
    ["journeys-way", "line", "journeys", "chosen", of("road"), line, { "line-color": accent, "line-width": width }],
    ["journeys-doubtful", "line", "journeys", "chosen", of("straight"), {},
      { "line-color": warn, "line-width": 3, "line-dasharray": [2, 2] }],
    ["journeys-refused", "line", "journeys", "chosen", of("refused"), {},
      { "line-color": bad, "line-width": 3, "line-dasharray": [1, 1.6] }],
    ["passages-unread", "circle", "passages", "chosen", of("silent", "missed"), {}, {
      "circle-radius": 7, "circle-color": surface, "circle-stroke-width": 2.2,
      "circle-stroke-color": ["match", ["get", "kind"], "silent", bad, faint],
    }],
    ["passages-cross", "symbol", "passages", "chosen", of("silent"), textAt("×", 16), { "text-color": bad }],
    ["passages-dots", "circle", "passages", "chosen", of("exact", "probable"), {}, {
      "circle-radius": 10, "circle-color": ["match", ["get", "kind"], "probable", warn, strong],
      "circle-stroke-width": 2, "circle-stroke-color": surface,
    }],
    ["passages-numbers", "symbol", "passages", "chosen", of("exact", "probable"), textAt(["get", "number"], 11),
      { "text-color": surface }],
    ["passages-names", "symbol", "passages", "chosen", of("silent"),
      { ...textAt(["get", "code"], 11), "text-offset": [0, 1.2], "text-anchor": "top", "text-allow-overlap": false },
      { "text-color": text, "text-halo-color": tokenColour("--map-ground"), "text-halo-width": 1.5 }],
  ];
  return rows.map(([id, type, source, shows, kinds, layout, paint]) => (
    { id, type, source, layout, paint, filter: kinds, metadata: { shows, of: kinds } }));
}

function textAt(field, size) {
  return { "text-field": field, "text-font": ["sans-serif"], "text-size": size, "text-allow-overlap": true };
}

function lines(journeys) {
  const features = journeys.flatMap(({ legs, refused }, journey) => [
    ...legs.map(({ points, verdict }) => lineOf(points, journey, BY_ROAD.includes(verdict) ? "road" : "straight")),
    lineOf(refused, journey, "refused"),
  ]);
  // Every road once that any journey took: lines over lines would add up to one that looks chosen.
  const driven = new Map(journeys.flatMap(({ legs }) => legs.map(({ pieces, points }) => [pieces.join(), points])));
  driven.delete("");
  features.push(...[...driven.values()].map((points) => lineOf(points, -1, "driven")));
  return { type: "FeatureCollection", features: features.filter(({ geometry }) => geometry.coordinates.length > 1) };
}

function lineOf(coordinates, journey, kind) {
  return { type: "Feature", properties: { journey, kind }, geometry: { type: "LineString", coordinates } };
}

function spots(journeys) {
  const features = journeys.flatMap(({ reads, legs }, journey) => [
    ...legs.flatMap(({ unread }) => unread.map(({ at, silent, code }) => (
      spotOf(at, { journey, kind: silent ? "silent" : "missed", code })))),
    ...firstAtEach(reads).map(([{ at, probable }, number]) => (
      spotOf(at, { journey, kind: probable ? "probable" : "exact", number: String(number) }))),
  ]);
  return { type: "FeatureCollection", features };
}

function firstAtEach(reads) {
  const seen = new Map();
  reads.forEach((read, number) => {
    if (read.at && !seen.has(String(read.at))) seen.set(String(read.at), [read, number + 1]);
  });
  return [...seen.values()];
}

function spotOf(coordinates, properties) {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates } };
}

function boundsOf({ reads, legs, refused }) {
  const points = [...reads.map(({ at }) => at), ...refused, ...legs.flatMap((leg) => leg.points)].filter(Boolean);
  if (!points.length) return null;
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  const [west, south, east, north] = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  // Some room below for the key of the lines, and on the right for the buttons.
  return [[west, south - (north - south) / 14], [east + (east - west) / 16, north]];
}
