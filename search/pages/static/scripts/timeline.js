// The strip of days: the journey that is shown, and a line at the moment that is.

/** `onPick(journey, t)` hears which journey was clicked, and at what moment of it. */
export function openStrip(strip, onPick) {
  const rows = [...strip.querySelectorAll(".strip-day")].map((row) => ({
    row, drawing: row.querySelector("svg"), since: Number(row.dataset.since), until: Number(row.dataset.until), width: 0,
  }));
  const head = document.createElement("div");
  head.className = "strip-head";
  let current = null;
  // Widths are looked up when they change, and not for every picture of the playing.
  const watching = new ResizeObserver(() => rows.forEach((one) => { one.width = one.drawing.clientWidth; }));
  if (rows.length) watching.observe(rows[0].drawing);
  rows.forEach((one) => { one.width = one.drawing.clientWidth; });

  strip.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-journey]");
    if (!link) return;
    event.preventDefault();
    const here = rows.find(({ row }) => row.contains(link));
    const { left, width } = here.drawing.getBoundingClientRect();
    onPick(Number(link.dataset.journey), here.since + ((event.clientX - left) / width) * (here.until - here.since));
  });

  return {
    choose(journey) {
      for (const link of strip.querySelectorAll("a[data-journey]")) {
        link.classList.toggle("chosen", Number(link.dataset.journey) === journey);
      }
    },
    show(t) {
      const here = rows.find(({ since, until }) => t >= since && t < until);
      if (!here) return;
      if (here !== current) {
        current = here;
        here.row.append(head);
        if (strip.scrollHeight > strip.clientHeight) {
          strip.scrollTop = here.row.offsetTop - strip.offsetTop - strip.clientHeight / 2;
        }
      }
      head.style.transform = `translateX(${((t - here.since) / (here.until - here.since)) * here.width}px)`;
    },
  };
}
