// The overview keeps itself fresh while somebody can see it, and says so when it no longer is.

import { readMarks } from "../map/zone-map.js";
import { openCameras } from "./cameras.js";

const EVERY_MS = 15_000;
const now = document.getElementById("now");
const figure = document.querySelector("figure[data-map]");
const standsStill = document.getElementById("stands-still");
let layer = null;
let askedAt = Date.now();

/** Put each part that differs in the place of its older self; what is open stays open, what has the focus keeps it. */
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("body > [id]")) {
    const old = now.querySelector(`:scope > #${CSS.escape(part.id)}`);
    if (old && sameText(old, part)) continue;
    const open = new Set([...(old?.querySelectorAll("details[open]") ?? [])].map((one) => one.id));
    const focused = old?.contains(document.activeElement) ? document.activeElement.closest("[href], summary") : null;
    const imported = document.importNode(part, true);
    for (const one of imported.querySelectorAll("details")) one.open = open.has(one.id);
    if (old) old.replaceWith(imported);
    else now.append(imported);
    if (focused) findAgain(imported, focused)?.focus({ preventScroll: true });
  }
  for (const old of now.querySelectorAll(":scope > [id]")) {
    if (!fresh.getElementById(old.id)) old.remove();
  }
  showMarks(JSON.parse(document.getElementById("now-marks").textContent));
}

// What was opened by hand is no difference.
function sameText(old, part) {
  const copy = old.cloneNode(true);
  for (const one of copy.querySelectorAll("details[open]")) one.open = false;
  return copy.outerHTML === part.outerHTML;
}

function findAgain(part, focused) {
  if (focused.tagName === "SUMMARY") return part.querySelector(`#${CSS.escape(focused.parentElement.id)} > summary`);
  return part.querySelector(`[href="${CSS.escape(focused.getAttribute("href"))}"]`);
}

// By camera the state that it is in by now: on the live map, and on the drawing that stands without one.
function showMarks(states) {
  const marks = readMarks(figure).filter(({ code }) => code in states).map((mark) => {
    const sign = document.querySelector(`.legend .sign[data-state="${states[mark.code]}"]`);
    return { ...mark, state: states[mark.code], told: sign.parentElement.textContent.trim(), sign };
  });
  layer?.update(marks);
  for (const { code, name, state, told, sign } of marks) {
    const drawn = figure.querySelector(`.mark[data-code="${CSS.escape(code)}"]`);
    drawn.setAttribute("class", `mark ${state}`);
    drawn.setAttribute("aria-label", `${code} ${name}, ${told}`);
    drawn.querySelector("path").setAttribute("d", sign.querySelector("path").getAttribute("d"));
  }
}

async function ask() {
  askedAt = Date.now();
  try {
    const answer = await fetch(now.dataset.from);
    if (answer.redirected) return location.reload();  // the log-in has ended: the page itself says so
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.text());
    standsStill.hidden = true;
  } catch {
    standsStill.hidden = false;
  }
  document.documentElement.classList.toggle("overview-old", !standsStill.hidden);
  return undefined;
}

// A page that nobody can see asks for nothing: it is not being watched.
setInterval(() => { if (!document.hidden) ask(); }, EVERY_MS);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() - askedAt > EVERY_MS) ask();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("a.again") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  ask();
});
layer = await openCameras(figure);
