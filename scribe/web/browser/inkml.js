// Pen strokes from InkML (W3C Recommendation of 20 September 2011): scribe.strokes.inkml,
// whose docstrings say what of it counts.

const VALUE = /([!'"]?) ?(#[0-9A-Fa-f]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[TF*?])/g;
const MILLISECONDS = { ms: 1, s: 1000, us: 0.001, ns: 1e-6 };
const TRUTHS = ["truth", "label", "transcription"];
const CHANNELS = ["X", "Y", "T"];
const MAX_LEVELS = 8;

// The strokes of an <ink> element, rows of x, y or x, y, milliseconds, and its text.
export function strokesOfInkml(root) {
  if (root.localName !== "ink") throw new Error("the XML is not InkML: it has no <ink>");
  return { strokes: new Ink(root).strokes, text: truthOf(root) };
}

// The points of one <trace>: explicit values (!), first (') and second differences (").
export function pointsOfTrace(trace, numChannels, name) {
  const modes = Array(numChannels).fill("!");
  const [value, speed] = [Array(numChannels).fill(0), Array(numChannels).fill(0)];
  return trace.split(",").flatMap((part) => {
    const point = part.trim().replace(/\s+/g, " ");
    if (!point) return [];
    const found = [...point.matchAll(VALUE)];
    if (found.length < 2 || found.length > numChannels || point.replace(VALUE, "").trim()) {
      throw new Error(`${name} has a point “${point.slice(0, 40)}”`);
    }
    found.forEach(([, prefix, token], channel) => {
      modes[channel] = prefix || modes[channel];
      if ("*?".includes(token)) return;
      const told = numberOf(token);
      if (modes[channel] === "!") {
        [speed[channel], value[channel]] = [told - value[channel], told];
        return;
      }
      speed[channel] = modes[channel] === '"' ? told + speed[channel] : told;
      value[channel] += speed[channel];
    });
    return [[...value]];
  });
}

function numberOf(token) {
  if (token === "T" || token === "F") return Number(token === "T");
  return token[0] === "#" ? parseInt(token.slice(1), 16) : Number(token);
}

// A document being read; ids may stand behind what refers to them.
class Ink {
  constructor(root) {
    Object.assign(this, { strokes: [], number: 0 });
    const all = [...root.querySelectorAll("*")];
    this.byId = new Map(all.map((element) => [element.getAttribute("xml:id") ?? element.getAttribute("id"), element]));
    const formats = all.filter(({ localName }) => localName === "traceFormat").map(formatOf);
    this.format = formats.find(Boolean) ?? { names: ["X", "Y"], scales: [1, 1] };
    this.walk([...root.children], { format: null, transform: null });
  }

  walk(elements, outer) {
    let context = outer;
    for (const element of elements) {
      const { localName: name } = element;
      if (name === "context") context = this.context(element, context); // holds for what follows
      else if (name === "traceGroup") this.walk([...element.children], this.referred(element, context));
      else if (name === "trace") this.add(element, context);
      else if (name === "traceView") this.view(element, context);
    }
  }

  // Ranges count from 1: points of a trace, parts of a group (section 5.3).
  view(view, outer) {
    const context = this.referred(view, outer);
    const reference = view.getAttribute("traceDataRef");
    if (reference === null) {
      this.walk([...view.children], context);
      return;
    }
    const target = this.byId.get(reference.replace(/^#/, ""));
    if (!target) throw new Error(`a view shows “${reference}”, which is not in the InkML`);
    if (!target.closest("definitions")) return; // drawn where it stands
    if (target.localName === "trace") {
      this.add(target, context, view);
      return;
    }
    const parts = [...target.children].filter(({ localName }) => localName === "trace" || localName === "traceGroup");
    this.walk(parts.slice(...rangeOf(view, parts.length)), this.referred(target, context));
  }

  add(trace, outer, view) {
    this.number += 1;
    if (trace.getAttribute("type") === "penUp") return;
    const context = this.referred(trace, outer);
    const format = context.format ?? this.format;
    let values = pointsOfTrace(trace.textContent, format.names.length, `trace ${this.number}`);
    if (view) values = values.slice(...rangeOf(view, values.length));
    if (values.length) this.strokes.push(onCanvas(values, format, context.transform));
  }

  // The context that an element names, or else the one around it.
  referred(element, context) {
    const reference = element.getAttribute("contextRef");
    return reference === null ? context : this.context(this.found(reference), context);
  }

  // What a <context> says, and where it is silent what it refers to or `around`.
  context(element, around, levels = MAX_LEVELS) {
    if (!levels) throw new Error("a context of the InkML refers to itself");
    if (!element) return around; // one that the recommendation defines
    const reference = element.getAttribute("contextRef");
    let { format, transform } = reference ? this.context(this.found(reference), around, levels - 1) : around;
    for (const name of ["inkSource", "traceFormat"]) {
      for (const part of this.parts(element, name)) {
        const inner = name === "traceFormat" ? part : childrenOf(part, "traceFormat")[0];
        if (inner) format = formatOf(inner) ?? format;
      }
    }
    for (const part of this.parts(element, "canvasTransform")) transform = transformOf(part);
    return { format, transform };
  }

  // What a context refers to as `name`, and what of it stands in the context.
  parts(context, name) {
    const reference = context.getAttribute(`${name}Ref`);
    return [...(reference === null ? [] : [this.found(reference)]), ...childrenOf(context, name)];
  }

  // null for what the recommendation defines.
  found(reference) {
    const name = reference.replace(/^#/, "");
    if (this.byId.has(name)) return this.byId.get(name);
    if (name.startsWith("Default")) return null;
    throw new Error(`“${reference}” is referred to, which is not in the InkML`);
  }
}

const childrenOf = (element, name) => (element ? [...element.children].filter(({ localName }) => localName === name) : []);

// {names, scales} of a <traceFormat>, which make y grow down and times milliseconds; null
// if it has no X and Y.
function formatOf(element) {
  const [names, scales] = [[], []];
  for (const channel of element.querySelectorAll("channel")) {
    const name = channel.getAttribute("name") ?? "";
    names.push(name);
    if (name === "T") scales.push(MILLISECONDS[channel.getAttribute("units") ?? "ms"] ?? 1);
    else scales.push(name === "Y" && channel.getAttribute("orientation") === "-ve" ? -1 : 1);
  }
  return names.includes("X") && names.includes("Y") ? { names, scales } : null;
}

// Rows of n + 1 numbers for n channels, each ending with what is added (section 6.1.2);
// null for the identity.
function transformOf(element) {
  const [mapping] = childrenOf(element, "mapping");
  const kind = mapping ? mapping.getAttribute("type") ?? "unknown" : "identity";
  if (kind === "identity") return null;
  const rows = mapping.textContent
    .split(",")
    .filter((row) => row.trim())
    .map((row) => row.trim().split(/\s+/).map(Number));
  const isSquare = rows.length >= 2 && rows.every((row) => row.length === rows.length + 1);
  if (kind !== "affine" || !isSquare || !rows.flat().every(Number.isFinite)) {
    throw new Error(
      `the InkML places its traces by a mapping of type “${kind}” that is not affine with a row for each channel, which is not read`,
    );
  }
  return rows;
}

function onCanvas(values, { names, scales }, transform) {
  const columns = CHANNELS.map((name) => names.indexOf(name)).filter((column) => column >= 0);
  const xy = columns.slice(0, 2);
  if (transform && transform.length !== 2 && transform.length !== names.length) {
    throw new Error(`the InkML has a transform of ${transform.length} channels for traces of ${names.length}`);
  }
  return values.map((row) => {
    const point = columns.map((column) => row[column] * scales[column]);
    if (!transform) return point;
    // The transform says itself which way y grows.
    const [source, lines] = transform.length === 2 ? [xy.map((k) => row[k]), transform] : [row, xy.map((k) => transform[k])];
    const moved = lines.map((line) => source.reduce((total, value, k) => total + value * line[k], line.at(-1)));
    return [...moved, ...point.slice(2)];
  });
}

// `from` and `to` of a view as indices: from the first, to behind the last.
function rangeOf(view, length) {
  const [start, stop] = ["from", "to"].map((name, i) => {
    const told = (view.getAttribute(name) ?? String(i ? length : 1)).split(":")[0];
    if (!/^\s*[-+]?\d+\s*$/.test(told)) throw new Error(`a view shows from “${view.getAttribute("from")}” to “${view.getAttribute("to")}”`);
    return Number(told);
  });
  return [Math.max(start, 1) - 1, stop];
}

// The text of the whole, or those of the groups as lines; null for none.
function truthOf(root) {
  const of = (element) =>
    childrenOf(element, "annotation")
      .filter((annotation) => TRUTHS.includes((annotation.getAttribute("type") ?? "annotation").toLowerCase()))
      .map((annotation) => annotation.textContent.trim())
      .find(Boolean);
  const groups = [...root.querySelectorAll("traceGroup, traceView")].map(of).filter(Boolean);
  return of(root) ?? (groups.join("\n") || null);
}
