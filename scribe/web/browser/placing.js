// Written lines in millimetres on a sheet of paper: scribe.web.sheet.

import { deskew } from "./cleaning.js";
import { bezierCurve, extent, median, splitAtPenLifts, writtenHeight } from "./strokes.js";

// Where its ink begins is x = 0, its baseline y = 0. `hand`: whose size it has, or null.
export function placeLine(strokes, hand, heightMm) {
  return place(strokes, heightMm / writtenHeight(hand ? hand.strokes : strokes));
}

export function place(strokes, mmPerUnit) {
  const paths = splitAtPenLifts(deskew(strokes));
  const base = baseline(paths);
  const curves = paths.map((path) => bezierCurve(path.map(([x, y]) => [x * mmPerUnit, (y - base) * mmPerUnit])));
  const { low, size } = extent(curves.flat().map(([x]) => x));
  return {
    curves: moved(curves, -low, 0),
    numPoints: paths.map((path) => path.length),
    widthMm: size,
  };
}

const moved = (curves, dx, dy) => curves.map((curve) => curve.map(([x, y]) => [x + dx, y + dy]));

// The y that most letters stand on: the median of the turns upwards.
function baseline(paths) {
  const turns = paths.flatMap((path) => {
    const y = path.map((point) => point[1]);
    return y.filter((value, i) => (i === 0 || value > y[i - 1]) && (i === y.length - 1 || y[i + 1] <= value));
  });
  return median(turns);
}

// Placed lines below each other, null for a blank one: {width, height, curves, rules}.
// `layout`: the page's part of site.json; `order`: height_mm, width_mm, length_mm, rule.
export function sheetOf(lines, layout, order) {
  const { margin_mm: margin, line_spacing: spacing, ascent } = layout;
  const { height_mm: heightMm, rule } = order;
  const pitch = spacing * heightMm;
  const needed = 2 * margin + heightMm + (lines.length - 1) * pitch;
  const height = Math.max(needed, order.length_mm ?? 0);
  if (height > layout.max_height_mm) {
    throw new Error(`${lines.length} lines take ${height.toFixed(0)} mm of paper (at most ${layout.max_height_mm}): send fewer`);
  }
  const first = margin + ascent * heightMm;
  const curves = lines.flatMap((line, i) => (line ? moved(line.curves, margin, first + i * pitch) : []));
  const widest = Math.max(0, ...lines.map((line) => line?.widthMm ?? 0));
  const width = Math.max(order.width_mm ?? 0, widest + 2 * margin);
  return { width, height, curves, rules: rules(width, height, pitch, first, rule, layout) };
}

// As `sheetOf`, continued where one would be longer than a page.
export function pagesOf(lines, layout, order) {
  const room = order.page_length_mm - 2 * layout.margin_mm - order.height_mm;
  const perPage = 1 + Math.max(0, Math.trunc(room / (layout.line_spacing * order.height_mm) + 1e-9));
  if (lines.length <= perPage) return [sheetOf(lines, layout, order)];
  const widest = Math.max(0, ...lines.map((line) => line?.widthMm ?? 0));
  const paper = { ...order, width_mm: Math.max(order.width_mm ?? 0, widest + 2 * layout.margin_mm), length_mm: order.page_length_mm };
  const pages = [];
  for (let start = 0; start < lines.length; start += perPage) {
    pages.push(sheetOf(lines.slice(start, start + perPage), layout, paper));
  }
  return pages;
}

function rules(width, height, pitch, first, rule, { below_mm: below, margin_mm: margin, grid_mm: grid }) {
  const found = [];
  const across = (from, end, step) => {
    for (let y = from; y < end; y += step) found.push([[0, y], [width, y]]);
  };
  if (rule === "lines") across(first + below, height - margin / 2, pitch);
  if (rule === "grid") {
    across(grid, height, grid);
    for (let x = grid; x < width; x += grid) found.push([[x, 0], [x, height]]);
  }
  return found;
}
