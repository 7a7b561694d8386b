// A distribution over three values, from the places of its two borders, whichever comes first.
export function thirds(one, other) {
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  return [low, high - low, 1 - high];
}
