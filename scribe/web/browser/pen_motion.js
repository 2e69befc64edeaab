// How a pen moves along a path: scribe.strokes.pen_motion.

import { rounded } from "./cleaning.js";
import { bezierCurve, flatten, interpolated, lengthsAlong, pointsAlong, spaced, sum } from "./strokes.js";

const [TOLERANCE, STEP, LEAST_CURVATURE] = [0.002, 0.02, 1];

export function smoothPath(points, seconds, height) {
  const path = flatten(bezierCurve(points), TOLERANCE * height);
  if (!seconds) return { path };
  const times = seconds
    .filter((_, i) => i === 0 || points[i][0] !== points[i - 1][0] || points[i][1] !== points[i - 1][1])
    .map((time) => time - seconds[0]);
  const at = spaced(0, times.length - 1, path.length);
  return { path, seconds: interpolated(at, times.map((_, i) => i), times) };
}

// When a hand would be at each point: speed falls with the cube root of the curvature.
export function secondsByLaw(path, height) {
  const along = lengthsAlong(path);
  const length = along.at(-1);
  if (length === 0) return path.map(() => 0);
  const numSteps = Math.ceil(length / (STEP * height));
  const at = spaced(0, length, numSteps + 1);
  const even = pointsAlong(path, along, at);
  let pace = Array(numSteps).fill(1);
  if (numSteps > 2) pace = gradient(directions(smoothed(even))).map((turn) => Math.cbrt(Math.abs(turn) / STEP + LEAST_CURVATURE));
  let spent = 0;
  const times = [0, ...pace.map((value) => (spent += value))].map((value) => (value * at[1]) / height);
  return interpolated(along, at, times);
}

function smoothed(points) {
  const at = (i) => points[Math.min(Math.max(i, 0), points.length - 1)];
  return points.map((_, i) => [0, 1].map((k) => (at(i - 1)[k] + at(i)[k] + at(i + 1)[k]) / 3));
}

// The angles of the pieces of a path, without jumps of a full turn.
function directions(points) {
  let last = 0;
  return points.slice(1).map(([x, y], i) => {
    const angle = Math.atan2(y - points[i][1], x - points[i][0]);
    last = i ? angle - 2 * Math.PI * Math.round((angle - last) / (2 * Math.PI)) : angle;
    return last;
  });
}

// As NumPy's gradient: central differences, one-sided at the ends.
function gradient(values) {
  const end = values.length - 1;
  return values.map((_, i) => {
    const [before, after] = [Math.max(i - 1, 0), Math.min(i + 1, end)];
    return (values[after] - values[before]) / (after - before);
  });
}

// About `numPoints` points on all paths, at equal times along each: {points, ends}.
export function pointsAtEqualTimes(paths, seconds, numPoints) {
  const total = sum(seconds.map((times) => times.at(-1)));
  const [points, ends] = [[], []];
  paths.forEach((path, i) => {
    const last = seconds[i].at(-1);
    const wanted = total ? rounded((numPoints * last) / total) : 0;
    const steps = Math.max(wanted, path.length > 1 ? 1 : 0);
    points.push(...pointsAlong(path, seconds[i], spaced(0, last, steps + 1)));
    for (let k = 0; k <= steps; k += 1) ends.push(k === steps ? 1 : 0);
  });
  return { points, ends };
}
