// One attempt at a line: when it ends, and what of it counts.
//
// scribe.models.batch_state.Ending, scribe.writing.window_path and scribe.writing.line
// of one line; their docstrings say why.

import { extent, medianOffset, pointsFromStrokes, rescale } from "./strokes.js";

const MAX_STEPS_AFTER_TEXT = 40;
const MAX_SKIPPED = 2;
const MAX_POINTS_PAST_TEXT = 20;
const MAX_POINTS_BEFORE_END = 5;
const MIN_GAP_OF_LETTER = 0.5;

export function argmax(numbers) {
  let best = 0;
  for (let i = 1; i < numbers.length; i += 1) if (numbers[i] > numbers[best]) best = i;
  return best;
}

// Watches where a line is: past its text, or not moving any more.
export class Ending {
  constructor(terminator, maxStall) {
    Object.assign(this, { terminator, maxStall, focus: 0, stalledFor: 0, pastFor: 0 });
  }

  // "ended" or "stalled" at this step, or "".
  update(phi, liftsPen) {
    const focus = argmax(phi);
    this.stalledFor = focus > this.focus ? 0 : this.stalledFor + 1;
    this.focus = Math.max(this.focus, focus);
    const past = focus === this.terminator;
    this.pastFor = past ? this.pastFor + 1 : 0;
    if (past && (liftsPen || this.pastFor > MAX_STEPS_AFTER_TEXT)) return "ended";
    return !past && this.stalledFor > this.maxStall ? "stalled" : "";
  }
}

// Cuts the line out of what was written: no ink of its style, no stroke too many.
//
// `points`, `phis`: what the network wrote, row for row; `ended`: whether it came to its
// end; `prefix`: the text of its style before `text`. Answers strokes in pen units.
export function cutOut({ points, phis, ended, text, prefix, model }) {
  const focus = phis.map(argmax);
  let stop = points.length;
  if (ended) stop -= surplusStroke(points, focus, prefix.length + text.length);
  const start = prefix ? restOfStyle(points.slice(0, stop), focus.slice(0, stop), prefix.length) : 0;
  let strokes = points.slice(start, stop);
  let window = phis.slice(start, stop).map((phi) => phi.slice(prefix.length, prefix.length + text.length + 1));
  const startsDown = !prefix && !model.variant.starts_lifted;
  if (startsDown) {
    strokes = [[0, 0, 0], ...strokes];
    window = [new Float32Array(text.length + 1), ...window];
  }
  strokes = rescale(strokes, ...model.offset_scale);
  strokes[0][0] = strokes[0][1] = 0;
  strokes.at(-1)[2] = 1;
  return { strokes, phi: window, finished: ended && !leaps(window, text.length) };
}

function restOfStyle(points, focus, shift) {
  const arrived = focus.findIndex((character) => character >= shift);
  let rest = 0;
  for (let i = 0; i < arrived; i += 1) if (points[i][2] > 0.5) rest = i + 1;
  return rest;
}

function surplusStroke(points, focus, end) {
  const lifts = points.slice(0, -1).flatMap((row, i) => (row[2] > 0.5 ? [i] : []));
  if (!lifts.length) return 0;
  const start = lifts.at(-1) + 1;
  const past = focus.slice(start).map((character) => character === end);
  const numPast = past.filter(Boolean).length;
  if (past.slice(MAX_POINTS_BEFORE_END).every(Boolean) && numPast > MAX_POINTS_PAST_TEXT) return past.length;
  const before = focus.slice(lifts.length > 1 ? lifts.at(-2) + 1 : 0, start);
  const lastLetterBegun = before.filter((character) => character === end - 1).length > 0.5 * before.length;
  const x = pointsFromStrokes(points).map(([across]) => across);
  const gap = x[start] - extent(x.slice(0, start)).high;
  const isLetter = gap > MIN_GAP_OF_LETTER * medianOffset(points);
  return past.slice(1).every(Boolean) && lastLetterBegun && isLetter ? past.length : 0;
}

// Whether so many characters were passed over that the line has to be written again.
function leaps(window, numCharacters) {
  const restedOn = new Set(window.map((phi) => argmax(phi.subarray(0, numCharacters))));
  let [last, longest] = [-1, 0];
  for (const character of [...restedOn].sort((a, b) => a - b).concat(numCharacters)) {
    longest = Math.max(longest, character - last - 1);
    last = character;
  }
  return longest > MAX_SKIPPED;
}
