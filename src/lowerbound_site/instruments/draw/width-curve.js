// What a width costs, against the width: computed, and as a formula says.

import { change, drawing, svg } from "../controls/dom.js";

const [WIDTH, HEIGHT, LEFT, FLOOR] = [330, 190, 26, 160];

export class WidthCurve {
  /** to: the largest width; most: nats at the top. */
  constructor(to, most) {
    this.most = most;
    this.x = (s) => LEFT + (s / to) * (WIDTH - LEFT - 12);
    this.y = (nats) => FLOOR - (nats / most) * (FLOOR - 8);
    this.true = svg("path", { fill: "none", stroke: "var(--lb-ink)", "stroke-width": 2 });
    this.formula = svg("path", { fill: "none", stroke: "var(--lb-muted)", "stroke-width": 1.6, "stroke-dasharray": "5 3" });
    this.best = svg("path", { stroke: "var(--lb-muted)", "stroke-dasharray": "2 2" });
    this.bestName = svg("text", { y: FLOOR - 4, "font-size": 11 }, "1/√(1 + F)");
    this.here = svg("circle", { r: 5, fill: "var(--lb-q)", stroke: "var(--lb-paper)", "stroke-width": 2 });
    const ticks = Array.from({ length: Math.round(to / 0.2) + 1 }, (_, i) => 0.2 * i);
    const nats = Array.from({ length: most / 4 + 1 }, (_, i) => 4 * i);
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "img", "aria-label": "blur and KL to the prior together, against the width: a valley; dashed, what the slope says" },
      svg("path", { d: `M${LEFT} 8V${FLOOR}H${WIDTH}`, fill: "none", stroke: "var(--lb-rule-strong)" }),
      ...ticks.map((s) => svg("text", { x: this.x(s), y: FLOOR + 14, "text-anchor": "middle", "font-size": 11 }, s.toFixed(1))),
      ...nats.map((value) => svg("text", { x: LEFT - 5, y: this.y(value) + 4, "text-anchor": "end", "font-size": 11 }, value)),
      svg("text", { x: WIDTH, y: FLOOR + 28, "text-anchor": "end", "font-size": 11 }, "width σ"),
      this.best, this.bestName, this.formula, this.true, this.here,
    );
  }

  /** widths, and the nats at each, computed and by the formula; where the formula's best width is. */
  curve(widths, computed, formula, best) {
    const line = (nats) => `M${widths.flatMap((s, i) => (nats[i] > this.most ? [] : `${this.x(s).toFixed(1)} ${this.y(nats[i]).toFixed(1)}`)).join("L")}`;
    change(this.true, { d: line(computed) });
    change(this.formula, { d: line(formula) });
    change(this.best, { d: `M${this.x(best).toFixed(1)} 8V${FLOOR}` });
    change(this.bestName, { x: this.x(best) + 4 });
  }

  paint(s, nats) {
    change(this.here, { cx: this.x(s), cy: this.y(Math.min(nats, this.most)) });
  }
}
