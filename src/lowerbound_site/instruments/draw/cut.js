// A distribution over the three images as one bar, cut in three.

import { change, svg, write } from "../controls/dom.js";
import { IMAGES, pixels } from "../maths/primer.js";
import { probability } from "./format.js";
import { picture } from "./ink.js";

export const [WIDE, HIGH] = [312, 40];
export const INSET = 22; // room for the name of a bar

export class Cut {
  constructor(family, title, top) {
    this.hue = `var(--lb-${family})`;
    this.parts = IMAGES.map((image, x) => ({
      area: svg("rect", { y: 0, height: HIGH, stroke: "var(--lb-paper)", "stroke-width": 2, style: `fill: color-mix(in srgb, ${this.hue} ${14 + 13 * x}%, var(--lb-paper))` }),
      image: picture(pixels(image), 16),
      value: svg("text", { "text-anchor": "middle" }),
    }));
    this.box = svg("g", { transform: `translate(${INSET} ${top})` }, ...this.parts.flatMap(({ area, image, value }) => [area, image, value]));
    this.element = svg("g", {}, svg("text", { x: 0, y: top + 25, "font-size": 14, "font-weight": 600, fill: this.hue }, title), this.box);
  }

  paint(prob) {
    let from = 0;
    this.parts.forEach(({ area, image, value }, x) => {
      const wide = prob[x] * WIDE;
      const middle = from + wide / 2;
      change(area, { x: from, width: wide });
      change(image, { transform: `translate(${middle - 8} 4)`, visibility: wide > 20 ? "visible" : "hidden" });
      change(value, { x: middle, y: 35, visibility: wide > 30 ? "visible" : "hidden" });
      write(value, probability(prob[x]));
      from += wide;
    });
  }
}
