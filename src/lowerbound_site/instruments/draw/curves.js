// Densities over one number z, as curves over a line.

import { change, drawing, svg } from "../controls/dom.js";
import { number } from "./format.js";

const [WIDTH, HEIGHT, FLOOR] = [480, 216, 160];
const SCALE = 240; // pixels a unit of density
export const [FROM, TO] = [-6, 6];
export const BELOW = [FLOOR + 24, HEIGHT - 4]; // where handles stand
export const across = (z) => ((z - FROM) / (TO - FROM)) * WIDTH;

export class Curves {
  constructor(title) {
    this.humps = svg("path", { "fill-opacity": 0.22, "stroke-width": 1.6 });
    this.bell = svg("path", { fill: "none", "stroke-width": 2.6, "stroke-dasharray": "7 3" });
    const ticks = Array.from({ length: TO - FROM - 1 }, (_, i) => FROM + 1 + i);
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "group", "aria-label": title },
      this.humps,
      this.bell,
      svg("path", { d: `M0 ${FLOOR}H${WIDTH}${ticks.map((z) => `M${across(z)} ${FLOOR}v4`).join("")}`, stroke: "var(--lb-rule-strong)" }),
      ...ticks.filter((z) => z % 2 === 0).map((z) => svg("text", { x: across(z), y: FLOOR + 17, "text-anchor": "middle" }, number(z, 0))),
      svg("text", { x: WIDTH - 10, y: FLOOR + 17, "font-style": "italic" }, "z"),
    );
  }

  /** Each a log-density and a colour. */
  paint(humps, bell) {
    change(this.humps, { d: `${line(humps.log)}V${FLOOR}H0z`, fill: humps.colour, stroke: humps.colour });
    change(this.bell, { d: line(bell.log), stroke: bell.colour });
  }
}

function line(log) {
  const points = [];
  for (let x = 0; x <= WIDTH; x += 2) {
    const density = Math.exp(log(FROM + (x / WIDTH) * (TO - FROM)));
    points.push(`${x} ${Math.max(2, FLOOR - density * SCALE).toFixed(1)}`);
  }
  return `M${points.join("L")}`;
}
