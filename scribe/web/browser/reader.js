// The reader of strokes: scribe.reading.reader and .ctc of one line, and agreement.

import { cleaned } from "./cleaning.js";
import { argmax } from "./line.js";
import { lstmStep } from "./network.js";
import { Arena, Dense } from "./product.js";
import { deviation, mean, pointsFromStrokes, rescale } from "./strokes.js";

const FEATURES = 4;
const MAX_POINTS = 20000;
export const MAX_GAP = 3.5;
export const SURE_GAP = 1.2;
const MAX_DOUBT = 2.5;
const MIN_KNOWN = 0.5;

export class Reader {
  constructor(model, weights, simd = true) {
    this.model = model;
    this.ids = new Map([...model.alphabet].map((character, i) => [character, i + 1]));
    const { num_units: units, stacks } = model.sizes;
    const widths = stacks.map((stack, i) => stack * (i ? 2 * units : FEATURES));
    const rooms = widths.map((width) => 2 * Dense.room(width + units, 4 * units));
    const arena = new Arena(rooms.reduce((a, b) => a + b) + Dense.room(2 * units, model.alphabet.length + 1), simd);
    const cell = (name) => new Dense(arena, [weights[`${name}/kernel`], weights[`${name}/recurrent_kernel`]], weights[`${name}/bias`]);
    this.layers = stacks.map((stack, i) => ({ stack, forward: cell(`forward_${i + 1}`), backward: cell(`backward_${i + 1}`) }));
    this.output = new Dense(arena, [weights["output/kernel"]], weights["output/bias"]);
  }

  // Log probabilities of all symbols, frame by frame; throws at what is no line.
  scores(strokes) {
    if (strokes.length < 2) throw new Error("a line to read must have 2 points or more");
    const line = rescale(cleaned(strokes, this.model.cleaning), ...this.model.offset_scale.map((scale) => 1 / scale));
    if (line.length > MAX_POINTS) throw new Error("this line is too long to read");
    let x = features(line);
    for (const { stack, forward, backward } of this.layers) {
      x = stacked(x, stack);
      const ahead = this.lstm(forward, x);
      const back = this.lstm(backward, x.toReversed?.() ?? [...x].reverse()).reverse();
      x = ahead.map((h, t) => concatenated([h, back[t]]));
    }
    const numSymbols = this.model.alphabet.length + 1;
    return x.map((row) => {
      this.output.x.set(row);
      this.output.run();
      return logSoftmax(this.output.y.subarray(0, numSymbols));
    });
  }

  lstm(cell, rows) {
    const units = this.model.sizes.num_units;
    const [h, c] = [new Float32Array(units), new Float32Array(units)];
    return rows.map((row) => {
      cell.x.set(row);
      cell.x.set(h, row.length);
      cell.run();
      lstmStep(cell.y, h, c);
      return h.slice();
    });
  }

  decoded(scores) {
    let [text, last] = ["", 0];
    for (const frame of scores) {
      const id = argmax(frame);
      if (id && id !== last) text += this.model.alphabet[id - 1];
      last = id;
    }
    return text;
  }

  known(text) {
    return [...text].filter((character) => this.ids.has(character)).join("");
  }

  // Minus the logarithm of the probability of a text: Graves et al. (2006), section 4.1.
  nats(scores, text) {
    const label = [0, ...[...text].flatMap((character) => [this.ids.get(character), 0])];
    let alpha = label.map((id, s) => (s < 2 ? scores[0][id] : -Infinity));
    for (const frame of scores.slice(1)) {
      alpha = label.map((id, s) => {
        const skips = s > 2 && id && id !== label[s - 2] ? alpha[s - 2] : -Infinity;
        return logSum(logSum(alpha[s], s ? alpha[s - 1] : -Infinity), skips) + frame[id];
      });
    }
    return -logSum(alpha.at(-1), alpha.length > 1 ? alpha.at(-2) : -Infinity);
  }

  // How little a line looks like its text, in nats per character, and whether it reads so.
  check(strokes, text) {
    const scores = this.scores(strokes);
    const known = this.known(text);
    return { nats: this.nats(scores, known) / Math.max(known.length, 1), right: this.decoded(scores) === text };
  }

  // What it reads, how sure it is, and how much less probable the text is than that: 0
  // for a text that it cannot judge. A reader that is at a loss vouches for no text.
  against(strokes, text) {
    const scores = this.scores(strokes);
    const reading = this.decoded(scores);
    const own = this.nats(scores, reading);
    const known = this.known(text);
    const doubt = own / Math.max(reading.length, 1);
    let gap = 0;
    if (known && known.length >= MIN_KNOWN * text.length) {
      gap = doubt <= MAX_DOUBT ? (this.nats(scores, known) - own) / known.length : Infinity;
    }
    return { reading, doubt, gap };
  }
}

function features(strokes) {
  const y = pointsFromStrokes(strokes).map((point) => point[1]);
  const [centre, spread] = [mean(y), deviation(y) + 1e-3];
  return strokes.map((row, i) => Float32Array.of(...row, (y[i] - centre) / spread));
}

// `count` rows side by side as one; what is missing at the end is 0.
function stacked(rows, count) {
  const width = rows[0].length;
  return Array.from({ length: Math.ceil(rows.length / count) }, (_, t) => {
    const row = new Float32Array(count * width);
    rows.slice(t * count, (t + 1) * count).forEach((part, i) => row.set(part, i * width));
    return row;
  });
}

function concatenated(rows) {
  const all = new Float32Array(rows.reduce((length, row) => length + row.length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}

function logSoftmax(logits) {
  const top = Math.max(...logits);
  const log = top + Math.log(logits.reduce((total, x) => total + Math.exp(x - top), 0));
  return logits.map((x) => x - log);
}

function logSum(a, b) {
  const top = Math.max(a, b);
  return top === -Infinity ? top : top + Math.log1p(Math.exp(Math.min(a, b) - top));
}
