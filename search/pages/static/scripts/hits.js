// The board: cards that come by themselves, a key for each step, and a noise where one is needed.

import { HitStream } from "./hits-stream.js";
import { Sounds } from "./hits-sounds.js";

const QUIET_MS = 8500;
const ENDED_MS = 6000;
const board = document.getElementById("board");
const sounds = new Sounds();
const title = document.title;
const unread = new Set();
let say = () => {};

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
const keysAreOn = () => localStorage.getItem("zoneschild-keys") !== "off";
const cards = () => [...document.querySelectorAll("article.hit")];

function parse(html) {
  return document.importNode(new DOMParser().parseFromString(html, "text/html").body.firstElementChild, true);
}

// The urgent, the sure and the fresh first.
function comesBefore(one, other) {
  const key = (card) => [Number(card.dataset.priority), Number(card.dataset.possible), -Date.parse(card.dataset.seen)];
  const [mine, theirs] = [key(one), key(other)];
  const at = mine.findIndex((value, index) => value !== theirs[index]);
  return at >= 0 && mine[at] < theirs[at];
}

function place(card) {
  const list = document.getElementById(card.dataset.late === "1" ? "late" : "now");
  const others = [...list.querySelectorAll(":scope > article.hit")].filter((other) => other !== card);
  const next = others.find((other) => comesBefore(card, other));
  if (next) next.before(card);
  else if (others.length) others.at(-1).after(card);
  else list.append(card);
}

function tidy() {
  const late = document.getElementById("late");
  late.hidden = late.querySelector("article.hit") === null;
  board.querySelector("[data-empty]").hidden = document.querySelector("#now > article.hit") !== null;
}

function remove(card) {
  if (!card.isConnected) return;
  const had = card.contains(document.activeElement);
  const all = cards();
  const next = all[all.indexOf(card) + 1] ?? all[all.indexOf(card) - 1];
  card.remove();
  if (had) next?.focus();
  unread.delete(card.dataset.hit);
  tidy();
  showUnread();
}

// Put a card in the place of its older self, or where it belongs; return whether it is new here.
function put(fresh) {
  const old = document.getElementById(fresh.id);
  if (old && Number(old.dataset.version) > Number(fresh.dataset.version)) return false;
  if (!old && fresh.dataset.state === "ended") return false;
  const had = old?.contains(document.activeElement);
  const open = old?.querySelector("details.radio")?.open;
  if (old) old.replaceWith(fresh);
  place(fresh);
  if (open) fresh.querySelector("details.radio").open = true;
  if (had) fresh.focus({ preventScroll: true });
  if (fresh.dataset.state === "ended") setTimeout(() => remove(fresh), ENDED_MS);
  tidy();
  return !old;
}

function showUnread() {
  document.title = unread.size ? `(${unread.size}) ${title}` : title;
}

function announce(card) {
  const parts = [".characters", ".priority", ".sureness", ".instruction", ".matches"];
  document.getElementById("said").textContent = parts
    .map((part) => card.querySelector(part)?.textContent.trim().replace(/\s+/g, " ")).filter(Boolean).join(". ");
}

function hearHit({ hit, kind, version, card: html, own }) {
  if (!html) return;
  const card = parse(html);
  const isNew = put(card);
  const loud = "noisy" in card.dataset;
  if (own || !card.isConnected || !(isNew || kind === "escalated" || (kind === "seen-again" && loud))) return;
  if (isNew && card.dataset.late === "0") {
    card.classList.add("fresh");
    if (document.hidden || !document.hasFocus()) unread.add(String(hit));
    showUnread();
    announce(card);
  }
  if (loud) say({ type: "want", key: `${hit}-${version}`, name: card.dataset.priority === "1" ? "urgent" : "hit" });
}

let heardAt = Date.now();
function showState({ connected, ingest, over, worse }) {
  const wrong = over ? "over" : connected ? (ingest ? null : "ingest") : "lost";
  const alarm = document.getElementById("alarm");
  alarm.hidden = wrong === null;
  for (const line of alarm.querySelectorAll("[data-alarm]")) line.hidden = line.dataset.alarm !== wrong;
  document.getElementById("pulse").classList.toggle("alive", wrong === null);
  board.querySelector('[data-pulse="on"]').hidden = wrong !== null;
  board.querySelector('[data-pulse="off"]').hidden = wrong === null;
  document.documentElement.classList.toggle("board-dead", wrong !== null);
  if (worse) say({ type: "want", key: `${wrong}-${Math.floor(Date.now() / 5000)}`, name: "alarm" });
}

function showAudible(audible) {
  document.getElementById("sound-off").hidden = audible;
}

const HEARD = {
  hit: hearHit,
  state: (state) => {
    heardAt = Date.now();
    showState(state);
  },
  audible: ({ audible }) => showAudible(audible),
  sound: async ({ name }) => {
    if (await sounds.play(name)) say({ type: "sounded" });
  },
};

const standing = () => ({ audible: sounds.audible, visible: Number(!document.hidden) });

// One worker for all tabs; where there is none, a stream of this page's own.
function connect() {
  const { after, worker, name } = board.dataset;
  try {
    const { port } = new SharedWorker(worker, { name, type: "module" });
    port.onmessage = ({ data }) => HEARD[data.type](data);
    say = (message) => port.postMessage(message);
    say({ type: "hello", after, ...standing() });
    addEventListener("pagehide", () => say({ type: "bye" }));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  } catch {
    connectAlone(after);
  }
}

function connectAlone(after) {
  const said = new Set();
  new HitStream(after, (message) => HEARD[message.type](message));
  say = ({ type, key, name }) => {
    if (type === "here") showAudible(sounds.audible);
    if (type !== "want" || said.has(key)) return;
    said.add(key);
    sounds.play(name);
  };
  showAudible(sounds.audible);
}

function watch() {
  if (Date.now() - heardAt > QUIET_MS) {
    heardAt = Date.now();
    showState({ connected: false, ingest: true, over: false, worse: false });
    sounds.play("alarm");
  }
}

function showAges() {
  const { second, minute, hour, agoText } = board.dataset;
  for (const one of document.querySelectorAll("[data-ago]")) {
    const passed = Math.max(0, Math.round((Date.now() - Date.parse(one.dataset.ago)) / 1000));
    const [text, count] = passed < 100 ? [second, passed] : passed < 6000 ? [minute, Math.round(passed / 60)]
      : [hour, Math.round(passed / 3600)];
    one.textContent = agoText.replace("{t}", text.replace("{n}", count));
  }
}

function refuse(text) {
  const refused = document.getElementById("refused");
  refused.textContent = text;
  refused.hidden = false;
  setTimeout(() => { refused.hidden = true; }, 8000);
}

async function fetchCard(hit) {
  const answer = await fetch(`/hits/${hit}/card`);
  if (answer.ok) put(parse(await answer.text()));
}

async function submit(form) {
  const { hit } = form.closest("article.hit").dataset;
  const body = new URLSearchParams(new FormData(form));
  body.set("next", `/hits/${hit}/card`);
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const text = await answer.text();
    if (answer.redirected && !answer.url.endsWith("/card")) location.assign("/hits");
    else if (answer.ok) put(parse(text));
    else {
      refuse(new DOMParser().parseFromString(text, "text/html").querySelector("main p")?.textContent ?? text);
      await fetchCard(hit);
    }
  } catch {
    refuse(document.querySelector('[data-alarm="lost"]').textContent);
  }
}

function current() {
  return document.activeElement?.closest("article.hit") ?? document.querySelector("article.hit")
    ?? document.querySelector(".hit-does");
}

function move(step) {
  const all = cards();
  const at = all.indexOf(document.activeElement?.closest("article.hit"));
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const place = current();
  const target = place?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (place.matches("article.hit") && !place.contains(document.activeElement)) place.focus();
  if (target.tagName === "SUMMARY") {
    target.parentElement.open = key === "s" ? !target.parentElement.open : true;
    target.parentElement.querySelector("input")?.focus();
  } else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target) || !keysAreOn()) return;
  const moves = { j: 1, k: -1 };
  if (event.key in moves && board) {
    event.preventDefault();
    move(moves[event.key]);
  } else if (/^[a-z]$/.test(event.key) && press(event.key)) event.preventDefault();
});

async function unblock() {
  const before = sounds.audible;
  await sounds.unblock();
  if (sounds.audible !== before) say({ type: "here", ...standing() });
}

function read() {
  unread.clear();
  showUnread();
}

if (board) {
  connect();
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("article.hit form.step")) return;
    event.preventDefault();
    submit(event.target);
  });
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, unblock);
  document.getElementById("sound-on").addEventListener("click", async () => {
    await unblock();
    sounds.play("hit");
  });
  document.addEventListener("visibilitychange", () => {
    say({ type: "here", ...standing() });
    if (!document.hidden) read();
  });
  addEventListener("focus", read);
  setInterval(watch, 1000);
  setInterval(showAges, 1000);
  unblock();
}
