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
