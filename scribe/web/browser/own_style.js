// From what a visitor drew to a hand to write in: scribe.strokes.foreign,
// scribe.writing.own_hand and .styles.

import { cleaned, resample } from "./cleaning.js";
import { pointsAtEqualTimes, secondsByLaw, smoothPath } from "./pen_motion.js";
import { MAX_GAP, SURE_GAP } from "./reader.js";
import {
  extent, lengthsAlong, mean, medianOffset, rescale, setBeside, strokesFromPaths, strokesFromPoints, sum,
  widthOf, writtenHeight,
} from "./strokes.js";

const [MIN_POINTS, MAX_POINTS, MAX_STROKES, MAX_CHARACTERS] = [10, 20000, 2000, 120];
const MAX_STYLE_POINTS = 2000;
const [MEDIAN_OFFSET, POINTS_PER_SECOND, EVEN_POINTS] = [20, 66.7, 4000];
const POINTS_LAW = [2.711, 0.733, -0.406];
const MAX_PACE = 1.5;
const WIDTH_RANGE = [0.18, 2.7];
const MAX_PAUSE_SECONDS = 0.05;
const [MAX_JOINED, MAX_JOINED_CHARACTERS] = [3, 150];
const [MAX_LETTERS_BEHIND, MAX_SHARE_BEHIND, MAX_LETTERS_AHEAD] = [6, 0.25, 4];
// What makes a drawing upright: the usual way first, then upside down, with y upwards,
// mirrored, on its right and on its left side.
export const TURNS = [[1, 0, 0, 1], [-1, 0, 0, -1], [1, 0, 0, -1], [-1, 0, 0, 1], [0, -1, 1, 0], [0, 1, -1, 0]];

// What a drawing reads, and whether that can be its text.
export function readingOf({ strokes, text }, reader) {
  const { found } = upright(strokes, checkedText(text), reader);
  return { reading: found.reading, fits: found.gap <= MAX_GAP };
}

// The style of some drawn lines, {text, strokes}, those that read best first.
// `tools`: model, reader (or null) and spelling.
export function styleOf(lines, tools) {
  const hands = lines.map((line, i) => {
    try {
      return handOf(line, tools);
    } catch (error) {
      throw lines.length > 1 ? new Error(`line ${i + 1}: ${error.message}`) : error;
    }
  });
  hands.sort((a, b) => a.gap - b.gap);
  return joined(hands);
}

// Refuses a style whose strokes do not seem to spell its text: `lead` of Writer.prime.
export function checkLead({ text }, lead) {
  const behind = Math.max(MAX_LETTERS_BEHIND, MAX_SHARE_BEHIND * text.length);
  if (lead >= -behind && lead <= MAX_LETTERS_AHEAD) return;
  const where = lead < 0 ? `only “${text.slice(0, lead)}” is read` : "there is more to read";
  throw new Error(`the strokes do not seem to spell “${text}”: ${where} when they end`);
}

function handOf({ strokes, text: meant }, { model, reader, spelling }) {
  const text = checkedText(meant);
  const plain = spelling.plain(spelling.spell(text, "replace", 1).text);
  if (!plain) throw new Error(`the style's text “${text}” has nothing that the model can write`);
  const { turned, found } = upright(strokes, text, reader);
  if (found.gap > MAX_GAP) {
    const reading = found.reading.trim();
    throw new Error(
      reading
        ? `your drawing reads “${reading}”, not “${text}”`
        : `nothing can be read in your drawing, and “${text}” should be there`,
    );
  }
  const rows = cleaned(recorded(turned, text), model.cleaning);
  if (rows.length < MIN_POINTS || rows.length > MAX_STYLE_POINTS) {
    throw new Error(`the line has ${rows.length} points; a style needs ${MIN_POINTS} to ${MAX_STYLE_POINTS}`);
  }
  rows[0][0] = rows[0][1] = 0;
  rows.at(-1)[2] = 1;
  return { text: plain, strokes: rows, gap: found.gap };
}

function upright(strokes, text, reader) {
  if (!reader) return { turned: strokes, found: { reading: text, gap: 0 } };
  const ways = [];
  for (const turn of TURNS) {
    const turned = turnedTo(turn, strokes);
    const found = reader.against(asDrawn(turned), text);
    ways.push({ turned, found });
    if (ways.length === 1 && found.gap <= SURE_GAP) break;
  }
  const least = (measure) => ways.reduce((best, way) => (measure(way.found) < measure(best.found) ? way : best));
  const best = least(({ gap }) => Math.min(gap, 2 * MAX_GAP));
  return best.found.gap > MAX_GAP ? least(({ doubt }) => doubt) : best;
}

export const turnedTo = ([a, b, c, d], strokes) =>
  strokes.map((stroke) => stroke.map(([x, y, ...rest]) => [a * x + b * y, c * x + d * y, ...rest]));

// Strokes turned level and otherwise as they are, for a reader.
export const asDrawn = (strokes) => strokesFromPaths(level(checked(strokes).paths));

function joined([first, ...others]) {
  let { text, strokes } = first;
  for (const line of others.slice(0, MAX_JOINED - 1)) {
    const longer = `${text} ${line.text}`;
    if (strokes.length + line.strokes.length > MAX_STYLE_POINTS || longer.length > MAX_JOINED_CHARACTERS) continue;
    strokes = setBeside(strokes, line.strokes, widthOf(strokes) / text.length);
    text = longer;
  }
  return { text, strokes };
}

function checkedText(text) {
  if (typeof text !== "string" || !text.trim()) throw new Error("say what the strokes spell: their text is empty");
  const single = text.trim().replace(/\s+/gu, " ");
  if (single.length > MAX_CHARACTERS) throw new Error(`a text of ${single.length} characters is too long for one line of writing (at most ${MAX_CHARACTERS})`);
  return single;
}

// Paths in the unit of the drawing's larger side, and the seconds of their points, or null.
function checked(strokes) {
  const isRow = (row) => Array.isArray(row) && row.length >= 2 && row.length <= 4 && row.every(Number.isFinite);
  if (!Array.isArray(strokes) || !strokes.every((stroke) => Array.isArray(stroke) && stroke.every(isRow))) {
    throw new Error("each stroke must be rows of x, y or x, y, time");
  }
  const drawn = strokes.filter((stroke) => stroke.length);
  const points = drawn.flat();
  if (points.length < MIN_POINTS) throw new Error(`the strokes have ${points.length} points; a style needs at least ${MIN_POINTS}, better some words`);
  if (drawn.length > MAX_STROKES || points.length > MAX_POINTS) throw new Error("these are too many strokes for one line of writing");
  const size = Math.max(...[0, 1].map((k) => extent(points.map((point) => point[k])).size));
  if (size === 0) throw new Error("all points of the strokes are at one place");
  const paths = drawn.map((stroke) => stroke.map(([x, y]) => [(x - points[0][0]) / size, (y - points[0][1]) / size]));
  if (points.some((row) => row.length === 2) || arePressures(drawn)) return { paths, seconds: null };
  const seconds = drawn.map((stroke, n) => {
    let total = 0;
    return stroke.map((row, i) => {
      const pause = (row[2] - stroke[Math.max(i - 1, 0)][2]) / 1000;
      if (pause < 0) throw new Error(`the times of stroke ${n + 1} run backwards`);
      return (total += Math.min(pause, MAX_PAUSE_SECONDS));
    });
  });
  return { paths, seconds: seconds.some((times) => times.at(-1) > 0) ? seconds : null };
}

// Whether a third number, from 0 to 1, goes up and down as no time does.
function arePressures(strokes) {
  const rows = strokes.flat();
  return (
    rows.every((row) => row.length === 3 && row[2] >= 0 && row[2] <= 1) &&
    strokes.some((stroke) => stroke.some((row, i) => i > 0 && row[2] < stroke[i - 1][2]))
  );
}

// Turns a line that climbs or falls until it is level.
function level(drawn) {
  let paths = drawn;
  for (let round = 0; round < 2; round += 1) {
    const points = paths.flat();
    const [x, y] = [0, 1].map((k) => {
      const values = points.map((point) => point[k]);
      const centre = mean(values);
      return values.map((value) => value - centre);
    });
    if (extent(x).size < 2 * extent(y).size) break;
    const angle = Math.atan(sum(x.map((value, i) => value * y[i])) / sum(x.map((value) => value * value)));
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    paths = paths.map((path) => path.map(([a, b]) => [a * cos + b * sin, b * cos - a * sin]));
  }
  return paths;
}

// A drawing as the tablet of the corpus would have recorded it.
function recorded(strokes, text) {
  const { paths: drawn, seconds: told } = checked(strokes);
  const paths = level(drawn);
  const height = heightOf(paths);
  const width = extent(paths.flat().map(([x]) => x)).size / height / text.length;
  if (width < WIDTH_RANGE[0] || width > WIDTH_RANGE[1]) {
    const how = width < WIDTH_RANGE[0] ? "narrow" : "wide";
    throw new Error(`the strokes are too ${how} for “${text}”: do they spell this?`);
  }
  const curves = paths.map((path, i) => smoothPath(path, told?.[i], height));
  const smooth = curves.map(({ path }) => path);
  let numPoints = usualPoints(smooth, text.length);
  let seconds;
  if (told) {
    seconds = curves.map((curve) => curve.seconds);
    const taken = sum(seconds.map((times) => times.at(-1))) * POINTS_PER_SECOND;
    if (taken >= numPoints / MAX_PACE && taken <= numPoints * MAX_PACE) numPoints = taken;
  } else {
    seconds = smooth.map((path) => secondsByLaw(path, height));
  }
  const { points, ends } = pointsAtEqualTimes(smooth, seconds, numPoints);
  const rows = strokesFromPoints(points, ends);
  return rescale(rows, MEDIAN_OFFSET / medianOffset(rows));
}

const inkOf = (paths) => sum(paths.map((path) => lengthsAlong(path).at(-1)));

function heightOf(paths) {
  const strokes = strokesFromPaths(paths);
  const ink = inkOf(paths);
  return writtenHeight(ink ? resample(strokes, { spacing: ink / EVEN_POINTS }) : strokes);
}

function usualPoints(paths, numCharacters) {
  const height = heightOf(paths);
  const ink = inkOf(paths) / height;
  const width = extent(paths.flat().map(([x]) => x)).size / height;
  const [a, b, c] = POINTS_LAW;
  return Math.exp(a) * (ink / numCharacters) ** b * (width / numCharacters) ** c * numCharacters;
}
