// What the page lets its visitors choose from: colours, words, hands.

function radio(name, value, label, face) {
  const choice = document.createElement("div");
  choice.className = "choice";
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name, value });
  input.setAttribute("aria-label", label);
  choice.append(input, face);
  return choice;
}

// A row of round colours, one of them chosen.
export function swatches(id, name, colours, value) {
  for (const [label, colour] of colours) {
    const face = document.createElement("span");
    face.className = "swatch";
    face.style.backgroundColor = colour;
    face.title = label;
    const choice = radio(name, colour, label, face);
    choice.firstChild.checked = colour === value;
    document.getElementById(id).append(choice);
  }
}

// A row of words, the first of them chosen.
export function segments(id, name, labels) {
  labels.forEach(([label, value], i) => {
    const face = document.createElement("span");
    face.className = "segment";
    face.textContent = label;
    const choice = radio(name, value, label, face);
    choice.firstChild.checked = i === 0;
    document.getElementById(id).append(choice);
  });
}

// The first words of a hand, as the server describes them.
export function preview({ width_mm: width, height_mm: height, paths }) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  // The first words: all of it would be too small.
  svg.setAttribute("viewBox", `-1 ${-0.75 * height} ${Math.min(width + 2, 5.6 * height)} ${1.3 * height}`);
  svg.setAttribute("preserveAspectRatio", "xMinYMid meet");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(namespace, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

// A hand to choose, under its name.
export function card(id, name, picture) {
  const face = document.createElement("div");
  face.className = "hand";
  const caption = document.createElement("span");
  caption.textContent = name;
  face.append(picture, caption);
  return radio("hand", id, name, face);
}

// A small button upon a choice.
export function button(kind, words, label, act) {
  const found = document.createElement("button");
  Object.assign(found, { type: "button", className: kind, textContent: words, title: label });
  found.setAttribute("aria-label", label);
  found.addEventListener("click", act);
  return found;
}
