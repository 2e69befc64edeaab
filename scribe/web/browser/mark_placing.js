// Where a mark goes on a letter, and how a hand draws it: scribe.writing.mark_placing,
// whose docstrings say why. All is in x-heights and upright, y upwards.

import { normals } from "./normal.js";
import { pointsAtEqualTimes, secondsByLaw, smoothPath } from "./pen_motion.js";
import { extent, lengthsAlong, mean, pointsAlong, quantile, spaced } from "./strokes.js";

export const TALL = 1.75;
export const SMALL_TOP = 1.3;
const [CLEAR, CLEAR_OF_HANGING] = [0.19, 0.1];
const TALL_HANDS = [1.5, 2.4];
const DOTS = "\u0307\u0308";
const HANGING = "\u0327\u0328";
const SMALL = "aceimnorsuvwxzgpqyjæœŋµĸ";
const [WIDTH, WIDTHS] = [0.9, { m: 1.8, w: 1.6, r: 0.6, æ: 1.4, œ: 1.4 }];
const [GAP, GAP_OF_CAPITALS, GAP_BELOW] = [0.36, 0.24, 0.2];
const BELOW = [220, 202]; // canonical combining classes
const ASIDE = [0, 0.08, -0.08, 0.16, -0.16, 0.26, -0.26, 0.4];
const AWAY = Array.from({ length: 30 }, (_, i) => i * 0.05);
const ASIDE_OF_APOSTROPHE = Array.from({ length: 7 }, (_, i) => i * 0.06);
const COST_ASIDE = 1.2;
const INK_STEP = 0.06;
const LINE_HEIGHT = 2.5;
const [SIZE_VARIES, TURN_VARIES, WAVERS] = [0.07, 0.06, 0.012];
const BAR_PLACES = {
  "l bar": [0.38, 0.58, 0.48, "slanted bar"],
  "L bar": [0.38, 0.62, 0.5, "slanted bar"],
  "ascender bar": [0.74, 0.94, 0.82, "bar"],
  "stem bar": [0.4, 0.6, 0.5, "bar"],
  "wide bar": [0.64, 0.84, 0.74, "bar"],
  "low bar": [0.25, 0.5, 0.4, "bar"],
  "middle bar": [0.25, 0.6, 0.45, "bar"],
};

const xs = (points) => points.map(([x]) => x);
const ys = (points) => points.map(([, y]) => y);
const moved = (points, [dx, dy]) => points.map(([x, y]) => [x + dx, y + dy]);
const clip = (value, low, high) => Math.min(Math.max(value, low), high);
const between = (points, low, high) => points.filter(([, y]) => y >= low && y <= high);
const turned = (points, [[a, b], [c, d]]) => points.map(([x, y]) => [x * a + y * c, x * b + y * d]);
const turnOf = (angle) => [[Math.cos(angle), Math.sin(angle)], [-Math.sin(angle), Math.cos(angle)]];

// The strokes of a shape of scribe.strokes.pen_shapes, "x,y x,y / x,y".
const strokesOf = (shape) => shape.split(" / ").map((stroke) => stroke.split(" ").map((point) => point.split(",").map(Number)));

// Points along the curves that are drawn, with no room between two.
export function inkOf(strokes) {
  return strokes.flatMap((stroke) => {
    const { path } = smoothPath(stroke, null, 1);
    const along = lengthsAlong(path);
    return pointsAlong(path, along, spaced(0, along.at(-1), Math.trunc(along.at(-1) / INK_STEP) + 2));
  });
}

// How somebody sets marks and draws characters.
export class MarkHand {
  // `shapes` of site.json; `spacing`: between two points of the pen; `dots`: drawn by the
  // hand; `tall`: the height of tall letters; `random`: a Philox of the line alone.
  constructor(shapes, spacing, dots, tall, random) {
    let [size, gap, turn, angle, length] = normals(random, 5);
    Object.assign(this, { shapes, spacing, tall, random, size: 1 + 0.06 * size, gap: 0.04 * gap, turn: 0.04 * turn });
    if (dots.length) {
      const sizeOf = (dot) => Math.max(extent(xs(dot)).size, extent(ys(dot)).size);
      const dot = [...dots].sort((a, b) => sizeOf(a) - sizeOf(b))[dots.length >> 1];
      this.dot = moved(dot, [-mean(xs(dot)), -mean(ys(dot))]);
    } else {
      [angle, length] = [-1 + 0.4 * angle, 0.05 + 0.02 * Math.abs(length)];
      const [x, y] = [(length * Math.cos(angle)) / 2, (length * Math.sin(angle)) / 2];
      this.dot = [[-x, -y], [x, y]];
    }
  }

  // The strokes of a shape as the hand draws them, at its pace.
  drawn(strokes) {
    const { random } = this;
    const [acrossInk, upInk] = [extent(strokes.flatMap(xs)), extent(strokes.flatMap(ys))];
    const middle = [(acrossInk.low + acrossInk.high) / 2, (upInk.low + upInk.high) / 2];
    const grows = normals(random, 2).map((value) => 1 + SIZE_VARIES * value);
    const matrix = turnOf(TURN_VARIES * normals(random, 1)[0]);
    return strokes.map((stroke) => {
      const grown = stroke.map((point) => point.map((value, k) => (value - middle[k]) * grows[k]));
      const waver = normals(random, 2 * stroke.length).map((value) => WAVERS * value);
      const shape = moved(turned(grown, matrix), middle).map(([x, y], i) => [x + waver[2 * i], y + waver[2 * i + 1]]);
      const path = shape.length === 1 ? moved(this.dot, shape[0]) : smoothPath(shape, null, 1).path;
      const steps = Math.max(lengthsAlong(path).at(-1) / this.spacing, stroke.length - 1);
      return pointsAtEqualTimes([path], [secondsByLaw(path, LINE_HEIGHT)], steps).points;
    });
  }

  // A character of the shapes, its ink from x = 0 on.
  character(name) {
    const share = (clip(this.tall, ...TALL_HANDS) - 1) / (TALL - 1);
    const shape = strokesOf(this.shapes.characters[name]);
    const strokes = this.drawn(shape.map((stroke) => stroke.map(([x, y]) => [x, y > 1 ? 1 + share * (y - 1) : y])));
    const { low } = extent(strokes.flatMap(xs));
    return strokes.map((stroke) => moved(stroke, [-low, 0]));
  }

  // The strokes of a mark on a letter. `own`, `others`: the letter's ink and what is
  // around it, as `inkOf` has them.
  mark(name, letter, own, others) {
    const top = topOf(letter, own);
    const isSmall = SMALL.includes(letter);
    if (name === "middle dot") {
      const right = Math.max(own[0][0], ...xs(between(own, 0.3 * top, 0.6 * top)));
      return cleared(this.drawn([[[0, 0]]]), [right + 0.22, 0.48 * top], others, ASIDE.filter((x) => x >= 0), [0], CLEAR);
    }
    if (!(name in this.shapes.marks)) return this.drawn([this.bar(name, own, top)]);
    const size = this.size * (isSmall ? 1 : 1.08);
    const matrix = turnOf(this.turn);
    const shape = strokesOf(this.shapes.marks[name]);
    const strokes = this.drawn(shape.map((stroke) => turned(stroke.map((point) => point.map((value) => size * value)), matrix)));
    const around = [...own, ...others];
    const edge = extent(strokes.flatMap(ys));
    if (name === "'") {
      const high = own.filter(([, y]) => y > 0.75 * top);
      const { high: right } = extent(xs(high.length ? high : own));
      return cleared(strokes, [right + 0.2, top - 0.32 - edge.low], around, ASIDE_OF_APOSTROPHE, AWAY, CLEAR);
    }
    if (BELOW.includes(this.shapes.classes[name])) {
      const hangs = HANGING.includes(name);
      const [x, low] = footOf(name, letter, own, top);
      const clear = hangs ? CLEAR_OF_HANGING : CLEAR;
      const at = [x, low - (hangs ? clear : GAP_BELOW) - edge.high];
      return cleared(strokes, at, around, hangs ? ASIDE.slice(0, 5) : ASIDE, AWAY.map((y) => -y), clear);
    }
    const gap = isSmall || DOTS.includes(name) ? GAP : GAP_OF_CAPITALS;
    return cleared(strokes, [middleOf(letter, own, top), top + gap + this.gap - edge.low], around, ASIDE, AWAY, CLEAR);
  }

  // The stroke that crosses a letter.
  bar(name, own, top) {
    if (name === "slash" || name === "upright slash") {
      const inside = between(own, -0.15, 1.05 * top);
      const body = xs(inside.length ? inside : own);
      const [left, right] = [0.04, 0.9].map((share) => quantile(body, share));
      if (name === "upright slash") {
        const x = (left + right) / 2;
        return [[x + 0.1, top + 0.26], [x, top / 2], [x - 0.08, -0.28]];
      }
      const [foot, head] = [[left - 0.1, -0.16], [right + 0.12, top + 0.14]];
      return [head, [(foot[0] + head[0]) / 2 + 0.01, (foot[1] + head[1]) / 2 - 0.01], foot];
    }
    const [low, high, at, shape] = BAR_PLACES[name];
    const inside = between(own, low * top, high * top);
    const crossed = xs(inside.length ? inside : own);
    if (name === "wide bar") {
      const { low: left, high: right } = extent(crossed);
      return [[left - 0.18, at * top], [right + 0.2, at * top + 0.04]];
    }
    const x = name === "stem bar" ? extent(crossed).low : mean(crossed);
    return moved(strokesOf(this.shapes.bars[shape])[0], [x, at * top]);
  }
}

// Strokes moved to `at`, and from there until they are clear of what is around.
function cleared(strokes, at, around, aside, away, clear) {
  const own = moved(inkOf(strokes), at);
  const reach = Math.max(...aside.map(Math.abs), ...away.map(Math.abs)) + clear;
  const [x, y] = [extent(xs(own)), extent(ys(own))];
  const near = around.filter(
    ([a, b]) => a > x.low - reach && a < x.high + reach && b > y.low - reach && b < y.high + reach,
  );
  const moves = away.flatMap((dy) => aside.map((dx) => [dx, dy]));
  const cost = ([dx, dy]) => COST_ASIDE * Math.abs(dx) + Math.abs(dy);
  moves.sort((a, b) => cost(a) - cost(b));
  let [best, farthest] = [moves[0], -1];
  for (const move of near.length ? moves : []) {
    const distance = leastDistance(moved(own, move), near);
    if (distance > farthest) [best, farthest] = [move, distance];
    if (distance >= clear) break;
  }
  return strokes.map((stroke) => moved(moved(stroke, at), best));
}

function leastDistance(points, others) {
  let least = Infinity;
  for (const [x, y] of points) {
    for (const [a, b] of others) least = Math.min(least, (x - a) ** 2 + (y - b) ** 2);
  }
  return Math.sqrt(least);
}

// The height of a letter, without what of its neighbours counts to it.
function topOf(letter, own) {
  if (SMALL.includes(letter)) {
    return clip(Math.max(0.85, ...ys(own).filter((y) => y < SMALL_TOP)), 0.85, 1.15);
  }
  return clip(Math.max(1, ...ys(own)), 1, 3);
}

// The x over which a mark stands: the middle of the letter's upper part.
function middleOf(letter, own, top) {
  const isDotted = letter === "i" || letter === "j";
  const isSmall = SMALL.includes(letter);
  const inside = between(own, (isDotted ? 0.75 : isSmall ? 0.5 : 0.7) * top, 1.1 * top);
  const upper = xs(inside.length ? inside : own);
  if (isDotted) return mean(upper);
  const widest = isSmall ? WIDTHS[letter] ?? WIDTH : Infinity;
  const { low } = extent(upper);
  const kept = upper.filter((x) => x <= low + widest);
  return ((low + extent(kept).high) / 2 + mean(kept)) / 2;
}

// x and y of where a mark below begins.
function footOf(name, letter, own, top) {
  const inside = between(own, 0.15 * top, top);
  const body = xs(inside.length ? inside : own);
  const [left, right] = [0.05, 0.95].map((share) => quantile(body, share));
  let x = (left + right) / 2;
  if (name === "\u0328" && !"iIou".includes(letter)) x = right - 0.04;
  const below = own.filter(([a, b]) => b < 0.5 && Math.abs(a - x) < 0.25);
  if (below.length) return [x, extent(ys(below)).low];
  const away = ([a, b]) => Math.abs(a - x) + Math.abs(b);
  return [x, own.reduce((best, point) => (away(point) < away(best) ? point : best))[1]];
}
