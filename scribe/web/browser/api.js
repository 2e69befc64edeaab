// What the page asks for, done in this browser: the same functions as the server's
// static/api.js. A worker writes; own hands are kept in this browser's storage.

import { drawingOf } from "./stroke_files.js";

const STORE = `scribe hands ${new URL("../", import.meta.url).pathname}`;
const MAX_NAME = 40;

const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const waiting = new Map(); // by id: {resolve, reject, onLine}
let lastId = 0;

worker.onmessage = ({ data: { id, result, error, line, loaded } }) => {
  if (loaded !== undefined) {
    document.dispatchEvent(new CustomEvent("loading", { detail: loaded }));
    return;
  }
  const asked = waiting.get(id);
  if (!asked) return;
  if (line) {
    asked.onLine(line);
    return;
  }
  waiting.delete(id);
  if (error === undefined) asked.resolve(result);
  else asked.reject(new Error(error));
};
worker.onerror = () => {
  for (const { reject } of waiting.values()) reject(new Error("The writer of this page cannot be loaded: a newer browser is needed."));
  waiting.clear();
};

// `signal` gives the task up.
function ask(task, options = {}, { signal, onLine } = {}) {
  const id = (lastId += 1);
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject, onLine });
    signal?.addEventListener("abort", () => {
      if (!waiting.delete(id)) return;
      worker.postMessage({ id, task: "give up" });
      reject(new DOMException("given up", "AbortError"));
    });
    worker.postMessage({ id, task, ...options });
  });
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? [];
  } catch {
    return []; // there is no storage, or somebody else wrote there
  }
}

function keep(hands) {
  try {
    localStorage.setItem(STORE, JSON.stringify(hands));
  } catch {
    throw new Error("This browser keeps nothing for this page: its storage is full or forbidden.");
  }
}

const ownHand = (id) => kept().find((hand) => hand.id === id) ?? null;

export const model = () => ask("model");

export async function styles() {
  const own = kept().map((style) => ask("describe", { style }));
  return [...(await ask("styles")), ...(await Promise.all(own))];
}

export async function addStyle({ name, more = [], ...first }) {
  const { max_styles: most } = await model();
  if (kept().length >= most) throw new Error(`There are ${most} hands of yours already: remove one first.`);
  const style = {
    ...(await ask("style", { lines: [first, ...more] })),
    id: crypto.randomUUID?.() ?? `own-${Date.now()}`,
    name: name.trim().replace(/\s+/gu, " ").slice(0, MAX_NAME) || "My hand",
  };
  keep([...kept(), style]);
  return ask("describe", { style });
}

export const read = (line) => ask("read", { line });

// The lines of a file of strokes that another program saved, and what they read.
export const drawing = async (content) => ask("drawing", { drawing: drawingOf(content) });

export async function removeStyle(id) {
  keep(kept().filter((hand) => hand.id !== id));
}

export const file = (order, signal) => ask("file", { order, hand: ownHand(order.style) }, { signal });

// Yields the lines of an order as they are finished.
export async function* lines(order, signal) {
  const ready = [];
  let wake = () => {};
  let [done, failed] = [false, null];
  ask("write", { order, hand: ownHand(order.style) }, { signal, onLine: (line) => {
    ready.push(line);
    wake();
  } })
    .catch((error) => (failed = error))
    .finally(() => {
      done = true;
      wake();
    });
  while (!done || ready.length) {
    if (ready.length) yield ready.shift();
    else await new Promise((resolve) => (wake = resolve));
  }
  if (failed) throw failed;
}

// Once loaded, the page needs no network.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(new URL("../service_worker.js", import.meta.url)).catch(() => {});
}
