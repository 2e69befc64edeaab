// What cleans recorded strokes before a network sees them: scribe.strokes.cleaning.

import {
  bezierCurve, climb, flatten, lengthsAlong, medianOffset, pointsAlong, pointsFromStrokes, rescale,
  spaced, splitAtPenLifts, strokesFromPaths, strokesFromPoints, verticalSpread,
} from "./strokes.js";

const PYRAMID = [1, 2, 3, 2, 1].map((weight) => weight / 9);

// `steps` as model.json has them.
export function cleaned(strokes, steps) {
  return steps.reduce((rows, step) => STEPS[step.step](rows, step), strokes);
}

export function deskew(strokes) {
  const slope = climb(strokes);
  if (slope === 0) return strokes;
  return strokes.map(([dx, dy, end]) => [dx, Math.fround(dy - Math.fround(slope * dx)), end]);
}

function clipOffsets(strokes, { limit }) {
  const clip = (value) => Math.min(Math.max(value, -limit), limit);
  return strokes.map(([dx, dy, end]) => [clip(dx), clip(dy), end]);
}

function smooth(strokes, { weight }) {
  const points = pointsFromStrokes(strokes);
  const ends = strokes.map((row) => row[2]);
  const smoothed = points.map((point, i) => {
    const isInner = i > 0 && i < points.length - 1 && ends[i] <= 0.5 && ends[i - 1] <= 0.5;
    if (!isInner) return point;
    return point.map((value, k) => value + weight * (0.5 * (points[i - 1][k] + points[i + 1][k]) - value));
  });
  return strokesFromPoints(smoothed, ends);
}

function kept(strokes, keep) {
  const pick = (rows) => rows.filter((_, i) => keep[i]);
  return strokesFromPoints(pick(pointsFromStrokes(strokes)), pick(strokes.map((row) => row[2])));
}

const startsStroke = (strokes, i) => i === 0 || strokes[i - 1][2] > 0.5;

function decimate(strokes, { keep_every: every }) {
  if (every === 1) return strokes;
  let first = 0;
  const keep = strokes.map((row, i) => {
    if (startsStroke(strokes, i)) first = i;
    return (i - first) % every === 0 || row[2] > 0.5 || i === strokes.length - 1;
  });
  return kept(strokes, keep);
}

function dropRests(strokes, { share }) {
  const limit = share * medianOffset(strokes);
  const points = pointsFromStrokes(strokes);
  const keep = strokes.map(() => true);
  let last = -1;
  strokes.forEach(([dx, dy, end], i) => {
    if (startsStroke(strokes, i) || Math.fround(Math.hypot(dx, dy)) >= limit) return;
    if (keep[i - 1]) last = i - 1;
    if (Math.hypot(points[i][0] - points[last][0], points[i][1] - points[last][1]) >= limit) return;
    keep[i] = end > 0.5;
    if (end > 0.5 && !startsStroke(strokes, last)) keep[last] = false;
  });
  return kept(strokes, keep);
}

export function resample(strokes, { spacing }) {
  const paths = splitAtPenLifts(strokes).map((path) => {
    const along = lengthsAlong(path);
    const count = Math.ceil(along.at(-1) / spacing);
    const at = Array.from({ length: count }, (_, i) => i * spacing);
    return pointsAlong(path, along, [...at, along.at(-1)]);
  });
  return strokesFromPaths(paths);
}

function resampleCurve(strokes, { spacing }) {
  const paths = splitAtPenLifts(strokes).map((path) => {
    const curve = flatten(bezierCurve(path), 0.05 * spacing);
    return evenly(averaged(evenly(curve, 0.5 * spacing)), spacing);
  });
  return strokesFromPaths(paths);
}

function averaged(path) {
  const reach = PYRAMID.length >> 1;
  if (path.length <= 2 * reach) return path;
  const at = (i) => path[Math.min(Math.max(i, 0), path.length - 1)];
  return path.map((point, i) => {
    if (i === 0 || i === path.length - 1) return point;
    return [0, 1].map((k) => PYRAMID.reduce((total, weight, j) => total + weight * at(i + j - reach)[k], 0));
  });
}

// Of the pen's way in the air as well; points there are strokes of their own.
function resamplePath(strokes, { spacing, lift_spacing: liftSpacing }) {
  const points = [];
  const ends = [];
  let previous = null;
  for (const path of splitAtPenLifts(strokes)) {
    if (previous) {
      for (const point of evenly([previous, path[0]], liftSpacing).slice(1, -1)) {
        points.push(point);
        ends.push(1);
      }
    }
    const drawn = evenly(path, spacing);
    drawn.forEach((point, i) => {
      points.push(point);
      ends.push(i === drawn.length - 1 ? 1 : 0);
    });
    previous = path.at(-1);
  }
  return strokesFromPoints(points, ends);
}

function evenly(path, spacing) {
  const along = lengthsAlong(path);
  if (along.at(-1) === 0) return path.slice(0, 1);
  const count = 1 + Math.max(1, rounded(along.at(-1) / spacing));
  return pointsAlong(path, along, spaced(0, along.at(-1), count));
}

// As Python rounds: a half to the even neighbour.
export function rounded(value) {
  const whole = Math.round(value);
  return Math.abs(value % 1) === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
}

const STEPS = {
  deskew,
  clip_offsets: clipOffsets,
  smooth,
  decimate,
  drop_rests: dropRests,
  resample,
  resample_curve: resampleCurve,
  resample_path: resamplePath,
  divide_by_median_offset: (strokes) => rescale(strokes, 1 / medianOffset(strokes)),
  divide_by_spread: (strokes) => rescale(strokes, 1 / verticalSpread(strokes)),
};
