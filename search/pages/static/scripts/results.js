// One answer in several views: rows, cards, camera list and map light each other up; an area drawn on the map narrows.

import { onKey } from "./keys.js";

const results = document.querySelector(".results");
const figure = results?.querySelector("figure[data-map]");
const WIDE = matchMedia("(min-width: 1400px)");

/** Return this address with some filters set, from its first page. */
function addressWith(changes) {
  const address = new URL(location.href);
  for (const key of ["after", ...Object.keys(changes)]) address.searchParams.delete(key);
  for (const [key, values] of Object.entries(changes)) for (const value of values) address.searchParams.append(key, value);
  return address.href;
}

let layer = null;

function light(codes, { ofMap = false } = {}) {
  for (const element of results.querySelectorAll("[data-camera]")) {
    element.classList.toggle("is-lit", codes.includes(element.dataset.camera));
  }
  if (!ofMap) layer?.light(codes[0] ?? null);
}

function listen() {
  const codeOf = (event) => event.target.closest?.("[data-camera]")?.dataset.camera;
  for (const name of ["mouseover", "focusin"]) {
    results.addEventListener(name, (event) => light([codeOf(event)].filter(Boolean)));
  }
  results.addEventListener("mouseleave", () => light([]));
  document.addEventListener("histogram:window", ({ detail }) => followWindow(detail));
  for (const view of ["table", "gallery", "map"]) {
    const link = results.querySelector(`[data-view-link=${view}]`);
    if (link) onKey({ table: "t", gallery: "f", map: "g" }[view], () => link.click());
  }
}

/** Count what lies in the histogram's window: on the map, in the camera list, and dim the rows beside it. */
function followWindow(detail) {
  const bars = JSON.parse(document.getElementById("bars-of-cameras").textContent);
  const number = new Intl.NumberFormat(`${document.documentElement.lang}-BE`);
  const { first, end, since, until } = detail ?? { first: 0, end: Infinity };
  const counts = new Map(Object.entries(bars).map(([code, pairs]) => [code, pairs.reduce(
    (sum, count, at) => (at % 2 && pairs[at - 1] >= first && pairs[at - 1] < end ? sum + count : sum), 0)]));
  layer?.update(readCounts().map((mark) => ({ ...mark, count: counts.get(mark.code) ?? 0 })).filter((mark) => mark.count));
  for (const row of results.querySelectorAll(".by-camera tr[data-camera]")) {
    const count = counts.get(row.dataset.camera) ?? 0;
    row.querySelector("[data-count]").textContent = number.format(count);
    row.classList.toggle("beside", count === 0);
  }
  for (const row of results.querySelectorAll("#rows > [data-camera]")) {
    const at = row.querySelector("time").getAttribute("datetime");
    row.classList.toggle("beside", Boolean(detail) && !(new Date(at) >= since && new Date(at) < until));
  }
}

const readCounts = () => JSON.parse(figure.querySelector("script.map-marks").textContent);

function offerArea(shown, area, draw, writeArea) {
  const bar = results.querySelector(".area-bar");
  if (!bar) return;
  const [begin, says, apply, leave] = ["begin", "says", "apply", "leave"].map((name) => bar.querySelector(`[data-${name}]`));
  let stop = null;
  let corners = [];
  const narrow = () => location.assign(addressWith({ area: [writeArea(corners)] }));
  const show = (drawing) => {
    begin.hidden = drawing;
    for (const element of [says, apply, leave]) element.hidden = !drawing;
  };
  const end = () => { stop = null; show(false); begin.focus(); };
  begin.addEventListener("click", () => {
    show(true);
    stop = draw(shown.map, area, {
      done: (drawn) => { corners = drawn; narrow(); },
      left: end,
      changed: (drawn) => { corners = drawn; apply.disabled = drawn.length < 3; },
    });
  });
  apply.addEventListener("click", narrow);
  leave.addEventListener("click", () => stop?.());
  bar.hidden = false;
  show(false);
}

async function openCounts() {
  const [{ openMap, readMarks }, reads, area] = await Promise.all([
    import("../map/zone-map.js"), import("../map/layers/reads.js"), import("../map/layers/area.js")]);
  const shown = await openMap(figure);
  if (!shown) return;
  layer = reads.create(readMarks(figure), {
    onHover: (codes) => light(codes, { ofMap: true }),
    onOpen: (codes) => location.assign(addressWith({ camera: codes })),
  });
  const asked = (new URL(location.href).searchParams.get("area") ?? "").split(";").filter(Boolean);
  const drawn = area.create(asked.map((corner) => corner.split(",").map(Number)));
  shown.add(layer);
  shown.add(drawn);
  offerArea(shown, drawn, area.draw, area.writeArea);
}

// The map takes a megabyte: it is opened where it is seen, and once.
function openWhereSeen() {
  if (layer || !figure || !(WIDE.matches || results.dataset.view === "map")) return;
  openCounts();
}

if (results) {
  listen();
  openWhereSeen();
  WIDE.addEventListener("change", openWhereSeen);
}
