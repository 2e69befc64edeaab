// Path data and transforms of SVG, by its own rules (SVG 1.1, sections 7.6, 8.3 and F.6).

const COUNTS = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7, Z: 0 };
const NUMBER = /[\s,]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/y;
const FLAG = /[\s,]*([01])/y;
const COMMAND = /[\s,]*([MmLlHhVvCcSsQqTtAaZz])/y;
const TRANSFORM = /\s*([a-zA-Z]+)\s*\(([^)]*)\)[\s,]*/y;
const NOTHING_LEFT = /^[\s,]*$/;
const RADIANS = Math.PI / 180;

export const IDENTITY = [1, 0, 0, 1, 0, 0];

export const placed = ([a, b, c, d, e, f], [x, y]) => [a * x + c * y + e, b * x + d * y + f];

// First `inner`, then `outer`.
export function combined(outer, inner) {
  const [a, b] = placed([...outer.slice(0, 4), 0, 0], inner);
  const [c, d] = placed([...outer.slice(0, 4), 0, 0], inner.slice(2));
  return [a, b, c, d, ...placed(outer, inner.slice(4))];
}

// The matrix of a `transform`; throws if it cannot be read.
export function matrixOf(transform) {
  let [matrix, at] = [IDENTITY, 0];
  const refuse = () => new Error(`the SVG has a transform that cannot be read: “${transform.slice(0, 40)}”`);
  while (!NOTHING_LEFT.test(transform.slice(at))) {
    TRANSFORM.lastIndex = at;
    const found = TRANSFORM.exec(transform);
    if (!found) throw refuse();
    const values = found[2].split(/[\s,]+/).filter(Boolean).map(Number);
    const next = MATRICES[found[1]]?.(...values);
    if (!next || !values.length || !next.every(Number.isFinite)) throw refuse();
    matrix = combined(matrix, next);
    at = TRANSFORM.lastIndex;
  }
  return matrix;
}

const MATRICES = {
  matrix: (...values) => (values.length === 6 ? values : null),
  translate: (x, y = 0) => [1, 0, 0, 1, x, y],
  scale: (x, y = x) => [x, 0, 0, y, 0, 0],
  rotate(angle, x = 0, y = 0) {
    const [cos, sin] = [Math.cos(angle * RADIANS), Math.sin(angle * RADIANS)];
    return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
  },
  skewX: (angle) => [1, 0, Math.tan(angle * RADIANS), 1, 0, 0],
  skewY: (angle) => [1, Math.tan(angle * RADIANS), 0, 1, 0, 0],
};

// The segments of path data, {kind: "move" | "line" | "curve", end, at}: `at(t)` is a
// point of a curve, t from 0 to 1. Points are placed by `matrix`. Throws if it cannot be
// read.
export function segmentsOf(data, matrix) {
  const reader = new Segments(matrix);
  for (const [command, values] of commandsOf(data)) reader.add(command, values);
  return reader.found;
}

function* commandsOf(data) {
  let [at, command] = [0, ""];
  const next = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(data);
    if (found) at = pattern.lastIndex;
    return found?.[1];
  };
  const refuse = () => new Error(`the SVG has a path that cannot be read: “${data.slice(0, 40)}”`);
  while (!NOTHING_LEFT.test(data.slice(at, at + 200)) || !NOTHING_LEFT.test(data.slice(at))) {
    const letter = next(COMMAND);
    // More numbers go on with the last command; after a move they are lines.
    if (letter) command = letter;
    else if (command === "M") command = "L";
    else if (command === "m") command = "l";
    const kind = command.toUpperCase();
    if (!command || (!letter && kind === "Z")) throw refuse();
    const values = [];
    for (let i = 0; i < COUNTS[kind]; i += 1) {
      const value = next(kind === "A" && (i === 3 || i === 4) ? FLAG : NUMBER);
      if (value === undefined) throw refuse();
      values.push(Number(value));
    }
    yield [command, values];
  }
}

class Segments {
  constructor(matrix) {
    Object.assign(this, { matrix, found: [], point: [0, 0], start: [0, 0], pull: null, kind: "" });
  }

  add(command, values) {
    const kind = command.toUpperCase();
    const origin = command === kind ? [0, 0] : this.point;
    const pairs = [];
    for (let i = 0; i + 1 < values.length; i += 2) pairs.push([values[i] + origin[0], values[i + 1] + origin[1]]);
    const [x, y] = this.point;
    // What reflects the last control point, if the command before had one of its kind.
    const mirrored = (kinds) => (kinds.includes(this.kind) ? [2 * x - this.pull[0], 2 * y - this.pull[1]] : this.point);
    if (kind === "M") {
      [this.point] = pairs;
      this.start = this.point;
      this.found.push({ kind: "move", end: placed(this.matrix, this.point) });
    } else if (kind === "L") this.line(pairs[0]);
    else if (kind === "H") this.line([values[0] + origin[0], y]);
    else if (kind === "V") this.line([x, values[0] + origin[1]]);
    else if (kind === "Z") this.line(this.start);
    else if (kind === "C") this.bezier(pairs);
    else if (kind === "S") this.bezier([mirrored("CS"), ...pairs]);
    else if (kind === "Q") this.bezier(pairs);
    else if (kind === "T") this.bezier([mirrored("QT"), ...pairs]);
    else this.arc(values, [values[5] + origin[0], values[6] + origin[1]]);
    this.kind = kind;
  }

  line(end) {
    this.point = end;
    this.found.push({ kind: "line", end: placed(this.matrix, end) });
  }

  bezier(others) {
    const points = [this.point, ...others].map((point) => placed(this.matrix, point));
    this.pull = others.at(-2);
    this.point = others.at(-1);
    this.curve(points.at(-1), (t) => bezierPoint(points, t));
  }

  curve(end, at) {
    this.found.push({ kind: "curve", end, at });
  }

  arc([givenX, givenY, degrees, isLarge, isSwept], end) {
    const [start, matrix] = [this.point, this.matrix];
    const [rx, ry] = [Math.abs(givenX), Math.abs(givenY)];
    if (!rx || !ry) {
      this.line(end);
      return;
    }
    this.point = end;
    const ellipse = ellipseOf(start, end, rx, ry, degrees * RADIANS, isLarge === 1, isSwept === 1);
    this.curve(placed(matrix, end), (t) => placed(matrix, ellipse(t)));
  }
}

function bezierPoint(points, t) {
  let rest = points;
  while (rest.length > 1) {
    rest = rest.slice(1).map((point, i) => point.map((value, k) => (1 - t) * rest[i][k] + t * value));
  }
  return rest[0];
}

// Section F.6.5: from the ends of an arc to its middle and angles.
function ellipseOf([x1, y1], [x2, y2], givenX, givenY, turn, isLarge, isSwept) {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [halfX, halfY] = [(x1 - x2) / 2, (y1 - y2) / 2];
  const [x, y] = [cos * halfX + sin * halfY, cos * halfY - sin * halfX];
  const grows = Math.sqrt(Math.max(1, (x / givenX) ** 2 + (y / givenY) ** 2));
  const [rx, ry] = [givenX * grows, givenY * grows];
  const square = (rx * ry) ** 2 - (rx * y) ** 2 - (ry * x) ** 2;
  const below = (rx * y) ** 2 + (ry * x) ** 2;
  const share = below ? Math.sqrt(Math.max(0, square / below)) * (isLarge === isSwept ? -1 : 1) : 0;
  const [middleX, middleY] = [(share * rx * y) / ry, (-share * ry * x) / rx];
  const centre = [cos * middleX - sin * middleY + (x1 + x2) / 2, sin * middleX + cos * middleY + (y1 + y2) / 2];
  const from = Math.atan2((y - middleY) / ry, (x - middleX) / rx);
  let sweep = Math.atan2((-y - middleY) / ry, (-x - middleX) / rx) - from;
  if (isSwept && sweep < 0) sweep += 2 * Math.PI;
  if (!isSwept && sweep > 0) sweep -= 2 * Math.PI;
  return (t) => {
    const [a, b] = [rx * Math.cos(from + t * sweep), ry * Math.sin(from + t * sweep)];
    return [centre[0] + cos * a - sin * b, centre[1] + sin * a + cos * b];
  };
}
