// A joint as a table: x and z take a few values each, and it is a list of rows, one an image x: joint[x][z] = p(x, z).
// Its marginals and conditionals, and the KL of two.

export const transpose = (rows) => rows[0].map((_, column) => rows.map((row) => row[column]));
export const sum = (values) => values.reduce((total, value) => total + value, 0);

// p(x, z) = p(z) p(x|z); the decoder has a row for each z.
export const fromModel = (prior, decoder) => transpose(decoder.map((row, z) => row.map((prob) => prior[z] * prob)));
// q(x, z) = q(x) q(z|x); the encoder has a row for each x.
export const fromData = (data, encoder) => encoder.map((row, x) => row.map((prob) => data[x] * prob));

export const marginalX = (joint) => joint.map(sum);
export const marginalZ = (joint) => marginalX(transpose(joint));
// p(z|x), a row for each x. Of an empty row nothing is known: NaN, shown as a dash.
export const zGivenX = (joint) => joint.map((row) => row.map((prob) => prob / sum(row)));
// p(x|z), a row for each z.
export const xGivenZ = (joint) => zGivenX(transpose(joint));

// weight · log(q/p). Where the weight is 0 the term is 0, and what p rules out while q does not costs without end.
export const term = (weight, q, p) => (weight > 0 ? weight * (p > 0 ? Math.log(q / p) : Infinity) : 0);
// What one value adds to a KL.
export const contribution = (q, p) => term(q, q, p);

// KL(q‖p) of two lists, in nats. The terms q log(q/p) + p - q have the same sum, and none of them is below 0.
export const kl = (q, p) => sum(q.map((prob, i) => contribution(prob, p[i]) + p[i] - prob));
// For each row of two conditionals, KL(q(.|row)‖p(.|row)): NaN where q's row is undefined, infinite where only p's is.
export const klEach = (q, p) =>
  q.map((row, i) => (row.some(Number.isNaN) ? NaN : p[i].some(Number.isNaN) ? Infinity : kl(row, p[i])));
// The average of `values` under `weights`; what has no weight does not count, defined or not.
export const mean = (weights, values) => sum(weights.map((weight, i) => (weight > 0 ? weight * values[i] : 0)));

// A distribution over three values, from the places of its two borders, whichever comes first.
export function thirds(one, other) {
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  return [low, high - low, 1 - high];
}
