// Products of a row of numbers and a matrix: nearly all of the time goes into these.
//
// A matrix [D, N] lies in memory in blocks of 16 columns, so that the product of a block
// reads it from front to back. It is summed up in runs of 32 inputs: one long sum rounds
// much more than the parts of a BLAS do. WebAssembly takes four numbers at a time; its module is a
// single function, put together below. Where there is no WebAssembly, a loop does it.

const COLUMNS = 16;
const BYTES = 4;
const RUN = 32;

// Memory for all matrices and rows of a network, in float32.
export class Arena {
  // `numFloats`: room that is asked for in `Dense.room`; `simd`: whether to try it.
  constructor(numFloats, simd = true) {
    const pages = Math.ceil((numFloats * BYTES) / 65536) + 1;
    this.used = 0;
    try {
      if (!simd) throw new Error("not wanted");
      const memory = new WebAssembly.Memory({ initial: pages });
      const module = new WebAssembly.Module(moduleBytes());
      this.product = new WebAssembly.Instance(module, { m: { m: memory } }).exports.p;
      this.buffer = memory.buffer;
    } catch {
      this.product = null;
      this.buffer = new ArrayBuffer(pages * 65536);
    }
  }

  floats(length) {
    const view = new Float32Array(this.buffer, this.used, length);
    this.used += Math.ceil(length / 4) * 4 * BYTES;
    return view;
  }
}

// y = x W + b, with D inputs and N outputs.
export class Dense {
  // How many floats of an arena one takes.
  static room(numInputs, numOutputs) {
    const columns = Math.ceil(numOutputs / COLUMNS) * COLUMNS;
    return (numInputs + 2) * columns + numInputs + 16;
  }

  // `kernels`: Float32Arrays [d, N], one below the other; `bias` [N].
  constructor(arena, kernels, bias) {
    const numOutputs = bias.length;
    const numInputs = kernels.reduce((sum, kernel) => sum + kernel.length, 0) / numOutputs;
    this.arena = arena;
    this.numBlocks = Math.ceil(numOutputs / COLUMNS);
    this.x = arena.floats(numInputs);
    this.weights = arena.floats(this.numBlocks * COLUMNS * numInputs);
    this.bias = arena.floats(this.numBlocks * COLUMNS);
    this.y = arena.floats(this.numBlocks * COLUMNS);
    this.bias.set(bias);
    let row = 0;
    for (const kernel of kernels) {
      for (let start = 0; start < kernel.length; start += numOutputs, row += 1) {
        for (let n = 0; n < numOutputs; n += 1) {
          const block = Math.floor(n / COLUMNS);
          this.weights[(block * numInputs + row) * COLUMNS + (n % COLUMNS)] = kernel[start + n];
        }
      }
    }
  }

  // Puts the product of `x` into `y`.
  run() {
    const { x, weights, bias, y, numBlocks } = this;
    if (this.arena.product) {
      this.arena.product(x.byteOffset, weights.byteOffset, bias.byteOffset, y.byteOffset, x.length, numBlocks);
      return;
    }
    const part = new Float32Array(COLUMNS);
    let w = 0;
    for (let block = 0; block < numBlocks; block += 1) {
      const sums = y.subarray(block * COLUMNS, (block + 1) * COLUMNS);
      sums.set(bias.subarray(block * COLUMNS, (block + 1) * COLUMNS));
      for (let start = 0; start < x.length; start += RUN) {
        part.fill(0);
        const stop = Math.min(start + RUN, x.length);
        for (let i = start; i < stop; i += 1, w += COLUMNS) {
          const value = x[i];
          if (value === 0) continue;
          for (let k = 0; k < COLUMNS; k += 1) part[k] += value * weights[w + k];
        }
        for (let k = 0; k < COLUMNS; k += 1) sums[k] += part[k];
      }
    }
  }
}

// The bytes of the module, by the names of the WebAssembly specification:
//
//   p(x, w, b, y, d, blocks)      addresses, number of inputs and of blocks
//     loop                        over blocks
//       t0..t3 = b[0..15]
//       at = x; end = x + 4 d
//       loop                      over runs of inputs
//         a0..a3 = 0
//         stop = at + 4 * 32 or end
//         loop                    over inputs
//           s = x[at] four times
//           a0..a3 += s * w[0..15]; w += 64; at += 4
//           br_if at < stop
//         t0..t3 += a0..a3
//         br_if at < end
//       y[0..15] = t0..t3; y += 64; b += 64; blocks -= 1
//       br_if blocks
function moduleBytes() {
  const I32 = 0x7f;
  const V128 = 0x7b;
  const [X, W, B, Y, D, BLOCKS, AT, END, STOP, S, A, T] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14];
  const get = (local) => [0x20, local];
  const set = (local) => [0x21, local];
  const number = (value) => (value < 64 ? [0x41, value] : [0x41, (value & 0x7f) | 0x80, value >> 7]);
  const [ADD, SUB, MULTIPLY, LESS, SELECT] = [[0x6a], [0x6b], [0x6c], [0x49], [0x1b]];
  const load = (offset) => [0xfd, 0x00, 4, offset];
  const loadFourTimes = [0xfd, 0x09, 2, 0];
  const store = (offset) => [0xfd, 0x0b, 4, offset];
  const zeros = [0xfd, 0x0c, ...Array(16).fill(0)];
  const addVectors = [0xfd, 0xe4, 0x01];
  const multiplyVectors = [0xfd, 0xe6, 0x01];
  const loop = (...body) => [0x03, 0x40, ...body.flat(), 0x0b];
  const again = [0x0d, 0];
  const move = (local, by) => [...get(local), ...number(by), ...ADD, ...set(local)];
  const four = [0, 1, 2, 3];
  const inputs = loop(
    [...get(AT), ...loadFourTimes, ...set(S)],
    four.flatMap((k) => [
      ...get(A + k), ...get(S), ...get(W), ...load(16 * k), ...multiplyVectors, ...addVectors, ...set(A + k),
    ]),
    move(W, 64),
    move(AT, 4),
    [...get(AT), ...get(STOP), ...LESS, ...again],
  );
  const runs = loop(
    four.flatMap((k) => [...zeros, ...set(A + k)]),
    [...get(AT), ...number(RUN * BYTES), ...ADD, ...set(STOP)],
    [...get(STOP), ...get(END), ...get(STOP), ...get(END), ...LESS, ...SELECT, ...set(STOP)],
    inputs,
    four.flatMap((k) => [...get(T + k), ...get(A + k), ...addVectors, ...set(T + k)]),
    [...get(AT), ...get(END), ...LESS, ...again],
  );
  const body = loop(
    four.flatMap((k) => [...get(B), ...load(16 * k), ...set(T + k)]),
    [...get(X), ...set(AT), ...get(X), ...get(D), ...number(4), ...MULTIPLY, ...ADD, ...set(END)],
    runs,
    four.flatMap((k) => [...get(Y), ...get(T + k), ...store(16 * k)]),
    move(Y, 64),
    move(B, 64),
    [...get(BLOCKS), ...number(1), ...SUB, 0x22, BLOCKS, ...again],
  );
  const size = (length) => (length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7]);
  const section = (id, content) => [id, ...size(content.length), ...content];
  const code = [2, 3, I32, 9, V128, ...body, 0x0b];
  return new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 6, I32, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 2, 0, 1]), // the memory, m.m
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x70, 0, 0]), // p
    ...section(10, [1, ...size(code.length), ...code]),
  ]);
}
