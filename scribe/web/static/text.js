// From what was typed to lines that fit on the paper.

// Breaks paragraphs into lines of at most `width` characters, at spaces where there are
// any; blank lines stay.
export function wrap(text, width) {
  const lines = [];
  for (const paragraph of text.replace(/\s+$/, "").split("\n")) {
    let line = "";
    for (let word of paragraph.split(/\s+/).filter(Boolean)) {
      if (line && line.length + 1 + word.length > width) {
        lines.push(line);
        line = "";
      }
      while (word.length > width) {
        lines.push(word.slice(0, width));
        word = word.slice(width);
      }
      line = line ? `${line} ${word}` : word;
    }
    lines.push(line);
  }
  return lines;
}

// The characters of a text that are not among `known`, each once.
export function unknown(text, known) {
  return [...new Set(text.replace(/\s/g, ""))].filter((c) => !known.includes(c));
}
