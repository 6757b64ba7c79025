// The drawing of the journeys, for browsers that can draw no live map: which one is shown, and where the vehicle is.

const UNITS_A_DEGREE = 11_132;
const NARROWING = Math.cos((51 * Math.PI) / 180);
const NEAR = 0.4;

/** `figure` holds the drawing as the template made it; the flat map is that of search/map/flat.py. */
export function openDrawing(figure) {
  const drawing = figure.querySelector("svg.map-drawing");
  const vehicle = drawing.querySelector(".drawn-vehicle");
  const names = drawing.querySelector(".map-names");
  let view = drawing.getAttribute("viewBox").split(" ").map(Number);
  let dot = 12;
  let follows = false;

  function look([left, top, wide, high]) {
    drawing.setAttribute("viewBox", `${left} ${top} ${wide} ${high}`);
    names.setAttribute("font-size", Math.max(wide / 2, high) / 38);
  }

  function choose(journey) {
    for (const route of drawing.querySelectorAll("g.route")) {
      const chosen = Number(route.dataset.journey) === journey;
      route.classList.toggle("chosen", chosen);
      if (!chosen) continue;
      view = route.dataset.view.split(" ").map(Number);
      dot = Number(route.dataset.dot);
      vehicle.before(route);
      look(view);
    }
  }

  function place({ at, heading, standing }) {
    vehicle.toggleAttribute("hidden", !at);
    if (!at) return;
    const [x, y] = [at[0] * UNITS_A_DEGREE * NARROWING, -at[1] * UNITS_A_DEGREE];
    vehicle.classList.toggle("standing", standing || heading === null);
    const size = dot * (follows ? 0.8 : 1.5);
    vehicle.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size}) rotate(${heading ?? 0})`);
    if (follows) look([x - view[2] * NEAR / 2, y - view[3] * NEAR / 2, view[2] * NEAR, view[3] * NEAR]);
  }

  function follow(wanted) {
    follows = wanted;
    if (!wanted) look(view);
  }

  return { choose, place, follow };
}
