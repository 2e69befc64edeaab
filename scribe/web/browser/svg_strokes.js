// Pen strokes from SVG, what is drawn with a pen and not what is filled:
// scribe.strokes.svg_strokes and .svg_properties, whose docstrings say why.

import { combined, IDENTITY, matrixOf, placed, segmentsOf } from "./path_data.js";
import { extent } from "./strokes.js";
import { joined, withoutRules } from "./svg_pieces.js";

const NOT_DRAWN = ["defs", "clipPath", "mask", "marker", "pattern", "symbol", "title"];
const SHAPES = ["path", "polyline", "polygon", "line"];
const DOTS = ["circle", "ellipse"];
const INHERITED = ["stroke", "stroke-width", "stroke-opacity", "visibility", "fill"];
const [MAX_SEGMENTS, MAX_DRAWN, MAX_USES] = [50_000, 50_000, 20];
const [CHORD, MAX_CHORDS, ROUGH] = [0.001, 64, 8];
const DOT = 0.02;

// The strokes of an <svg> element, rows of x, y each, y down.
export function strokesOfSvg(root) {
  if (root.localName !== "svg") throw new Error("the XML is not SVG: it has no <svg>");
  const { shapes, outlines, paper } = new Drawing(root);
  const paths = shapes.flatMap(({ segments }) => segments ?? []);
  if (!paths.length) {
    throw new Error(`the SVG has no path with a stroke${outlines ? ": outlines of letters are no pen strokes" : ""}`);
  }
  const ends = paths.map(({ end }) => end);
  if (!ends.flat().every(Number.isFinite)) throw new Error("the SVG has a coordinate that is not finite");
  const size = Math.max(...[0, 1].map((k) => extent(ends.map((end) => end[k])).size));
  const strokes = shapes.flatMap(({ segments, at, radius }) => {
    if (segments) return chords(segments, CHORD * size);
    return radius <= DOT * size && at.every(Number.isFinite) ? [[at]] : [];
  });
  return joined(withoutRules(strokes, paper));
}

function chords(segments, chord) {
  const strokes = [];
  for (const { kind, end, at } of segments) {
    if (kind === "move") strokes.push([end]);
    else if (kind === "line") strokes.at(-1).push(end);
    else {
      const rough = Array.from({ length: ROUGH + 1 }, (_, i) => at(i / ROUGH));
      const length = rough.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - rough[i][0], y - rough[i][1]), 0);
      if (!Number.isFinite(length)) throw new Error("the SVG has a curve that is not finite");
      const count = chord ? Math.min(Math.max(Math.ceil(length / chord), 1), MAX_CHORDS) : 1;
      for (let i = 1; i <= count; i += 1) strokes.at(-1).push(at(i / count));
    }
  }
  return strokes;
}

// What a document draws: shapes {segments} or {at, radius}, in the order of drawing.
class Drawing {
  constructor(root) {
    Object.assign(this, { shapes: [], outlines: 0, numSegments: 0, numDrawn: 0, rules: rulesOf(root) });
    this.byId = new Map([...root.querySelectorAll("[id]")].map((element) => [element.id, element]));
    const box = numbers(root.getAttribute("viewBox") ?? "");
    this.paper = box.length === 4 ? box.slice(2) : null;
    this.draw(root, IDENTITY, {}, 0);
  }

  draw(element, outer, inherited, uses) {
    this.numDrawn += 1;
    if (this.numDrawn > MAX_DRAWN) throw new Error(`the SVG draws more than ${MAX_DRAWN} elements`);
    const properties = this.properties(element, inherited);
    if (properties.display === "none" || amount(properties, "opacity") === 0) return;
    const matrix = combined(outer, matrixOf(element.getAttribute("transform") ?? ""));
    const { localName: name } = element;
    if (name === "use") {
      this.use(element, matrix, properties, uses);
      return;
    }
    const isVisible = !["hidden", "collapse"].includes(properties.visibility);
    if (isVisible && SHAPES.includes(name)) this.path(element, matrix, properties);
    if (isVisible && DOTS.includes(name)) this.dot(element, matrix, properties);
    for (const child of element.children) if (!NOT_DRAWN.includes(child.localName)) this.draw(child, matrix, properties, uses);
  }

  use(element, matrix, properties, uses) {
    const reference = element.getAttribute("href") ?? element.getAttribute("xlink:href") ?? "";
    const target = this.byId.get(reference.replace(/^#/, ""));
    if (!target) throw new Error(`the SVG uses “${reference}”, which is not in it`);
    if (uses === MAX_USES) throw new Error(`the SVG uses “${reference}” within itself, or too many levels deep`);
    const moved = [1, 0, 0, 1, number(element, "x"), number(element, "y")];
    this.draw(target, combined(matrix, moved), properties, uses + 1);
  }

  dot(element, matrix, properties) {
    if (["none", "transparent"].includes(properties.fill)) return;
    const at = placed(matrix, [number(element, "cx"), number(element, "cy")]);
    const radius = Math.max(...["r", "rx", "ry"].map((name) => number(element, name)));
    const [a, b, c, d] = matrix;
    this.shapes.push({ at, radius: radius * Math.sqrt(Math.abs(a * d - b * c)) });
  }

  path(element, matrix, properties) {
    const isStroked =
      !["none", "transparent", undefined].includes(properties.stroke) &&
      amount(properties, "stroke-width") !== 0 &&
      amount(properties, "stroke-opacity") !== 0;
    if (!isStroked) {
      this.outlines += 1;
      return;
    }
    const data = pathData(element).trim();
    if (!data || data === "none") return;
    if (!/^[Mm]/.test(data)) throw new Error(`the SVG has a path that cannot be read: “${data.slice(0, 40)}”`);
    const segments = segmentsOf(data, matrix);
    this.numSegments += segments.length;
    if (this.numSegments > MAX_SEGMENTS) throw new Error(`the SVG has more than ${MAX_SEGMENTS} segments: too many for a page of writing`);
    this.shapes.push({ segments });
  }

  // Attributes, `style` and plain CSS rules; later ones count for more.
  properties(element, inherited) {
    const found = Object.fromEntries(INHERITED.filter((name) => name in inherited).map((name) => [name, inherited[name]]));
    for (const { name, value } of element.attributes) found[name] = value;
    const classes = (element.getAttribute("class") ?? "").split(/\s+/).filter(Boolean);
    const selectors = [element.localName, ...classes.map((name) => `.${name}`), `#${element.id}`];
    for (const selector of selectors) Object.assign(found, this.rules.get(selector));
    Object.assign(found, declarations(element.getAttribute("style") ?? ""));
    const isElsewhere = classes.length && !classes.some((name) => this.rules.has(`.${name}`));
    if (isElsewhere && !("stroke" in found)) found.stroke = "unknown"; // a class of a sheet that is elsewhere
    return found;
  }
}

function rulesOf(root) {
  const rules = new Map();
  for (const { textContent } of root.querySelectorAll("style")) {
    for (const [, selectors, body] of textContent.replace(/\/\*.*?\*\//gs, "").matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      for (const selector of selectors.split(",").map((part) => part.trim())) {
        rules.set(selector, { ...rules.get(selector), ...declarations(body) });
      }
    }
  }
  return rules;
}

function declarations(text) {
  const pairs = text.split(";").flatMap((declaration) => {
    const colon = declaration.indexOf(":");
    if (colon < 0) return [];
    return [[declaration.slice(0, colon).trim(), declaration.slice(colon + 1).replace("!important", "").trim()]];
  });
  return Object.fromEntries(pairs);
}

// A property that is a number, with or without a unit; 1 for what is none.
function amount(properties, name) {
  const found = /^\s*(\d*\.?\d+(?:e-?\d+)?)/.exec(properties[name] ?? "");
  return found ? Number(found[1]) : 1;
}

function pathData(element) {
  const get = (name) => element.getAttribute(name);
  if (element.localName === "path") return get("d") ?? "";
  if (element.localName === "line") {
    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map((name) => get(name) ?? "0");
    return `M${x1} ${y1}L${x2} ${y2}`;
  }
  return `M${get("points") ?? ""}${element.localName === "polygon" ? "z" : ""}`;
}

// A coordinate in pixels, 0 where there is none.
function number(element, name) {
  const found = numbers((element.getAttribute(name) ?? "0").replace(/px$/, ""));
  if (found.length !== 1) throw new Error(`the SVG has ${name}=“${element.getAttribute(name)}”, no number`);
  return found[0];
}

// Numbers parted by blanks and commas; none if one cannot be read.
function numbers(text) {
  const found = text.split(/[\s,]+/).filter(Boolean).map(Number);
  return found.every((value) => !Number.isNaN(value)) ? found : [];
}
