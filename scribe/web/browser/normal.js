// Normal numbers of mean 0 and deviation 1, as NumPy's Generator.normal draws them: by the
// ziggurat (Marsaglia and Tsang 2000, "The ziggurat method for generating random
// variables") of 256 strips of equal area, one number of 64 bits for nearly each.

const STRIPS = 256;
// Where the last strip's tail begins, and the area of a strip under exp(-x^2 / 2).
const TAIL = 3.6541528853610088;
const AREA = 0.004928673233974655;
const UNIT = 2 ** 52;

const density = (x) => Math.exp(-0.5 * x * x);

// The right edges of strips 1 to 255, which rise; the width of strip 0 with its tail.
const EDGES = new Float64Array(STRIPS);
EDGES[0] = AREA / density(TAIL);
EDGES[STRIPS - 1] = TAIL;
for (let i = STRIPS - 2; i > 0; i -= 1) EDGES[i] = Math.sqrt(-2 * Math.log(density(EDGES[i + 1]) + AREA / EDGES[i + 1]));
// How much of each strip is under the curve whatever the height.
const SURE = EDGES.map((edge, i) => (i === 0 ? TAIL / edge : i === 1 ? 0 : EDGES[i - 1] / edge));
const HEIGHTS = EDGES.map((edge, i) => (i === 0 ? 1 : density(edge)));

// `random`: a Philox.
export function normal(random) {
  for (;;) {
    const bits = random.bits();
    const strip = Number(bits & 0xffn);
    const negative = Boolean((bits >> 8n) & 1n);
    const whole = Number((bits >> 9n) & 0xfffffffffffffn);
    const x = (negative ? -whole : whole) * (EDGES[strip] / UNIT);
    if (whole < SURE[strip] * UNIT) return x;
    if (strip === 0) return fromTail(random, Boolean((whole / 256) & 1));
    const low = HEIGHTS[strip];
    if ((HEIGHTS[strip - 1] - low) * random.uniform() + low < density(x)) return x;
  }
}

function fromTail(random, negative) {
  for (;;) {
    const beyond = -Math.log1p(-random.uniform()) / TAIL;
    const height = -Math.log1p(-random.uniform());
    if (2 * height > beyond * beyond) return negative ? -(TAIL + beyond) : TAIL + beyond;
  }
}

export const normals = (random, count) => Array.from({ length: count }, () => normal(random));
