// Numbers: float16 weights, bits, and what keeps exponentials in range.

/** float16 numbers, little-endian, as float64. */
export function halves(buffer) {
  const view = new DataView(buffer);
  return Float64Array.from({ length: buffer.byteLength / 2 }, (_, i) => half(view.getUint16(2 * i, true)));
}

function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Images of 64 pixels, 0 or 1, from packed bits; the first pixel is the highest bit of the first byte. */
export function images(buffer) {
  const bytes = new Uint8Array(buffer);
  return Array.from({ length: bytes.length / 8 }, (_, n) =>
    Float64Array.from({ length: 64 }, (_, d) => (bytes[8 * n + (d >> 3)] >> (7 - (d & 7))) & 1),
  );
}

/** 64 pixels as 16 hexadecimal digits, and back. */
export const toHex = (x) =>
  Array.from({ length: 16 }, (_, n) => (8 * x[4 * n] + 4 * x[4 * n + 1] + 2 * x[4 * n + 2] + x[4 * n + 3]).toString(16)).join("");
export const fromHex = (hex) => Float64Array.from({ length: 64 }, (_, d) => (parseInt(hex[d >> 2], 16) >> (3 - (d & 3))) & 1);

/** 1 / (1 + e^-t). */
export const sigmoid = (t) => (t >= 0 ? 1 / (1 + Math.exp(-t)) : 1 - 1 / (1 + Math.exp(t)));

/** log of the sum of e^value. */
export function logSumExp(values) {
  let peak = -Infinity;
  for (const value of values) if (value > peak) peak = value;
  if (peak === -Infinity) return peak;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - peak);
  return peak + Math.log(sum);
}
