// Runs modules of an exported site in Node: node site_in_node.mjs SITE < calls > answers.
// A call is [name, options]; answers are what it returned, or {error}.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const site = path.resolve(process.argv[2]);
const module = (name) => import(pathToFileURL(path.join(site, "static", `${name}.js`)));
const { gcodeDocument, svgDocument } = await module("drawings");
const { Network } = await module("network");
const { strokesOfJson } = await module("json_ink");
const { splitLines } = await module("line_breaks");
const { noiseOf, Philox } = await module("philox");
const { normals } = await module("normal");
const { pagesOf, placeLine, sheetOf } = await module("placing");
const { pdfDocument } = await module("pdf_document");
const { readingOf, styleOf } = await module("own_style");
const { Reader } = await module("reader");
const { Spelling } = await module("spelling");
const { unpacked, weightsOf } = await module("weights");
const { Writer } = await module("writer");

const described = JSON.parse(fs.readFileSync(path.join(site, "model", "site.json")));
const { model, page, plotter, shapes } = described;
const spelling = new Spelling(model.alphabet, described.spelling, shapes);

async function weights(of) {
  return weightsOf(of.weights, await unpacked(fs.readFileSync(path.join(site, "model", of.weights.file))));
}

const writers = {};
async function writer(simd = true) {
  return (writers[simd] ??= new Writer(model, new Network(model, await weights(model), simd), spelling, shapes));
}

let read;
async function reader() {
  return (read ??= new Reader(described.reader, await weights(described.reader)));
}

async function written({ order, hand, simd, chooses }) {
  const found = [];
  const own = typeof hand === "string" ? described.styles.find(({ id }) => id === hand) : hand;
  const session = await writer(simd);
  for await (const { plain, ...line } of session.lines(order, own ?? null, chooses ? await reader() : null)) found.push(line);
  return found;
}

const calls = {
  blocks({ seed, key, count }) {
    const random = new Philox(seed, key);
    return Array.from({ length: count }, () => random.block());
  },
  noise({ seed, text, sample, attempt, count }) {
    const next = noiseOf(seed, text, sample, attempt);
    return Array.from({ length: count }, next);
  },
  normals: ({ seed, key, count }) => normals(new Philox(seed, key), count),
  lines: written,
  simd: async () => (await writer()).network.usesSimd,
  spell({ text, unknown }) {
    const spelled = spelling.spell(text, unknown, 1);
    return { ...spelled, plain: spelling.plain(spelled.text) };
  },
  characters: () => spelling.characters,
  check: async ({ strokes, text }) => (await reader()).check(strokes, text),
  reading: async (line) => readingOf(line, await reader()),
  strokes: (content) => strokesOfJson(content),
  split: ({ paths }) => splitLines(paths),
  style: async ({ lines, judged }) => styleOf(lines, { model, spelling, reader: judged ? await reader() : null }),
  async file({ lines, hand, format, look, paper }) {
    const placed = lines.map((strokes) => strokes && placeLine(strokes, hand, paper.height_mm));
    if (format === "gcode") return gcodeDocument(pagesOf(placed, page, paper), plotter);
    if (format === "pdf") {
      const document = await pdfDocument(pagesOf(placed, page, paper), look, look.rule_ink);
      return Buffer.from(document).toString("base64");
    }
    return svgDocument(sheetOf(placed, page, paper), look, look.rule_ink);
  },
};

const answers = [];
for (const [name, options] of JSON.parse(fs.readFileSync(0, "utf-8"))) {
  try {
    answers.push(await calls[name](options ?? {}));
  } catch (error) {
    answers.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(answers));
