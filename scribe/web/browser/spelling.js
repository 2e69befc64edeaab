// How a text is spelled with what a network knows: scribe.writing.spelling.
//
// A character that the alphabet lacks is its letter with marks set upon it, or drawn, or
// what a pen writes alike. Else it is replaced by a look-alike or left out, and named.

const DOTTED = "ij";
const ABOVE = 230; // the canonical combining class of what stands over a letter

export class Spelling {
  // `alphabet`: characters in the order of their ids; `table`: the spelling of site.json;
  // `shapes`: of site.json.
  constructor(alphabet, { same, alike, struck, placed, letters }, { characters, classes }) {
    this.alphabet = alphabet;
    this.ids = new Map([...alphabet].map((character, i) => [character, i + 1]));
    Object.assign(this, { same, alike, struck, placed, drawn: characters, classes });
    // What can be written without a substitute.
    this.characters = alphabet + letters + Object.keys(same).join("");
  }

  // The ids of a text and of the terminator.
  encode(text) {
    return [...[...text].map((character) => this.ids.get(character)), 0];
  }

  // One line as it will be written: {text, base, owners, letters, substitutes}; `base` is
  // what the network writes, `owners` the letter of `text` of each of its characters, and
  // `letters` [number, {base, drawn, marks}] what is more than its base.
  // `unknown`: "replace", "skip", or "refuse", which throws.
  spell(text, unknown, line) {
    const letters = [];
    const substitutes = [];
    for (const { character, found, column } of this.takenApart(text)) {
      let parts = found;
      if (!parts) {
        const written = unknown === "replace" ? this.lookAlike(character) : "";
        substitutes.push({ character, written, line, column });
        parts = [...written].map((c) => [c, this.letterOf(c)]);
      }
      if (parts.length && parts[0][0] === " " && (!letters.length || letters.at(-1)[0] === " ")) continue;
      letters.push(...parts);
    }
    if (letters.at(-1)?.[0] === " ") letters.pop();
    if (unknown === "refuse" && substitutes.length) {
      const places = substitutes.map(({ character, column }) => `'${character}' at ${line}:${column}`);
      throw new Error(`the model cannot write ${places.join(", ")} (line:column)`);
    }
    return { ...this.spelled(letters), substitutes };
  }

  // A text as the network may read it: base letters for those that have marks.
  plain(text) {
    const plain = this.takenApart(text).flatMap(({ character, found }) => {
      if (!found) return [character];
      return found.flatMap(([name, { base, drawn }]) => [base, drawn ? this.inAlphabet(name) : ""]);
    });
    return plain.join("").trim().replace(/\s+/gu, " ");
  }

  // Each character with its letters, [[character, letter], ...] or null, and its column.
  takenApart(text) {
    let before = "";
    return [...text.normalize("NFC")].map((character, i) => {
      const column = i + 1;
      let found;
      if (/\s/u.test(character)) {
        const letter = this.letterOf(" ");
        found = letter && [[" ", letter]];
      } else if (this.classes[character] && before) {
        return { character, column, found: [[character, letterFrom("", "", [character])]] };
      } else {
        found = this.lettersOf(character);
      }
      before = /\p{L}/u.test(character) ? character : "";
      return { character, column, found };
    });
  }

  lettersOf(character) {
    const letter = this.letterOf(character);
    if (letter) return [[character, letter]];
    if (!Object.hasOwn(this.same, character)) return null;
    return [...this.same[character]].map((c) => [c, this.letterOf(c)]);
  }

  // What a character is made of, {base, drawn, marks}; null if it cannot be written.
  letterOf(character) {
    if (this.ids.has(character)) return letterFrom(character);
    if (Object.hasOwn(this.struck, character)) {
      const [base, mark] = this.struck[character];
      if (Object.hasOwn(this.drawn, base) && !this.ids.has(base)) return letterFrom("", base);
      return this.knows(base) ? letterFrom(base, "", mark ? [mark] : []) : null;
    }
    if (Object.hasOwn(this.drawn, character)) return letterFrom("", character);
    const [first, ...marks] = character.normalize("NFD");
    if (!marks.length || !marks.every((mark) => Object.hasOwn(this.classes, mark))) return null;
    return marks.reduce((letter, mark) => letter && this.withMark(letter, first, mark), this.letterOf(first));
  }

  // `letter`, which spells `character`, with one more combining mark.
  withMark(letter, character, mark) {
    let { marks } = letter;
    if (DOTTED.includes(character) && this.classes[mark] === ABOVE) {
      if (mark === "\u0307" && !marks.length) return letter; // it has its dot
      if (!marks.includes("dotless")) marks = ["dotless", ...marks];
    }
    return { ...letter, marks: [...marks, this.placed[character + mark] ?? mark] };
  }

  knows(text) {
    return [...text].every((character) => this.ids.has(character));
  }

  lookAlike(character) {
    if (Object.hasOwn(this.alike, character)) return this.alike[character];
    const letters = withoutMarks(character);
    return [...letters].every((letter) => this.letterOf(letter)) ? letters : "";
  }

  // What of the alphabet alone may stand for a drawn character.
  inAlphabet(character) {
    const parts = this.alike[character] ?? withoutMarks(character);
    return this.knows(parts) ? parts : "";
  }

  spelled(letters) {
    let [text, base] = ["", ""];
    const characters = [];
    const owners = [];
    const composed = new Map();
    letters.forEach(([character, letter], number) => {
      if (this.classes[character] && number) {
        let at = number - 1;
        while (this.classes[characters[at]]) at -= 1;
        const before = composed.get(at) ?? letterFrom(characters[at]);
        composed.set(at, this.withMark(before, characters[at], character));
      } else if (letter.base !== character || letter.marks.length) {
        composed.set(number, letter);
      }
      characters.push(character);
      text += character;
      if (letter.base === " " && (!base || base.endsWith(" "))) return; // beside what is drawn
      base += letter.base;
      for (const _ of letter.base) owners.push(number);
    });
    if (base.endsWith(" ")) {
      base = base.slice(0, -1);
      owners.pop();
    }
    if (text && !base) {
      base = [..."noa"].find((c) => this.ids.has(c)) ?? [...this.alphabet].at(-1);
      owners.push(-1);
    }
    return { text, base, owners, letters: [...composed].sort(([a], [b]) => a - b) };
  }
}

const letterFrom = (base, drawn = "", marks = []) => ({ base, drawn, marks });
const withoutMarks = (character) => character.normalize("NFKD").replace(/\p{M}/gu, "");
