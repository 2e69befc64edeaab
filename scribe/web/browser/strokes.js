// Pen strokes: scribe.strokes.arrays, .measures and .curves.
//
// `strokes` are rows [dx, dy, end_of_stroke] in float32, the first offset (0, 0); a
// `path` is one drawn stroke as points [x, y]. y grows downwards.

const HEIGHT_IN_DEVIATIONS = 4.9;
const STEEPEST = 0.5;

export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
export const mean = (numbers) => sum(numbers) / numbers.length;

export function extent(numbers) {
  let [low, high] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return { low, high, size: high - low };
}

export function median(numbers) {
  const sorted = Float64Array.from(numbers).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// As NumPy has it, between two numbers where it falls there.
export function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const next = sorted[Math.min(low + 1, sorted.length - 1)];
  return sorted[low] + (next - sorted[low]) * (at - low);
}

export function deviation(numbers) {
  const centre = mean(numbers);
  return Math.sqrt(mean(numbers.map((x) => (x - centre) ** 2)));
}

export function pointsFromStrokes(strokes) {
  let [x, y] = [0, 0];
  return strokes.map(([dx, dy]) => [(x += dx), (y += dy)]);
}

// `ends`: of each point 1 if it is the last one of its stroke.
export function strokesFromPoints(points, ends) {
  return points.map(([x, y], i) => {
    const [x0, y0] = points[Math.max(i - 1, 0)];
    return [Math.fround(x - x0), Math.fround(y - y0), ends[i] > 0.5 ? 1 : 0];
  });
}

export function strokesFromPaths(paths) {
  return strokesFromPoints(paths.flat(), paths.flatMap((path) => path.map((_, i) => (i === path.length - 1 ? 1 : 0))));
}

export function splitAtPenLifts(strokes) {
  const paths = [[]];
  pointsFromStrokes(strokes).forEach((point, i) => {
    paths.at(-1).push(point);
    if (strokes[i][2] > 0.5 && i < strokes.length - 1) paths.push([]);
  });
  return paths;
}

export function rescale(strokes, scaleX, scaleY = scaleX) {
  const [x, y] = [Math.fround(scaleX), Math.fround(scaleY)];
  return strokes.map(([dx, dy, end]) => [Math.fround(dx * x), Math.fround(dy * y), end]);
}

// Two lines as one, their middles at one height.
export function setBeside(first, second, gap) {
  const [before, after] = [pointsFromStrokes(first), pointsFromStrokes(second)];
  const moveX = extent(before.map(([x]) => x)).high + gap - extent(after.map(([x]) => x)).low;
  const moveY = median(before.map(([, y]) => y)) - median(after.map(([, y]) => y));
  const [lastX, lastY] = before.at(-1);
  const joined = [...first, ...second].map((row) => [...row]);
  joined[first.length - 1][2] = 1;
  joined[first.length][0] = Math.fround(after[0][0] + moveX - lastX);
  joined[first.length][1] = Math.fround(after[0][1] + moveY - lastY);
  return joined;
}

export const widthOf = (strokes) => extent(pointsFromStrokes(strokes).map(([x]) => x)).size;

export function lengthsAlong(path) {
  let length = 0;
  return path.map(([x, y], i) => {
    const [x0, y0] = path[Math.max(i - 1, 0)];
    return (length += Math.hypot(x - x0, y - y0));
  });
}

// NumPy's interp at rising places: the values at `at` of what is `values` at `places`.
export function interpolated(at, places, values) {
  let i = 0;
  return at.map((place) => {
    while (i < places.length - 2 && places[i + 1] <= place) i += 1;
    if (place <= places[0]) return values[0];
    if (place >= places.at(-1)) return values.at(-1);
    const slope = (values[i + 1] - values[i]) / (places[i + 1] - places[i]);
    return slope * (place - places[i]) + values[i];
  });
}

export function pointsAlong(path, along, at) {
  const [x, y] = [0, 1].map((k) => interpolated(at, along, path.map((point) => point[k])));
  return x.map((value, i) => [value, y[i]]);
}

export function spaced(from, to, count) {
  return Array.from({ length: count }, (_, i) => (i === count - 1 && i ? to : from + ((to - from) * i) / Math.max(count - 1, 1)));
}

// The median length of the offsets drawn with the pen down: the hand's own unit.
export function medianOffset(strokes) {
  const lengths = strokes
    .filter((_, i) => i > 0 && strokes[i - 1][2] < 0.5)
    .map(([dx, dy]) => Math.fround(Math.hypot(dx, dy)))
    .filter((length) => length > 0);
  return lengths.length ? median(lengths) : 1;
}

export function verticalSpread(strokes) {
  const points = pointsFromStrokes(strokes);
  const pieces = points.slice(1).map(([x, y], i) => {
    const [x0, y0] = points[i];
    const drawn = strokes[i][2] <= 0.5;
    return { length: drawn ? Math.hypot(x - x0, y - y0) : 0, middle: 0.5 * (y + y0), rise: y - y0 };
  });
  const total = sum(pieces.map(({ length }) => length));
  if (total === 0) return 1;
  const average = (value) => sum(pieces.map((piece) => piece.length * value(piece))) / total;
  const centre = average(({ middle }) => middle);
  return Math.sqrt(average(({ middle, rise }) => (middle - centre) ** 2 + rise ** 2 / 12)) || 1;
}

export function climb(strokes) {
  const points = pointsFromStrokes(strokes);
  const centre = mean(points.map(([x]) => x));
  const spread = sum(points.map(([x]) => (x - centre) ** 2));
  if (spread === 0) return 0;
  const slope = sum(points.map(([x, y]) => (x - centre) * y)) / spread;
  return Math.abs(slope) > STEEPEST ? 0 : slope;
}

export function writtenHeight(strokes) {
  const slope = climb(strokes);
  let y = 0;
  const level = strokes.map(([dx, dy]) => (y += dy - slope * dx));
  const longest = Math.max(...splitAtPenLifts(strokes).map((path) => extent(path.map(([x]) => x)).size));
  return Math.max(HEIGHT_IN_DEVIATIONS * deviation(level), 0.15 * longest) || 1;
}

// The centripetal Catmull-Rom spline through a path: control points of cubic pieces.
export function bezierCurve(path) {
  const points = path.filter(([x, y], i) => i === 0 || x !== path[i - 1][0] || y !== path[i - 1][1]);
  const pieces = points.length - 1;
  if (pieces === 0) return points;
  const chords = points.slice(1).map(([x, y], i) => [x - points[i][0], y - points[i][1]]);
  const knots = chords.map(([x, y]) => Math.sqrt(Math.hypot(x, y)));
  const curve = Array.from({ length: 3 * pieces + 1 }, () => [0, 0]);
  for (const k of [0, 1]) {
    points.forEach((point, i) => (curve[3 * i][k] = point[k]));
    for (let i = 1; i < pieces; i += 1) {
      const [before, after] = [chords[i - 1][k], chords[i][k]];
      const tangent = before / knots[i - 1] + after / knots[i] - (before + after) / (knots[i - 1] + knots[i]);
      curve[3 * i + 1][k] = points[i][k] + (tangent * knots[i]) / 3;
      curve[3 * i - 1][k] = points[i][k] - (tangent * knots[i - 1]) / 3;
    }
    if (pieces === 1) {
      curve[1][k] = points[0][k] + chords[0][k] / 3;
      curve[2][k] = points[0][k] + (chords[0][k] / 3) * 2;
    } else {
      curve[1][k] = (curve[0][k] + curve[2][k]) / 2;
      curve.at(-2)[k] = (curve.at(-1)[k] + curve.at(-3)[k]) / 2;
    }
  }
  return curve;
}

// Points along a curve, no further than `tolerance` from it where lines join them.
export function flatten(curve, tolerance) {
  if (curve.length === 1) return curve;
  let bend = 0;
  for (let i = 0; i + 3 < curve.length; i += 3) {
    for (const k of [0, 1]) {
      const [start, out, back, end] = [0, 1, 2, 3].map((j) => curve[i + j][k]);
      bend = Math.max(bend, Math.abs(start - 2 * out + back), Math.abs(out - 2 * back + end));
    }
  }
  const needed = Math.ceil(Math.sqrt((6 * Math.sqrt(2) * bend) / (8 * tolerance)));
  const count = Math.min(Math.max(needed, 1), 64);
  const points = [curve[0]];
  for (let i = 0; i + 3 < curve.length; i += 3) {
    for (let j = 1; j <= count; j += 1) {
      const t = j / count;
      const weights = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
      points.push([0, 1].map((k) => sum(weights.map((weight, n) => weight * curve[i + n][k]))));
    }
  }
  return points;
}
