// Numbers as they are read: a true minus sign, no "-0.0".

/** A number with so many decimals. */
export function number(value, decimals) {
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A gap: two decimals below 10, one above. */
export const gap = (value) => number(value, value < 9.995 ? 2 : 1);

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
