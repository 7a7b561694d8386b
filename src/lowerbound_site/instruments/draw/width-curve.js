// What a width costs, against the width: for the decoder as it stands, and for the one as trained.

import { change, drawing, svg } from "../controls/dom.js";

const [WIDTH, HEIGHT, LEFT, FLOOR] = [330, 176, 26, 146];

export class WidthCurve {
  /** to: the largest width; most: nats at the top. */
  constructor(to, most) {
    this.most = most;
    this.x = (s) => LEFT + (s / to) * (WIDTH - LEFT - 12);
    this.y = (nats) => FLOOR - (nats / most) * (FLOOR - 8);
    const line = (attributes) => svg("path", { fill: "none", ...attributes });
    this.trained = line({ stroke: "var(--lb-muted)", "stroke-width": 1.6, "stroke-dasharray": "5 3" });
    this.now = line({ stroke: "var(--lb-ink)", "stroke-width": 2 });
    this.best = line({ stroke: "var(--lb-muted)", "stroke-dasharray": "2 2" });
    this.bestName = svg("text", { "font-size": 11 });
    this.here = svg("circle", { r: 5, fill: "var(--lb-q)", stroke: "var(--lb-paper)", "stroke-width": 2 });
    const ticks = Array.from({ length: Math.round(to / 0.2) + 1 }, (_, i) => 0.2 * i);
    const nats = Array.from({ length: most / 4 + 1 }, (_, i) => 4 * i);
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "img", "aria-label": "blur and KL to the prior together, against the width: a valley; dashed, that of the decoder as trained" },
      line({ d: `M${LEFT} 8V${FLOOR}H${WIDTH}`, stroke: "var(--lb-rule-strong)" }),
      ...ticks.map((s) => svg("text", { x: this.x(s), y: FLOOR + 14, "text-anchor": "middle", "font-size": 11 }, s.toFixed(1))),
      ...nats.map((value) => svg("text", { x: LEFT - 5, y: this.y(value) + 4, "text-anchor": "end", "font-size": 11 }, value)),
      svg("text", { x: WIDTH, y: FLOOR + 28, "text-anchor": "end", "font-size": 11 }, "width σ"),
      this.best, this.bestName, this.trained, this.now, this.here,
    );
  }

  /** Curves are lists of {s, nats}; `best`, the lowest point of the first. */
  curve(now, trained, best) {
    const line = (points) => `M${points.flatMap(({ s, nats }) => (nats > this.most ? [] : `${this.x(s).toFixed(1)} ${this.y(nats).toFixed(1)}`)).join("L")}`;
    change(this.now, { d: line(now) });
    change(this.trained, { d: line(trained) });
    change(this.best, { d: `M${this.x(best.s).toFixed(1)} ${FLOOR}V${this.y(best.nats).toFixed(1)}H${LEFT}` });
    change(this.bestName, { x: this.x(best.s) + 4, y: FLOOR - 4 });
    this.bestName.textContent = `best: ${best.s.toFixed(2)}, costs ${best.nats.toFixed(1)}`;
  }

  paint(s, nats) {
    change(this.here, { cx: this.x(s), cy: this.y(Math.min(nats, this.most)) });
  }
}
