// The product of which networks are made.

/**
 * into[r, o] = bias[o] + sum over i of rows[r, i] matrix[o, i], for n rows. It goes four rows and two outputs at a time: a
 * number that is loaded serves several sums. At the ends, where there are fewer, the last ones are computed again.
 */
export function multiply(rows, n, { matrix, bias }, into) {
  const tall = bias.length;
  const wide = matrix.length / tall;
  for (let r = 0; r < n; r += 4) {
    const r1 = Math.min(r + 1, n - 1);
    const r2 = Math.min(r + 2, n - 1);
    const r3 = Math.min(r + 3, n - 1);
    for (let o = 0; o < tall; o += 2) {
      const o1 = Math.min(o + 1, tall - 1);
      let a = bias[o], b = a, c = a, d = a;
      let a1 = bias[o1], b1 = a1, c1 = a1, d1 = a1;
      for (let i = 0; i < wide; i++) {
        const one = matrix[o * wide + i];
        const other = matrix[o1 * wide + i];
        const p = rows[r * wide + i];
        const q = rows[r1 * wide + i];
        const s = rows[r2 * wide + i];
        const t = rows[r3 * wide + i];
        a += p * one;
        b += q * one;
        c += s * one;
        d += t * one;
        a1 += p * other;
        b1 += q * other;
        c1 += s * other;
        d1 += t * other;
      }
      into[r * tall + o] = a;
      into[r1 * tall + o] = b;
      into[r2 * tall + o] = c;
      into[r3 * tall + o] = d;
      into[r * tall + o1] = a1;
      into[r1 * tall + o1] = b1;
      into[r2 * tall + o1] = c1;
      into[r3 * tall + o1] = d1;
    }
  }
}
