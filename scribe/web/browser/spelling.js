// How a text is spelled with the characters of a network.
//
// A character that the alphabet lacks is what a pen writes alike, or a look-alike, both
// by the table that the export made (scribe.web.site); or its letter without marks.
// What has none of these is left out. Each of it is named, but for what is the same on
// paper.

export class Spelling {
  // `alphabet`: characters in the order of their ids; `same`, `alike`: texts by character.
  constructor(alphabet, same, alike) {
    this.alphabet = alphabet;
    this.ids = new Map([...alphabet].map((character, i) => [character, i + 1]));
    this.same = same;
    this.alike = alike;
  }

  // What can be written without a substitute.
  get characters() {
    return this.alphabet + Object.keys(this.same).join("");
  }

  // The ids of a text and of the terminator.
  encode(text) {
    return [...[...text].map((character) => this.ids.get(character)), 0];
  }

  // A line in characters of the alphabet, with single spaces, and what was put for what.
  // `unknown`: "replace", "skip", or "refuse", which throws.
  spell(text, unknown, line) {
    const substitutes = [];
    let written = "";
    [...text.normalize("NFC")].forEach((character, i) => {
      const plain = this.plain(character);
      if (plain === null) {
        const put = unknown === "replace" ? this.lookAlike(character) : "";
        substitutes.push({ character, written: put, line, column: i + 1 });
        written += put;
      } else {
        written += plain;
      }
    });
    if (unknown === "refuse" && substitutes.length) {
      const [{ character, column }] = substitutes;
      throw new Error(`the model cannot write '${character}' at ${line}:${column} (line:column)`);
    }
    return { text: written.replace(/ +/g, " ").replace(/^ | $/g, ""), substitutes };
  }

  plain(character) {
    if (/\s/u.test(character)) return this.ids.has(" ") ? " " : "";
    if (this.ids.has(character)) return character;
    return Object.hasOwn(this.same, character) ? this.same[character] : null;
  }

  lookAlike(character) {
    if (Object.hasOwn(this.alike, character)) return this.alike[character];
    const letters = character.normalize("NFKD").replace(/\p{M}/gu, "");
    return [...letters].every((letter) => this.ids.has(letter)) ? letters : "";
  }
}
