// Files of strokes that a visitor loads instead of drawing.

// A line as the API takes it; null if the file is of another kind.
export function lineOf(content) {
  try {
    const { text, strokes } = JSON.parse(content);
    return text && strokes ? { text, strokes } : null;
  } catch {
    return null;
  }
}

// The strokes of a line, as wide as there is room.
export function picture(strokes) {
  const namespace = "http://www.w3.org/2000/svg";
  const points = strokes.flat();
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [left, top] = [xs, ys].map((values) => values.reduce((a, b) => Math.min(a, b)));
  const [right, bottom] = [xs, ys].map((values) => values.reduce((a, b) => Math.max(a, b)));
  const pad = 0.08 * (bottom - top) || 1;
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", [left - pad, top - pad, right - left + 2 * pad, bottom - top + 2 * pad].join(" "));
  svg.setAttribute("preserveAspectRatio", "xMinYMid meet");
  svg.setAttribute("aria-hidden", "true");
  for (const stroke of strokes) {
    const path = document.createElementNS(namespace, "polyline");
    path.setAttribute("points", stroke.map(([x, y]) => `${x},${y}`).join(" "));
    svg.append(path);
  }
  return svg;
}
