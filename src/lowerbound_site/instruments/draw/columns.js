// A KL as an average: columns as wide as q and as high as log(q/p), side by side.

import { change, drawing, svg } from "../controls/dom.js";

const [WIDTH, HEIGHT, SCALE] = [340, 150, 40]; // pixels a unit of log(q/p)

export class Columns {
  constructor(count) {
    this.columns = Array.from({ length: count }, () => svg("rect", { stroke: "var(--lb-paper)" }));
    this.zero = svg("path", { stroke: "var(--lb-ink)" });
    this.element = drawing(WIDTH, HEIGHT, {}, ...this.columns, this.zero);
  }

  paint(q, p) {
    const zero = HEIGHT / 2;
    let from = 0;
    this.columns.forEach((column, i) => {
      const wide = q[i] * WIDTH;
      const log = q[i] > 0 ? (p[i] > 0 ? Math.log(q[i] / p[i]) : Infinity) : 0;
      const high = Math.min(Math.abs(log) * SCALE, zero);
      change(column, { x: from, width: wide, y: log > 0 ? zero - high : zero, height: high, fill: log > 0 ? "var(--lb-q)" : "var(--lb-p)" });
      from += wide;
    });
    change(this.zero, { d: `M0 ${zero}H${WIDTH}` });
  }
}
