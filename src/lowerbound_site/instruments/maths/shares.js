// Shares of the standard normal: which share lies below z, and below which z a share lies.

const density = (z) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** The share above z >= 0: a series with positive terms near the middle, a continued fraction further out. */
function above(z) {
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let n = 3; term > 1e-17 * sum; n += 2) sum += term *= (z * z) / n;
    return 0.5 - density(z) * sum;
  }
  let rest = z;
  for (let n = 50; n > 0; n--) rest = z + n / rest;
  return density(z) / rest;
}

/** The share below z. */
export const ndtr = (z) => (z < 0 ? above(-z) : 1 - above(z));

/** The z below which a share, between 0 and 1, lies: a first guess (Abramowitz & Stegun 26.2.23), and Halley's steps. */
export function ndtri(share) {
  if (share > 0.5) return -ndtri(1 - share);
  const t = Math.sqrt(-2 * Math.log(share));
  let z = (2.515517 + t * (0.802853 + 0.010328 * t)) / (1 + t * (1.432788 + t * (0.189269 + 0.001308 * t))) - t;
  for (let step = 0; step < 2; step++) {
    const off = (ndtr(z) - share) / density(z);
    z -= off / (1 + 0.5 * z * off);
  }
  return z;
}
