// Pieces that a pen drew at once, and lines that no pen drew: scribe.strokes.svg_pieces.

import { extent, median } from "./strokes.js";

const MEETING = 1e-4;
const SPAN = 0.8;
const LENGTH_IN_STROKES = 5;
const STRAIGHT = 1e-4;
const OF_PAPER = 0.95;

const extents = (points) => [0, 1].map((k) => extent(points.map((point) => point[k])));
const sizeOf = (points) => Math.max(...extents(points).map(({ size }) => size));

// Pieces that begin where the one before ended become one stroke.
export function joined(paths) {
  if (!paths.length) return [];
  const limit = MEETING * sizeOf(paths.flat());
  const strokes = [];
  for (const path of paths) {
    const [x, y] = strokes.at(-1)?.at(-1) ?? [Infinity, Infinity];
    if (Math.hypot(path[0][0] - x, path[0][1] - y) <= limit) strokes.at(-1).push(...(path.length > 1 ? path.slice(1) : path));
    else strokes.push([...path]);
  }
  return strokes;
}

// Leaves out the lines of ruled and squared paper. `paper`: [width, height] or null.
export function withoutRules(paths, paper) {
  const axes = paths.map(axisOf);
  const ink = paths.filter((_, i) => axes[i] === null);
  if (!ink.length) return paths;
  const all = extents(ink.flat());
  const usual = median(ink.map(sizeOf));
  const isRule = (path, axis) => {
    if (axis === null) return false;
    const { low, high, size } = extents(path)[axis];
    if (paper && size >= OF_PAPER * paper[axis]) return true;
    const shared = Math.min(high, all[axis].high) - Math.max(low, all[axis].low);
    return size >= LENGTH_IN_STROKES * usual && shared >= SPAN * all[axis].size;
  };
  return paths.filter((path, i) => !isRule(path, axes[i]));
}

// 0 for a line that is exactly level, 1 for an upright one, null for any other.
function axisOf(path) {
  const [width, height] = extents(path).map(({ size }) => size);
  const [axis, long, other] = width >= height ? [0, width, height] : [1, height, width];
  return long > 0 && other <= STRAIGHT * long ? axis : null;
}
