// From what was typed to lines that fit on the paper.

// Breaks paragraphs into lines of at most `width` characters, at spaces where there are
// any; blank lines stay. A character may be two units of a string.
export function wrap(text, width) {
  const lines = [];
  for (const paragraph of text.normalize("NFC").replace(/\s+$/, "").split("\n")) {
    let line = [];
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      let letters = [...word];
      if (line.length && line.length + 1 + letters.length > width) {
        lines.push(line);
        line = [];
      }
      while (letters.length > width) {
        lines.push(letters.slice(0, width));
        letters = letters.slice(width);
      }
      line = line.length ? [...line, " ", ...letters] : letters;
    }
    lines.push(line);
  }
  return lines.map((line) => line.join(""));
}

// The characters of a text that are not among `known`, each once.
export function unknown(text, known) {
  return [...new Set(text.normalize("NFC").replace(/\s/g, ""))].filter((c) => !known.includes(c));
}
