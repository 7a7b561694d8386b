// The parts of a program that prints the numbers shown.

/** Numbers, in lists as deep as they are. */
export const literal = (numbers) => JSON.stringify(numbers).replaceAll(",", ", ");

/** A line `print(f"name = {expression:.3f}")` for each name whose value is defined. */
export const prints = (values, expressions, decimals = 3) =>
  Object.entries(expressions)
    .filter(([name]) => !Number.isNaN(values[name]))
    .map(([name, expression]) => `print(f"${name} = {${expression}:z.${decimals}f}")\n`)
    .join("");

/** Both joints of the library, from the four that are given. */
export const joints = ({ prior, decoder, data, encoder }) => `\
prior, data = ${literal(prior)}, ${literal(data)}
decoder = ${literal(decoder)}
encoder = ${literal(encoder)}
p, q = Joint.from_model(prior, decoder), Joint.from_data(data, encoder)
`;

/** The joint KL and the four pieces of its two splits, each as the library says it. */
export const SPLITS = {
  "KL(q(x,z)||p(x,z))": "kl(q, p)",
  "KL(q(x)||p(x))": "kl(q.x, p.x)",
  "gap": "kl(q.z_given_x, p.z_given_x)",
  "KL(q(z)||p(z))": "kl(q.z, p.z)",
  "yours": "kl(q.x_given_z, p.x_given_z)",
};

/** The program that prints these five numbers, from the four distributions that are given. */
export const splits = (given, values) => `\
from lowerbound import Joint, kl

${joints(given)}\
${prints(values, SPLITS)}`;

/** A function `normals(n, stream)` with the page's own draws; it needs `log` of math, and `tensor` and `float64` of torch. */
export const normals = (seed) => `def normals(n, stream):
    """The page's draws: the generator sfc32, and Marsaglia and Bray's way from uniform numbers to normal ones."""
    a, b, c, count, words, found = ${seed}, stream, 0, 0, [], []
    while len(found) < 2 * n:
        count += 1
        word = (a + b + count) % 2**32
        a, b = b ^ (b >> 9), c * 9 % 2**32
        c = ((c << 21 | c >> 11) + word) % 2**32
        if count > 16:
            words.append(word >> 6)
        if len(words) == 4:
            u, v = (2 * (high * 2**26 + low + 0.5) / 2**52 - 1 for high, low in (words[:2], words[2:]))
            words, square = [], u * u + v * v
            if 0 < square < 1:
                found += [u * (-2 * log(square) / square) ** 0.5, v * (-2 * log(square) / square) ** 0.5]
    return tensor(found, dtype=float64).reshape(n, 1, 2)
`;
