// How large a written line is and where it stands, from its letters:
// scribe.writing.measures, whose docstrings say why; and the slant of its downstrokes,
// scribe.strokes.hand_measures.slant_of.

import { resample } from "./cleaning.js";
import { argmax } from "./line.js";
import { deviation, extent, median, pointsFromStrokes, sum, writtenHeight } from "./strokes.js";

const STANDING = new Set("abcdehiklmnorstuvwxzABCDEFGHIKLMNOPRSTUVWXYZ0123456789");
const SMALL = new Set("acemnorsuvwxz");
const STRAY = 0.45;
const BEND = 8;
const SHARE_OF_DEVIATION = 1.6;
const [SPACING, STEEP, ROUNDS] = [0.05, 1, 8];

// The character that each point belongs to, never the terminator. `phi`: rows by point.
export const characters = (phi, numCharacters) => phi.map((row) => argmax(row.subarray(0, numCharacters)));

export class LineMeasures {
  // `text`: the characters that the network wrote, one by one.
  constructor({ strokes, phi }, text) {
    const points = pointsFromStrokes(strokes);
    const belongs = characters(phi, text.length);
    const [feet, tops] = [[], []];
    text.forEach((character, i) => {
      const own = points.filter((_, n) => belongs[n] === i);
      if (own.length < 3) return;
      const at = (sign) => own[argmax(own.map(([, y]) => sign * y))];
      if (STANDING.has(character)) feet.push(at(1));
      if (SMALL.has(character)) tops.push(at(-1));
    });
    const guess = SHARE_OF_DEVIATION * deviation(points.map(([, y]) => y)) || 1;
    Object.assign(this, { feet, xHeight: guess, slope: 0 });
    if (feet.length < 2) {
      this.intercept = feet.length ? feet[0][1] : extent(points.map(([, y]) => y)).high;
      return;
    }
    Object.assign(this, robustLine(feet, guess));
    const heights = tops.map(([x, y]) => this.straight(x) - y).filter((height) => height > 0.2 * guess);
    if (heights.length) this.xHeight = median(heights);
    this.feet = feet.filter(([x, y]) => Math.abs(y - this.straight(x)) < STRAY * this.xHeight);
  }

  straight(x) {
    return this.intercept + this.slope * x;
  }

  // y of the baseline at x, which follows the feet in slow bends.
  baseline(x) {
    let [pull, total] = [0, 0];
    for (const [footX, footY] of this.feet) {
      const weight = Math.exp(-0.5 * ((x - footX) / ((BEND * this.xHeight) / 2)) ** 2);
      pull += weight * (footY - this.straight(footX));
      total += weight;
    }
    return this.straight(x) + pull / (total + 1);
  }

  // In x-heights: x, and the height above the baseline.
  points(strokes) {
    return pointsFromStrokes(strokes).map(([x, y]) => [x / this.xHeight, (this.baseline(x) - y) / this.xHeight]);
  }
}

// By least squares, with Cauchy's weights, so that stray feet count little.
function robustLine(feet, height) {
  const { size: width } = extent(feet.map(([x]) => x));
  let weights = feet.map(() => 1);
  let [slope, intercept] = [0, 0];
  for (let round = 0; round < 10; round += 1) {
    const total = sum(weights);
    const average = (value) => sum(feet.map((foot, i) => weights[i] * value(foot))) / total;
    const [meanX, meanY] = [average(([x]) => x), average(([, y]) => y)];
    if (width > 3 * height) {
      slope = average(([x, y]) => (x - meanX) * (y - meanY)) / average(([x]) => (x - meanX) ** 2);
    }
    intercept = meanY - slope * meanX;
    weights = feet.map(([x, y]) => 1 / (1 + ((y - intercept - slope * x) / (0.2 * height)) ** 2));
  }
  return { slope, intercept };
}

// How far the downstrokes lean, in x per unit of height, right is positive.
export function slantOf(strokes) {
  const even = resample(strokes, { spacing: SPACING * writtenHeight(strokes) });
  const falling = even.filter(([, dy], i) => i > 0 && even[i - 1][2] < 0.5 && dy > 0);
  let lean = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const stems = falling.filter(([dx, dy]) => Math.abs(dx + lean * dy) < STEEP * dy);
    if (!stems.length) break;
    lean = -sum(stems.map(([dx]) => dx)) / sum(stems.map(([, dy]) => dy));
  }
  return lean;
}
