// What the instruments that train have in common.

import { element, write } from "./dom.js";

/** Images, each of 64 pixels, one after the other in one array. */
export function joined(images) {
  const all = new Float64Array(64 * images.length);
  images.forEach((image, n) => all.set(image, 64 * n));
  return all;
}

/**
 * A question to answer before training; the run itself says what came true. `show` takes {question, options, judge} or
 * nothing; `judge(history)` gives the verdict.
 */
export function prediction(group) {
  const question = element("legend", {});
  const options = element("div", {});
  const verdict = element("p", { class: "lb-verdict" });
  const root = element("fieldset", { class: "lb-live lb-predict" }, question, options, verdict);
  let asked;
  let answer;
  return {
    root,
    show(next) {
      root.hidden = !next;
      if (next === asked) return;
      asked = next;
      answer = undefined;
      this.clear();
      if (!asked) return;
      write(question, asked.question);
      options.replaceChildren(
        ...asked.options.map((text, n) => {
          const radio = element("input", { type: "radio", name: group });
          radio.addEventListener("change", () => (answer = n));
          return element("label", {}, radio, element("span", {}, text));
        }),
      );
    },
    clear() {
      write(verdict, "");
    },
    judge(history) {
      if (!asked) return;
      const { answer: found, said } = asked.judge({ first: history[0], last: history.at(-1) });
      const yours = answer === undefined ? "" : answer === found ? " You said so." : ` You said: ${asked.options[answer]}.`;
      write(verdict, `${said} That is: ${asked.options[found]}.${yours}`);
    },
  };
}
