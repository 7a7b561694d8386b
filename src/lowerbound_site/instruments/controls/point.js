// The code in the hand, as a point on a map: dragged, tapped to, and moved by keys. z1 and z2 of the state.

import { change, svg } from "./dom.js";
import { handle } from "./handle.js";
import { arrows, tapping } from "./place.js";
import { number } from "../draw/format.js";

/**
 * `label` names the point; `hold()` comes before it is moved, `end()` when it rests. `paint(state, meaning)` moves it, and
 * `meaning` is said with its value.
 */
export function point(kit, field, label, { hold = () => {}, end = () => kit.set({}, true) } = {}) {
  const gliding = tapping(kit, field, { hold, end });
  const hand = { hold: () => (gliding.stop(), hold()), keys: arrows(kit), end };
  const both = handle(kit, {
    key: "z1", kind: "lb-you", orientation: "horizontal", label: `${label}, to the right`, ...hand,
    move: (event) => {
      const [z1, z2] = field.code(event);
      kit.set({ z1, z2 });
    },
  });
  const upwards = handle(kit, {
    key: "z2", kind: "lb-thumb lb-thumb-z2", orientation: "vertical", label: `${label}, upwards`, ...hand,
    move: (event) => kit.set({ z2: field.code(event)[1] }),
  });
  const spot = svg("circle", { r: field.limit / 36, fill: "var(--lb-ink)" }); // seen where nothing can be dragged
  field.marks.append(spot);
  field.element.append(upwards.element, both.element);
  return {
    stop: gliding.stop,
    paint({ z1, z2 }, meaning) {
      change(spot, { cx: z1, cy: -z2 });
      const top = 50 - (50 * z2) / field.limit;
      both.paint(50 + (50 * z1) / field.limit, top, z1, `${number(z1, 2)}, ${meaning}`);
      upwards.paint(0, top, z2, `${number(z2, 2)}, ${meaning}`);
    },
  };
}
