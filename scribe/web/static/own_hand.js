// The dialog in which visitors write some words in their own hand.

import * as api from "./api.js";
import { lineOf, picture } from "./drawing_file.js";
import { wrap } from "./text.js";

// The first line; those of the server's sheet follow.
const FIRST = "the quick brown fox jumps high";
const PAUSE_MS = 900; // a pen that rests for so long has written its line
const ROW_PIXELS = 104;
const PIXELS_PER_LETTER = 24;
const INK = "#1b2a4a";

export class OwnHand {
  // `onStyle(style)` is called with the style that the server made of a drawing.
  constructor(onStyle) {
    this.onStyle = onStyle;
    this.dialog = document.getElementById("own");
    this.canvas = document.getElementById("own-canvas");
    this.problem = document.getElementById("own-problem");
    this.reading = document.getElementById("own-reading");
    this.lines = [FIRST];
    this.kept = new Map(); // drawings by the number of their line
    this.phrase = 0;
    this.strokes = []; // each a list of [x, y, milliseconds, pressure]
    this.loaded = [];
    this.pointer = null;
    const on = (id, kind, act) => document.getElementById(id).addEventListener(kind, act);
    on("own-undo", "click", () => this.undo());
    on("own-clear", "click", () => this.start());
    on("own-next", "click", () => this.next());
    on("own-cancel", "click", () => this.dialog.close());
    on("own-form", "submit", (event) => {
      event.preventDefault();
      this.send();
    });
    on("own-file", "change", (event) => this.load(event.target));
    on("own-canvas", "pointerdown", (event) => this.down(event));
    on("own-canvas", "pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) on("own-canvas", kind, (event) => this.up(event));
    new ResizeObserver(() => this.dialog.open && this.fit()).observe(this.canvas);
  }

  // `sheet` are the lines that the server asks for; from `learntFrom` of them on it learns
  // the hand, null if it does not.
  open(sheet, learntFrom) {
    this.learntFrom = learntFrom;
    const learnt = document.getElementById("own-learnt");
    learnt.hidden = !learntFrom;
    learnt.textContent = `From ${learntFrom} lines on the network learns it, which takes a minute or two; eight or more are best.`;
    this.lines = [FIRST, ...sheet];
    this.kept.clear();
    this.phrase = 0;
    this.dialog.showModal();
    this.start();
  }

  start() {
    this.strokes = [];
    this.loaded = []; // lines of a file: {field, strokes}
    this.placed(false);
    this.pointer = null;
    this.kept.delete(this.phrase);
    this.say("");
    this.told();
    this.fit();
  }

  // Says which line it is, and what a reader makes of it.
  told(reading = "") {
    clearTimeout(this.waiting);
    const missing = this.learntFrom - this.kept.size;
    const more = missing > 0 ? ` ${missing} more, and your hand is learnt.` : " Your hand will be learnt.";
    const kept = `${this.kept.size} kept.${this.learntFrom && this.kept.size ? more : ""}`;
    const where = `Line ${this.phrase + 1} of ${this.lines.length}, ${kept}`;
    this.reading.textContent = reading ? `${where} It reads “${reading}”.` : where;
  }

  // Keeps the line if it reads as it should; a blank one is passed over.
  async next() {
    if (this.strokes.length && !(await this.keep())) return;
    this.phrase = (this.phrase + 1) % this.lines.length;
    this.start();
  }

  // The drawing of this line, if all its rows are written.
  drawn() {
    const [row] = this.rows.map((_, i) => i).filter((i) => !this.inRow(i).length);
    if (row === undefined) return { text: this.rows.join(" "), strokes: this.oneLine() };
    this.say(`Please write “${this.rows[row]}” as well.`);
    return null;
  }

  async keep() {
    const line = this.drawn();
    if (!line) return false;
    try {
      const { reading, fits } = await api.read(line);
      if (fits) this.kept.set(this.phrase, line);
      this.told(reading);
      this.say(fits ? "" : "That is another text: write the line again, or pass it over with Clear.");
      return fits;
    } catch (error) {
      this.say(error.message);
      return false;
    }
  }

  // Reads the line while it is being written, when the pen rests.
  wait() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(async () => {
      const { strokes } = this;
      if (this.rows.some((_, row) => !this.inRow(row).length)) return;
      try {
        const { reading } = await api.read({ text: this.rows.join(" "), strokes: this.oneLine() });
        if (strokes === this.strokes) this.told(reading);
      } catch {
        // it is not yet a line
      }
    }, PAUSE_MS);
  }

  say(sentence) {
    this.problem.textContent = sentence;
  }

  // Chooses as many rows as the words need. A drawing stays if its rows do.
  fit() {
    const width = this.canvas.clientWidth;
    const rows = even(this.lines[this.phrase], Math.max(8, Math.floor(width / PIXELS_PER_LETTER)));
    if (this.rows && rows.join("|") !== this.rows.join("|")) this.strokes = [];
    this.rows = rows;
    const scale = window.devicePixelRatio || 1;
    this.canvas.style.height = `${rows.length * ROW_PIXELS}px`;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(rows.length * ROW_PIXELS * scale);
    this.canvas.setAttribute("aria-label", `Drawing area: write ${this.lines[this.phrase]}`);
    this.context = this.canvas.getContext("2d");
    this.context.scale(scale, scale);
    this.redraw();
  }

  redraw() {
    const { context, canvas } = this;
    const width = canvas.clientWidth;
    context.clearRect(0, 0, width, this.rows.length * ROW_PIXELS);
    this.rows.forEach((words, row) => {
      const base = (row + 0.68) * ROW_PIXELS;
      context.lineWidth = 1;
      context.strokeStyle = "#cfd8e6";
      line(context, 12, base, width - 12, base);
      context.strokeStyle = "#e9eef5";
      line(context, 12, base - 0.3 * ROW_PIXELS, width - 12, base - 0.3 * ROW_PIXELS);
      context.fillStyle = "#6f6a60";
      context.font = "15px Georgia, serif";
      context.fillText(words, 14, row * ROW_PIXELS + 20);
    });
    context.strokeStyle = context.fillStyle = INK;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) this.ink(stroke, 0);
  }

  // Draws a stroke from its point `first` on.
  ink(stroke, first) {
    const { context } = this;
    if (stroke.length === 1) {
      const [x, y] = stroke[0];
      context.beginPath();
      context.arc(x, y, 1.3, 0, 2 * Math.PI);
      context.fill();
      return;
    }
    for (let i = Math.max(first, 1); i < stroke.length; i += 1) {
      const [x0, y0] = stroke[i - 1];
      const [x1, y1, , pressure] = stroke[i];
      context.lineWidth = 1.4 + 1.6 * pressure;
      line(context, x0, y0, x1, y1);
    }
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const pressure = event.pointerType === "mouse" ? 0.5 : event.pressure;
    return [event.clientX - box.left, event.clientY - box.top, event.timeStamp, pressure];
  }

  down(event) {
    if (this.pointer !== null || event.button !== 0) return;
    event.preventDefault();
    clearTimeout(this.waiting);
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([this.point(event)]);
    this.ink(this.strokes.at(-1), 0);
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const stroke = this.strokes.at(-1);
    const first = stroke.length;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) stroke.push(this.point(each));
    this.ink(stroke, first);
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.wait();
  }

  undo() {
    this.strokes.pop();
    this.redraw();
  }

  async send() {
    if (this.loaded.length) {
      const lines = this.loaded.map(({ field, strokes }) => ({ text: field.value.trim(), strokes }));
      const [first, ...more] = lines.filter(({ text }) => text);
      if (first) await this.add({ ...first, more });
      else this.say("Say what one of the lines says.");
      return;
    }
    const started = this.strokes.length || !this.kept.size;
    const last = started ? this.drawn() : null;
    if (started && !last) return;
    this.kept.delete(this.phrase);
    const [first, ...more] = [...this.kept.values(), ...(last ? [last] : [])];
    await this.add({ ...first, more });
  }

  inRow(row) {
    const middle = (stroke) => stroke.reduce((sum, [, y]) => sum + y, 0) / stroke.length;
    const rowOf = (y) => Math.min(Math.max(Math.floor(y / ROW_PIXELS), 0), this.rows.length - 1);
    return this.strokes.filter((stroke) => rowOf(middle(stroke)) === row);
  }

  // The rows beside each other, a space between them: what the server takes.
  oneLine() {
    const joined = [];
    let right = 0;
    this.rows.forEach((words, row) => {
      const strokes = this.inRow(row);
      const xs = strokes.flatMap((stroke) => stroke.map(([x]) => x));
      const left = Math.min(...xs);
      const width = Math.max(...xs) - left;
      const rounded = (value) => Math.round(value * 100) / 100;
      for (const stroke of strokes) {
        joined.push(
          stroke.map(([x, y, time]) => [
            rounded(x - left + right),
            rounded(y - row * ROW_PIXELS),
            Math.round(time * 10) / 10,
          ]),
        );
      }
      right += width + width / words.length;
    });
    return joined;
  }

  // A file of strokes that another program saved, for those who cannot draw here.
  async load(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    if (file.size > 1e6) {
      this.say("This file is too large for a drawing.");
      return;
    }
    const content = await file.text();
    const line = lineOf(content);
    if (line) {
      await this.add(line);
      return;
    }
    try {
      this.show(await api.drawing(content));
    } catch (error) {
      this.say(error.message);
    }
  }

  // Shows the lines of a file and what they read, to be corrected.
  show(lines) {
    this.say("");
    clearTimeout(this.waiting);
    this.loaded = lines.map(({ text, strokes }, i) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "text", value: text, maxLength: 120, spellcheck: false });
      field.setAttribute("aria-label", `What line ${i + 1} says`);
      return { field, strokes };
    });
    const box = document.getElementById("own-lines");
    box.replaceChildren(...this.loaded.flatMap(({ field, strokes }) => [picture(strokes), field]));
    this.placed(true);
    this.reading.textContent = "Is that what it says? Correct what was misread; a line without words is left out.";
    this.loaded[0].field.focus();
  }

  // Shows either the lines of a file or the canvas.
  placed(isLoaded) {
    document.getElementById("own-lines").hidden = !isLoaded;
    this.canvas.hidden = isLoaded;
    for (const id of ["own-undo", "own-next"]) document.getElementById(id).disabled = isLoaded;
  }

  async add(drawing) {
    this.say("");
    clearTimeout(this.waiting);
    this.reading.textContent = "Reading your lines …";
    const use = document.getElementById("own-use");
    use.disabled = true;
    try {
      const style = await api.addStyle({ name: "My hand", ...drawing });
      this.dialog.close();
      this.onStyle(style);
    } catch (error) {
      this.say(error.message);
      this.reading.textContent = "";
    } finally {
      use.disabled = false;
    }
  }
}

// Breaks words into rows of at most `width` characters and about the same length.
function even(words, width) {
  const { length } = wrap(words, width);
  let narrow = Math.ceil(words.length / length);
  while (wrap(words, narrow).length > length) narrow += 1;
  return wrap(words, narrow);
}

function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
