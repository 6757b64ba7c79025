// The stream of hits: one EventSource that goes on where it was, and knows when it hears nothing any more.

const DEAD_MS = 6500; // the server beats every two seconds
const PATIENCE_MS = 26_000; // where many come again at once, who hurries holds up everybody
const AGAIN_MS = 2000;
const KEPT_MS = 300_000;

export class HitStream {
  constructor(after, tell) {
    this.mark = after;
    this.tell = tell;
    this.recent = [];
    this.state = { connected: true, ingest: true, over: false };
    this.heardAt = Date.now();
    this.patience = DEAD_MS;
    this.open();
    setInterval(() => this.watch(), 1000);
  }

  get address() {
    return `/api/v1/hits/events?cards=true&after=${encodeURIComponent(this.mark)}`;
  }

  open() {
    this.source?.close();
    const source = new EventSource(this.address);
    source.addEventListener("hit", (event) => this.hear(event));
    source.addEventListener("beat", (event) => this.beat(JSON.parse(event.data)));
    source.addEventListener("over", () => this.end());
    source.onerror = () => {
      if (source === this.source && source.readyState === EventSource.CLOSED) this.ask();
    };
    this.source = source;
    this.openedAt = Date.now();
  }

  hear(event) {
    this.mark = event.lastEventId || this.mark;
    const message = { type: "hit", ...JSON.parse(event.data) };
    const now = Date.now();
    this.heardAt = now;
    this.recent = this.recent.filter((one) => now - one.at < KEPT_MS);
    this.recent.push({ at: now, message });
    this.tell(message);
  }

  beat({ ingest }) {
    this.heardAt = Date.now();
    this.patience = DEAD_MS;
    this.change({ connected: true, ingest });
  }

  end() {
    this.source.close();
    this.change({ over: true });
  }

  // A browser does not say why it was refused: it is asked once more, to tell a log-in that ended from a server that is away.
  async ask() {
    const asking = new AbortController();
    try {
      const answer = await fetch(this.address, { signal: asking.signal });
      asking.abort();
      if (answer.status === 401 || answer.status === 403) return this.end();
    } catch {
      // away; it is tried again
    }
    setTimeout(() => this.state.over || this.open(), AGAIN_MS);
    return undefined;
  }

  watch() {
    if (this.state.over) return;
    const silent = Date.now() - this.heardAt;
    if (silent > DEAD_MS) {
      this.change({ connected: false });
      // A connection whose other end is gone may stay open for hours.
      if (Date.now() - this.openedAt > this.patience) {
        this.patience = Math.min(2 * this.patience, PATIENCE_MS);
        this.open();
      }
    }
  }

  change(next) {
    const before = this.state;
    this.state = { ...before, ...next };
    const worse = (before.connected && !this.state.connected) || (before.ingest && !this.state.ingest)
      || (!before.over && this.state.over);
    this.tell({ type: "state", worse, ...this.state });
  }
}
