// What each pair adds to the joint KL, as six columns that stand in groups: by image, or by code.

import { change, drawing, svg } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { picture } from "./square.js";

const [WIDE, APART, HEIGHT, ZERO] = [46, 14, 182, 106]; // of a column, between groups
const NOTHING = 1e-9; // nats: but for rounding q is p there, or 0, and the pair neither adds nor takes away
const [TOP, FLOOR] = [4, HEIGHT - 40]; // the columns' room; below stand their names
const COUNT = IMAGES.length * CODES.length;
const WIDTH = COUNT * WIDE + IMAGES.length * APART;
const PAIRS = IMAGES.flatMap((_, x) => CODES.map((_, z) => [x, z]));
/** Where a column stands when the pairs are sorted by `group`, and then by `rest`. */
const place = (group, groups, rest) => {
  const size = COUNT / groups;
  const spare = (WIDTH - COUNT * WIDE - (groups - 1) * APART) / 2;
  return spare + (group * size + rest) * WIDE + group * APART;
};
const byImage = ([x, z]) => place(x, IMAGES.length, z);
const byCode = ([x, z]) => place(z, CODES.length, x);

export class Terms {
  /** scale: pixels a nat. */
  constructor(scale = 170) {
    this.scale = scale;
    const band = (group, groups) => svg("rect", { x: place(group, groups, 0) - 3, y: 0, width: (COUNT / groups) * WIDE + 6, height: HEIGHT, rx: 4, fill: "var(--lb-tint)", stroke: "var(--lb-rule)" });
    this.bands = [IMAGES.map((_, x) => band(x, IMAGES.length)), CODES.map((_, z) => band(z, CODES.length))];
    this.columns = PAIRS.map(([x, z]) => {
      const bar = svg("rect", { x: 9, width: WIDE - 18, stroke: "var(--lb-ink)", "stroke-width": 1.5 });
      const image = svg("g", { transform: `translate(${WIDE / 2 - 9} ${HEIGHT - 36})` }, picture(pixels(IMAGES[x]), 18));
      const code = svg("text", { x: WIDE / 2, y: HEIGHT - 6, "text-anchor": "middle", "font-size": 10.5 }, CODES[z]);
      const arrow = svg("path", { fill: "none", stroke: "var(--lb-paper)", "stroke-width": 2 });
      return { bar, arrow, group: svg("g", {}, bar, arrow, image, code) };
    });
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "img" },
      ...this.bands.flat(),
      svg("path", { d: `M0 ${ZERO}H${WIDTH}`, stroke: "var(--lb-rule-strong)" }),
      ...this.columns.map(({ group }) => group),
    );
  }

  /** terms: q log(q/p) of each pair; `sorted` goes from 0, by image, to 1, by code. */
  paint(terms, sorted) {
    this.bands.forEach((bands, by) => bands.forEach((band) => change(band, { opacity: Math.max(0, 1 - 2 * Math.abs(by - sorted)) })));
    this.columns.forEach(({ bar, arrow, group }, n) => {
      const [x, z] = PAIRS[n];
      const value = terms[x][z];
      const tip = Math.min(FLOOR, Math.max(TOP, ZERO - value * this.scale));
      change(group, { transform: `translate(${(byImage([x, z]) + sorted * (byCode([x, z]) - byImage([x, z]))).toFixed(1)} 0)` });
      change(arrow, { d: value * this.scale > ZERO - TOP ? `M${WIDE / 2 - 7} ${TOP + 14}l7 -7l7 7` : "" }); // higher than there is room
      change(bar, { y: Math.min(ZERO, tip), height: Math.abs(value) > NOTHING ? Math.max(1, Math.abs(tip - ZERO)) : 0, fill: value > 0 ? "color-mix(in srgb, var(--lb-ink) 65%, var(--lb-paper))" : "var(--lb-paper)" });
    });
  }

  name(text) {
    change(this.element, { "aria-label": text });
  }
}
