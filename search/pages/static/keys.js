// Comforts of the keyboard: `/` to the plate, j and k through the rows; and searches without empty filters in the address.

const SETTING = "zoneschild-keys";
const isOn = () => localStorage.getItem(SETTING) !== "off";

function isTyping(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function moveRow(step) {
  const rows = [...document.querySelectorAll("a.row, #more a")];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[next].focus();
  rows[next].closest("tr").scrollIntoView({ block: "nearest" });
}

const ACTIONS = {
  "/": () => document.getElementById("plate")?.focus(),
  j: () => moveRow(1),
  k: () => moveRow(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !isOn()) return;
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

// Single-key shortcuts can be switched off (WCAG 2.1.4).
const toggle = document.getElementById("keys");
if (toggle) {
  toggle.closest(".keys").hidden = false;
  toggle.checked = isOn();
  toggle.addEventListener("change", () => localStorage.setItem(SETTING, toggle.checked ? "on" : "off"));
}

for (const form of document.querySelectorAll("form[data-tidy]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

// The browser's own calendar beside a field that is written the Belgian way, whatever language the browser speaks.
for (const button of document.querySelectorAll("button.pick")) {
  const field = document.getElementById(button.dataset.picks);
  const picker = document.createElement("input");
  picker.type = "datetime-local";
  picker.className = "picker";
  picker.tabIndex = -1;
  picker.ariaHidden = "true";
  if (!picker.showPicker) continue;
  button.after(picker);
  button.hidden = false;
  button.addEventListener("click", () => {
    const [, day, month, year, time] = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d)/.exec(field.value) ?? [];
    picker.value = day ? `${year}-${month}-${day}T${time}` : "";
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    const [date, time] = picker.value.split("T");
    if (date) field.value = `${date.split("-").reverse().join("/")} ${time}`;
  });
}

// A menu closes when one clicks beside it or presses Escape.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.who[open], details.more[open], details.cameras[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.who[open], details.more[open], details.cameras[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
