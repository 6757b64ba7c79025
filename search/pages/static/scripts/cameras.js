// Pages with cameras: the map comes alive, and a row and its dot know of each other.

import { create } from "../map/layers/health.js";
import { motion, openMap, readMarks } from "../map/zone-map.js";
import { onKey } from "./keys.js";

/** Bring a page's map to life; resolves to its layer, or to null where the drawing stays. */
export async function openCameras(figure) {
  if (!figure) return null;
  const own = document.querySelector("[data-own]")?.dataset.own ?? null;
  const rowOf = (code) => code && document.querySelector(`[data-code="${CSS.escape(code)}"].row`);
  let pointed = null;
  const live = await openMap(figure);
  const layer = live && live.add(create(readMarks(figure), {
    onPoint: (code) => {
      pointed?.classList.remove("over");
      pointed = rowOf(code)?.closest("tr, li") ?? null;
      pointed?.classList.add("over");
    },
  }));
  const showDot = (hovered) => {
    const code = hovered ?? own;
    for (const mark of figure.querySelectorAll(".mark.over")) mark.classList.remove("over");
    if (code) figure.querySelector(`.mark[data-code="${CSS.escape(code)}"]`)?.classList.add("over");
    layer?.highlight(code);
  };
  const codeAt = (event) => event.target.closest?.("tr, li")?.querySelector("a.row[data-code]")?.dataset.code ?? null;
  for (const name of ["mouseover", "focusin"]) {
    document.addEventListener(name, (event) => { if (!figure.contains(event.target)) showDot(codeAt(event)); });
  }
  showDot(null);
  onKey("g", () => {
    figure.scrollIntoView({ block: "center", behavior: motion(1) ? "smooth" : "auto" });
    (live ? live.map.getCanvas() : figure.querySelector(".mark"))?.focus({ preventScroll: true });
  });
  return layer;
}

if (!document.getElementById("now")) await openCameras(document.querySelector("figure[data-map]"));
