// A normal over two latent numbers, q = {mean: [m1, m2], tril: [a, b, c]}: z = mean + T e with T = [[a, 0], [b, c]].

export const LOG_2PI = Math.log(2 * Math.PI);

/** The normal with independent coordinates: T is diagonal. */
export const upright = (m1, m2, s1, s2) => ({ mean: [m1, m2], tril: [s1, 0, s2] });

/** The normal with these standard deviations and this correlation. */
export const tilted = (m1, m2, s1, s2, r) => ({ mean: [m1, m2], tril: [s1, r * s2, Math.sqrt(1 - r * r) * s2] });

/** The point that standard normal noise (e1, e2) becomes. */
export function at({ mean: [m1, m2], tril: [a, b, c] }, e1, e2) {
  return [m1 + a * e1, m2 + b * e1 + c * e2];
}

/** log q(z). */
export function logProb({ mean: [m1, m2], tril: [a, b, c] }, z1, z2) {
  const e1 = (z1 - m1) / a;
  const e2 = (z2 - m2 - b * e1) / c;
  return -0.5 * (e1 * e1 + e2 * e2) - LOG_2PI - Math.log(a * c);
}

/** KL(q || N(0, I)) = (|m|^2 + |T|^2 - 2) / 2 - log det T. */
export function klToPrior({ mean: [m1, m2], tril: [a, b, c] }) {
  return 0.5 * (m1 * m1 + m2 * m2 + a * a + b * b + c * c - 2) - Math.log(a * c);
}

/** The standard deviations and the correlation of the two coordinates. */
export function spread({ tril: [a, b, c] }) {
  const s2 = Math.hypot(b, c);
  return [a, s2, b / s2];
}

/** How far out, in standard deviations, the contour lies that holds this share of a normal in the plane. */
export const reach = (share) => Math.sqrt(-2 * Math.log1p(-share));

/** `count` points around that contour. */
export function contour(q, share, count = 48) {
  const r = reach(share);
  return Array.from({ length: count }, (_, k) => {
    const turn = (2 * Math.PI * k) / count;
    return at(q, r * Math.cos(turn), r * Math.sin(turn));
  });
}
