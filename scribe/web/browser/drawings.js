// Sheets of paper as files: scribe.drawing.svg_document, .gcode_document and .pixels.

import { pdfDocument } from "./pdf_document.js";
import { flatten } from "./strokes.js";

const RULE_WIDTH_MM = 0.15;
const PNG_DPI = 200;
const MOST_PIXELS = 40e6;

export const MEDIA_TYPES = { svg: "image/svg+xml", png: "image/png", pdf: "application/pdf", gcode: "text/x-gcode" };

// A blob of one of these types. `look`: ink, paper, pen_width_mm.
export async function fileOf(format, pages, look, { ruleShare, plotter }) {
  const ruleInk = mixed(look.ink, look.paper, ruleShare);
  if (format === "png") return pngImage(pages[0], look, ruleInk);
  const documents = {
    svg: () => svgDocument(pages[0], look, ruleInk),
    pdf: () => pdfDocument(pages, look, ruleInk),
    gcode: () => gcodeDocument(pages, plotter),
  };
  return new Blob([await documents[format]()], { type: MEDIA_TYPES[format] });
}

// A number in seven digits at most, without zeros that say nothing.
const digits = (value) => String(Number(value.toPrecision(7)));
const thousandths = (value) => digits(Math.round(value * 1000) / 1000);

function mixed(ink, paper, share) {
  const parts = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  const ground = parts(paper ?? "#ffffff");
  const values = parts(ink).map((value, i) => Math.round(share * value + (1 - share) * ground[i]));
  return `#${values.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

// The `d` of a <path>: an absolute start, then relative cubics, to 1/1000 mm.
export function pathData(curve) {
  const rounded = curve.map((point) => point.map((value) => Math.round(value * 1000)));
  const start = `M${rounded[0].map((value) => digits(value / 1000)).join(" ")}`;
  if (curve.length === 1) return `${start}h0`;
  const numbers = rounded.slice(1).flatMap((point, i) => {
    const begin = rounded[3 * Math.floor(i / 3)];
    return point.map((value, k) => (value - begin[k]) / 1000);
  });
  return `${start}c${packed(numbers)}`;
}

// Numbers without what SVG can read them without: "0 -0.5 0.25" is "0-.5 .25".
function packed(numbers) {
  const text = ` ${numbers.map(digits).join(" ")}`;
  return text.replaceAll(" 0.", " .").replaceAll("-0.", "-.").replaceAll(" -", "-").replace(/^ /, "");
}

function ruleData(rules) {
  return rules.map((ends) => `M${ends.map((end) => end.map(thousandths).join(" ")).join("L")}`).join("");
}

export function svgDocument(page, look, ruleInk) {
  const size = `${thousandths(page.width)} ${thousandths(page.height)}`;
  const [width, height] = size.split(" ");
  const parts = [`<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="0 0 ${size}">\n`];
  if (look.paper) parts.push(`<rect width="${width}" height="${height}" fill="${look.paper}"/>\n`);
  if (page.rules.length) {
    parts.push(`<g class="rules" fill="none" stroke="${ruleInk}" stroke-width="${RULE_WIDTH_MM}"><path d="${ruleData(page.rules)}"/></g>\n`);
  }
  parts.push(
    `<g class="scribe" fill="none" stroke="${look.ink}" stroke-width="${thousandths(look.pen_width_mm)}" ` +
      'stroke-linecap="round" stroke-linejoin="round">\n',
    ...page.curves.map((curve) => `<path d="${pathData(curve)}"/>\n`),
    "</g>\n</svg>\n",
  );
  return parts.join("");
}

// `plotter` as site.json has it, the fields of scribe.drawing.plotter.Plotter.
export function gcodeDocument(pages, plotter) {
  const drawn = pages.map((page) => machineStrokes(page, plotter));
  const minutes = plottingSeconds(drawn, plotter) / 60;
  const lines = [
    `; written by scribe, takes about ${Number(minutes.toPrecision(2))} minutes`,
    "G21",
    "G90",
    ...plotter.start_commands,
    ...plotter.pen_up_commands,
  ];
  pages.forEach((page, i) => {
    if (i) lines.push(...plotter.page_commands);
    lines.push(`; page ${i + 1} of ${pages.length}, ${digits(page.width)} x ${digits(page.height)} mm`);
    for (const stroke of drawn[i]) {
      const [first, ...others] = stroke.map(([x, y]) => `X${digits(x)} Y${digits(y)}`);
      const feed = (k) => (k ? "" : ` F${digits(plotter.draw_feed_mm_per_minute)}`);
      lines.push(`G0 ${first}`, ...plotter.pen_down_commands, ...others.map((to, k) => `G1 ${to}${feed(k)}`));
      lines.push(...plotter.pen_up_commands);
    }
  });
  lines.push(...plotter.end_commands);
  return `${lines.join("\n")}\n`;
}

// Corners of polylines, mm from the machine's origin; throws if one leaves the bed.
function machineStrokes(page, plotter) {
  const bed = [plotter.bed_width_mm, plotter.bed_height_mm];
  return page.curves.map((curve) => {
    const points = flatten(curve, plotter.tolerance_mm).map(([x, y]) => {
      const up = plotter.y_up ? page.height - y : y;
      const placed = [x + plotter.paper_x_mm, up + plotter.paper_y_mm];
      placed.forEach((value, k) => {
        if (value < 0 || value > bed[k]) {
          throw new Error(`the pen would move to ${value.toFixed(1)} mm in ${"xy"[k]}, but the plotter's bed goes from 0 to ${bed[k]}: write fewer or shorter lines`);
        }
      });
      return placed.map((value) => Math.round(value * 1000) / 1000);
    });
    return points.filter(([x, y], i) => i === 0 || x !== points[i - 1][0] || y !== points[i - 1][1]);
  });
}

function plottingSeconds(pages, plotter) {
  const between = ([x, y], [x0, y0]) => Math.hypot(x - x0, y - y0);
  let seconds = 0;
  for (const strokes of pages) {
    let at = [0, 0];
    for (const stroke of strokes) {
      const drawn = stroke.slice(1).reduce((sum, point, i) => sum + between(point, stroke[i]), 0);
      seconds += (60 * drawn) / plotter.draw_feed_mm_per_minute;
      seconds += (60 * between(stroke[0], at)) / plotter.travel_feed_mm_per_minute + 2 * plotter.pen_seconds;
      at = stroke.at(-1);
    }
  }
  return seconds;
}

async function pngImage(page, look, ruleInk) {
  const scale = PNG_DPI / 25.4;
  const [width, height] = [page.width, page.height].map((mm) => Math.max(1, Math.round(mm * scale)));
  if (width * height > MOST_PIXELS) throw new Error("the picture would be too large: take an SVG");
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (look.paper) {
    context.fillStyle = look.paper;
    context.fillRect(0, 0, width, height);
  }
  context.scale(scale, scale);
  context.lineCap = context.lineJoin = "round";
  const draw = (data, colour, widthMm) => {
    context.strokeStyle = colour;
    context.lineWidth = widthMm;
    context.stroke(new Path2D(data));
  };
  if (page.rules.length) draw(ruleData(page.rules), ruleInk, RULE_WIDTH_MM);
  for (const curve of page.curves) draw(pathData(curve), look.ink, look.pen_width_mm);
  return canvas.convertToBlob({ type: MEDIA_TYPES.png });
}
