// The window over a histogram: dragged with a pointer or moved by keys, it narrows the question to its time.

const figure = document.querySelector("[data-histogram]");
const KEYS = ["ArrowLeft", "ArrowRight", "Home", "End", "Enter", "Escape"];
const FEWEST_PIXELS = 4;
const EDGE_PIXELS = 9;

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

function moments() {
  const language = `${document.documentElement.lang}-BE`;
  const options = { timeZone: "Europe/Brussels", weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  const format = new Intl.DateTimeFormat(language, { ...options, hourCycle: "h23" });
  return (text) => format.format(new Date(text));
}

function narrowedAddress(from, until) {
  const address = new URL(location.href);
  for (const key of ["after", "period", "from", "until"]) address.searchParams.delete(key);
  address.searchParams.append("from", from);
  address.searchParams.append("until", until);
  return address.href;
}

class Window {
  constructor(shown) {
    this.figure = shown;
    this.plot = shown.querySelector(".plot");
    this.bars = [...shown.querySelectorAll("a[data-since]")];
    this.say = moments();
    this.range = null; // [first bar, bar after the last], null: the whole
    this.make();
    this.show();
    this.listen();
  }

  make() {
    this.element = document.createElement("div");
    this.element.className = "window";
    this.element.tabIndex = 0;
    const slider = { role: "slider", "aria-label": this.figure.dataset.label, "aria-valuemin": 0, "aria-valuemax": this.bars.length };
    for (const [name, value] of Object.entries(slider)) this.element.setAttribute(name, value);
    this.bar = document.createElement("p");
    this.bar.className = "window-bar";
    this.says = document.createElement("output");
    this.apply = this.button("primary", this.figure.dataset.apply, "Enter", () => this.narrow());
    this.leave = this.button("quiet", this.figure.dataset.leave, "Esc", () => this.choose(null));
    this.bar.append(this.says, this.apply, this.leave);
    this.plot.append(this.element);
    this.plot.after(this.bar);
  }

  button(kind, text, key, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = kind;
    made.append(`${text} `, Object.assign(document.createElement("kbd"), { textContent: key }));
    made.addEventListener("click", act);
    return made;
  }

  get limits() {
    return this.range ?? [0, this.bars.length];
  }

  get count() {
    return this.bars.slice(...this.limits).reduce((sum, bar) => sum + Number(bar.dataset.count), 0);
  }

  choose(range) {
    this.range = range;
    this.show();
    const [first, end] = this.limits;
    const [since, until] = [this.bars[first].dataset.since, this.bars[end - 1].dataset.until].map((text) => new Date(text));
    document.dispatchEvent(new CustomEvent("histogram:window", { detail: range ? { first, end, since, until } : null }));
  }

  show() {
    const [first, end] = this.limits;
    const all = this.bars.length;
    this.element.style.left = `${(first / all) * 100}%`;
    this.element.style.width = `${((end - first) / all) * 100}%`;
    this.figure.classList.toggle("has-window", this.range !== null);
    this.bar.hidden = this.range === null;
    const text = `${this.say(this.bars[first].dataset.since)} – ${this.say(this.bars[end - 1].dataset.until)}`;
    const number = new Intl.NumberFormat(`${document.documentElement.lang}-BE`).format(this.count);
    this.says.textContent = `${text} · ${number} ${this.figure.dataset.unit}`;
    this.element.setAttribute("aria-valuenow", first);
    this.element.setAttribute("aria-valuetext", this.says.textContent);
    this.bars.forEach((bar, place) => bar.classList.toggle("outside", this.range !== null && (place < first || place >= end)));
  }

  narrow() {
    if (!this.range) return;
    const [first, end] = this.range;
    location.assign(narrowedAddress(this.bars[first].dataset.since, this.bars[end - 1].dataset.until));
  }

  // The first press takes a sixth of the whole, at the end from which one comes.
  step(direction, resize) {
    const all = this.bars.length;
    const start = Math.max(1, Math.round(all / 6));
    if (!this.range) return this.choose(direction < 0 ? [all - start, all] : [0, start]);
    const [first, end] = this.range;
    if (resize) return this.choose([first, clamp(end + direction, first + 1, all)]);
    const moved = clamp(first + direction, 0, all - (end - first));
    return this.choose([moved, moved + (end - first)]);
  }

  onKey(event) {
    if (!KEYS.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !this.range) return;
    event.preventDefault();
    event.stopPropagation();
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -this.bars.length, End: this.bars.length };
    if (event.key in steps) this.step(steps[event.key], event.shiftKey);
    else if (event.key === "Enter") this.narrow();
    else this.choose(null);
  }

  place(event) {
    const box = this.plot.getBoundingClientRect();
    return clamp((event.clientX - box.left) / box.width, 0, 1) * this.bars.length;
  }

  // What a press begins: pulling an edge, moving the window, or drawing another one.
  grasp(event) {
    const at = this.place(event);
    const near = (EDGE_PIXELS / this.plot.getBoundingClientRect().width) * this.bars.length;
    const [first, end] = this.range ?? [-Infinity, -Infinity];
    if (Math.abs(at - first) < near) return (to) => this.choose(this.between(end, to));
    if (Math.abs(at - end) < near) return (to) => this.choose(this.between(first, to));
    if (at > first && at < end) return (to) => this.moveBy(first, end, Math.round(to - at));
    return (to) => this.choose(this.between(at, to));
  }

  between(one, other) {
    const first = Math.floor(Math.min(one, other));
    return [Math.min(first, this.bars.length - 1), clamp(Math.ceil(Math.max(one, other)), first + 1, this.bars.length)];
  }

  moveBy(first, end, by) {
    const moved = clamp(first + by, 0, this.bars.length - (end - first));
    this.choose([moved, moved + (end - first)]);
  }

  listen() {
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.bar.addEventListener("keydown", (event) => event.key === "Escape" && this.choose(null));
    this.plot.addEventListener("dragstart", (event) => event.preventDefault());
    this.plot.addEventListener("pointerdown", (event) => event.button === 0 && this.follow(event));
    this.plot.addEventListener("click", (event) => this.dragged && event.preventDefault(), true);
  }

  follow(pressed) {
    const move = this.grasp(pressed);
    this.dragged = false;
    const onMove = (event) => {
      if (!this.dragged && Math.abs(event.clientX - pressed.clientX) < FEWEST_PIXELS) return;
      this.dragged = true;
      move(this.place(event));
    };
    const onEnd = () => {
      removeEventListener("pointermove", onMove);
      if (this.dragged) this.element.focus({ preventScroll: true });
    };
    addEventListener("pointermove", onMove);
    addEventListener("pointerup", onEnd, { once: true });
    addEventListener("pointercancel", onEnd, { once: true });
  }
}

if (figure) new Window(figure);
