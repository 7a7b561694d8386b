// 64 pixels, each between 0 (paper) and 1 (ink).

import { change, svg } from "../controls/dom.js";

export class Picture {
  constructor(label) {
    this.pixels = Array.from({ length: 64 }, (_, d) => svg("rect", { x: d % 8, y: d >> 3, width: 1.02, height: 1.02 }));
    this.root = svg("svg", { viewBox: "0 0 8 8", class: "lb-decoded", role: "img", "aria-label": label }, ...this.pixels);
  }

  paint(shades) {
    this.pixels.forEach((pixel, d) => change(pixel, { "fill-opacity": shades[d] }));
  }
}
