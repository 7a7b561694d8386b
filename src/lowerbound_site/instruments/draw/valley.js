// One line of codes through the middle of q: what a code beside it costs more, and, below, how probable q makes it.

import { change, drawing, svg } from "../controls/dom.js";

const [WIDTH, HEIGHT, FLOOR, TALL] = [330, 104, 88, 34];

export class Valley {
  /** far: how far the line goes to either side; pictures stand above it, the outer two at its ends; most: nats at the top. */
  constructor(far, pictures, most) {
    this.most = most;
    this.x = (step) => WIDTH * (0.5 + (step / far) * (0.5 - 0.5 / pictures));
    this.cost = svg("path", { fill: "none", stroke: "var(--lb-ink)", "stroke-width": 2 });
    this.trained = svg("path", { fill: "none", stroke: "var(--lb-muted)", "stroke-width": 1.4, "stroke-dasharray": "5 3" });
    this.bell = svg("path", { fill: "var(--lb-q)", "fill-opacity": 0.35, stroke: "var(--lb-q)", "stroke-width": 1.5 });
    this.steps = Array.from({ length: 81 }, (_, i) => (i / 40 - 1) * far);
    const marks = [-far, -far / 2, 0, far / 2, far];
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "img", "aria-label": "along a line of codes through the middle of q: a valley of costs, and the bell of q in it" },
      this.bell,
      svg("path", { d: `M0 ${FLOOR}H${WIDTH}`, stroke: "var(--lb-rule-strong)" }),
      ...marks.map((step) => svg("text", { x: this.x(step), y: FLOOR + 14, "text-anchor": "middle", "font-size": 9.5 }, step ? `${step > 0 ? "+" : "−"}${Math.abs(step)}` : "middle")),
      this.trained,
      this.cost,
    );
  }

  /** The nats that a code costs more than the middle, at each of `steps`: now, and with the decoder as trained. */
  costs(now, trained) {
    const y = (value) => FLOOR - 4 - (value / this.most) * (FLOOR - 4);
    // What lies above the top, or below the middle's cost and the floor, is left out.
    const line = (nats) => {
      const runs = this.steps.map((step, i) => (nats[i] > this.most ? null : `${this.x(step).toFixed(1)} ${Math.min(FLOOR, y(nats[i])).toFixed(1)}`));
      return runs.map((at, i) => (at ? `${i && runs[i - 1] ? "L" : "M"}${at}` : "")).join("");
    };
    change(this.cost, { d: line(now) });
    change(this.trained, { d: line(trained) });
  }

  paint(s) {
    const height = (step) => FLOOR - TALL * Math.exp(-0.5 * (step / s) ** 2);
    const at = Array.from({ length: 61 }, (_, i) => (i / 30 - 1) * 3.5 * s);
    change(this.bell, { d: `M${this.x(at[0]).toFixed(1)} ${FLOOR}L${at.map((step) => `${this.x(step).toFixed(1)} ${height(step).toFixed(1)}`).join("L")}L${this.x(at.at(-1)).toFixed(1)} ${FLOOR}Z` });
  }
}
