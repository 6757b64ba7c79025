// What lies under the layers: the operator's base map if there is one, else the roads between the cameras, with names.

import { tokenColour } from "./zone-map.js";

/** Load what is needed once; style() then gives a MapLibre style in the colours of the moment. */
export async function drawBase(figure) {
  const roads = await (await fetch(figure.dataset.roads)).json();
  const base = figure.dataset.tiles ? await openTiles(figure.dataset.tiles) : null;
  return { style: () => (base ? base() : schematic(roads)) };
}

const FONT = ["sans-serif"];

function schematic(roads) {
  const [ground, road, text] = ["--map-ground", "--map-road", "--map-text"].map(tokenColour);
  return {
    version: 8,
    sources: { zone: { type: "geojson", data: roads } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": ground } },
      {
        id: "roads", type: "line", source: "zone", filter: ["==", ["get", "kind"], "road"],
        layout: { "line-join": "round", "line-cap": "round" },
        paint: { "line-color": road, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.2, 14, 5] },
      },
      {
        id: "names", type: "symbol", source: "zone", filter: ["==", ["get", "kind"], "place"],
        layout: {
          "text-field": ["get", "name"], "text-font": FONT, "text-size": ["interpolate", ["linear"], ["zoom"], 9, 12, 13, 17], "text-letter-spacing": 0.09,
          "text-transform": "uppercase", "text-max-width": 9, "text-variable-anchor": ["bottom", "top", "left", "right"],
          "text-radial-offset": 1.1, "text-justify": "auto",
        },
        paint: { "text-color": text, "text-halo-color": ground, "text-halo-width": 1.6 },
      },
    ],
  };
}

async function openTiles(address) {
  const ml = await import("../vendor/maplibre-gl.mjs");
  await Promise.all([loadScript("pmtiles.js"), loadScript("basemaps.js")]);
  const { Protocol, PMTiles } = globalThis.pmtiles;
  const protocol = new Protocol();
  ml.addProtocol("pmtiles", protocol.tile);
  const url = new URL(address, location.href).href;
  protocol.add(new PMTiles(url));
  return () => {
    const flavour = globalThis.basemaps.namedFlavor(isDark() ? "dark" : "light");
    return {
      version: 8,
      sources: { protomaps: { type: "vector", url: `pmtiles://${url}` } },
      layers: globalThis.basemaps.layers("protomaps", flavour, { lang: document.documentElement.lang }),
    };
  };
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

function loadScript(name) {
  return new Promise((loaded, failed) => {
    const script = document.createElement("script");
    script.src = new URL(`../vendor/${name}`, import.meta.url).href;
    script.onload = loaded;
    script.onerror = () => failed(new Error(`${name} did not load`));
    document.head.append(script);
  });
}
