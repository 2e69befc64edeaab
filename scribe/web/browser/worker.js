// The writer beside the page, in a thread of its own: loads the site's model and does
// what api.js asks for. A message is {id, task, ...}; answers are {id, result},
// {id, error}, and {id, line} for each line of an order.

import { linesOf as drawnLinesOf } from "./drawn_lines.js";
import { fileOf, pathData } from "./drawings.js";
import { Network } from "./network.js";
import { checkLead, readingOf, styleOf } from "./own_style.js";
import { pagesOf, place, placeLine, sheetOf } from "./placing.js";
import { Reader } from "./reader.js";
import { Spelling } from "./spelling.js";
import { writtenHeight } from "./strokes.js";
import { unpacked, weightsOf } from "./weights.js";
import { Writer } from "./writer.js";

const HERE = new URL("../model/", import.meta.url);
const PREVIEW_HEIGHT_MM = 10;
const WIDTH_OF_STYLE = 0.88; // see scribe.web.service
const REMEMBERED = 20; // orders whose lines a download need not write again
const PAUSE_MS = 40;
const PAGED = ["pdf", "gcode"]; // formats that can have several pages

const given = new Set(); // ids of orders that nobody waits for any more
const remembered = new Map();

class Gone extends Error {}

async function fetched(name) {
  const response = await fetch(new URL(name, HERE));
  if (!response.ok) throw new Error(`${name} of this site cannot be loaded (${response.status})`);
  return response;
}

// `told` is called with the share that has arrived.
async function weights(description, told = () => {}) {
  const body = (await fetched(description.file)).body.getReader();
  const bytes = new Uint8Array(description.bytes);
  let at = 0;
  for (;;) {
    const { value, done } = await body.read();
    if (done) break;
    if (at + value.length > bytes.length) throw new Error(`${description.file} of this site is of another version: load the page again`);
    bytes.set(value, at);
    at += value.length;
    told(at / bytes.length);
  }
  return weightsOf(description, await unpacked(bytes));
}

const site = fetched("site.json").then((response) => response.json());
const spelling = site.then(({ model, spelling: table, shapes }) => new Spelling(model.alphabet, table, shapes));
const writer = site.then(async ({ model, shapes }) => {
  const network = new Network(model, await weights(model.weights, (share) => postMessage({ loaded: share })));
  return new Writer(model, network, await spelling, shapes);
});
// Loaded when the writer is: it is needed later.
const reader = Promise.all([site, writer]).then(async ([{ reader: model }]) => model && new Reader(model, await weights(model.weights)));
for (const part of [site, spelling, writer, reader]) part.catch(() => {}); // whoever asks is told

// Lets messages in between two steps; throws if an order is given up.
function pauseOf(id) {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < PAUSE_MS) return;
    await new Promise((resume) => setTimeout(resume));
    last = performance.now();
    if (given.delete(id)) throw new Gone();
  };
}

const tasks = {
  async model() {
    const { model, page } = await site;
    const { formats, max_candidates: candidates } = page;
    const drawsPictures = typeof OffscreenCanvas === "function";
    return {
      ...page,
      name: model.name,
      max_characters: model.max_characters,
      characters: (await spelling).characters,
      max_candidates: (await site).reader ? candidates : 1,
      formats: formats.filter((format) => format !== "png" || drawsPictures),
    };
  },

  // The hands of the site, described.
  async styles() {
    return (await site).styles.map((style) => described(style, false));
  },

  describe: ({ style }) => described(style, true),

  async read({ line }) {
    const found = await reader;
    if (!found) throw new Error("this site has no reader");
    return readingOf(line, found);
  },

  // The lines of a drawing, {strokes, text}, and what they read.
  async drawing({ drawing }) {
    const found = await reader;
    if (!found) throw new Error("this site has no reader: load a JSON file that says its text");
    return drawnLinesOf(drawing, found);
  },

  // A style of drawn lines, without id and name.
  async style({ lines }) {
    const [{ model }, found] = [await site, await reader];
    const style = styleOf(lines, { model, reader: found, spelling: await spelling });
    const session = await writer;
    checkLead(style, (await session.prime({ ...style, id: "tried" })).lead);
    session.primed.delete("tried");
    return style;
  },

  async write({ id, order, hand }) {
    for await (const line of linesOf(id, order, hand)) postMessage({ id, line: await shown(line, order) });
    return null;
  },

  async file({ id, order, hand }) {
    const { page, plotter } = await site;
    const lines = order.texts.map(() => null);
    for await (const line of linesOf(id, order, hand)) lines[line.number] = placeLine(line.strokes, line.hand, order.height_mm);
    const paged = { page_length_mm: 297, ...order };
    const pages = PAGED.includes(order.format) ? pagesOf(lines, page, paged) : [sheetOf(lines, page, paged)];
    return fileOf(order.format, pages, order, { ruleShare: page.rule_share, plotter });
  },
};

async function* linesOf(id, order, own) {
  const { texts, style, bias, seed, best_of, unknown } = order;
  const key = JSON.stringify([texts, style, bias, seed, best_of, unknown]);
  if (remembered.has(key)) {
    yield* remembered.get(key);
    return;
  }
  const session = await writer;
  session.pause = pauseOf(id);
  const hand = own ?? (await handOf(style));
  const lines = [];
  for await (const line of session.lines(order, hand, best_of > 1 ? await reader : null)) {
    lines.push({ ...line, hand });
    yield lines.at(-1);
  }
  remembered.set(key, lines);
  if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value);
}

const invented = new Map();

async function handOf(style) {
  if (style === null || style === undefined) return null;
  const number = /^seed:(\d{1,15})$/.exec(style)?.[1];
  if (number !== undefined) {
    if (!invented.has(number)) invented.set(number, await (await writer).invented(Number(number)));
    return invented.get(number);
  }
  const hand = (await site).styles.find(({ id }) => id === style);
  if (!hand) throw new Error(`there is no style “${style}”`);
  return hand;
}

// A line as the page's paper takes it.
async function shown({ hand, strokes, ...line }, order) {
  const placed = placeLine(strokes, hand, order.height_mm);
  return {
    number: line.number,
    text: line.text,
    finished: line.finished,
    attempts: line.attempts,
    substitutes: line.substitutes,
    strokes,
    width_mm: placed.widthMm,
    points: placed.numPoints,
    paths: placed.curves.map(pathData),
  };
}

function described({ id, name, text, strokes }, own) {
  const placed = place(strokes, PREVIEW_HEIGHT_MM / writtenHeight(strokes));
  return {
    id,
    name,
    own,
    text,
    mm_per_character: (WIDTH_OF_STYLE * placed.widthMm) / text.length,
    preview: { width_mm: placed.widthMm, height_mm: PREVIEW_HEIGHT_MM, paths: placed.curves.map(pathData) },
  };
}

// One task after the other: the network has one state.
let queue = Promise.resolve();

onmessage = ({ data: { id, task, ...options } }) => {
  if (task === "give up") {
    given.add(id);
    return;
  }
  const run = async () => {
    try {
      if (given.delete(id)) return;
      postMessage({ id, result: await tasks[task]({ id, ...options }) });
    } catch (error) {
      if (!(error instanceof Gone)) postMessage({ id, error: error.message });
    }
  };
  const isLight = ["model", "styles", "describe"].includes(task);
  if (isLight) run();
  else queue = queue.then(run);
};
