// Estimates of one cost as they fill up with draws, beside the exact one: draws to the right, each doubling as wide as
// the one before; nats upwards.

import { change, drawing, svg, write } from "../controls/dom.js";

const [WIDTH, HEIGHT, LEFT, FLOOR] = [340, 190, 34, 150];
const [BELOW, ABOVE, STEP] = [3, 17, 5]; // nats that are seen below and above the exact cost, and between two ticks
const DOUBLINGS = 8;

export class Running {
  constructor(colours, title) {
    this.title = title;
    this.lines = colours.map((colour) => ({
      path: svg("path", { fill: "none", stroke: colour, "stroke-width": 2 }),
      last: svg("circle", { r: 4, fill: colour }),
      arrow: svg("path", { fill: "none", stroke: colour, "stroke-width": 2 }),
    }));
    this.exact = svg("path", { stroke: "var(--lb-ink)", "stroke-dasharray": "5 4" });
    this.ticks = Array.from({ length: 5 }, () => ({ line: svg("path", { stroke: "var(--lb-rule)" }), text: svg("text", { "text-anchor": "end", x: LEFT - 6 }) }));
    const counts = Array.from({ length: DOUBLINGS / 2 + 1 }, (_, k) => 4 ** k);
    this.element = drawing(
      WIDTH, HEIGHT, { width: "100%", role: "img" },
      ...this.ticks.flatMap(({ line, text }) => [line, text]),
      svg("path", { d: `M${LEFT} ${FLOOR}H${WIDTH}`, stroke: "var(--lb-rule-strong)" }),
      ...counts.map((n) => svg("text", { x: this.#across(n), y: FLOOR + 16, "text-anchor": n === 1 ? "start" : n === 4 ** (DOUBLINGS / 2) ? "end" : "middle" }, `${n}`)),
      svg("text", { x: (LEFT + WIDTH) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, "draws"),
      svg("text", { x: WIDTH, y: 12, "text-anchor": "end" }, "nats"),
      this.exact,
      ...this.lines.flatMap(({ path, last, arrow }) => [path, last, arrow]),
    );
  }

  #across = (n) => LEFT + 6 + ((WIDTH - LEFT - 12) * Math.log2(n)) / DOUBLINGS;

  /** `exact` is the true cost; `estimates` has a list of estimates for each line, after 1, 2, 3... draws. */
  paint(exact, estimates, said) {
    const [low, high] = [exact - BELOW, exact + ABOVE];
    const up = (cost) => FLOOR - ((Math.min(high, Math.max(low, cost)) - low) / (high - low)) * FLOOR;
    change(this.exact, { d: `M${LEFT} ${up(exact).toFixed(1)}H${WIDTH}` });
    const first = Math.ceil(low / STEP) * STEP;
    this.ticks.forEach(({ line, text }, k) => {
      const cost = first + k * STEP;
      const seen = cost <= high && up(cost) > 8 ? "inline" : "none";
      change(line, { d: `M${LEFT} ${up(cost).toFixed(1)}H${WIDTH}`, display: seen });
      change(text, { y: up(cost) + 4, display: seen });
      write(text, `${cost}`);
    });
    this.lines.forEach(({ path, last, arrow }, k) => {
      const points = Array.from(estimates[k], (cost, i) => [this.#across(i + 1), up(cost)]);
      const [x, y] = points.at(-1) ?? [0, 0];
      const beyond = estimates[k].at(-1) > high;
      change(path, { d: points.map(([a, b], i) => `${i ? "L" : "M"}${a.toFixed(1)} ${b.toFixed(1)}`).join("") });
      change(last, { cx: x, cy: y, display: points.length && !beyond ? "inline" : "none" });
      change(arrow, { d: `M${x - 5} 7l5 -6l5 6`, display: beyond ? "inline" : "none" });
    });
    change(this.element, { "aria-label": `${this.title}: ${said}` });
  }
}
