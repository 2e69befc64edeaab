// From an order to lines: styles, attempts, candidates. scribe.writing of one line at a
// time, in the order in which they stand on the paper.

import { composed } from "./composed_line.js";
import { cutOut, argmax, Ending } from "./line.js";
import { samplePoint } from "./mixture.js";
import { chanceOfMarks, noiseOf } from "./philox.js";
import { rescale } from "./strokes.js";

const MAX_ATTEMPTS = 4;
const MAX_STEPS = 4000;
const MAX_STALL = 60;
const MAX_LEAD = 6;
const FIRST_WORDS = "The quick brown fox jumps over";
const STEPS_BETWEEN_PAUSES = 32;

export class Writer {
  // `model` and `shapes` of site.json; `pause`: awaited now and then, and throws if
  // nobody waits.
  constructor(model, network, spelling, shapes, pause = async () => {}) {
    Object.assign(this, { model, network, spelling, shapes, pause });
    this.primed = new Map(); // states by the id of their style
  }

  // The lines of an order, as {number, text, strokes, finished, attempts, substitutes}.
  // `hand`: {id, text, strokes} or null; `reader`: chooses among candidates, or null.
  async *lines({ texts, bias, seed, best_of: candidates = 1, unknown = "refuse" }, hand, reader) {
    const spelled = texts.map((text, i) => this.spelling.spell(text, unknown, i + 1));
    spelled.forEach(({ text, base }, i) => {
      if (!text && texts[i].trim()) throw new Error(`there is nothing to write in “${texts[i]}”`);
      const length = Math.max([...text].length, [...base].length);
      if (length > this.model.max_characters) {
        throw new Error(`a text of ${length} characters is too long for one line (at most ${this.model.max_characters})`);
      }
    });
    const primed = hand && (await this.prime(hand));
    for (const [number, { substitutes, ...spelling }] of spelled.entries()) {
      if (!spelling.text) continue;
      const line = await this.best(spelling, { bias, seed, number, primed, reader, candidates: reader ? candidates : 1 });
      yield { ...line, number, substitutes };
    }
  }

  // The hand that the network invents for a number.
  async invented(number) {
    const spelling = this.spelling.spell(FIRST_WORDS, "refuse", 1);
    const line = await this.kept(spelling, { bias: 1, seed: number, number: 0, sample: 0, primed: null });
    return { id: `seed:${number}`, name: String(number), text: this.spelling.plain(line.text), strokes: line.strokes };
  }

  // Writes a line in other ways as long as it is misread, and keeps the best.
  async best(spelling, { reader, candidates, ...options }) {
    const lines = [];
    const verdicts = [];
    const isSettled = () => verdicts.length >= candidates || verdicts.some(({ finished, right }) => finished && right);
    while (!isSettled()) {
      // What was misread twice is hardly ever read at the third try.
      const more = lines.length >= 2 ? candidates - lines.length : 1;
      for (let i = 0; i < more; i += 1) {
        lines.push(await this.kept(spelling, { ...options, sample: lines.length }));
        verdicts.push(verdict(lines.at(-1), reader));
      }
    }
    let best = 0;
    const better = (a, b) => (a.finished === b.finished ? a.nats < b.nats : a.finished);
    verdicts.forEach((found, i) => {
      if (better(found, verdicts[best])) best = i;
    });
    return lines[best];
  }

  // The first attempt that comes to its end, or the last one.
  async kept(spelling, options) {
    for (let attempt = 0; ; attempt += 1) {
      const line = await this.attempt(spelling, attempt, options);
      if (line.finished || attempt + 1 === MAX_ATTEMPTS) return { ...line, attempts: attempt + 1 };
    }
  }

  // {text, strokes, finished, plain}; `plain` is what the network wrote of it.
  async attempt(spelling, attempt, { bias, seed, number, sample, primed }) {
    const { model, network } = this;
    const prefix = primed?.text ?? "";
    const { text, base, letters } = spelling;
    const ids = this.spelling.encode(prefix + base);
    const state = network.start(ids, primed?.state);
    const noise = noiseOf(seed, number, sample, attempt);
    const ending = new Ending(ids.length - 1, MAX_STALL);
    let point = primed?.point ?? [0, 0, model.variant.starts_lifted ? 1 : 0];
    const [points, phis] = [[], []];
    let found = "";
    while (!found && points.length < MAX_STEPS) {
      const activations = network.step(point, state);
      point = samplePoint(activations, model.sizes.num_mixtures, bias, noise(), model.variant);
      points.push(point);
      phis.push(state.phi);
      found = ending.update(state.phi, point[2] > 0.5);
      if (points.length % STEPS_BETWEEN_PAUSES === 0) await this.pause();
    }
    const plain = cutOut({ points, phis, ended: found === "ended", text: base, prefix, model });
    const chance = chanceOfMarks(seed, number, sample, attempt);
    const strokes = letters.length ? composed(plain, spelling, this.shapes, chance) : plain.strokes;
    return { text, strokes, finished: plain.finished, plain: { text: base, strokes: plain.strokes } };
  }

  // Leads the network through a style (Graves 2013, section 5.5): the state from which
  // new text is written, and by how many letters the window was ahead of the text's end.
  async prime({ id, text, strokes }) {
    if (this.primed.has(id)) return this.primed.get(id);
    const { model, network } = this;
    const points = rescale(strokes, ...model.offset_scale.map((scale) => 1 / scale));
    if (model.variant.starts_lifted) points[0][2] = 1;
    const running = network.start(this.spelling.encode(text + " ".repeat(1 + MAX_LEAD)));
    for (const [i, point] of points.slice(0, -1).entries()) {
      network.step(point, running);
      if (i % STEPS_BETWEEN_PAUSES === 0) await this.pause();
    }
    const copies = (rows) => rows.map((row) => row.slice());
    const state = {
      h: copies(running.h),
      c: copies(running.c),
      window: running.window.slice(),
      kappa: running.kappa.slice(),
      phi: running.phi.slice(),
    };
    network.step(points.at(-1), running);
    const lead = argmax(running.phi) - text.length;
    const spaces = 1 + Math.min(Math.max(lead, 0), MAX_LEAD);
    const primed = { text: text + " ".repeat(spaces), point: points.at(-1), state, lead };
    this.primed.set(id, primed);
    return primed;
  }
}

function verdict(line, reader) {
  const { finished } = line;
  if (!reader) return { finished, right: true, nats: 0 };
  // A reader that lacks the marks reads the line without them.
  const { strokes, text } = reader.known(line.text) === line.text ? line : line.plain;
  try {
    return { finished, ...reader.check(strokes, text) };
  } catch {
    return { finished, right: false, nats: Infinity }; // such as a lone dot
  }
}
