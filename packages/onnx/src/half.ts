const BITS = new Uint32Array(1);
const FLOAT = new Float32Array(BITS.buffer);

/** The value of an IEEE 754 half-precision pattern: sign, five bits of exponent, ten of fraction; exact. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The half-precision pattern nearest to a number, ties to even; what is too large becomes infinite. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  // 65520 lies half-way between the largest half, 65504, and the next that there would be.
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.max(size, 2 ** -25))));
  // A fraction that rounds up to 1024 carries into the exponent's bits, which is the right pattern.
  const steps = roundEven(size / 2 ** (exponent - 10));
  return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps);
}

function roundEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/** The value of a bfloat16 pattern, the upper half of a single-precision number; exact. */
export function bfloatToNumber(bits: number): number {
  BITS[0] = bits << 16;
  return FLOAT[0]!;
}

/** The bfloat16 pattern nearest to a number, ties to even. */
export function numberToBfloat(value: number): number {
  FLOAT[0] = value;
  if (Number.isNaN(value)) return 0x7fc0;
  const bits = BITS[0]!;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}
