// Which letter of a written line each point of its ink is part of:
// scribe.writing.letter_ink, whose docstrings say why.

import { characters } from "./line_measures.js";
import { argmax } from "./line.js";
import { extent, mean } from "./strokes.js";

const [POINTS_BEFORE, POINTS_AFTER] = [4, 12];
const COST_OF_NO_LIFT = 0.35;
const EMPTY = 2;
const [GAP, WORD_GAP] = [0.3, 1.5];
const [COST_OF_POINT, USUAL_LAG] = [0.02, 3];
const [MARK_LENGTH, MARK_HEIGHT] = [2, 0.5];
const LATE = 4;
const [BAND, TALL_BAND] = [[-0.1, 1.1], [-0.1, 3]];

// `line`: {strokes, phi}; `text`: its characters; `points`: as LineMeasures.points.
export function owners({ strokes, phi }, text, points) {
  const lifted = strokes.map(([, , end]) => end > 0.5);
  const owner = inOrder(characters(phi, text.length), text, points, lifted);
  giveLateMarksBack(owner, text, points, lifted);
  return owner;
}

function inOrder(belongs, text, points, lifted) {
  const count = points.length;
  let last = 0;
  const focus = belongs.map((character) => (last = Math.max(last, character)));
  const firstFrom = (wanted) => {
    const at = focus.findIndex((character) => character >= wanted);
    return at < 0 ? count : at;
  };
  const inked = text.flatMap((character, i) => (character === " " ? [] : [i]));
  const overlap = overlaps(points.map(([x]) => x));
  const choices = inked.slice(1).map((after, k) => {
    const before = inked[k];
    const [moved, arrived] = [firstFrom(before + 1), firstFrom(after)];
    const first = Math.min(Math.max(1, moved - POINTS_BEFORE), count);
    const end = Math.max(Math.min(count - 1, arrived + POINTS_AFTER), first);
    const gap = after === before + 1 ? GAP : WORD_GAP;
    const at = Array.from({ length: end - first + 1 }, (_, i) => first + i);
    const cost = at.map((place) => {
      const noLift = place === 0 || !lifted[place - 1] ? COST_OF_NO_LIFT : 0;
      return Math.max(overlap[place], -gap) + noLift + COST_OF_POINT * Math.abs(place - arrived - USUAL_LAG);
    });
    return { at, cost };
  });
  const cuts = [0, ...bestCuts(choices), count];
  return inked.flatMap((character, i) => Array(Math.max(cuts[i + 1] - cuts[i], 0)).fill(character));
}

// How far the ink before each cut reaches over that after it, to the right.
function overlaps(x) {
  const reach = POINTS_AFTER;
  return Array.from({ length: x.length + 1 }, (_, cut) => {
    if (cut === x.length) return 0;
    return extent(x.slice(Math.max(cut - reach, 0), cut)).high - extent(x.slice(cut, cut + reach)).low;
  });
}

// The cuts of the least cost together, each behind the one before it.
function bestCuts(choices) {
  if (!choices.length) return [];
  let sums = choices[0].cost;
  const steps = choices.slice(1).map(({ at, cost }, k) => {
    const before = choices[k].at;
    const chosen = at.map((place) => {
      const ways = before.map((earlier, i) => sums[i] + (earlier < place ? 0 : earlier === place ? EMPTY : Infinity));
      const best = leastOf(ways);
      return [best, ways[best]];
    });
    sums = cost.map((value, i) => value + chosen[i][1]);
    return chosen.map(([best]) => best);
  });
  const chosen = [leastOf(sums)];
  for (const step of steps.reverse()) chosen.unshift(step[chosen[0]]);
  return chosen.map((choice, k) => choices[k].at[choice]);
}

const leastOf = (costs) => argmax(costs.map((cost) => -cost));

// Dots and bars that were set late are of the letters that they stand over.
function giveLateMarksBack(owner, text, points, lifted) {
  let start = 0;
  lifted.forEach((isLifted, end) => {
    if (!isLifted) return;
    const [from, stop] = [start, end + 1];
    start = stop;
    const stroke = points.slice(from, stop);
    const here = owner[from];
    const isMark = extent(stroke.map(([x]) => x)).size < MARK_LENGTH && extent(stroke.map(([, y]) => y)).size < MARK_HEIGHT;
    const others = points.filter((_, i) => owner[i] === here && (i < from || i >= stop));
    if (!isMark || owner[end] !== here || !others.length) return;
    const middle = mean(stroke.map(([x]) => x));
    if (middle >= extent(others.map(([x]) => x)).low - 0.1) return;
    const earlier = [...new Set(owner)].filter((i) => here - LATE <= i && i < here).sort((a, b) => a - b);
    if (!earlier.length) return;
    const away = earlier.map((i) => {
      const [low, high] = room(points.filter((_, n) => owner[n] === i), text[i]);
      return Math.abs((low + high) / 2 - middle);
    });
    owner.fill(earlier[leastOf(away)], from, stop);
  });
}

// From where to where a letter keeps its neighbours away.
function room(points, character) {
  const [low, high] = /[\p{Lu}\p{Nd}]/u.test(character) ? TALL_BAND : BAND;
  const inside = points.filter(([, y]) => y > low && y < high);
  const { low: left, high: right } = extent((inside.length > 1 ? inside : points).map(([x]) => x));
  return [left, right];
}
