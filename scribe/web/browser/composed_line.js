// Sets marks on a line that the network wrote, and draws what it could not write:
// scribe.writing.composed_line, whose docstrings say why.

import { owners } from "./letter_ink.js";
import { LineMeasures, slantOf } from "./line_measures.js";
import { inkOf, MarkHand, SMALL_TOP, TALL } from "./mark_placing.js";
import { extent, mean, median, medianOffset, strokesFromPaths } from "./strokes.js";

const LETTER_GAP = 0.24;
const WORD_GAPS = [0.85, 1.5];
const SLANTS = [-0.3, 0.8];
const [DOT_LENGTH, DOT_HEIGHT, DOT_AWAY] = [0.6, 1.05, 0.85];
const NEAR = 2;
const STACKED = 0.3;
const LEAST_SPACING = 0.02;

const xs = (points) => points.map(([x]) => x);
const ys = (points) => points.map(([, y]) => y);
const clip = (value, [low, high]) => Math.min(Math.max(value, low), high);
const sizeOf = (points) => Math.max(extent(xs(points)).size, extent(ys(points)).size);
const meanX = (points) => mean(xs(points));
const highest = (points) => points.reduce((best, point) => (point[1] > best[1] ? point : best));
const isDotted = (character) => character === "i" || character === "j";

// The strokes of a line with all of its text. `line`: {strokes, phi} of `spelling.base`;
// `spelling` as Spelling.spell has it; `shapes` of site.json; `random`: a Philox of the
// line alone.
export function composed(line, spelling, shapes, random) {
  return new Composer(line, spelling, shapes, random).composed();
}

// A part of the line is {points, owner}: upright, in x-heights, y upwards, and the letter
// of the text that each point is of.
class Composer {
  constructor(line, spelling, shapes, random) {
    Object.assign(this, { spelling, base: [...spelling.base], text: [...spelling.text] });
    this.measures = new LineMeasures(line, this.base);
    const onLine = this.measures.points(line.strokes);
    const baseOwner = owners(line, this.base, onLine);
    this.slant = clip(slantOf(line.strokes), SLANTS);
    const points = onLine.map(([x, y]) => [x - this.slant * y, y]);
    const bounds = [0, ...line.strokes.slice(0, -1).flatMap(([, , end], i) => (end > 0.5 ? [i + 1] : [])), points.length];
    const spans = bounds.slice(1).map((stop, i) => [bounds[i], stop]);
    this.joinColons(points, baseOwner, spans);
    const owner = baseOwner.map((letter) => spelling.owners[letter]);
    this.strokes = spans
      .map(([start, stop]) => ({ points: points.slice(start, stop), owner: owner.slice(start, stop) }))
      .filter((stroke) => stroke.owner.some((letter) => letter >= 0));
    const dots = [...this.dotsOfLetters().values()].flat().map((stroke) => stroke.points);
    const spacing = Math.max(medianOffset(line.strokes) / this.measures.xHeight, LEAST_SPACING);
    this.hand = new MarkHand(shapes, spacing, dots, this.heightOfTallLetters(), random);
  }

  composed() {
    const { letters } = this.spelling;
    for (const [number, letter] of letters) if (letter.drawn) this.draw(number, letter.drawn);
    const dots = this.dotsOfLetters();
    for (const [number, letter] of letters) {
      if (!letter.marks.includes("dotless")) continue;
      const gone = dots.get(number) ?? [];
      this.strokes = this.strokes.filter((stroke) => !gone.includes(stroke));
    }
    for (const [number, letter] of letters) {
      for (const name of letter.marks) if (name !== "dotless") this.mark(number, letter, name);
    }
    return strokesFromPaths(this.strokes.map((stroke) => this.onPaper(stroke.points)));
  }

  // Gives both dots of a colon to it: the window parts them.
  joinColons(points, owner, spans) {
    const small = spans.filter(([start, stop]) => sizeOf(points.slice(start, stop)) < DOT_LENGTH);
    this.base.forEach((character, number) => {
      const own = points.filter((_, i) => owner[i] === number);
      if (!":;".includes(character) || !own.length) return;
      const middle = meanX(own);
      for (const [start, stop] of small) {
        const dot = points.slice(start, stop);
        const isNext = owner.slice(start, stop).every((letter) => letter === number - 1 || letter === number + 1);
        if (isNext && mean(ys(dot)) < DOT_HEIGHT && Math.abs(meanX(dot) - middle) < STACKED) owner.fill(number, start, stop);
      }
    });
  }

  // The dots of each i and j, by the number of the letter.
  dotsOfLetters() {
    const stems = new Map();
    this.base.forEach((character, i) => {
      if (!isDotted(character)) return;
      const number = this.spelling.owners[i];
      const own = this.pointsOf(number).filter(([, y]) => y < SMALL_TOP);
      if (own.length) stems.set(number, highest(own)[0]);
    });
    const found = new Map();
    if (!stems.size) return found;
    for (const stroke of this.strokes) {
      const { points, owner } = stroke;
      if (sizeOf(points) > DOT_LENGTH || extent(ys(points)).low < DOT_HEIGHT || this.isAllOfASign(owner[0])) continue;
      const middle = meanX(points);
      let [nearest, least] = [null, Infinity];
      for (const [number, x] of stems) {
        const away = Math.abs(x - middle) - (number === owner[0] ? 0.3 : 0);
        if (away < least) [nearest, least] = [number, away];
      }
      if (least < DOT_AWAY) found.set(nearest, [...(found.get(nearest) ?? []), stroke]);
    }
    return found;
  }

  heightOfTallLetters() {
    const tops = this.base.flatMap((character, i) => {
      if (!"bdfhkl".includes(character) && !/\p{Lu}/u.test(character)) return [];
      const own = this.pointsOf(this.spelling.owners[i]);
      return own.length ? [highest(own)[1]] : [];
    });
    return tops.length ? median(tops) : TALL;
  }

  // Whether a stroke of this letter is the ink of an apostrophe or another sign.
  isAllOfASign(number) {
    const character = this.text.at(number);
    if (/[\p{L}\p{N}]/u.test(character)) return false;
    const others = this.strokes.filter(({ owner }) => owner.includes(number)).length;
    return others <= (character === '"' ? 2 : 1);
  }

  pointsOf(number) {
    return this.strokes.flatMap(({ points, owner }) => points.filter((_, i) => owner[i] === number));
  }

  // Dense ink of the letters that are `wanted`, of strokes that are not beside `near`.
  ink(wanted, near = [-Infinity, Infinity]) {
    const pieces = [];
    for (const { points, owner } of this.strokes) {
      const { low, high } = extent(xs(points));
      if (high < near[0] || low > near[1]) continue;
      let piece = null;
      owner.forEach((letter, i) => {
        if (!wanted(letter)) piece = null;
        else if (piece) piece.push(points[i]);
        else pieces.push((piece = [points[i]]));
      });
    }
    return inkOf(pieces);
  }

  // Opens the line and draws a character.
  draw(number, name) {
    const strokes = this.hand.character(name);
    const [width, { low, high }] = [extent(strokes.flatMap(xs)).high, extent(strokes.flatMap(ys))];
    const band = [low - 0.15, high + 0.15];
    const right = this.edge((letter) => letter > number, band, "low");
    const left = this.edge((letter) => letter <= number, band, "high");
    let gaps = [number - 1, number + 1].map((beside) => (this.text[beside] === " " ? WORD_GAPS[0] : LETTER_GAP));
    let at = right ?? 0;
    if (left !== null) {
      if (right !== null) {
        const natural = clip(right - left, WORD_GAPS);
        gaps = gaps.map((gap) => (gap === WORD_GAPS[0] ? natural : gap));
      }
      at = left + gaps[0];
    }
    if (right !== null) this.open(number, at + width + gaps[1] - right);
    this.insert(this.firstAfter(number), strokes.map((stroke) => stroke.map(([x, y]) => [x + at, y])), number);
  }

  // Where the ink of some letters ends that stands between two heights; null for none.
  edge(wanted, [low, high], side) {
    const ink = this.ink(wanted);
    if (!ink.length) return null;
    const inside = ink.filter(([, y]) => y > low && y < high);
    return extent(xs(inside.length ? inside : ink))[side];
  }

  // Moves all letters after a number; a stroke that goes on to them ends.
  open(number, by) {
    this.strokes = this.strokes.flatMap(({ points, owner }) => {
      const parts = [];
      owner.forEach((letter, i) => {
        const isAfter = letter > number;
        if (!i || isAfter !== owner[i - 1] > number) parts.push({ points: [], owner: [] });
        parts.at(-1).points.push([points[i][0] + (isAfter ? by : 0), points[i][1]]);
        parts.at(-1).owner.push(letter);
      });
      return parts;
    });
  }

  // The stroke before which a letter of this number has its place.
  firstAfter(number) {
    const first = this.strokes.findIndex(({ owner }) => owner.some((letter) => letter > number));
    return first < 0 ? this.strokes.length : first;
  }

  // Sets a mark when the word of a letter is done.
  mark(number, letter, name) {
    const own = this.ink((of) => of === number);
    if (!own.length) return;
    const { low, high } = extent(xs(own));
    const others = this.ink((of) => of !== number, [low - NEAR, high + NEAR]);
    const strokes = this.hand.mark(name, letter.drawn || letter.base.slice(-1), own, others);
    const end = this.text.indexOf(" ", number);
    let where = end < 0 ? this.strokes.length : this.firstAfter(end);
    const goesOn = where < this.strokes.length && this.strokes[where].owner.some((of) => of <= end);
    if (goesOn) where += 1;
    this.insert(where, strokes, number);
  }

  insert(where, strokes, number) {
    this.strokes.splice(where, 0, ...strokes.map((points) => ({ points, owner: points.map(() => number) })));
  }

  onPaper(points) {
    const { xHeight } = this.measures;
    return points.map(([upright, height]) => {
      const x = (upright + this.slant * height) * xHeight;
      return [x, this.measures.baseline(x) - height * xHeight];
    });
  }
}
