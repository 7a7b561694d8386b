// A normal over two latent numbers, q = {mean: [m1, m2], tril: [a, b, c]}: z = mean + T e with T = [[a, 0], [b, c]].

export const LOG_2PI = Math.log(2 * Math.PI);

/** The normal with independent coordinates: T is diagonal. */
export const upright = (m1, m2, s1, s2) => ({ mean: [m1, m2], tril: [s1, 0, s2] });

/** The normal with these standard deviations and this correlation. */
export const tilted = (m1, m2, s1, s2, r) => ({ mean: [m1, m2], tril: [s1, r * s2, Math.sqrt(1 - r * r) * s2] });

/** KL(q || N(0, I)) = (|m|^2 + |T|^2 - 2) / 2 - log det T. */
export function klToPrior({ mean: [m1, m2], tril: [a, b, c] }) {
  return 0.5 * (m1 * m1 + m2 * m2 + a * a + b * b + c * c - 2) - Math.log(a * c);
}

/** How many times too narrow the answers are of the encoder that is too sure. */
export const TOO_SURE = 20;

/** The standard deviations and the correlation of the two coordinates. */
export function spread({ tril: [a, b, c] }) {
  const s2 = Math.hypot(b, c);
  return [a, s2, b / s2];
}

/** How far out, in standard deviations, the contour lies that holds this share of a normal in the plane. */
export const reach = (share) => Math.sqrt(-2 * Math.log1p(-share));
