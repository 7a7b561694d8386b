// The strip: equal slots, one a pair, each with what it adds to a KL: signed, numbered, part beside part.

import { change, svg, write } from "../controls/dom.js";
import { signed } from "./format.js";

const [WIDTH, HEIGHT, SCALE] = [104, 172, 150]; // of a slot, and pixels a nat
const [FLOOR, CEILING] = [HEIGHT - 24, 16];

export class Strip {
  /** labels: for each slot what stands below it; parts: how many bars a slot has. */
  constructor(labels, parts) {
    const wide = 84 / parts;
    this.middles = Array.from({ length: parts }, (_, part) => 10 + (part + 0.5) * wide);
    this.slots = labels.map((label) => {
      const line = svg("path", { stroke: "var(--lb-rule-strong)" });
      const bars = this.middles.map((middle) => ({
        bar: svg("rect", { x: middle - wide / 2 + 1, width: wide - 2 }),
        number: svg("text", { x: middle, "text-anchor": "middle" }),
        arrow: svg("path", { fill: "none", stroke: "var(--lb-paper)", "stroke-width": 2 }),
      }));
      change(label, { transform: `translate(10 ${HEIGHT - 4})` });
      const drawn = bars.flatMap(({ bar, number, arrow }) => [bar, number, arrow]);
      const size = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, "font-size": 11, fill: "var(--lb-ink)" };
      return { line, bars, element: svg("svg", size, line, ...drawn, label) };
    });
    this.elements = this.slots.map(({ element }) => element);
  }

  /** values: for each slot the values of its parts; colours: one a part. The line of zero leaves room for what is below. */
  paint(values, colours) {
    const lowest = Math.min(0, ...values.flat());
    const zero = Math.max(70, FLOOR - 16 + lowest * SCALE);
    this.slots.forEach(({ line, bars }, i) => {
      change(line, { d: `M4 ${zero}H${WIDTH - 4}` });
      bars.forEach(({ bar, number, arrow }, part) => {
        const value = values[i][part];
        const up = value >= 0;
        const room = up ? zero - CEILING : FLOOR - 14 - zero;
        const full = Math.abs(value) * SCALE;
        const length = Math.min(full, room);
        const tip = up ? zero - length : zero + length;
        const middle = this.middles[part];
        change(bar, { y: Math.min(zero, tip), height: length, fill: colours[part] });
        change(number, { y: up ? tip - 4 : tip + 12 });
        write(number, signed(value, 3));
        // What is longer than its slot ends in an arrow.
        const back = up ? 7 : -7;
        change(arrow, { d: full > room ? `M${middle - 7} ${tip + 2 * back}l7 ${-back}l7 ${back}` : "" });
      });
    });
  }
}
