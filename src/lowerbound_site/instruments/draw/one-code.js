// What comes out of each code, one beside the other: a stem from log p(x, z) to the difference.

import { change, drawing, svg, write } from "../controls/dom.js";
import { number } from "./format.js";

const [LEFT, HIGH, STEP, APART] = [52, 220, 12, 14];
const [DOWN, UP] = [5, 3]; // nats about log p(x); what lies beyond ends in an arrow

/** Room for `yours` codes and, apart from these, for `theirs`. */
export function outcomes(yours, theirs) {
  const wide = STEP * (yours + theirs) + APART;
  const x = (n) => LEFT + STEP * (n + 0.5) + (n < yours ? 0 : APART);
  const line = (stroke, width, more) => svg("path", { class: "lb-line", stroke, "stroke-width": width, "stroke-linecap": "round", ...more });
  const ticks = Array.from({ length: 5 }, () => svg("text", { x: LEFT - 5, "text-anchor": "end", fill: "var(--lb-muted)" }));
  const level = line("var(--lb-p)", 2);
  const stems = line("", 1.5);
  const starts = line("var(--lb-muted)", 5);
  const ends = line("", 7);
  const arrows = line("", 1.5);
  const gap = svg("rect", { x: LEFT + wide + 4, width: 10, fill: "var(--lb-gap)" });
  const mean = line("var(--lb-gap)", 1.5, { "stroke-dasharray": "5 3" });
  const name = svg("text", { x: LEFT - 5, "text-anchor": "end", fill: "var(--lb-p)" });
  const names = [["your codes", 0], ["codes of the encoder", yours]].map(([text, n]) => svg("text", { x: x(n) - STEP / 2, y: HIGH + 14, fill: "var(--lb-muted)" }, text));
  const element = drawing(LEFT + wide + 18, HIGH + 18, { role: "img" }, gap, level, stems, arrows, starts, ends, mean, name, ...ticks, ...names);
  return {
    element,
    /** `all[n]` is the place n's { from, to }, if it has one; `below` is how far the mean lies under `truth`, if it is shown;
     *  the line at `truth` comes when codes are `compared`. */
    paint(all, { truth, below, kind, slides, told, compared }) {
      const y = (value) => (HIGH * (UP - Math.max(-DOWN, Math.min(UP, value - truth)))) / (UP + DOWN);
      const each = (draw) => all.map((one, n) => (one ? draw(x(n), one) : "")).join("");
      change(element, { "aria-label": told });
      element.classList.toggle("lb-slides", slides);
      change(level, { d: compared ? `M${LEFT} ${y(truth)}h${wide}` : "" });
      write(name, compared ? "log p(x)" : "");
      change(stems, { d: each((at, { from, to }) => `M${at} ${y(from).toFixed(1)}V${y(to).toFixed(1)}`) });
      change(starts, { d: each((at, { from }) => `M${at} ${y(from).toFixed(1)}h0`) });
      change(ends, { d: each((at, { to }) => `M${at} ${y(to).toFixed(1)}h0`) });
      const beyond = (at, value) => (value > truth + UP ? `M${at - 4} 6l4 -5l4 5` : value < truth - DOWN ? `M${at - 4} ${HIGH - 6}l4 5l4 -5` : "");
      change(arrows, { d: each((at, { from, to }) => beyond(at, from) + beyond(at, to)) });
      for (const part of [stems, ends, arrows]) change(part, { stroke: `var(--lb-${kind})` });
      change(gap, { y: y(truth), height: below === undefined ? 0 : y(truth - below) - y(truth) });
      change(mean, { d: below === undefined ? "" : `M${x(yours) - STEP / 2} ${y(truth - below)}H${LEFT + wide + 14}` });
      const first = 2 * Math.ceil((truth - DOWN) / 2);
      const off = 2 * Math.round(truth / 2) - truth; // from the tick next to it, which the name makes room for
      change(name, { y: y(truth) + 4 + (Math.abs(off) < 0.6 ? 6 * Math.sign(off) : 0) });
      ticks.forEach((tick, k) => {
        const value = first + 2 * k;
        change(tick, { y: y(value) + 4 });
        write(tick, value < truth + UP && (!compared || Math.abs(value - truth) > 0.25) ? number(value, 0) : "");
      });
    },
  };
}
