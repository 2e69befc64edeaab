// Pen strokes from JSON as pads and boards write it: scribe.strokes.json_ink, without the
// forms of recognizers.

const TIMES = ["t", "time", "timestamp"];
const TEXTS = ["text", "label", "word"];
const MAX_ROW = 4; // numbers of a point: x, y, time and pressure
const NO_STROKES = 'the JSON has no list of "strokes"';

// {strokes, text}: rows of x, y or x, y, milliseconds; the text, or null.
export function strokesOfJson(content) {
  const strokes = strokesIn(content);
  const isDrawing = strokes.every((stroke) => stroke.every((row) => isRow(row) && row.length >= 2 && row.length <= MAX_ROW));
  if (!isDrawing) throw new Error('each point must be [x, y], [x, y, t] or {"x": .., "y": .., "t": ..}');
  const texts = TEXTS.map((name) => content[name]).filter((text) => typeof text === "string" && text.trim());
  return { strokes: strokes.filter((stroke) => stroke.length), text: texts[0] ?? null };
}

function strokesIn(content, levels = 4) {
  if (Array.isArray(content)) {
    const inColumns = areColumns(content);
    return content.map((stroke) => strokeIn(stroke, inColumns));
  }
  if (typeof content !== "object" || content === null || !levels) throw new Error(NO_STROKES);
  if (Array.isArray(content.drawing)) return content.drawing.map((stroke) => stacked(stroke.slice(0, 3))); // Quick, Draw!
  const inner = content.strokes ?? content.ink;
  if (inner === undefined) throw new Error(NO_STROKES);
  const columns = Array.isArray(inner) ? null : columnsOf(inner ?? {});
  if (!columns) return strokesIn(inner, levels - 1);
  return columns[0].map((_, i) => stacked(columns.map((column) => column[i])));
}

const isRow = (values) => Array.isArray(values) && values.every((value) => typeof value === "number");

// Whether lists of numbers are all x, all y, ... and not points. The whole drawing
// decides, since short strokes fit both.
function areColumns(strokes) {
  const lists = strokes.filter((stroke) => Array.isArray(stroke) && isRow(stroke[0]));
  return (
    lists.some(([first]) => first.length > MAX_ROW) &&
    lists.every((stroke) => stroke.length >= 2 && stroke.length <= MAX_ROW && stroke.every(isRow))
  );
}

function strokeIn(stroke, inColumns) {
  if (Array.isArray(stroke)) {
    if (inColumns) return stacked(stroke.slice(0, 3));
    if (Array.isArray(stroke[0]) || !stroke.length) return stroke;
    const time = TIMES.find((name) => stroke[0] && name in stroke[0]);
    const keys = ["x", "y", ...(time ? [time] : [])];
    return stroke.map((point) => keys.map((key) => point?.[key]));
  }
  if (Array.isArray(stroke?.points)) return strokeIn(stroke.points, false);
  const columns = columnsOf(stroke ?? {});
  if (!columns) throw new Error("a stroke of the JSON has neither points nor x and y");
  return stacked(columns);
}

// The lists of x, y and, if there is one, of times; null if they are missing.
function columnsOf(stroke) {
  const lists = Object.entries(stroke).filter(([, values]) => Array.isArray(values));
  const byName = Object.fromEntries(lists.map(([name, values]) => [name.toLowerCase(), values]));
  if (!byName.x || !byName.y) return null;
  const time = TIMES.map((name) => byName[name]).find((values) => values?.length);
  return [byName.x, byName.y, ...(time ? [time] : [])];
}

function stacked(columns) {
  if (!columns.every(isRow)) throw new Error("a stroke of the JSON has x or y that are no list of numbers");
  const counts = columns.map((column) => column.length);
  if (new Set(counts).size > 1) throw new Error(`a stroke of the JSON has columns of ${counts.join(", ")} numbers`);
  return columns[0].map((_, i) => columns.map((column) => column[i]));
}
