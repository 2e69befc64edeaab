// The weights of a network as site.json describes them and a file of the site holds them.
//
// A file is compressed by gzip. In it all arrays stand one after the other, in float16
// as two planes (first all low bytes, then all high ones, which compress better), or in
// int8, of which each column has a scale in site.json.

export async function unpacked(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// `description`: {type, arrays: [{name, shape, scales}]}; Float32Arrays by name.
export function weightsOf({ type, arrays }, bytes) {
  const read = type === "int8" ? fromBytes(bytes) : fromHalves(bytes);
  let at = 0;
  const found = {};
  for (const { name, shape, scales } of arrays) {
    const length = shape.reduce((a, b) => a * b, 1);
    const values = read(at, length);
    if (scales) values.forEach((value, i) => (values[i] = value * scales[i % scales.length]));
    found[name] = values;
    at += length;
  }
  return found;
}

const fromBytes = (bytes) => (at, length) => Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset + at, length));

function fromHalves(bytes) {
  const values = halves();
  const count = bytes.length / 2;
  return (at, length) => {
    const found = new Float32Array(length);
    for (let i = 0; i < length; i += 1) found[i] = values[bytes[at + i] | (bytes[count + at + i] << 8)];
    return found;
  };
}

// What each of the 65,536 numbers of half precision is (IEEE 754, binary16).
function halves() {
  return Float32Array.from({ length: 65536 }, (_, bits) => {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
    return bits >> 15 ? -size : size;
  });
}
