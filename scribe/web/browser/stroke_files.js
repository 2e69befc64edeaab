// Files of strokes that other programs saved: scribe.strokes.stroke_files. The content
// says which form a file has. Not for a worker: the browser's reader of XML is the page's.

import { strokesOfInkml } from "./inkml.js";
import { strokesOfJson } from "./json_ink.js";
import { strokesOfSvg } from "./svg_strokes.js";

// {strokes, text} of the content of a file; throws if it is no such file.
export function drawingOf(content) {
  const text = content.replace(/^\ufeff/, "").trimStart();
  if (/^[{[]/.test(text)) return strokesOfJson(parsedJson(text));
  if (!text.startsWith("<")) throw new Error("neither JSON nor InkML nor SVG");
  const root = rootOf(text);
  return root.localName === "svg" ? { strokes: strokesOfSvg(root), text: null } : strokesOfInkml(root);
}

function parsedJson(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the JSON is damaged (${error.message})`);
  }
}

// What stands in namespaces of our own means nothing to the browser: it applies no styles.
const NAMESPACE = /(\sxmlns(?::[-\w]+)?\s*=\s*["'])/g;

// An entity can refer to itself ten times over at each of ten levels: none is read.
function rootOf(text) {
  if (/<!ENTITY/i.test(text)) throw new Error("the XML declares an entity, which is not read");
  const document = new DOMParser().parseFromString(text.replace(NAMESPACE, "$1file:"), "text/xml");
  if (document.querySelector("parsererror")) throw new Error("the XML is damaged or cut off");
  return document.documentElement;
}
