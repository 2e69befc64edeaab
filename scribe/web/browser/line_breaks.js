// Which strokes of a page belong to one line of writing: scribe.strokes.line_breaks,
// whose docstrings say why.

import { argmax } from "./line.js";
import { extent, lengthsAlong, mean, median, quantile, sum } from "./strokes.js";

const [BACK, AWAY, WIDE] = [4, 1.5, 12];
const [SAME_LINE, NEXT_LINE, FEW, SMALL, BESIDE] = [0.65, 1.5, 1.5, 0.35, 3];
const HEIGHT_QUANTILES = [0.05, 0.95];
const STEEPEST = 0.3;

const xs = (points) => points.map((point) => point[0]);
const ys = (points) => points.map((point) => point[1]);
const order = (count, key) => Array.from({ length: count }, (_, i) => i).sort((a, b) => key(a) - key(b));

// Parts the strokes of a page, rows of x, y, ..., into lines from top to bottom.
export function splitLines(paths) {
  if (!paths.length) return [];
  const runs = runsOf(paths);
  const level = levelled(paths, runs);
  const inks = runs.map((run) => run.flatMap((i) => level[i]));
  const height = heightOf(inks);
  const lengths = runs.map((run) => sum(run.map((i) => lengthsAlong(level[i]).at(-1))));
  const lines = []; // runs of each
  for (const r of order(runs.length, (run) => -lengths[run])) {
    const gaps = lines.map((line) => gapOf(inks[r], line.flatMap((i) => inks[i]), height));
    const nearest = argmax(gaps.map((gap) => -gap));
    const limit = (extent(xs(inks[r])).size / height > FEW ? SAME_LINE : NEXT_LINE) * height;
    const isSmall = extent(ys(inks[r])).size / height < SMALL;
    if (gaps.length && (isSmall || gaps[nearest] <= limit)) lines[nearest].push(r);
    else lines.push([r]);
  }
  const middles = new Map(lines.map((line) => [line, median(line.flatMap((r) => ys(inks[r])))]));
  lines.sort((a, b) => middles.get(a) - middles.get(b));
  return lines.map((line) => line.sort((a, b) => a - b).flatMap((r) => runs[r].map((i) => paths[i])));
}

// Strokes that follow each other along a line: lists of their numbers.
function runsOf(paths) {
  const heights = paths.map((path) => extent(ys(path)).size);
  const least = 0.3 * quantile(heights, 0.9);
  const usual = median(heights.filter((height) => height >= least)) || 1;
  const middles = paths.map((path) => median(ys(path)));
  const runs = [];
  paths.forEach((path, i) => {
    const last = runs.at(-1)?.slice(-4);
    if (last) {
      const reached = Math.max(...last.map((k) => extent(xs(paths[k])).high));
      const { low, size } = extent(xs(path));
      const goesBack = reached - low > BACK * usual + size;
      const away = Math.abs(middles[i] - median(last.map((k) => middles[k])));
      if (!goesBack && away <= AWAY * usual) {
        runs.at(-1).push(i);
        return;
      }
    }
    runs.push([i]);
  });
  return runs;
}

// The strokes, sheared by the median slope of the wide runs.
function levelled(paths, runs) {
  const heights = paths.map((path) => extent(ys(path)).size);
  const found = [[0, 0]]; // slope and width
  for (const run of runs) {
    const points = run.flatMap((i) => paths[i]);
    const { size: width } = extent(xs(points));
    if (width <= WIDE * median(run.map((i) => heights[i]))) continue;
    const [meanX, meanY] = [mean(xs(points)), mean(ys(points))];
    const slope = sum(points.map(([x, y]) => (x - meanX) * (y - meanY))) / sum(points.map(([x]) => (x - meanX) ** 2));
    found.push([Math.min(Math.max(slope, -STEEPEST), STEEPEST), width]);
  }
  const slope = weightedMedian(found);
  return paths.map((path) => path.map(([x, y]) => [x, y - slope * x]));
}

// Of [value, weight].
function weightedMedian(pairs) {
  const sorted = [...pairs].sort(([a], [b]) => a - b);
  const half = 0.5 * sum(pairs.map(([, weight]) => weight));
  let total = 0;
  return sorted.find(([, weight]) => (total += weight) >= half)[0];
}

// Of a line of writing: the median over the runs, the longer ones counting more.
function heightOf(inks) {
  const pairs = inks.map((ink) => {
    const [low, high] = HEIGHT_QUANTILES.map((share) => quantile(ys(ink), share));
    return [high - low, extent(xs(ink)).size];
  });
  return weightedMedian(pairs) || 1;
}

// How far the middle of some ink is from that of a line beside it, up or down.
function gapOf(ink, line, height) {
  const beside = besides(line, ink, height);
  return Math.abs(median(ys(besides(ink, beside, height))) - median(ys(beside)));
}

// The points that lie beside others, or are nearest to it.
function besides(points, others, height) {
  const { low, high } = extent(xs(others));
  const apart = points.map(([x]) => Math.max(low - x, x - high));
  const limit = Math.max(BESIDE * height, extent(apart).low);
  return points.filter((_, i) => apart[i] <= limit);
}
