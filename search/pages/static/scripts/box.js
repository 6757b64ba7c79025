// The one box: shows while one writes what it understands, and names of places that the last words may become.

const WAIT_MS = 150;
const box = document.getElementById("q");
const panel = document.getElementById("q-panel");
const told = document.getElementById("q-told");
let waiting = 0;
let asking = null;

const names = () => [...panel.querySelectorAll("[role=option]")];
const active = () => panel.querySelector("[role=option][aria-selected=true]");

function show(open) {
  panel.hidden = !open || panel.childElementCount === 0;
  box.setAttribute("aria-expanded", String(!panel.hidden && names().length > 0));
  if (panel.hidden) box.removeAttribute("aria-activedescendant");
}

function point(at) {
  const all = names();
  all.forEach((name, number) => name.setAttribute("aria-selected", String(number === at)));
  const one = all[at];
  if (one) {
    box.setAttribute("aria-activedescendant", one.id);
    one.scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}

/** Put a name in the place of the last words. */
function take(name) {
  const kept = [...box.value].slice(0, Number(name.parentElement.dataset.keep)).join("");
  box.value = `${kept}${name.dataset.text} `;
  // What was offered is gone at once: Enter asks now, however long the next answer takes.
  name.parentElement.remove();
  show(true);
  box.focus();
  ask();
}

async function ask() {
  asking?.abort();
  const text = box.value;
  if (!text.trim()) {
    panel.replaceChildren();
    told.textContent = "";
    show(false);
    return;
  }
  asking = new AbortController();
  try {
    const answer = await fetch(`${box.dataset.understood}?q=${encodeURIComponent(text)}`, { signal: asking.signal });
    if (!answer.ok || answer.redirected || box.value !== text) return;
    panel.innerHTML = await answer.text();
    told.textContent = [...panel.querySelectorAll("[data-told] li")].map((chip) => chip.textContent.trim()).join(", ");
    show(document.activeElement === box);
  } catch (error) {
    if (error.name !== "AbortError") show(false);
  }
}

const KEYS = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Enter: () => chosen(),
  Tab: () => chosen(),
  Escape: () => {
    if (panel.hidden) return false;
    show(false);
    return true;
  },
  Backspace: () => {
    const last = box.value === "" ? [...document.querySelectorAll("#chips .chip-off")].at(-1) : null;
    last?.focus();
    return Boolean(last);
  },
};

function move(step) {
  const all = names();
  if (all.length === 0) return false;
  show(true);
  const at = all.indexOf(active()) + step;
  point(at < -1 ? all.length - 1 : at >= all.length ? -1 : at);
  return true;
}

function chosen() {
  const name = panel.hidden ? null : active();
  if (name) take(name);
  return Boolean(name);
}

/** Open the panel of filters at a field. */
function openField(id) {
  const filters = document.getElementById("filters");
  const field = document.getElementById(id);
  if (!field) return false;
  filters.open = true;
  if (field.matches("details")) field.open = true;
  const first = field.matches("input, select") ? field : field.querySelector("summary, input, select");
  first.focus();
  first.scrollIntoView({ block: "center" });
  return true;
}

box.setAttribute("role", "combobox");
box.setAttribute("aria-autocomplete", "list");
box.setAttribute("aria-expanded", "false");
box.setAttribute("aria-controls", "q-names");
box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, WAIT_MS);
});
box.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  // Whoever is in the empty box already and presses the key that leads there wants no stroke in it.
  const leadsHere = event.key === "/" && !box.value;
  if (leadsHere || KEYS[event.key]?.()) event.preventDefault();
});
box.addEventListener("focus", () => show(true));
box.addEventListener("blur", () => show(false));
// The box keeps the focus while one points at a name.
panel.addEventListener("mousedown", (event) => event.preventDefault());
panel.addEventListener("click", (event) => {
  const name = event.target.closest("[role=option]");
  if (name) take(name);
});
document.addEventListener("click", (event) => {
  const chip = event.target.closest("a.chip-text");
  if (chip && openField(chip.hash.slice(1))) event.preventDefault();
  const example = event.target.closest("[data-example]");
  if (example) {
    box.value = example.textContent;
    box.focus();
    ask();
  }
});
document.getElementById("chips")?.addEventListener("keydown", (event) => {
  const links = [...event.currentTarget.querySelectorAll(".chip-off")];
  const at = links.indexOf(event.target);
  if (at < 0) return;
  if (event.key === "Backspace" || event.key === "Delete") links[at].click();
  else if (event.key === "ArrowLeft") links[Math.max(at - 1, 0)].focus();
  else if (event.key === "ArrowRight") (links[at + 1] ?? box).focus();
  else return;
  event.preventDefault();
});
if (box.value) ask();
