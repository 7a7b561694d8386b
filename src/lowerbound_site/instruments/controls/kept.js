// What was worked out before, by what it was worked out for: a hand goes back and forth.

/** `once(name, key, make)`: what `make` made under this name for this key. The last `most` of each name are kept. */
export function keeping(most = 16) {
  const kept = {};
  return (name, key, make) => {
    const those = (kept[name] ??= new Map());
    if (!those.has(key)) {
      if (those.size === most) those.delete(those.keys().next().value);
      those.set(key, make());
    }
    return those.get(key);
  };
}
