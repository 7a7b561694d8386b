// Numbers as they are read: a true minus sign, no "-0.0".

/** A number with so many decimals. */
export function number(value, decimals) {
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A sum of pieces that stand beside it with two decimals: with one, so that what is shown adds up. */
export const whole = (value) => number(value, 1);

/** A gap: two decimals below 10, one above. */
export const gap = (value) => number(value, value < 9.995 ? 2 : 1);

/** How many decimals the first digit of a standard error has, at most two. */
export const decimalsOf = (error) => Math.max(0, Math.min(2, -Number(error.toExponential(0).split("e")[1])));

/** A gap and its standard error, with as many decimals; an error below 0.005 is not said. */
export function estimate(value, error) {
  if (error < 0.005) return gap(value);
  const decimals = decimalsOf(error);
  return `${number(value, decimals)} ± ${number(error, decimals)}`;
}

/** A positive number, to so many digits that say something, and never as a power of ten. */
export function significant(value, figures) {
  const text = value.toFixed(Math.max(0, figures - 1 - Math.floor(Math.log10(value))));
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A number with its sign, also when that is plus; "0.000" has none. */
export function signed(value, decimals) {
  const text = number(value, decimals);
  return value > 0 && (value === Infinity || Number(text) !== 0) ? `+${text}` : text;
}

/** A probability; a dash for one that is undefined. */
export const probability = (value) => (Number.isNaN(value) ? "—" : value.toFixed(2));

/** Numbers as text by name, without those that are undefined. */
export const texts = (values, decimals) =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => !Number.isNaN(value))
      .map(([name, value]) => [name, number(value, decimals)]),
  );

/** Where an axis of nats ends: at 50, or at the first of 100, 200, 400, … that is not below this value. */
export const roof = (value) => (value > 50 ? 50 * 2 ** Math.min(20, Math.ceil(Math.log2(value / 50))) : 50);
