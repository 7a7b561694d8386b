// A question to answer before moving. What was chosen stays, and is judged when the reader has moved far enough to see.

import { element, write } from "./dom.js";

/**
 * Of the answers one is right, because …; `todo` names the one thing to press or move before that is seen. Where they
 * depend on the state, `paint` is told. The first verdict stays until `again`.
 */
export function predict(kit, question, { answers, todo, right, because } = {}) {
  const asked = element("p", {});
  const choices = element("div", { class: "lb-answers" });
  const verdict = element("p", { class: "lb-verdict", role: "status" });
  const root = element("div", { class: "lb-predict lb-live" }, asked, choices, verdict);
  let buttons = [];
  let chosen = -1;
  let judged = false;

  const mark = () =>
    buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(i === chosen));
      button.disabled = chosen >= 0 && i !== chosen;
    });
  const again = () => {
    judged = false;
    write(verdict, "");
  };
  const forget = () => {
    chosen = -1;
    mark();
    again();
  };
  /** Another question in the place of this one, or none. */
  const ask = (text, others) => {
    root.hidden = !text;
    if (!text || text === asked.textContent) return;
    write(asked, text);
    answers = others;
    buttons = answers.map((answer, i) => {
      const button = element("button", { type: "button", "aria-pressed": "false" }, answer);
      button.addEventListener("click", () => {
        if (chosen >= 0) return;
        chosen = i;
        mark();
        again();
        kit.repaint(); // enough may have been seen before
      });
      return button;
    });
    choices.replaceChildren(...buttons);
    forget();
  };
  ask(question, answers);
  kit.atReset(forget);
  return {
    element: root,
    ask,
    again,
    answered: () => chosen >= 0,
    focus: () => buttons[0].focus(),
    judged: () => judged,
    paint(seen, now = { right, because }, left = todo) {
      if (chosen < 0 || judged) return;
      if (!seen) {
        write(verdict, left);
        return;
      }
      judged = true;
      if (choices.contains(document.activeElement)) {
        verdict.tabIndex = -1; // some pictures put the verdict in the place of the answers
        queueMicrotask(() => verdict.focus({ preventScroll: true }));
      }
      write(verdict, `You said “${answers[chosen]}”${chosen === now.right ? ", and that is right" : `, but the answer is “${answers[now.right]}”`}. ${now.because}`);
    },
  };
}
