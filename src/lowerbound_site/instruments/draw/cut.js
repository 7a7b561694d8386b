// A distribution over three values as one bar, cut in three.

import { change, svg, write } from "../controls/dom.js";
import { probability } from "./format.js";

export const [WIDE, HIGH] = [312, 40];
export const INSET = 22; // room for the name of a bar
const LEAST = 30;
const ALONE = 16;

export class Cut {
  /** labels: what stands in each part, 16 units wide; `least`: of a part that bears it and its number; `alone`: without. */
  constructor(family, title, top, labels, least = LEAST, alone = ALONE) {
    Object.assign(this, { least, alone });
    this.hue = `var(--lb-${family})`;
    this.parts = labels.map((label, x) => ({
      area: svg("rect", { y: 0, height: HIGH, stroke: "var(--lb-paper)", "stroke-width": 2, style: `fill: color-mix(in srgb, ${this.hue} ${14 + 13 * x}%, var(--lb-paper))` }),
      label,
      value: svg("text", { "text-anchor": "middle" }),
    }));
    this.box = svg("g", { transform: `translate(${INSET} ${top})` }, ...this.parts.flatMap(({ area, value }, x) => [area, labels[x], value]));
    this.element = svg("g", {}, svg("text", { x: 0, y: top + 25, "font-size": 14, "font-weight": 600, fill: this.hue }, title), this.box);
  }

  paint(prob) {
    let from = 0;
    this.parts.forEach(({ area, label, value }, x) => {
      const wide = prob[x] * WIDE;
      const middle = from + wide / 2;
      const visible = (least) => ({ visibility: wide > least ? "visible" : "hidden" });
      change(area, { x: from, width: wide });
      change(label, { transform: `translate(${middle - 8} 4)`, ...visible(this.alone) });
      change(value, { x: middle, y: 35, ...visible(this.least) });
      write(value, probability(prob[x]));
      from += wide;
    });
  }
}
