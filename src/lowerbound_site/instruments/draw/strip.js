// The strip: equal slots, one a pair, each with what it adds to a KL: signed, numbered, part beside part.

import { change, drawing, element, svg, write } from "../controls/dom.js";
import { signed } from "./format.js";

const WIDTH = 104; // of a slot
const [BELOW, CEILING] = [40, 16];

export class Strip {
  /** labels: for each slot what stands below it; parts: how many bars a slot has; scale: pixels a nat; height: of a slot. */
  constructor(labels, parts, scale = 150, height = 188) {
    Object.assign(this, { scale, height, floor: height - BELOW });
    const wide = 84 / parts;
    this.middles = Array.from({ length: parts }, (_, part) => 10 + (part + 0.5) * wide);
    this.slots = labels.map((label) => {
      const line = svg("path", { stroke: "var(--lb-rule-strong)" });
      const bars = this.middles.map((middle) => ({
        bar: svg("rect", { x: middle - wide / 2 + 1, width: wide - 2 }),
        number: svg("text", { x: middle, "text-anchor": "middle" }),
        arrow: svg("path", { fill: "none", stroke: "var(--lb-paper)", "stroke-width": 2 }),
      }));
      const note = svg("text", { x: 10, y: height - 4 });
      change(label, { transform: `translate(10 ${height - 20})` });
      const drawn = bars.flatMap(({ bar, number, arrow }) => [bar, number, arrow]);
      return { line, bars, note, element: drawing(WIDTH, height, { "font-size": 11 }, line, ...drawn, label, note) };
    });
    const row = { class: "lb-strip", style: `max-width: ${6.2 * labels.length}rem` };
    this.element = element("div", row, ...this.slots.map((slot) => slot.element));
  }

  /** values: for each slot the values of its parts; colours: one a part; notes: what stands last in each slot. The line
   *  of zero leaves room for what is below it. */
  paint(values, colours, notes) {
    const lowest = Math.min(0, ...values.flat());
    const zero = Math.max(0.37 * this.height, this.floor - 16 + lowest * this.scale);
    this.slots.forEach(({ line, bars, note }, i) => {
      write(note, notes[i]);
      change(line, { d: `M4 ${zero}H${WIDTH - 4}` });
      bars.forEach(({ bar, number, arrow }, part) => {
        const value = values[i][part];
        const up = value >= 0;
        const room = up ? zero - CEILING : this.floor - 14 - zero;
        const full = Math.abs(value) * this.scale;
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
