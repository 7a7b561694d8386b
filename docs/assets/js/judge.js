// Cases that the reader judges before the verdict is seen. <lb-judge data-case="thought" data-answers="right|no"> holds
// them: each a <details data-answer="right">, which may have `data-answers` of its own. What stands in its .lb-then is
// seen once the reader has said something; at once, where data-answer is none of the answers, so that there is nothing
// to judge. The verdict then stands on the case's own line, closed or open, and behind the words in .lb-post that link
// to it. Without JavaScript, and on paper, all this is a list of folds and a text.

customElements.define(
  "lb-judge",
  class extends HTMLElement {
    #cases = [];
    #stopped;

    connectedCallback() {
      this.#stopped = new AbortController();
      document.addEventListener("click", (event) => this.#follow(event), { capture: true, signal: this.#stopped.signal });
      if (!this.#cases.length) this.#begin();
      // Of many the first is open, so that it is seen what there is to do.
      if (!this.#open(location.hash) && this.marked && !this.#cases.some(({ details }) => details.open)) this.#cases[0].details.open = true;
    }

    disconnectedCallback() {
      this.#stopped.abort();
    }

    #begin() {
      this.marked = this.querySelector(".lb-post");
      const all = button("Show all verdicts", () => {
        for (const one of this.#cases) {
          one.reveal();
          one.details.open ||= !this.marked; // of many the lines are seen at a glance
        }
      });
      all.className = "lb-tool";
      this.score = element("p", { class: "lb-score" });
      for (const details of this.querySelectorAll("details[data-answer]")) this.#cases.push(this.#case(details));
      this.prepend(element("div", { class: "lb-judged" }, this.score, all));
      this.#count();
    }

    #case(details) {
      const right = details.dataset.answer;
      const then = details.querySelector(".lb-then");
      const said = element("p", { class: "lb-verdict", role: "status" });
      const line = element("span", {});
      details.querySelector("summary").append(line);
      const next = button(`Next ${this.dataset.case}`, () => {
        const later = this.#cases.slice(this.#cases.indexOf(one) + 1);
        this.#show([...later, ...this.#cases].find(({ done }) => !done));
      });
      const mark = this.querySelector(`.lb-post a[href$="#${details.id}"]`);
      const answers = (details.dataset.answers ?? this.dataset.answers).split("|");
      const one = { details, right, mark, asked: !answers.includes(right) };
      const finish = () => {
        one.done = true;
        next.hidden = this.#cases.every(({ done }) => done);
      };
      const buttons = answers.map((answer) =>
        button(answer, () => {
          one.answer = answer;
          one.reveal();
          for (const each of buttons) {
            each.setAttribute("aria-pressed", String(each.textContent === answer));
            each.disabled = each.textContent !== answer;
          }
          const same = answer === right ? ", and so does the evidence" : `. The evidence says “${right}”`;
          said.textContent = `You said “${answer}”${same}.`;
          this.#count();
          finish();
          details.scrollIntoView({ block: "nearest" });
        }),
      );
      const asked = element("div", { class: "lb-answers", role: "group", tabindex: -1, "aria-label": "Your verdict" }, ...buttons);
      one.focus = () => (one.asked ? details.querySelector("summary") : asked).focus({ preventScroll: true });
      one.reveal = () => {
        then.hidden = false;
        for (const place of this.marked ? [line, mark] : []) {
          place.dataset.verdict = right;
          place.toggleAttribute("data-same", one.answer === right);
        }
      };
      then.after(next);
      if (one.asked) details.addEventListener("toggle", () => details.open && (one.reveal(), finish()));
      else then.before(element("div", { class: "lb-predict" }, asked, said));
      then.hidden = !one.asked;
      next.hidden = true;
      return one;
    }

    #count() {
      const [judged, all] = [this.#cases.filter(({ answer }) => answer), this.#cases.filter(({ asked }) => !asked)];
      const same = judged.filter(({ answer, right }) => answer === right);
      this.score.textContent = `You have judged ${judged.length} of ${all.length}, ${same.length} as the evidence does.`;
    }

    #show({ details, focus }) {
      if (this.marked) for (const other of this.#cases) other.details.open = false;
      details.open = true;
      focus();
      details.scrollIntoView({ block: "nearest" });
    }

    #open(hash) {
      const one = this.#cases.find(({ details }) => details.id && `#${details.id}` === hash);
      if (one) this.#show(one);
      return one;
    }

    // Before the theme sees it, which would only scroll.
    #follow(event) {
      const link = event.target.closest?.("a[href*='#']");
      if (!link || link.pathname !== location.pathname || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (!this.#open(link.hash)) return;
      event.preventDefault();
      event.stopPropagation();
    }
  },
);

function element(name, attributes, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

function button(text, act) {
  const made = element("button", { type: "button" }, text);
  made.addEventListener("click", act);
  return made;
}
