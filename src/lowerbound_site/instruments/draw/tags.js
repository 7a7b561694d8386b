// Numbers beside pieces of the plane: next to what they name, in the plane, and not one on another.

import { element, write } from "../controls/dom.js";

const [WIDE, HIGH] = [0.62, 0.36]; // of a number, in units of the plane where it is small
const apart = (a, b) => a.left >= b.right || b.left >= a.right || a.low >= b.high || b.low >= a.high;
const around = ([z1, z2]) => ({ left: z1 - WIDE / 2, right: z1 + WIDE / 2, low: z2 - HIGH / 2, high: z2 + HIGH / 2 });

/** The middles of tags for boxes {left, right, low, high}: above a box or below it, else at its side, where there is room. */
export function places(boxes, limit) {
  const taken = [...boxes];
  return boxes.map(({ left, right, low, high }) => {
    const [z1, z2] = [(left + right) / 2, (low + high) / 2];
    const choices = [[z1, high + HIGH / 2], [z1, low - HIGH / 2], [right + WIDE / 2, z2], [left - WIDE / 2, z2]];
    const inside = (tag) => tag.left >= -limit && tag.right <= limit && tag.low >= -limit && tag.high <= limit;
    const found = choices.find((choice) => inside(around(choice)) && taken.every((other) => apart(around(choice), other))) ?? choices[0];
    taken.push(around(found));
    return found;
  });
}

/** `paint([{text, box}])` writes at most `most` numbers. */
export function tags(box, limit, kind, most) {
  const made = Array.from({ length: most }, () => element("span", { class: kind, hidden: "" }));
  box.append(...made);
  return {
    paint(wanted) {
      const middles = places(wanted.map((tag) => tag.box), limit);
      made.forEach((tag, n) => {
        tag.hidden = n >= wanted.length;
        if (tag.hidden) return;
        write(tag, wanted[n].text);
        const [left, top] = [1 + middles[n][0] / limit, 1 - middles[n][1] / limit];
        tag.style.cssText = `left: ${(50 * left).toFixed(2)}%; top: ${(50 * top).toFixed(2)}%;`;
      });
    },
  };
}
