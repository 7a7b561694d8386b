// A training on one part alone, as it is seen: codes on a map, rows of pictures, and the four pieces as curves.

import { change, drawing, svg, write } from "../controls/dom.js";
import { reach } from "../maths/normal.js";
import { bitmap, tinted } from "./bitmap.js";
import { number, roof } from "./format.js";
import { apart } from "./square.js";

const [MAP, FAR, DOT] = [300, 15, 4.5]; // as wide as the map is drawn, how far it reaches to each side, a dot
const at = (z) => Math.max(DOT / 2, Math.min(MAP - DOT / 2, (MAP * (z / FAR + 1)) / 2));

/** How many of the codes lie beyond the map. */
export const beyond = (z) => Array.from({ length: z.length / 2 }, (_, n) => Math.max(Math.abs(z[2 * n]), Math.abs(z[2 * n + 1])) > FAR).filter(Boolean).length;

/** Codes as dots: blue those from the prior, orange those of the images; what lies beyond the map stands at its edge. */
export class Dots {
  constructor() {
    const dots = (colour) => svg("path", { fill: "none", stroke: colour, "stroke-width": DOT, "stroke-linecap": "round", "stroke-opacity": 0.75 });
    [this.fresh, this.codes] = [dots("var(--lb-p)"), dots("var(--lb-q)")];
    this.element = drawing(
      MAP,
      MAP,
      { role: "img" },
      svg("rect", { width: MAP, height: MAP, fill: "var(--lb-tint)", stroke: "var(--lb-rule)" }),
      svg("circle", { cx: MAP / 2, cy: MAP / 2, r: (reach(0.95) * MAP) / 2 / FAR, fill: "none", stroke: "var(--lb-p)", "stroke-dasharray": "3 4" }),
      this.fresh,
      this.codes,
    );
  }

  paint(fresh, codes, said) {
    const path = (z) => Array.from({ length: z.length / 2 }, (_, n) => `M${at(z[2 * n]).toFixed(1)} ${at(-z[2 * n + 1]).toFixed(1)}h0`).join("");
    change(this.fresh, { d: path(fresh) });
    change(this.codes, { d: path(codes) });
    change(this.element, { "aria-label": said });
  }
}

/** Some pictures in a row, `name` tells their mask from others. */
export class PictureRow {
  constructor(name, count, colour, said) {
    this.count = count;
    this.picture = tinted(name, colour, 1, true);
    this.element = svg("svg", { viewBox: `0 0 ${9 * count - 1} 8`, role: "img", "aria-label": said, class: "lb-picture-row" }, this.picture.element);
  }

  /** shades: pixels between 0 and 1, picture by picture. */
  paint(shades) {
    const wide = 9 * this.count - 1;
    const url = bitmap(wide, 8, (c, r) => (c % 9 === 8 ? 0 : shades[64 * Math.floor(c / 9) + 8 * r + (c % 9)]));
    this.picture.show(url, { x: 0, y: 0, width: wide, height: 8 });
  }
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, FLOOR] = [340, 170, 26, 204, 20, 148];

/** Four lines, each with its name and its number at its end. */
export class FourCurves {
  /** lines: [name, colour] by key; steps: how many there are. */
  constructor(lines, steps) {
    Object.assign(this, { lines, steps });
    this.paths = new Map(Object.entries(lines).map(([key, [, colour]]) => [key, svg("path", { fill: "none", stroke: colour, "stroke-linejoin": "round", "stroke-linecap": "round" })]));
    this.names = Object.values(lines).map(([, colour]) => svg("text", { x: RIGHT + 8, fill: colour }));
    this.top = svg("text", { x: LEFT - 5, y: TOP + 4, "text-anchor": "end" });
    this.now = svg("path", { stroke: "var(--lb-muted)", "stroke-dasharray": "2 3" });
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "img" },
      svg("path", { d: `M${LEFT} ${TOP}V${FLOOR}H${RIGHT}`, fill: "none", stroke: "var(--lb-rule-strong)" }),
      this.top,
      svg("text", { x: LEFT - 5, y: FLOOR + 4, "text-anchor": "end" }, "0"),
      svg("text", { x: LEFT, y: HEIGHT - 4 }, "step 0"),
      svg("text", { x: RIGHT, y: HEIGHT - 4, "text-anchor": "end" }, String(steps)),
      svg("text", { x: LEFT + 4, y: 12, fill: "var(--lb-muted)" }, "nats per image"),
      this.now,
      ...this.paths.values(),
      ...this.names,
    );
  }

  /** moments: [{step, parts}] as far as was seen; `step` is now; the thick ones are what is told of. */
  paint(moments, step, thick) {
    const most = roof(Math.max(...moments.flatMap(({ parts }) => Object.values(parts))));
    const across = (s) => LEFT + ((RIGHT - LEFT) * s) / this.steps;
    const up = (value) => FLOOR - ((FLOOR - TOP) * Math.max(0, value)) / most;
    write(this.top, String(most));
    const now = moments.findLast((moment) => moment.step <= step);
    for (const [key, path] of this.paths) {
      const points = moments.map(({ step: s, parts }) => `${across(s).toFixed(1)} ${up(parts[key]).toFixed(1)}`);
      change(path, { d: `M${points.join("L")}${points.length > 1 ? "" : "h0"}`, "stroke-width": !thick.length ? 2 : thick.includes(key) ? 3.5 : 1.2 });
    }
    change(this.now, { d: `M${across(step)} ${TOP}V${FLOOR}` });
    const inOrder = Object.keys(this.lines).toSorted((a, b) => now.parts[b] - now.parts[a]);
    const heights = apart(inOrder.map((key) => up(now.parts[key])), 15);
    inOrder.forEach((key, n) => {
      const [name, fill] = this.lines[key];
      change(this.names[n], { y: heights[n] + 4, fill, "font-weight": thick.includes(key) ? 600 : 400 });
      write(this.names[n], `${name} ${nats(now.parts[key])}`);
    });
    change(this.element, { "aria-label": `After ${now.step} steps, in nats: ${Object.keys(this.lines).map((key) => `${this.lines[key][0]} ${nats(now.parts[key])}`).join(", ")}.` });
  }
}

/** A measured number, to the digits that its few draws leave. */
export const nats = (value) => number(value, value < 9.95 ? 1 : 0);
