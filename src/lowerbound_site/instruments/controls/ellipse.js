// A normal on the plane that is moved and sized: z1, z2, s1 and s2 of the state.

import { change, element, svg } from "./dom.js";
import { drag, handle } from "./handle.js";
import { arrows, tapping } from "./place.js";
import { number } from "../draw/format.js";
import { outline } from "../draw/plane.js";
import { reach, spread } from "../maths/normal.js";

/** `hold()` comes before a change by hand: from then on the state's four numbers are what is shown. */
export function ellipse(kit, field, hold = () => {}) {
  const rest = () => kit.set({}, true);
  const shapes = [outline("lb-halo", 0.95), outline("lb-q-95", 0.95), outline("lb-q-50", 0.5)];
  const centre = svg("circle", { class: "lb-q-dot", r: 0.05 });
  field.marks.append(...shapes.map((shape) => shape.element), centre);

  const grip = element("div", { class: "lb-grip" });
  const gliding = tapping(kit, field, { hold, end: rest });
  drag(grip, {
    begin: (event) => {
      gliding.stop();
      hold();
      const [z1, z2] = field.code(event);
      return [z1 - kit.state.z1, z2 - kit.state.z2];
    },
    move: (event, [d1, d2]) => {
      const [z1, z2] = field.code(event);
      kit.set({ z1: z1 - d1, z2: z2 - d2 });
    },
    end: rest,
    signal: kit.signal,
  });
  const place = (key, index) =>
    handle(kit, {
      key, kind: index ? "lb-thumb lb-thumb-z2" : "lb-thumb", orientation: index ? "vertical" : "horizontal", label: index ? "place of q, upwards" : "place of q, to the right",
      hold, keys: arrows(kit), move: (event) => kit.set({ [key]: field.code(event)[index] }), end: rest,
    });
  const thumbs = [place("z1", 0), place("z2", 1)];
  const width = (key, index) => {
    const far = (event) => Math.abs(field.code(event)[index] - kit.state[index ? "z2" : "z1"]) / reach(0.95);
    return handle(kit, {
      key, orientation: index ? "vertical" : "horizontal", label: index ? "height of q" : "width of q",
      steps: { small: 0.02, large: 0.1, page: 0.2 }, hold,
      begin: (event) => far(event) - kit.state[key], move: (event, off) => kit.set({ [key]: far(event) - off }), end: rest,
    });
  };
  const sizes = [width("s1", 0), width("s2", 1)];
  field.element.append(grip, ...[...thumbs, ...sizes].map((part) => part.element));

  return {
    stop: () => gliding.stop(),
    /** `meaning` is said with every handle's value. */
    paint(q, meaning) {
      const [z1, z2] = q.mean;
      const [s1, s2] = spread(q);
      for (const shape of shapes) shape.paint(q);
      change(centre, { cx: z1, cy: -z2 });
      const [left, top] = [50 + (50 * z1) / field.limit, 50 - (50 * z2) / field.limit];
      const r = [s1, s2].map((s) => (50 * s * reach(0.95)) / field.limit);
      grip.style.cssText = `left: ${left}%; top: ${top}%; width: ${2 * r[0]}%; height: ${2 * r[1]}%;`;
      thumbs[0].paint(left, 100, z1, `${number(z1, 2)}, ${meaning}`);
      thumbs[1].paint(0, top, z2, `${number(z2, 2)}, ${meaning}`);
      // Beside the middle even where the ellipse is a dot, and never outside the plane.
      const beside = (at, sign, by) => `clamp(8px, calc(${at.toFixed(2)}% ${sign} max(${by.toFixed(2)}%, 30px)), calc(100% - 8px))`;
      sizes[0].paint(beside(left, "+", r[0]), top, s1, `${number(s1, 2)}, ${meaning}`);
      sizes[1].paint(left, beside(top, "-", r[1]), s2, `${number(s2, 2)}, ${meaning}`);
    },
  };
}
