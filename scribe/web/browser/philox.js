// The random numbers of a line, bit for bit those that NumPy's Philox gives.
//
// SeedSequence (O'Neill's seed_seq with NumPy's constants) turns numbers into a key, and
// Philox4x64-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") the
// key and a counter into four numbers of 64 bits. A step of the network takes one block.

const POOL = 4;
const WORD = 0xffffffffn;
const LONG = 0xffffffffffffffffn;
const ROUNDS = 10;
const MULTIPLIERS = [0xd2e7470ee14c6c93n, 0xca5a826395121157n];
const WEYL = [0x9e3779b97f4a7c15n, 0xbb67ae8584caa73bn];

// A whole number as words of 32 bits, the lowest first.
function words(number) {
  let rest = BigInt(number);
  const found = [];
  do {
    found.push(Number(rest & WORD));
    rest >>= 32n;
  } while (rest);
  return found;
}

function hasher(start, multiplier) {
  let constant = start;
  return (value) => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, multiplier);
    const product = Math.imul(mixed, constant);
    return product ^ (product >>> 16);
  };
}

function mix(x, y) {
  const result = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y);
  return result ^ (result >>> 16);
}

// SeedSequence(seed, spawn_key=spawnKey).generate_state(2, uint64): two BigInts.
export function seedState(seed, spawnKey) {
  const entropy = words(seed);
  while (entropy.length < POOL) entropy.push(0);
  for (const number of spawnKey) entropy.push(...words(number));
  const hash = hasher(0x43b0d7e5, 0x931e8875);
  const pool = entropy.slice(0, POOL).map(hash);
  for (let from = 0; from < POOL; from += 1) {
    for (let to = 0; to < POOL; to += 1) {
      if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
    }
  }
  for (const value of entropy.slice(POOL)) {
    for (let to = 0; to < POOL; to += 1) pool[to] = mix(pool[to], hash(value));
  }
  const last = hasher(0x8b51f9dd, 0x58f38ded);
  const state = pool.map((value) => BigInt(last(value) >>> 0));
  return [state[0] | (state[1] << 32n), state[2] | (state[3] << 32n)];
}

const unit = (bits) => Number(bits >> 11n) * 2 ** -53;

export class Philox {
  constructor(seed, spawnKey) {
    this.key = seedState(seed, spawnKey);
    this.counter = 0n;
    this.waiting = [];
  }

  // The next number of 64 bits.
  bits() {
    if (!this.waiting.length) this.waiting = this.words();
    return this.waiting.shift();
  }

  // The next number in [0, 1), as Generator.random gives it.
  uniform() {
    return unit(this.bits());
  }

  // The next four of these at once, if none of a block is waiting.
  block() {
    return this.words().map(unit);
  }

  words() {
    this.counter += 1n;
    let [a, b, c, d] = [this.counter, 0n, 0n, 0n];
    let [left, right] = this.key;
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = MULTIPLIERS[0] * a;
      const second = MULTIPLIERS[1] * c;
      [a, b, c, d] = [(second >> 64n) ^ b ^ left, second & LONG, (first >> 64n) ^ d ^ right, first & LONG];
      left = (left + WEYL[0]) & LONG;
      right = (right + WEYL[1]) & LONG;
    }
    return [a, b, c, d];
  }
}

// The noise of a line, step by step, as scribe.models.engine.random_numbers has it:
// uniform for the component, two normals for the offset, uniform for the pen.
export function noiseOf(seed, text, sample, attempt) {
  const random = new Philox(seed, [text, sample, attempt]);
  return () => {
    const [component, forRadius, forAngle, pen] = random.block();
    const radius = Math.sqrt(-2 * Math.log1p(-forRadius));
    const angle = 2 * Math.PI * forAngle;
    return [component, radius * Math.cos(angle), radius * Math.sin(angle), pen].map(Math.fround);
  };
}

// Of chance beside the network's, as scribe.writing.attempts.Attempt.generator has it:
// how marks are set on a line.
export const chanceOfMarks = (seed, text, sample, attempt) => new Philox(seed, [text, sample, attempt, 1]);
