// A question to answer before moving. What was chosen stays, and is judged when the reader has moved far enough to see.

import { element, write } from "./dom.js";

/**
 * answers: what one may say; right: which of them holds; because: what is said with the verdict. Where what is right
 * depends on the state, `paint` is told, and the first verdict stays.
 */
export function predict(question, { answers, right, because }) {
  let chosen = -1;
  let judged = false;
  const verdict = element("p", { class: "lb-verdict" });
  const buttons = answers.map((answer, i) => {
    const button = element("button", { type: "button", "aria-pressed": "false" }, answer);
    button.addEventListener("click", () => {
      chosen = i;
      buttons.forEach((other, j) => {
        other.setAttribute("aria-pressed", String(i === j));
        other.disabled = i !== j;
      });
      write(verdict, "Now move it, and see.");
    });
    return button;
  });
  return {
    element: element("div", { class: "lb-predict lb-live" }, element("p", {}, question), ...buttons, verdict),
    paint(seen, now = { right, because }) {
      if (!seen || chosen < 0 || judged) return;
      judged = true;
      write(verdict, `${chosen === now.right ? "Yes." : `You said: ${answers[chosen]}.`} ${now.because}`);
    },
  };
}
