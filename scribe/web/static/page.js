// The page: what the visitor changes, and when it is written anew.

import * as api from "./api.js";
import { button, card, preview, segments, swatches } from "./choices.js";
import { Learning } from "./learning.js";
import { OwnHand } from "./own_hand.js";
import { PEN_MM, Paper } from "./paper.js";
import { unknown, wrap } from "./text.js";

const INKS = [
  ["Blue-black", "#1b2a4a"],
  ["Black", "#1c1a19"],
  ["Royal blue", "#2446a6"],
  ["Sepia", "#5d3a1f"],
  ["Chalk", "#f3efe4"],
];
const PAPERS = [
  ["White", "#ffffff"],
  ["Cream", "#faf3e2"],
  ["Grey-blue", "#e6ecf1"],
  ["Kraft", "#d8bf98"],
  ["Night", "#1d2433"],
];
const RULES = [
  ["Plain", "none"],
  ["Lines", "lines"],
  ["Grid", "grid"],
];
const CHANCE = "chance"; // a hand that the network invents, another for each seed
const CHANCE_MM_PER_CHARACTER = 3.6;
const CHALK = "#f3efe4";
const NIGHT = "#1d2433";
const CANDIDATES = 3; // of each line; a reader keeps the clearest
const PHONE = matchMedia("(max-width: 34rem)");
const SPARE = 1.03; // lines differ in width by some hundredths

const element = (id) => document.getElementById(id);
const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`)?.value;

let model;
let paper;
let learning;
let styles = [];
let order = null; // what stands on the paper, for downloads
let running = null; // AbortController of what is being written
let refused = ""; // why the text is not written, as long as it is so
let said = ["", false];

function say(sentence, isProblem = false) {
  said = [sentence, isProblem];
  const status = element("status");
  status.textContent = refused || sentence;
  status.classList.toggle("problem", isProblem || Boolean(refused));
}

// Whether a text can be written is known before anything of it is.
function check() {
  const { length } = asked().texts;
  const long = `That makes ${length} lines; ${model.max_lines} fit on the sheet.`;
  refused = length > model.max_lines ? long : "";
  element("write").disabled = Boolean(refused);
  say(...said);
}

// Text, style, bias and seed as the API takes them.
function asked() {
  const widthMm = PHONE.matches ? 105 : 180;
  const seed = Math.max(0, Math.trunc(Number(element("seed").value)) || 0);
  const style = styles.find(({ id }) => id === chosen("hand")) ?? {
    id: `seed:${seed}`,
    mm_per_character: CHANCE_MM_PER_CHARACTER,
  };
  const room = widthMm - 2 * model.margin_mm;
  const perCharacter = style.mm_per_character * SPARE * (paper.heightMm / 10);
  const width = Math.min(Math.max(Math.floor(room / perCharacter), 4), model.max_characters);
  return {
    texts: wrap(element("text").value, width),
    style: style.id,
    bias: Number(element("bias").value),
    likeness: style.tuned ? Number(element("likeness").value) : undefined,
    seed,
    best_of: Math.min(CANDIDATES, model.max_candidates),
    unknown: "replace",
    height_mm: paper.heightMm,
    width_mm: widthMm,
  };
}

async function write() {
  check();
  if (refused) return; // what is being written is written to its end
  running?.abort();
  const wanted = asked();
  if (!wanted.texts.some((text) => text.trim())) {
    say("There is nothing to write yet.");
    return;
  }
  const mine = new AbortController();
  running = mine;
  order = null;
  enable(false);
  paper.clear(wanted.texts, wanted.width_mm);
  paper.svg.setAttribute("aria-busy", "true");
  say("Writing …");
  const unfinished = [];
  const substitutes = [];
  try {
    for await (const line of api.lines(wanted, mine.signal)) {
      paper.add(line);
      if (!line.finished) unfinished.push(line.text);
      substitutes.push(...line.substitutes);
    }
  } catch (error) {
    if (running !== mine) return; // another writing has begun
    running = null;
    paper.svg.removeAttribute("aria-busy");
    say(error.message, true);
    return;
  }
  if (running !== mine) return;
  running = null;
  order = wanted;
  enable(true);
  paper.svg.removeAttribute("aria-busy");
  paper.onDone = () => {
    const left = unfinished.length ? ` Letters may be missing in “${unfinished[0]}”; try another.` : "";
    say(`Written.${named(substitutes)}${left}`, Boolean(left));
  };
  paper.finish();
}

// What is not on the paper as it was typed.
function named(substitutes) {
  const found = new Set(
    substitutes.map(({ character, written }) => (written ? `${character} as ${written}` : `${character} not at all`)),
  );
  return found.size ? ` ${[...found].join(", ")}.` : "";
}

// Where the page itself writes, its network has to arrive first. Told in quarters: a
// screen reader reads each.
let quarter = 0;
function loading(share) {
  const loaded = Math.floor(4 * share);
  if (loaded === quarter) return;
  quarter = loaded;
  say(loaded < 4 ? `Loading the network, ${25 * loaded} % …` : "Writing …");
}

function enable(isOn) {
  for (const button of document.querySelectorAll(".actions button")) button.disabled = !isOn;
}

async function download(format) {
  say(`Preparing ${format === "gcode" ? "G-code" : format.toUpperCase()} …`);
  try {
    const file = await api.file({
      ...order,
      format,
      ink: chosen("ink"),
      paper: chosen("paper"),
      rule: chosen("rule"),
      length_mm: paper.height,
      pen_width_mm: PEN_MM,
    });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `handwriting.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say("Downloaded.");
  } catch (error) {
    say(error.message, true);
  }
}

async function showStyles(select) {
  styles = await api.styles();
  const known = select === CHANCE || styles.some(({ id }) => id === select);
  const choices = styles.map((style, i) => {
    const choice = card(style.id, style.name, preview(style.preview));
    choice.firstChild.checked = known ? style.id === select : i === 0;
    if (style.own) choice.append(button("remove", "×", `Remove ${style.name}`, () => remove(style.id)));
    if (style.tunable && !isBusy(style)) choice.append(button("learn", "Learn", `Learn ${style.name}`, () => learn(style.id)));
    return choice;
  });
  const words = document.createElement("em");
  words.textContent = "someone new for each seed";
  choices.push(card(CHANCE, "by chance", words));
  choices.at(-1).classList.add("across");
  choices.at(-1).firstChild.checked = select === CHANCE;
  element("hands").replaceChildren(...choices);
  turned();
  const busy = styles.find(isBusy);
  if (busy) learning.follow(busy.id, busy.learning);
}

const isBusy = ({ learning: state }) => ["waiting", "learning"].includes(state?.state);

// Of a hand that was learnt the likeness can be turned.
function turned() {
  const style = styles.find(({ id }) => id === chosen("hand"));
  element("likeness-field").hidden = !style?.tuned;
  element("likeness-value").textContent = Number(element("likeness").value).toFixed(1);
}

async function learn(id) {
  await learning.begin(id);
  await showStyles(chosen("hand"));
}

// A hand has been learnt, or will not be.
async function learnt(id) {
  await showStyles(chosen("hand"));
  if (chosen("hand") === id && styles.some((style) => style.id === id && style.tuned)) write();
}

async function remove(id) {
  try {
    await api.removeStyle(id);
    learning.forget(id);
  } catch (error) {
    say(error.message, true);
  }
  await showStyles(chosen("hand") === id ? undefined : chosen("hand"));
  element("draw").focus();
}

function recolour() {
  paper.colour(chosen("ink"), chosen("paper"));
}

function hint() {
  const missing = unknown(element("text").value, model.characters);
  element("hint").textContent = missing.length
    ? `${missing.join(" ")} cannot be written: replaced by a look-alike, or left out.`
    : "";
}

function listen() {
  element("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) write();
  });
  element("text").addEventListener("input", () => {
    hint();
    check();
  });
  element("hands").addEventListener("change", () => {
    turned();
    write();
  });
  element("likeness").addEventListener("input", turned);
  element("likeness").addEventListener("change", write);
  element("bias").addEventListener("input", () => {
    element("bias-value").textContent = Number(element("bias").value).toFixed(1);
  });
  element("bias").addEventListener("change", write);
  element("seed").addEventListener("change", write);
  element("inks").addEventListener("change", recolour);
  element("papers").addEventListener("change", () => {
    const isNight = chosen("paper") === NIGHT;
    if (isNight !== (chosen("ink") === CHALK)) {
      const ink = isNight ? CHALK : INKS[0][1];
      document.querySelector(`input[name="ink"][value="${ink}"]`).checked = true;
    }
    recolour();
  });
  element("rules").addEventListener("change", () => paper.print(chosen("rule")));
  element("another").addEventListener("click", () => {
    element("seed").value = Math.floor(Math.random() * 1e6);
    write();
  });
  PHONE.addEventListener("change", check);
  element("replay").addEventListener("click", () => {
    say("Writing …");
    paper.replay();
  });
  element("paper").addEventListener("click", () => paper.hurry());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !element("own").open) paper.hurry();
  });
  for (const button of document.querySelectorAll("[data-format]")) {
    button.hidden = !model.formats.includes(button.dataset.format);
    button.addEventListener("click", () => download(button.dataset.format));
  }
  const own = new OwnHand(async (style) => {
    await showStyles(style.id);
    document.querySelector('input[name="hand"]:checked').focus();
    const writing = write();
    if (style.tunable) await learn(style.id);
    await writing;
  });
  element("draw").addEventListener("click", () => own.open(model.sheet, model.min_tuning_lines ?? null));
}

async function begin() {
  element("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (styles.length) write(); // before, the page will write by itself
  });
  document.addEventListener("loading", ({ detail: share }) => loading(share));
  try {
    model = await api.model();
    paper = new Paper(element("paper"), model);
    learning = new Learning(learnt);
    element("likeness").value = model.likeness ?? 1;
    swatches("inks", "ink", INKS, INKS[0][1]);
    swatches("papers", "paper", PAPERS, PAPERS[0][1]);
    segments("rules", "rule", RULES);
    recolour();
    await showStyles("neat");
    listen();
    hint(); // somebody may have typed already
    await write();
  } catch (error) {
    say(error.message, true);
  }
}

begin();
