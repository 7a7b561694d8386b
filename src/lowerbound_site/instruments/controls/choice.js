// One of several words of the state, as radio buttons.

import { element, write } from "./dom.js";

let groups = 0;

/** words: what stands on the button of each value; paint(numbers) may put a number beside each. */
export function choice(kit, key, legend, words) {
  const name = `lb-${key}-${(groups += 1)}`;
  const buttons = Object.entries(words).map(([value, word]) => {
    const input = element("input", { type: "radio", name, value });
    const beside = element("output", { "aria-live": "off" });
    input.addEventListener("change", () => kit.set({ [key]: value }, true));
    return { value, input, beside, label: element("label", {}, input, element("span", {}, word, beside)) };
  });
  return {
    element: element("fieldset", { class: "lb-choice" }, element("legend", {}, legend), ...buttons.map(({ label }) => label)),
    paint(numbers = {}) {
      for (const { value, input, beside } of buttons) {
        input.checked = kit.state[key] === value;
        write(beside, numbers[value] ?? "");
      }
    },
  };
}
