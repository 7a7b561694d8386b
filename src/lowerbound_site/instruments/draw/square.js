// A joint as a square: cells are areas, told apart by image and letter; the hue says whether it is p or q.

import { change, drawing, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { cells } from "../maths/square.js";
import { marginalX, marginalZ } from "../maths/joint.js";
import { probability } from "./format.js";
import { picture } from "./ink.js";

export const SIDE = 220;
export const [LEFT, TOP] = [84, 40];
const [WIDTH, HEIGHT] = [LEFT + SIDE + 40, TOP + SIDE + 12];
const SHADES = [13, 23, 34]; // per cent of the hue, by image
const LABEL = [44, 36]; // what the name and the number of a cell take
const LIT = [0.3, 0.8]; // times that, where another cell is the one that is meant
const MEANT = 45; // per cent of the hue, of that one

export class Square {
  constructor(family, title) {
    this.hue = `var(--lb-${family})`;
    this.cells = IMAGES.map((image) =>
      CODES.map((code) => ({
        area: svg("rect", {}),
        code: svg("text", { "text-anchor": "middle" }, code),
        image: picture(pixels(image), 20),
        value: svg("text", {}),
      })),
    );
    // Handles go here, in the square's own coordinates.
    this.box = svg(
      "g",
      { transform: `translate(${LEFT} ${TOP})` },
      ...this.cells.flat().map(({ area }) => area),
      svg("rect", { width: SIDE, height: SIDE, fill: "none", stroke: this.hue, "stroke-width": 1.2 }),
      ...this.cells.flat().flatMap(({ code, image, value }) => [code, image, value]),
    );
    this.rows = IMAGES.map((image) => {
      const value = svg("text", { x: 24, y: 15 });
      return { value, group: svg("g", {}, picture(pixels(image), 20), value) };
    });
    this.columns = CODES.map(() => svg("text", { y: 33, "text-anchor": "middle" }));
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "group", "aria-label": title },
      svg("text", { x: LEFT + SIDE / 2, y: 14, "text-anchor": "middle", "font-size": 14, "font-weight": 600, fill: this.hue }, title),
      this.box,
      ...this.rows.map(({ group }) => group),
      ...this.columns,
    );
  }

  /** turn: 0 by image, 1 by code. lit: for each cell 0 (dim), 1 or 2 (lit). */
  paint(joint, { turn = 0, lit = null } = {}) {
    const places = cells(joint, turn);
    const all = places.flat();
    joint.forEach((row, x) => row.forEach((prob, z) => {
      const others = all.filter((place) => place !== places[x][z]);
      this.cell(prob, places[x][z], others, x, z, turn, lit && lit[x][z]);
    }));
    // Marginals stand at the side that is cut first, and fade while the other takes over.
    const middles = apart(places.map(([{ top, height }]) => TOP + (top + height / 2) * SIDE), 20);
    const px = marginalX(joint);
    this.rows.forEach(({ group, value }, x) => {
      change(group, { transform: `translate(0 ${middles[x] - 10})`, opacity: Math.max(0, 1 - 2 * turn) });
      write(value, probability(px[x]));
    });
    const pz = marginalZ(joint);
    const centres = apart(places[0].map(({ left, width }) => LEFT + (left + width / 2) * SIDE), 84);
    this.columns.forEach((label, z) => {
      change(label, { x: centres[z], opacity: Math.max(0, 2 * turn - 1) });
      write(label, `${CODES[z]} ${probability(pz[z])}`);
    });
  }

  cell(prob, place, others, x, z, turn, lit) {
    const { left, top, width, height } = place;
    const { area, code, image, value } = this.cells[x][z];
    const [across, down] = [(left + width / 2) * SIDE, (top + height / 2) * SIDE];
    const [wide, high] = [width * SIDE, height * SIDE];
    const shade = lit === 2 ? MEANT : Math.round(SHADES[x] * (LIT[lit] ?? 1));
    // An impossible pair has no area: a hatched line.
    const hatched = { stroke: this.hue, "stroke-width": 5, "stroke-dasharray": "2 2" };
    const filled = { stroke: "var(--lb-paper)", "stroke-width": 2, "stroke-dasharray": "none" };
    change(area, { x: across - wide / 2, y: down - high / 2, width: wide, height: high, ...(prob > 0 ? filled : hatched) });
    change(area, { style: `fill: color-mix(in srgb, ${this.hue} ${shade}%, var(--lb-paper))` });
    const inside = wide > 58 && high > 36;
    const [u, v] = inside ? clear(place, others) : [across, down];
    change(code, { x: u, y: v - 3, visibility: inside && turn <= 0.5 ? "visible" : "hidden" });
    change(image, { transform: `translate(${u - 10} ${v - 19})`, visibility: inside && turn > 0.5 ? "visible" : "hidden" });
    // A small cell has its number outside, at the side where it touches the edge.
    if (inside) change(value, { x: u, y: v + 13, "text-anchor": "middle" });
    else if (z === 0) change(value, { x: -4, y: down + 4, "text-anchor": "end" });
    else change(value, { x: SIDE + 4, y: down + 4, "text-anchor": "start" });
    write(value, probability(prob));
  }
}

/** Where in a cell its label stands: in the middle, or, as cells lie over each other between the two cuts, where none does. */
function clear({ left, top, width, height }, others) {
  const steps = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
  const [wide, high] = [LABEL[0] / 2 / SIDE, LABEL[1] / 2 / SIDE];
  const fits = ([u, v]) => u - wide >= left && u + wide <= left + width && v - high >= top && v + high <= top + height;
  const free = ([u, v]) => others.every((o) => u + wide <= o.left || u - wide >= o.left + o.width || v + high <= o.top || v - high >= o.top + o.height);
  const middles = steps.flatMap((s) => steps.map((t) => [left + s * width, top + t * height]));
  return (middles.find((middle) => fits(middle) && free(middle)) ?? middles[0]).map((share) => share * SIDE);
}

/** The same places, moved until neighbours are at least `room` apart. */
export function apart(places, room) {
  const moved = [...places];
  for (let i = 1; i < moved.length; i += 1) moved[i] = Math.max(moved[i], moved[i - 1] + room);
  const over = Math.max(0, moved.at(-1) - places.at(-1)) / 2;
  return moved.map((place) => place - over);
}
