// Comforts of every page: searches without empty filters in the address, the calendar beside a moment, menus that close.

import "./keys.js";

for (const form of document.querySelectorAll("form[data-tidy]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

for (const button of document.querySelectorAll("[data-opens]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
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
const MENUS = "details.who[open], details.more[open], details.cameras[open]";
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(MENUS)) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(MENUS)) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
