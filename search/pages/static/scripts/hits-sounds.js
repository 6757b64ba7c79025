// What the board sounds like: tones of the browser's own, so that no file is needed.

// Frequency in hertz, start and length in seconds.
const TUNES = {
  hit: [[880, 0, 0.16], [1175, 0.2, 0.24]],
  urgent: [[988, 0, 0.14], [1319, 0.18, 0.14], [988, 0.36, 0.14], [1319, 0.54, 0.3]],
  alarm: [[440, 0, 0.4], [311, 0.45, 0.5], [440, 1, 0.4], [311, 1.45, 0.5]],
};

export class Sounds {
  constructor() {
    this.context = new AudioContext();
  }

  get audible() {
    return this.context.state === "running";
  }

  // Where the browser waits for somebody to touch the page, resuming takes until then.
  async unblock() {
    await Promise.race([this.context.resume(), new Promise((done) => { setTimeout(done, 300); })]);
  }

  async play(name) {
    if (!this.audible) return false;
    const now = this.context.currentTime;
    for (const [frequency, start, length] of TUNES[name]) {
      const tone = this.context.createOscillator();
      const level = this.context.createGain();
      tone.frequency.value = frequency;
      level.gain.setValueAtTime(0.0001, now + start);
      level.gain.exponentialRampToValueAtTime(0.4, now + start + 0.02);
      level.gain.exponentialRampToValueAtTime(0.0001, now + start + length);
      tone.connect(level).connect(this.context.destination);
      tone.start(now + start);
      tone.stop(now + start + length);
    }
    return true;
  }
}
