// Single keys: a table that modules of pages add to; nothing while somebody types, and nothing when switched off.

const SETTING = "zoneschild-keys";
const isOn = () => localStorage.getItem(SETTING) !== "off";
const actions = new Map();

/** Let a single key (as in KeyboardEvent.key) do something; the action may return false to let the browser have it. */
export function onKey(key, action) {
  actions.set(key, action);
}

const TYPED_IN = "input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !isOn()) return;
  if (event.target.closest(TYPED_IN) || document.querySelector("dialog[open]")) return;
  const action = actions.get(event.key);
  if (action && action(event) !== false) event.preventDefault();
});

function moveRow(step) {
  const rows = [...document.querySelectorAll("a.row, #more a")].filter((row) => row.offsetParent !== null);
  if (rows.length === 0) return false;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

onKey("/", () => {
  const box = document.querySelector("#q, #plate");
  box?.focus();
  box?.select();
  return Boolean(box);
});
onKey("j", () => moveRow(1));
onKey("k", () => moveRow(-1));
onKey("?", () => {
  const help = document.querySelector("details.help");
  if (help) help.open = true;
  document.getElementById("keys-help").showModal();
});

// Single-key shortcuts can be switched off (WCAG 2.1.4).
const toggle = document.getElementById("keys");
if (toggle) {
  toggle.closest(".keys").hidden = false;
  toggle.checked = isOn();
  toggle.addEventListener("change", () => localStorage.setItem(SETTING, toggle.checked ? "on" : "off"));
}
