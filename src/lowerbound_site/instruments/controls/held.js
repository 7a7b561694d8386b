// Whether something is being dragged: meanwhile nothing shall come or go above the hand.

export function holding(kit, target) {
  let held = false;
  target.addEventListener("pointerdown", () => (held = true));
  const release = () => {
    if (!held) return;
    held = false;
    kit.repaint();
  };
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, release, { signal: kit.signal });
  return () => held;
}
