// The lines of a drawing of which nobody says what it spells: lines_of of
// scribe.writing.own_hand and scribe.web.drawings.

import { splitLines } from "./line_breaks.js";
import { asDrawn, turnedTo, TURNS } from "./own_style.js";
import { MAX_GAP } from "./reader.js";
import { mean } from "./strokes.js";

const [MAX_STROKES, MAX_LINES] = [2000, 100];
const UNREAD_DOUBT = 2 * MAX_GAP;
const FEW_LINES = 3;

// [{text, strokes}]: of all ways to turn and to part the drawing the one that the reader
// doubts least. `text`: what the file says, which counts if it has as many lines.
export function linesOf({ strokes, text }, reader) {
  if (!strokes.flat(2).every(Number.isFinite)) throw new Error("the drawing has a number that is not finite");
  if (strokes.length > MAX_STROKES) throw new Error(`${strokes.length} strokes are too many (at most ${MAX_STROKES})`);
  let [best, least] = [null, UNREAD_DOUBT];
  for (const turn of TURNS) {
    for (const lines of partings(turnedTo(turn, strokes))) {
      if (lines.length > MAX_LINES) throw new Error(`${lines.length} lines are too many (at most ${MAX_LINES})`);
      const read = lines.map((line) => readingOf(line, reader));
      const doubt = mean(read.map(({ reading, doubt: own }) => (reading ? own : UNREAD_DOUBT)));
      if (doubt < least) [best, least] = [lines.map((line, i) => ({ text: read[i].reading, strokes: line })), doubt];
    }
  }
  if (!best) throw new Error("nothing can be read in this drawing");
  const told = (text ?? "").split("\n");
  return best.map((line, i) => (told.length === best.length && told[i] ? { ...line, text: told[i] } : line));
}

// What looks like few lines may be one, with quotation marks above it.
function partings(strokes) {
  const lines = splitLines(strokes);
  return lines.length > 1 && lines.length <= FEW_LINES ? [lines, [strokes]] : [lines];
}

function readingOf(line, reader) {
  try {
    const { reading, doubt } = reader.against(asDrawn(line), "");
    return { reading: reading.trim(), doubt };
  } catch {
    return { reading: "", doubt: UNREAD_DOUBT }; // too little to be read
  }
}
