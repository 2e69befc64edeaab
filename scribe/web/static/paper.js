// The sheet on which lines appear as the pen writes them.

const NAMESPACE = "http://www.w3.org/2000/svg";
// Tablets record some 60 points a second, and the model writes half of them.
const POINTS_PER_SECOND = 110;
const LONGEST_SECONDS = 14;
export const PEN_MM = 0.42;

export class Paper {
  // `layout` is what the server says of a sheet: margin_mm, line_spacing, ascent.
  constructor(svg, layout) {
    this.svg = svg;
    this.layout = layout;
    this.heightMm = 10;
    this.rule = "none";
    this.onDone = () => {};
    this.frame = 0;
    this.clear([], 180);
  }

  // An empty sheet for `texts`, `widthMm` wide.
  clear(texts, widthMm) {
    cancelAnimationFrame(this.frame);
    this.texts = texts;
    this.lines = [];
    this.strokes = [];
    this.next = 0; // the line that the pen comes to next
    this.time = 0; // in points, from the first stroke that is still to be drawn
    this.last = null;
    this.complete = false;
    this.quick = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { margin_mm: margin, line_spacing: spacing } = this.layout;
    const rows = Math.max(texts.length, 1);
    const needed = 2 * margin + this.heightMm * (1 + (rows - 1) * spacing);
    this.rules = document.createElementNS(NAMESPACE, "g");
    this.rules.setAttribute("class", "rules");
    this.svg.replaceChildren(this.rules);
    this.resize(widthMm, Math.max(needed, 0.64 * widthMm));
    const said = texts.filter(Boolean).join(" ");
    this.svg.setAttribute("aria-label", said ? `Handwriting: ${said}` : "An empty sheet of paper");
  }

  resize(width, height) {
    this.width = width;
    this.height = height;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.print(this.rule);
  }

  // Prints "none", "lines" or a "grid" on the paper, as the server does into files.
  print(rule) {
    this.rule = rule;
    const { margin_mm: margin, line_spacing: spacing, ascent, below_mm: below, grid_mm: grid } = this.layout;
    const lines = [];
    if (rule === "lines") {
      const first = margin + ascent * this.heightMm + below;
      const end = this.height - margin / 2;
      for (let y = first; y < end; y += spacing * this.heightMm) lines.push([0, y, this.width, y]);
    } else if (rule === "grid") {
      for (let y = grid; y < this.height; y += grid) lines.push([0, y, this.width, y]);
      for (let x = grid; x < this.width; x += grid) lines.push([x, 0, x, this.height]);
    }
    this.rules.replaceChildren(
      ...lines.map((ends) => {
        const line = document.createElementNS(NAMESPACE, "line");
        ["x1", "y1", "x2", "y2"].forEach((name, i) => line.setAttribute(name, ends[i]));
        return line;
      }),
    );
  }

  colour(ink, paper) {
    this.svg.style.backgroundColor = paper;
    this.svg.style.stroke = ink;
  }

  // Takes a line from the server; it is drawn when those above it have been.
  add(line) {
    const { margin_mm: margin, line_spacing: spacing, ascent } = this.layout;
    const y = margin + this.heightMm * (ascent + line.number * spacing);
    const group = document.createElementNS(NAMESPACE, "g");
    group.setAttribute("transform", `translate(${margin} ${y})`);
    group.setAttribute("stroke-width", PEN_MM);
    line.strokes = line.paths.map((d, i) => {
      const path = document.createElementNS(NAMESPACE, "path");
      path.setAttribute("d", d);
      path.setAttribute("visibility", "hidden");
      group.append(path);
      return { path, points: line.points[i], dot: line.points[i] < 2 };
    });
    this.svg.append(group);
    this.lines[line.number] = line;
    this.resize(Math.max(this.width, line.width_mm + 2 * margin), this.height);
    this.go();
  }

  // No more lines will come.
  finish() {
    this.complete = true;
    this.go();
  }

  replay() {
    for (const line of this.lines) {
      for (const { path } of line?.strokes ?? []) path.setAttribute("visibility", "hidden");
    }
    this.strokes = [];
    this.next = 0;
    this.time = 0;
    this.quick = false;
    this.go();
  }

  // Everything at once, without watching the pen.
  hurry() {
    this.quick = true;
    this.go();
  }

  go() {
    cancelAnimationFrame(this.frame);
    this.last = null;
    this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  draw(now) {
    while (this.next < this.texts.length && (!this.texts[this.next] || this.lines[this.next])) {
      this.strokes.push(...(this.lines[this.next]?.strokes ?? []));
      this.next += 1;
    }
    const letters = this.texts.join("").length;
    const rate = Math.max(POINTS_PER_SECOND, (9 * letters) / LONGEST_SECONDS);
    if (this.last !== null) this.time += ((now - this.last) / 1000) * rate;
    this.last = now;
    while (this.strokes.length) {
      const stroke = this.strokes[0];
      if (!this.quick && this.time < stroke.points) {
        show(stroke, this.time / stroke.points);
        break;
      }
      show(stroke, 1);
      this.time -= stroke.points;
      this.strokes.shift();
    }
    if (this.strokes.length) {
      this.frame = requestAnimationFrame((later) => this.draw(later));
    } else {
      this.time = 0;
      if (this.complete) this.onDone();
    }
  }
}

// Shows a share of a stroke, as far as the pen has come.
function show({ path, dot }, share) {
  path.setAttribute("visibility", share > 0 || dot ? "visible" : "hidden");
  if (share < 1 && !dot) {
    path.setAttribute("pathLength", 1);
    path.setAttribute("stroke-dasharray", "1 2");
    path.setAttribute("stroke-dashoffset", 1 - share);
  } else {
    for (const name of ["pathLength", "stroke-dasharray", "stroke-dashoffset"]) path.removeAttribute(name);
  }
}
