// The post as it was written. Its marked words are links, each to a case: a <details data-answer="right"> in .lb-cases,
// which may have `data-answers` of its own. The reader chooses words and judges them, and only then the case's .lb-then is
// seen; at once, where data-answer is none of the answers, so that there is nothing to judge. The verdict then stands
// behind the words, and after the last of them the way leads on to `data-end`. Of the cases the open one alone is seen,
// beside the post, or below it at the window's foot (judge.css).
// Without JavaScript, and on paper, this is a text and a list of folds.

customElements.define(
  "lb-judge",
  class extends HTMLElement {
    #cases = [];
    #stopped;

    connectedCallback() {
      this.#stopped = new AbortController();
      document.addEventListener("click", (event) => this.#follow(event), { capture: true, signal: this.#stopped.signal });
      if (!this.#cases.length) this.#begin();
      // The first is open, so that it is seen what there is to do.
      if (!this.#open(location.hash) && !this.#cases.some(({ details }) => details.open)) this.#choose(this.#cases[0]);
    }

    disconnectedCallback() {
      this.#stopped.abort();
    }

    #begin() {
      const all = button("Show all verdicts", () => {
        for (const one of this.#cases) one.reveal();
        this.#count(" All verdicts now stand behind their words.");
      });
      all.className = "lb-tool";
      this.score = element("p", { class: "lb-score", role: "status" });
      this.#cases = Array.from(this.querySelectorAll(".lb-post a[href*='#t-']"), (mark) => this.#case(mark));
      this.prepend(element("div", { class: "lb-judged" }, this.score, all));
      this.#count();
    }

    #case(mark) {
      const details = this.querySelector(mark.hash);
      const right = details.dataset.answer;
      const then = details.querySelector(".lb-then");
      const said = element("p", { class: "lb-verdict", role: "status" });
      // One is always open: its summary would be a button that does nothing, so the words leave it.
      const summary = details.querySelector("summary");
      const title = element("p", { class: "lb-case", tabindex: -1 }, ...summary.childNodes);
      summary.style.display = "none";
      summary.after(title);
      const next = button(`Next ${this.dataset.case}`, () => {
        const later = this.#cases.slice(this.#cases.indexOf(one) + 1);
        const left = [...later, ...this.#cases].find(({ done }) => !done);
        if (left) this.#show(left);
        else {
          const end = document.querySelector(this.dataset.end);
          end.tabIndex = -1;
          end.scrollIntoView();
          end.focus({ preventScroll: true });
        }
      });
      const answers = (details.dataset.answers ?? this.dataset.answers).split("|");
      const one = { details, right, mark, next, asked: !answers.includes(right) };
      const finish = () => {
        one.done = true;
        next.hidden = false;
        if (this.#cases.every(({ done }) => done)) for (const each of this.#cases) each.next.textContent = "What remains";
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
        }),
      );
      const asked = element("div", { class: "lb-answers", role: "group", tabindex: -1, "aria-label": "Your verdict" }, ...buttons);
      one.focus = () => (one.asked ? title : asked).focus({ preventScroll: true });
      one.reveal = () => {
        then.hidden = false;
        mark.dataset.verdict = right;
        mark.toggleAttribute("data-same", one.answer === right);
      };
      then.before(next);
      if (one.asked) details.addEventListener("toggle", () => details.open && (one.reveal(), finish()));
      else next.before(element("div", { class: "lb-predict" }, asked, said));
      then.hidden = !one.asked;
      next.hidden = true;
      return one;
    }

    #count(more = "") {
      const [judged, all] = [this.#cases.filter(({ answer }) => answer), this.#cases.filter(({ asked }) => !asked)];
      const same = judged.filter(({ answer, right }) => answer === right);
      this.score.textContent = `You have judged ${judged.length} of ${all.length}, ${same.length} as the evidence does.${more}`;
    }

    #choose(one) {
      for (const { details, mark } of this.#cases) {
        details.open = details === one.details;
        mark.toggleAttribute("data-open", details.open);
        if (details.open) mark.setAttribute("aria-current", "true");
        else mark.removeAttribute("aria-current");
      }
      one.details.parentElement.scrollTop = 0; // where it is higher than its room
    }

    #show(one) {
      this.#choose(one);
      one.focus();
      one.mark.scrollIntoView({ block: "nearest" });
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
