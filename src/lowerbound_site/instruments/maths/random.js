// Numbers that look random and come again from the same seed, on every machine: what a run is repeated with.

/** A generator of 32-bit numbers: "sfc32" by Chris Doty-Humphrey, from PractRand, which it passes. */
export class Random {
  #a;
  #b;
  #c = 0;
  #count = 1;
  #spare = NaN;

  /** The stream keeps apart what one seed is used for twice, such as first weights and noise. */
  constructor(seed, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = stream >>> 0;
    for (let i = 0; i < 16; i++) this.#bits(); // until seeds that are alike have nothing in common
  }

  #bits() {
    const sum = (this.#a + this.#b + this.#count++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** One number between 0 and 1, neither of them, with 53 random bits. */
  uniform() {
    const high = this.#bits() >>> 6;
    const low = this.#bits() >>> 6;
    return (high * 2 ** 26 + low + 0.5) / 2 ** 52;
  }

  /** One standard normal draw: a point in the unit disk gives two (Marsaglia & Bray 1964). */
  normal() {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = NaN;
      return spare;
    }
    let x, y, square;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    this.#spare = y * scale;
    return x * scale;
  }

  /** Standard normal draws, as many as the array is long. */
  normals(into) {
    for (let i = 0; i < into.length; i++) into[i] = this.normal();
    return into;
  }

  /** 0 to n - 1 in any order, each order as likely as another (Fisher & Yates). */
  permutation(n) {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(this.uniform() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}

/** Standard normal noise in two dimensions, n times; the streams of one seed have nothing to do with each other. */
export function noise(n, seed, stream) {
  const numbers = new Random(seed, stream).normals(new Float64Array(2 * n));
  return Array.from({ length: n }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}
