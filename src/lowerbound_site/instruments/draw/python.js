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
