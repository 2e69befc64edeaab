// The network that writes, one step at a time: scribe.models.numpy_engine of one line.
//
// Shapes: H units, V alphabet with the terminator, K window components, U characters of
// a text with the terminator, M mixture components.

import { Arena, Dense } from "./product.js";

const [MIN_WINDOW_LOG, MAX_WINDOW_LOG] = [-8, 5];
const MIN_SOFTPLUS_WIDTH = 0.01;
const SOFTPLUS_STEPS_PER_CHARACTER = 25;

export const sigmoid = (x) => 0.5 * Math.tanh(0.5 * x) + 0.5;

// One step of an LSTM as Keras has it: `z` [4 H] the gates, `h` and `c` [H] change.
export function lstmStep(z, h, c) {
  const units = h.length;
  for (let i = 0; i < units; i += 1) {
    c[i] = sigmoid(z[units + i]) * c[i] + sigmoid(z[i]) * Math.tanh(z[2 * units + i]);
    h[i] = sigmoid(z[3 * units + i]) * Math.tanh(c[i]);
  }
}

export class Network {
  // `model`: sizes and variant as site.json has them; `weights`: Float32Arrays by name.
  constructor(model, weights, simd = true) {
    this.sizes = model.sizes;
    this.variant = model.variant;
    const { num_layers: layers, num_units: units, alphabet_size: alphabet } = model.sizes;
    const inputs = 2 * units + alphabet + 3;
    const room = layers * Dense.room(inputs, 4 * units) + Dense.room(inputs, weights["window/bias"].length);
    const arena = new Arena(room + Dense.room(layers * units, weights["output/bias"].length), simd);
    const dense = (names, bias) => new Dense(arena, names.map((name) => weights[name]), weights[bias]);
    this.usesSimd = Boolean(arena.product);
    this.cells = Array.from({ length: layers }, (_, i) => {
      const name = `lstm_${i + 1}`;
      return dense([`${name}/kernel`, `${name}/recurrent_kernel`], `${name}/bias`);
    });
    this.window = dense(["window/kernel"], "window/bias");
    this.output = dense(["output/kernel"], "output/bias");
  }

  // Where a line of these ids stands before its first step; `from`: where a style ended.
  start(ids, from = null) {
    const { num_layers: layers, num_units: units } = this.sizes;
    const rows = (name) => Array.from({ length: layers }, (_, i) => Float32Array.from(from?.[name][i] ?? new Float32Array(units)));
    const phi = new Float32Array(ids.length);
    phi.set((from?.phi ?? [1]).slice(0, ids.length)); // on the first character
    return {
      ids,
      phi,
      h: rows("h"),
      c: rows("c"),
      window: Float32Array.from(from?.window ?? new Float32Array(this.sizes.alphabet_size)),
      // Sums of hundreds of steps, whose rounding would be the largest of all.
      kappa: Float64Array.from(from?.kappa ?? new Float64Array(this.sizes.num_window_components)),
    };
  }

  // Reads the point [dx, dy, end]; `state` goes on, and what comes next is answered:
  // activations [6 M + 1], good until the next step.
  step(point, state) {
    const { variant, cells, output } = this;
    cells.forEach((cell, i) => {
      const skips = variant.skip_layers === null || i < variant.skip_layers;
      let at = 0;
      const put = (numbers) => {
        cell.x.set(numbers, at);
        at += numbers.length;
      };
      if (skips) put(point);
      if (i > 0) put(state.h[i - 1]);
      if (i === 0 ? variant.window_feedback : skips) put(state.window);
      put(state.h[i]);
      cell.run();
      lstmStep(cell.y, state.h[i], state.c[i]);
      if (i === 0) this.moveWindow(point, state);
    });
    const hidden = variant.output_skips ? state.h : state.h.slice(-1);
    hidden.forEach((h, i) => output.x.set(h, i * h.length));
    output.run();
    return output.y;
  }

  // Graves (2013), equations 46 to 51.
  moveWindow(point, state) {
    const { window, variant } = this;
    const inputs = variant.window_reads_input ? [point, state.window, state.h[0]] : [state.h[0]];
    let at = 0;
    for (const numbers of inputs) {
      window.x.set(numbers, at);
      at += numbers.length;
    }
    window.run();
    const { ids, kappa } = state;
    const count = kappa.length;
    const phi = new Float32Array(ids.length);
    const sums = new Float64Array(ids.length);
    for (let k = 0; k < count; k += 1) {
      const [alpha, beta, advance] = windowParameters(window.y, k, count, variant.window_form);
      kappa[k] += advance;
      for (let u = 0; u < ids.length; u += 1) {
        const distance = Math.fround(kappa[k] - u);
        sums[u] += alpha * Math.exp(-beta * distance * distance);
      }
    }
    phi.set(sums);
    state.phi = phi;
    state.window.fill(0);
    for (let u = 0; u < ids.length; u += 1) state.window[ids[u]] += phi[u];
  }
}

function windowParameters(raw, k, count, form) {
  const three = [raw[k], raw[count + k], raw[2 * count + k]];
  if (form === "softplus") {
    const [alpha, width, step] = three.map((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    return [alpha, 1 / Math.max(width, MIN_SOFTPLUS_WIDTH), step / SOFTPLUS_STEPS_PER_CHARACTER];
  }
  const clipped = (x) => Math.min(Math.max(x, MIN_WINDOW_LOG), MAX_WINDOW_LOG);
  return three.map((x) => Math.exp(form === "clipped_exp" ? clipped(x) : x));
}
