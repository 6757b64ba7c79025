// How many passages of an answer each camera took: circles with the number, cameras close together as one.

import { tokenColour } from "../zone-map.js";

const SOURCE = "reads";
const LIT = "reads-lit";
const MANY_POINTS = 2000; // above so many, cameras further apart become one circle too
const RADIUS = { few: 24, many: 48 };
const MOST_ZOOM = 17;

function collection(points) {
  const features = points.map(({ at, code, heading, count }) => (
    { type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { code, heading, count } }));
  return { type: "FeatureCollection", features };
}

/** Draw a wedge, pointing up, which the map turns to where each camera's traffic drives. */
function wedge(size) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.beginPath();
  pen.moveTo(size / 2, 0);
  pen.lineTo(size * 0.74, size * 0.36);
  pen.lineTo(size * 0.26, size * 0.36);
  pen.fill();
  return pen.getImageData(0, 0, size, size);
}

/** Circles for the marks of a figure that have a count; `onHover(codes)` and `onOpen(codes)` hear of cameras. */
export function create(points, { onHover, onOpen } = {}) {
  let map = null;
  let data = points;
  let lit = null;
  const listeners = [];

  const listen = (event, layer, action) => {
    map.on(event, layer, action);
    listeners.push([event, layer, action]);
  };

  const size = () => ["interpolate", ["linear"], ["sqrt", ["/", ["get", "count"], Math.max(1, ...data.map((one) => one.count))]], 0, 9, 1, 26];

  function layers() {
    const circle = { "circle-radius": size(), "circle-color": tokenColour("--accent"), "circle-opacity": 0.88,
      "circle-stroke-width": 2, "circle-stroke-color": tokenColour("--surface") };
    return [
      { id: "reads-wedge", type: "symbol", source: SOURCE, filter: ["all", ["!", ["has", "point_count"]], ["!=", ["get", "heading"], null]],
        layout: { "icon-image": "reads-wedge", "icon-rotate": ["get", "heading"], "icon-rotation-alignment": "map",
          "icon-size": ["/", ["+", size(), 8], 36], "icon-allow-overlap": true, "icon-ignore-placement": true },
        paint: { "icon-color": tokenColour("--accent") } },
      { id: "reads-circle", type: "circle", source: SOURCE, paint: circle },
      { id: LIT, type: "circle", source: LIT,
        paint: { "circle-radius": 30, "circle-color": tokenColour("--warn"), "circle-opacity": 0.18, "circle-stroke-width": 3, "circle-stroke-color": tokenColour("--warn") } },
      { id: "reads-count", type: "symbol", source: SOURCE,
        layout: { "text-field": ["to-string", ["get", "count"]], "text-font": ["sans-serif"], "text-size": 12, "text-allow-overlap": true, "text-ignore-placement": true },
        paint: { "text-color": tokenColour("--on-accent") } },
    ];
  }

  async function codesAt(feature) {
    if (!feature.properties.cluster) return [feature.properties.code];
    const leaves = await map.getSource(SOURCE).getClusterLeaves(feature.properties.cluster_id, 200, 0);
    return leaves.map((leaf) => leaf.properties.code);
  }

  function listenAll() {
    listen("mousemove", "reads-circle", async (event) => {
      map.getCanvas().style.cursor = "pointer";
      onHover?.(await codesAt(event.features[0]));
    });
    listen("mouseleave", "reads-circle", () => {
      map.getCanvas().style.cursor = "";
      onHover?.([]);
    });
    listen("click", "reads-circle", async (event) => onOpen?.(await codesAt(event.features[0])));
  }

  return {
    add(shown) {
      map = shown;
      const many = data.length > MANY_POINTS;
      if (!map.hasImage("reads-wedge")) map.addImage("reads-wedge", wedge(72), { sdf: true });
      map.addSource(SOURCE, { type: "geojson", data: collection(data), cluster: true, clusterMaxZoom: MOST_ZOOM,
        clusterRadius: many ? RADIUS.many : RADIUS.few, clusterProperties: { count: ["+", ["get", "count"]] } });
      map.addSource(LIT, { type: "geojson", data: collection([]) });
      for (const layer of layers()) map.addLayer(layer);
      if (listeners.length === 0) listenAll();
      this.light(lit);
    },
    update(changed) {
      data = changed;
      map?.getSource(SOURCE)?.setData(collection(data));
    },
    /** Mark one camera, null for none. */
    light(code) {
      lit = code;
      map?.getSource(LIT)?.setData(collection(data.filter((one) => one.code === code)));
    },
    remove() {
      for (const [event, layer, action] of listeners.splice(0)) map.off(event, layer, action);
      for (const { id } of layers()) if (map.getLayer(id)) map.removeLayer(id);
      for (const source of [SOURCE, LIT]) if (map.getSource(source)) map.removeSource(source);
    },
  };
}
