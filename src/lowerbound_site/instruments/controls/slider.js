// A slider as the ARIA practices describe it: arrows move by a tenth of a unit (with Shift by half a unit), Page Up and
// Page Down by a unit, Home and End go to the ends.

import { element, write } from "./dom.js";
import { number } from "../draw/format.js";

const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** The change of value that a key asks for, or undefined. `small`, `large` and `page` are steps. */
export function keyStep(event, value, { from, to }, { small = 0.1, large = 0.5, page = 1 } = {}) {
  if (event.key in KEYS) return value + KEYS[event.key] * (event.shiftKey ? large : small);
  if (event.key === "PageUp") return value + page;
  if (event.key === "PageDown") return value - page;
  if (event.key === "Home") return from;
  if (event.key === "End") return to;
  return undefined;
}

/**
 * A labelled slider on a line of its own for one number of the state; `paint(text)` shows it and says what it means.
 * Words may be shown in the place of the number, and another number in the place of the state's.
 */
export function axisSlider(kit, key, label, steps) {
  const { from, to, step } = kit.schema[key];
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const input = element("input", { type: "range", min: from, max: to, step, "aria-label": label });
  const value = element("output", { "aria-live": "off" });
  input.addEventListener("input", () => kit.set({ [key]: input.valueAsNumber }));
  input.addEventListener("change", () => kit.set({ [key]: input.valueAsNumber }, true));
  input.addEventListener("keydown", (event) => {
    const next = keyStep(event, kit.state[key], { from, to }, steps);
    if (next === undefined) return;
    event.preventDefault();
    kit.set({ [key]: next }, true);
  });
  return {
    element: element("label", { class: "lb-slider" }, element("span", {}, label), input, value),
    paint(meaning, words, shown = kit.state[key]) {
      const said = number(shown, decimals);
      input.value = shown;
      input.setAttribute("aria-valuetext", meaning ? `${label} ${said}, ${meaning}` : `${label} ${said}`);
      write(value, words ?? said);
    },
  };
}
