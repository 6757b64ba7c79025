// One stream a browser: this worker holds it for all tabs, and has one of them sound.

import { HitStream } from "./hits-stream.js";

const ANSWER_MS = 700;
const tabs = new Map();
let stream = null;
let tune = null;

function post(message) {
  for (const port of tabs.keys()) port.postMessage(message);
}

// Whether any tab may sound is shown in all of them.
function tellAudible() {
  post({ type: "audible", audible: [...tabs.values()].some((tab) => tab.audible) });
}

// One tab after another, until one says that it sounded: a tab that crashed says nothing.
function sound(name) {
  const order = [...tabs.entries()].filter(([, tab]) => tab.audible)
    .sort(([, one], [, other]) => other.visible - one.visible).map(([port]) => port);
  clearTimeout(tune);
  const next = () => {
    const port = order.shift();
    if (!port) return;
    port.postMessage({ type: "sound", name });
    tune = setTimeout(next, ANSWER_MS);
  };
  next();
}

const HEARD = {
  hello(port, { after, audible, visible }) {
    tabs.set(port, { audible, visible });
    if (stream === null) {
      stream = new HitStream(after, post);
    } else {
      // What came while the page was on its way; what it shows already, it leaves.
      for (const { message } of stream.recent) port.postMessage({ ...message, again: true });
      port.postMessage({ type: "state", worse: false, ...stream.state });
    }
    tellAudible();
  },
  here(port, { audible, visible }) {
    tabs.set(port, { audible, visible });
    tellAudible();
  },
  want: (_port, { name }) => sound(name),
  sounded: () => clearTimeout(tune),
  bye(port) {
    tabs.delete(port);
    tellAudible();
  },
};

let wanted = new Map();
self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.type === "want") {
      // Every tab asks for the sound of the same hit; it sounds once.
      if (wanted.has(data.key)) return;
      wanted.set(data.key, Date.now());
      wanted = new Map([...wanted].slice(-200));
    }
    HEARD[data.type](port, data);
  };
};
