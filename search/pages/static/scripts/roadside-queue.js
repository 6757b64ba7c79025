// What was tapped on this tablet and the server does not have yet. It holds numbers alone: no plate stays on a tablet.

export class Queue {
  constructor(action, user) {
    this.place = `zoneschild-reports-${action}`;
    this.user = user;
    this.memory = [];
    this.kept = true;
  }

  all() {
    if (!this.kept) return this.memory;
    try {
      return JSON.parse(localStorage.getItem(this.place) ?? "[]");
    } catch {
      this.kept = false;
      return this.memory;
    }
  }

  put(items) {
    this.memory = items;
    try {
      localStorage.setItem(this.place, JSON.stringify(items));
    } catch {
      this.kept = false;
    }
  }

  // Somebody else's reports are sent when they log in again: the audit names who tapped.
  own() {
    return this.all().filter((item) => item.user === this.user);
  }

  others() {
    return this.all().filter((item) => item.user !== this.user).length;
  }

  add(report) {
    this.put([...this.all(), { ...report, user: this.user, key: newKey(), at: Date.now() }]);
  }

  drop(key) {
    this.put(this.all().filter((item) => item.key !== key));
  }
}

// crypto.randomUUID is there in secure contexts alone; random bytes are everywhere.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
