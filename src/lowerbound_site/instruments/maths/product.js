// The product of which networks are made.

/**
 * into[r, o] = bias[o] + sum over i of rows[r, i] matrix[o, i], for n rows. It goes four rows and two outputs at a time: a
 * number that is loaded serves several sums. At the ends, where there are fewer, the last ones are computed again.
 */
export function multiply(rows, n, { matrix, bias }, into) {
  const tall = bias.length;
  const wide = matrix.length / tall;
  for (let r = 0; r < n; r += 4) {
    const [r1, r2, r3] = [Math.min(r + 1, n - 1), Math.min(r + 2, n - 1), Math.min(r + 3, n - 1)];
    const [a, b, c, d] = [r * wide, r1 * wide, r2 * wide, r3 * wide];
    for (let o = 0; o < tall; o += 2) {
      const o1 = Math.min(o + 1, tall - 1);
      const [e, f] = [o * wide, o1 * wide];
      let [p, q, s, t] = [bias[o], bias[o], bias[o], bias[o]];
      let [u, v, w, x] = [bias[o1], bias[o1], bias[o1], bias[o1]];
      for (let i = 0; i < wide; i++) {
        const [one, other] = [matrix[e + i], matrix[f + i]];
        const [g, h, k, l] = [rows[a + i], rows[b + i], rows[c + i], rows[d + i]];
        p += g * one;
        q += h * one;
        s += k * one;
        t += l * one;
        u += g * other;
        v += h * other;
        w += k * other;
        x += l * other;
      }
      [into[r * tall + o], into[r1 * tall + o], into[r2 * tall + o], into[r3 * tall + o]] = [p, q, s, t];
      [into[r * tall + o1], into[r1 * tall + o1], into[r2 * tall + o1], into[r3 * tall + o1]] = [u, v, w, x];
    }
  }
}
