// The board at the roadside: asks for vehicles every 2.5 s, counts down, and keeps what was tapped until the server has it.
// Without a connection it goes on: taps wait on the tablet, vehicles that must have passed disappear.

import { Queue } from "./roadside-queue.js";

const ASK_EVERY_MS = 2500;
const PATIENCE_MS = 8000;
const SHIFT_MS = 400;

const CLOCK = new Intl.DateTimeFormat("nl-BE", { timeZone: "Europe/Brussels", hour: "2-digit", minute: "2-digit" });

const board = document.getElementById("board");
const { action, user } = board.dataset;
const queue = new Queue(action, user);
const byId = (id) => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

let ahead = Date.now() - Number(byId("vehicles").dataset.now);
let heard = Date.now();
let shifted = 0;
let moved = new Set(); // the cards that stood elsewhere, or nowhere, before vehicles came or went
let pressedAt = 0;
let sending = false;
let sent = []; // what the server has, and the vehicles on the screen do not show yet
const isPressed = () => Date.now() - pressedAt < 3000;

// --- what a card shows: what the server said of it, and on top of that what waits to be sent

function labelOf(card, report) {
  const name = report.step === "take" ? `.takes [value="${report.team}"]` : `[value="${report.step}"]`;
  return card.querySelector(name)?.textContent ?? "";
}

function dress(card) {
  card.dataset.said ??= JSON.stringify([card.dataset.state, card.dataset.team, card.querySelector(".says").textContent]);
  let [state, team, says] = JSON.parse(card.dataset.said);
  const ofCard = (report) => report.vehicle === card.dataset.vehicle;
  const waiting = queue.own().filter(ofCard);
  for (const report of [...sent.filter(ofCard), ...waiting]) {
    if (report.step === "take") [state, team, says] = ["taken", report.team, labelOf(card, report)];
    else if (report.step === "release") [state, team, says] = ["coming", "", ""];
    else if (report.step === "reopen") [state, says] = [team ? "taken" : "coming", team ? labelOf(card, { step: "take", team }) : ""];
    else [state, says] = ["done", [says, labelOf(card, report)].filter(Boolean).join(" · ")];
  }
  card.dataset.state = state;
  card.dataset.team = team;
  card.querySelector(".outcomes [name=team]").value = team || "0";
  const chosen = card.querySelector(".says");
  if (chosen.textContent !== says) chosen.textContent = says;
  mark(card, waiting.length > 0);
}

function mark(card, waits) {
  const there = card.querySelector(".waiting");
  if (!waits) return there?.remove();
  if (there) return;
  const badge = document.createElement("span");
  badge.className = "waiting";
  badge.textContent = board.dataset.textWaiting;
  card.querySelector(".chosen").append(badge);
}

const cards = () => [...document.querySelectorAll("#cars > .car")];

function tick() {
  const now = Date.now() - ahead;
  for (const card of cards()) {
    const [first, last] = [Number(card.dataset.from) - now, Number(card.dataset.until) - now];
    const minutes = { first: Math.floor(first / 60000), last: Math.max(Math.ceil(last / 60000), 1) };
    const when = card.querySelector(".when");
    const text = fill(minutes.first < 1 ? board.dataset.textNow : board.dataset.textSoon, minutes);
    if (when.textContent !== text) when.textContent = text;
    when.classList.toggle("soon", minutes.first < 1);
    card.hidden = card.dataset.state === "coming" && last <= 0;
  }
  const quiet = Date.now() - heard > PATIENCE_MS || !navigator.onLine;
  if (quiet && byId("offline").hidden) byId("since").textContent = CLOCK.format(heard);
  byId("offline").hidden = !quiet;
}

function refresh() {
  cards().forEach(dress);
  const [mine, others] = [queue.own().length, queue.others()];
  const told = byId("queued");
  told.hidden = mine === 0;
  told.textContent = mine ? fill(board.dataset.textQueued, { count: mine }) : "";
  if (!queue.kept) tell(board.dataset.textUnkept);
  else if (others) tell(fill(board.dataset.textOthers, { count: others }));
  tick();
}

function tell(text) {
  byId("told").textContent = text;
  byId("told").hidden = false;
}

// --- what the server shows

function merge(page) {
  const [here, fresh] = [byId("vehicles"), page.getElementById("vehicles")];
  ahead = Date.now() - Number(fresh.dataset.now);
  Object.assign(here.dataset, fresh.dataset);
  here.querySelector(".board-top").replaceWith(fresh.querySelector(".board-top"));
  const before = cards();
  const known = new Map(before.map((card) => [card.id, card]));
  const wanted = [...fresh.querySelectorAll(".car")].map((card) => {
    const mine = known.get(card.id);
    known.delete(card.id);
    return mine?.dataset.version === card.dataset.version ? mine : card;
  });
  // A vehicle of which something waits to be sent stays until it is sent.
  const busy = new Set(queue.own().map((report) => `v${report.vehicle}`));
  const after = [...wanted, ...[...known.values()].filter((card) => busy.has(card.id))];
  if (after.length === before.length && after.every((card, place) => card === before[place])) return;
  const focused = document.activeElement?.closest(".car")?.id;
  const placesBefore = places(before);
  byId("cars").replaceChildren(...after);
  const placesAfter = places(after);
  moved = new Set(after.map((card) => card.id).filter((id) => placesAfter.get(id) !== placesBefore.get(id)));
  shifted = Date.now();
  if (focused) byId(focused)?.focus({ preventScroll: true });
}

const places = (some) => new Map(some.map((card) => [card.id, `${Math.round(card.offsetLeft / 8)} ${Math.round(card.offsetTop / 8)}`]));

async function ask() {
  if (document.hidden || isPressed() || !navigator.onLine) return;
  const begun = Date.now();
  const seen = encodeURIComponent(byId("vehicles").dataset.version);
  const answer = await fetch(`/actions/${action}/vehicles?seen=${seen}`, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (isLoggedOut(answer)) return;
  if (!answer.ok) throw new Error(String(answer.status));
  const page = answer.status === 204 ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
  heard = Date.now();
  if (page && isPressed()) return;
  if (page) merge(page);
  sent = sent.filter((report) => report.done >= begun);
  refresh();
}

function isLoggedOut(answer) {
  const out = answer.type === "opaqueredirect" || answer.status === 401;
  byId("logged-out").hidden = !out;
  if (out) heard = Date.now();
  return out;
}

// --- what is tapped

async function send() {
  if (sending || !navigator.onLine) return;
  sending = true;
  try {
    for (let report = queue.own()[0]; report; report = queue.own()[0]) {
      if (!(await hand(report))) break;
      refresh();
    }
  } catch {
    // No connection: it stays in the queue and is sent again.
  } finally {
    sending = false;
  }
}

async function hand(report) {
  const body = new URLSearchParams({
    report_key: report.key, vehicle: report.vehicle, step: report.step, team: report.team || "0",
    age_ms: String(Math.min(Math.max(Date.now() - report.at, 0), 24 * 3600 * 1000)),
  });
  const answer = await fetch(`/actions/${action}/reports`, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (isLoggedOut(answer)) return false;
  if (answer.status >= 500 || answer.status === 429) return false;
  if (!answer.ok) tell(board.dataset.textRefused);
  heard = Date.now();
  if (answer.ok) sent.push({ ...report, done: Date.now() });
  queue.drop(report.key);
  byId("vehicles").dataset.version = "";
  return true;
}

function tap(button) {
  const [form, card] = [button.form, button.closest(".car")];
  const data = new FormData(form, button);
  queue.add({ vehicle: card.dataset.vehicle, step: data.get("step"), team: data.get("team") ?? "0" });
  refresh();
  card.focus({ preventScroll: true });
  send().then(ask).catch(tick);
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.closest(".car")) return;
  event.preventDefault();
  tap(button);
});

// A finger that comes down on a vehicle that has just taken another one's place meant that other one.
let shaky = false;
document.addEventListener("pointerdown", (event) => {
  pressedAt = Date.now();
  const card = event.target.closest(".car");
  shaky = event.pointerType !== "mouse" && card !== null && moved.has(card.id) && Date.now() - shifted < SHIFT_MS;
  if (!shaky) return;
  card.classList.add("ignored");
  setTimeout(() => card.classList.remove("ignored"), 800);
});
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => setTimeout(() => { pressedAt = 0; }, 50));
}
document.addEventListener("click", (event) => {
  if (shaky && event.detail > 0 && event.target.closest(".car button")) event.preventDefault();
  shaky = false;
}, true);

// --- the keyboard: j and k through the vehicles, a digit for a team, a letter for an outcome

const canSee = (element) => element.offsetParent !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem("zoneschild-keys") === "off") return;
  const seen = cards().filter(canSee);
  const card = document.activeElement?.closest(".car");
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (step && seen.length) {
    event.preventDefault();
    const at = seen.indexOf(card);
    const next = seen[at < 0 ? 0 : Math.min(Math.max(at + step, 0), seen.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  } else if (card && !event.repeat) {
    [...card.querySelectorAll(`button[data-key="${CSS.escape(event.key)}"]`)].find(canSee)?.click();
  }
});

async function live() {
  try {
    await send();
    await ask();
  } catch {
    tick();
  }
  setTimeout(live, ASK_EVERY_MS);
}

refresh();
setInterval(tick, 1000);
addEventListener("online", () => send());
live();
