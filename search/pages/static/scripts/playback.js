// The vehicle page: one journey shown, played in its own time, passage by passage; map, list, strip and photo together.

import { openDrawing } from "../map/drawn-journey.js";
import { create } from "../map/layers/journey.js";
import { motion, openMap } from "../map/zone-map.js";
import { onKey } from "./keys.js";
import { advance, passageAt, placeAt, prepare, stepFrom } from "./moving.js";
import { openStrip } from "./timeline.js";

/** So long playing rests after a gap that was jumped, so that one can read what was jumped. */
const REST = 1100;
/** Who asked for less motion sees a picture a second. */
const STILL = 1000;

const byId = (id) => document.getElementById(id);
const playing = JSON.parse(byId("playing").textContent);
const journeys = prepare(playing);
const [player, slider, hand, said] = ["player", "moment", "hand", "map-said"].map(byId);
const clock = new Intl.DateTimeFormat("nl-BE", { timeZone: "Europe/Brussels", timeStyle: "medium" });
const calendar = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: "Europe/Brussels", weekday: "short", day: "numeric", month: "short" });

const state = { journey: -1, passage: -1, t: 0, runs: false, restsUntil: 0, second: -1 };
const strip = openStrip(byId("strip"), (journey, t) => show(journey, Math.min(Math.max(t, journeys[journey].start), journeys[journey].end)));
const figure = byId("map");
// The drawing goes along beneath the live map: it is what is printed.
const drawing = figure.querySelector("svg.map-drawing") ? openDrawing(figure) : { choose() {}, place() {}, follow() {} };
let view = drawing;

/** Put everything at one moment of one journey. */
function show(journey, t) {
  const here = journeys[journey];
  const changed = journey !== state.journey;
  Object.assign(state, { journey, t });
  if (changed) choose(journey);
  const passage = passageAt(here, t);
  if (changed || passage !== state.passage) take(passage);
  view.place(placeAt(here, t));
  strip.show(t);
  tellTime(t);
}

function choose(journey) {
  const here = journeys[journey];
  const row = byId(`j${journey}`);
  if (!row.open) row.open = true;
  slider.min = here.start;
  slider.max = Math.max(here.end, here.start + 1000);
  slider.disabled = here.end === here.start;
  strip.choose(journey);
  drawing.choose(journey);
  if (view !== drawing) view.choose(journey);
}

/** Take a passage in hand: its photo, its row, its place in the address. */
function take(passage) {
  state.passage = passage;
  const read = journeys[state.journey].reads[passage];
  const stage = document.querySelector(`.stage[data-read="${read.id}"]`);
  document.querySelector(".stage[aria-current]")?.removeAttribute("aria-current");
  stage.setAttribute("aria-current", "step");
  bringIntoView(stage);
  showHand(stage, read);
  const address = new URL(location.href);
  address.searchParams.set("journey", read.id);
  address.hash = "";
  history.replaceState(null, "", address);
}

function showHand(stage, read) {
  const { overview, plate } = stage.dataset;
  const expired = Date.now() > playing.until;
  picture(".hand-overview", expired ? null : overview);
  picture(".hand-plate", expired ? null : plate);
  hand.querySelector(".no-picture").hidden = Boolean(overview) && !expired;
  hand.querySelector(".hand-expired").hidden = !expired;
  const time = stage.querySelector("time");
  hand.querySelector(".hand-when time").textContent = time.textContent;
  hand.querySelector(".hand-when time").dateTime = time.dateTime;
  hand.querySelector(".hand-where").textContent = stage.querySelector(".stage-place").textContent;
  const before = stage.previousElementSibling?.matches(".between") ? stage.previousElementSibling : null;
  const told = before?.querySelector("strong")?.textContent ?? "";
  hand.querySelector(".hand-said").textContent = told;
  hand.querySelector(".hand-said").hidden = !told;
  for (const link of hand.querySelectorAll("a[href^='/reads/']")) link.href = `/reads/${read.id}`;
}

function picture(selector, address) {
  const image = hand.querySelector(selector);
  image.hidden = !address;
  if (address) image.src = address;
}

/** Scroll the list alone, and only where it scrolls by itself; the page stays where the reader is. */
function bringIntoView(stage) {
  const box = stage.closest(".journey-list");
  if (box.scrollHeight <= box.clientHeight + 1) return;
  const [outer, inner] = [box.getBoundingClientRect(), stage.getBoundingClientRect()];
  if (inner.top < outer.top + 40 || inner.bottom > outer.bottom - 20) {
    box.scrollTo({ top: box.scrollTop + inner.top - outer.top - outer.height / 3, behavior: motion(1) ? "smooth" : "auto" });
  }
}

function tellTime(t) {
  const second = Math.floor(t / 1000);
  if (second === state.second) return;
  state.second = second;
  const text = clock.format(t);
  byId("now").textContent = text;
  byId("now-day").textContent = calendar.format(t);
  slider.value = t;
  slider.setAttribute("aria-valuetext", text);
}

function tell(words) {
  said.textContent = words;
  said.classList.toggle("shown", Boolean(words));
}

function run(runs) {
  if (runs && state.journey === journeys.length - 1 && state.t >= journeys.at(-1).end) show(0, journeys[0].start);
  Object.assign(state, { runs, restsUntil: 0 });
  player.classList.toggle("runs", runs);
  byId("play").ariaLabel = runs ? player.dataset.pause : player.dataset.play;
  if (!runs) tell("");
  else requestAnimationFrame((now) => frame(now, now));
}

function frame(now, before) {
  if (!state.runs) return;
  const due = motion(1) || now - before >= STILL;
  if (due && now >= state.restsUntil) {
    if (state.restsUntil) {
      tell("");
      state.restsUntil = 0;
    } else {
      const speed = Number(player.querySelector("[name=speed]:checked").value);
      const next = advance(journeys, state, Math.min(now - before, 2 * STILL) * speed, byId("skip").checked);
      show(next.journey, next.t);
      if (next.said) {
        tell(next.said);
        state.restsUntil = now + REST;
      }
      if (next.over) run(false);
    }
  }
  requestAnimationFrame((then) => frame(then, due ? now : before));
}

function step(by) {
  const next = stepFrom(journeys, state.journey, state.passage, by);
  if (next) show(next.journey, journeys[next.journey].reads[next.passage].t);
}

function showRead(id) {
  const journey = journeys.findIndex(({ reads }) => reads.some((read) => read.id === id));
  show(journey, journeys[journey].reads.find((read) => read.id === id).t);
}

for (const row of document.querySelectorAll("details.journey")) {
  row.addEventListener("toggle", () => {
    const journey = Number(row.dataset.journey);
    if (row.open && journey !== state.journey) show(journey, journeys[journey].start);
  });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest(".stage-number");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  showRead(link.closest(".stage").dataset.read);
});
for (const button of player.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(Number(button.dataset.step)));
byId("play").addEventListener("click", () => run(!state.runs));
slider.addEventListener("input", () => show(state.journey, Number(slider.value)));
byId("follow").addEventListener("change", ({ target }) => view.follow(target.checked));

// What has the focus keeps the keys that it needs itself; what was set with a pointer lets them go.
player.addEventListener("pointerup", () => setTimeout(() => {
  if (document.activeElement.matches("#player input")) document.activeElement.blur();
}));
const unlessIn = (selector, act) => (event) => (event.target.closest(selector) ? false : act());
onKey(" ", unlessIn("button, summary, input[type=checkbox]", () => run(!state.runs)));
onKey("ArrowLeft", unlessIn("input", () => step(-1)));
onKey("ArrowRight", unlessIn("input", () => step(1)));

player.hidden = false;
const wanted = new URL(location.href).searchParams.get("journey");
const known = journeys.some(({ reads }) => reads.some(({ id }) => id === wanted));
const newest = journeys.at(-1);
if (known) showRead(wanted);
else show(journeys.length - 1, newest.start);

const live = await openMap(figure);
if (live) {
  view = live.add(create(journeys, live));
  view.choose(state.journey);
  view.follow(byId("follow").checked);
  view.place(placeAt(journeys[state.journey], state.t));
}
