// The next point from what the network answers: scribe.models.numpy_mixtures.sample.

import { sigmoid } from "./network.js";

// `activations` [6 M + 1], `noise` of the step as philox.noiseOf has it; [dx, dy, end].
export function samplePoint(activations, numMixtures, bias, noise, variant) {
  const part = (index, m) => activations[index * numMixtures + m];
  const pi = componentWeights(activations, numMixtures, bias);
  let lifts = sigmoid(activations[6 * numMixtures]);
  if (variant.min_probability) {
    const least = Math.min(variant.min_probability, Math.max(...pi)); // one stays
    pi.forEach((p, m) => (pi[m] = p < least ? 0 : p));
    const sum = pi.reduce((a, b) => a + b);
    pi.forEach((p, m) => (pi[m] = p / sum));
    if (lifts < variant.min_probability) lifts = 0;
  }
  const m = choose(pi, noise[0]);
  const sigma = (index) => Math.exp(Math.max(part(index, m), variant.min_log_sigma) - bias);
  const rho = variant.max_rho * Math.tanh(part(5, m));
  const correlated = rho * noise[1] + Math.sqrt(1 - rho * rho) * noise[2];
  const limit = variant.pen_threshold ?? noise[3];
  return [
    Math.fround(part(1, m) + sigma(3) * noise[1]),
    Math.fround(part(2, m) + sigma(4) * correlated),
    limit < lifts ? 1 : 0,
  ];
}

function componentWeights(activations, numMixtures, bias) {
  const logits = Array.from(activations.subarray(0, numMixtures), (x) => x * (1 + bias));
  const top = Math.max(...logits);
  const weights = logits.map((x) => Math.exp(x - top));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((w) => w / sum);
}

// The number of the interval that `uniform` falls into; the last one takes the rest.
function choose(probabilities, uniform) {
  let sum = 0;
  for (let m = 0; m < probabilities.length - 1; m += 1) {
    sum += probabilities[m];
    if (sum >= uniform) return m;
  }
  return probabilities.length - 1;
}
