// A place on a map in the hand: z1 and z2 of the state. It goes to where the map is tapped, and by the four arrow keys.

import { glide } from "./instrument.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** For the `keys` of a handle: each arrow moves the place in its own direction. */
export const arrows = (kit) => (event) => {
  const by = event.shiftKey ? 0.5 : 0.1;
  return ARROWS[event.key] && Object.fromEntries(ARROWS[event.key].map((sign, l) => [`z${l + 1}`, kit.state[`z${l + 1}`] + by * sign]));
};

/** A tap on the map, not on what is dragged there, takes the place to it; `hold()` comes before, `end()` when it is there. */
export function tapping(kit, field, { hold = () => {}, end }) {
  const gliding = glide(kit);
  field.element.addEventListener("click", (event) => {
    if (event.target.closest(".lb-grip, .lb-handle")) return;
    hold();
    const [z1, z2] = field.code(event);
    gliding.to({ z1, z2 }, end);
  }, { signal: kit.signal });
  return gliding;
}
