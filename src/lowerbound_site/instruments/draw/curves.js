// Densities over one number z, as curves over a line.

import { change, drawing, svg } from "../controls/dom.js";
import { number } from "./format.js";

const [WIDTH, HEIGHT, FLOOR] = [480, 228, 160];
export const BELOW = [FLOOR + 24, FLOOR + 52]; // where handles stand; below is room for the frame around one

export class Curves {
  /** reach: how far is seen, to both sides of 0; scale: pixels a unit of density. */
  constructor(title, { reach = 6, scale = 240 } = {}) {
    Object.assign(this, { reach, scale });
    this.humps = svg("path", { "fill-opacity": 0.22, "stroke-width": 1.6 });
    this.bell = svg("path", { fill: "none", "stroke-width": 2.6, "stroke-dasharray": "7 3" });
    const ticks = Array.from({ length: 2 * reach - 1 }, (_, i) => 1 - reach + i);
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "group", "aria-label": title },
      this.humps,
      this.bell,
      svg("path", { d: `M0 ${FLOOR}H${WIDTH}${ticks.map((z) => `M${this.across(z)} ${FLOOR}v4`).join("")}`, stroke: "var(--lb-rule-strong)" }),
      ...ticks.filter((z) => z % 2 === 0).map((z) => svg("text", { x: this.across(z), y: FLOOR + 17, "text-anchor": "middle" }, number(z, 0))),
      svg("text", { x: WIDTH - 10, y: FLOOR + 17, "font-style": "italic" }, "z"),
    );
  }

  across = (z) => ((z + this.reach) / (2 * this.reach)) * WIDTH;

  /** How high a density stands. */
  up = (density) => Math.max(2, FLOOR - density * this.scale);

  /** Each a log-density and a colour. */
  paint(humps, bell) {
    change(this.humps, { d: `${this.#line(humps.log)}V${FLOOR}H0z`, fill: humps.colour, stroke: humps.colour });
    change(this.bell, { d: this.#line(bell.log), stroke: bell.colour });
  }

  #line(log) {
    const points = [];
    for (let x = 0; x <= WIDTH; x += 2) {
      points.push(`${x} ${this.up(Math.exp(log((2 * x / WIDTH - 1) * this.reach))).toFixed(1)}`);
    }
    return `M${points.join("L")}`;
  }
}
