// Sheets of paper as pages of a PDF: scribe.drawing.pdf_document, vector curves written
// directly, the content of a page packed by the browser's deflate.

const POINTS_PER_MM = 72 / 25.4;
const RULE_WIDTH_MM = 0.15;

const fixed = (value) => value.toFixed(3);
const fixedPoint = ([x, y]) => `${fixed(x)} ${fixed(y)}`;

// The bytes of a document, Uint8Array. `pages`: of placing.sheetOf; `look`: ink, paper,
// pen_width_mm; `ruleInk`: a colour.
export async function pdfDocument(pages, look, ruleInk) {
  const kids = pages.map((_, i) => `${3 + 2 * i} 0 R`).join(" ");
  const objects = [
    bytes("<< /Type /Catalog /Pages 2 0 R >>"),
    bytes(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
  ];
  for (const page of pages) {
    const content = await deflated(bytes(contentOf(page, look, ruleInk)));
    const box = [page.width, page.height].map((mm) => fixed(mm * POINTS_PER_MM)).join(" ");
    objects.push(
      bytes(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${box}] /Contents ${objects.length + 2} 0 R /Resources << >> >>`),
      joined([bytes(`<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n`), content, bytes("\nendstream")]),
    );
  }
  return assembled(objects);
}

// The header's second line, of bytes above 127, tells programs that the file is binary.
function assembled(objects) {
  const parts = [bytes("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")];
  let length = parts[0].length;
  const offsets = objects.map((body, i) => {
    const at = length;
    const whole = joined([bytes(`${i + 1} 0 obj\n`), body, bytes("\nendobj\n")]);
    parts.push(whole);
    length += whole.length;
    return at;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  parts.push(
    bytes(`xref\n0 ${size}\n0000000000 65535 f \n${rows}`),
    bytes(`trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`),
  );
  return joined(parts);
}

// Drawing operators. The first matrix makes the unit 1 mm and turns y downwards.
function contentOf(page, look, ruleInk) {
  const k = POINTS_PER_MM;
  const lines = [`${k.toFixed(6)} 0 0 ${(-k).toFixed(6)} 0 ${fixed(page.height * k)} cm`];
  if (look.paper) lines.push(`${colour(look.paper)} rg`, `0 0 ${fixed(page.width)} ${fixed(page.height)} re f`);
  if (page.rules.length) {
    lines.push(`${RULE_WIDTH_MM} w`, `${colour(ruleInk)} RG`);
    for (const [start, end] of page.rules) lines.push(`${fixedPoint(start)} m ${fixedPoint(end)} l S`);
  }
  lines.push(`1 J 1 j ${digits(look.pen_width_mm)} w`, `${colour(look.ink)} RG`, ...page.curves.map(strokeOf));
  return `${lines.join("\n")}\n`;
}

function strokeOf(curve) {
  const start = `${fixedPoint(curve[0])} m`;
  if (curve.length === 1) return `${start} ${fixedPoint(curve[0])} l S`;
  const cubics = [];
  for (let i = 1; i + 2 < curve.length; i += 3) cubics.push(`\n${curve.slice(i, i + 3).map(fixedPoint).join(" ")} c`);
  return `${start}${cubics.join("")} S`;
}

const digits = (value) => String(Number(value.toPrecision(4)));
const colour = (hex) => [1, 3, 5].map((i) => digits(parseInt(hex.slice(i, i + 2), 16) / 255)).join(" ");
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function deflated(content) {
  const packed = new Blob([content]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
