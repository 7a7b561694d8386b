// The plane of codes while it is made: each held-out digit as its own numeral where the encoder puts it, one image's
// p(z|x) as an island, q(z|x) as an ellipse, and the prior as a circle.

import { change, svg } from "../controls/dom.js";
import { borders, crop, isolines, refine } from "../maths/levels.js";
import { reach } from "../maths/normal.js";
import { bitmap, tinted } from "./bitmap.js";

const SIZE = 360;
const SHARES = [0.5, 0.95];
// The numerals from 0 to 9 as strokes, 4 wide and 7 high, from their upper left. All of a map are one path: hundreds of
// texts that move take longer to lay out and paint than all that is computed for them.
const STROKES = [
  "m0 2.2c0-3 4-3 4 0v2.6c0 3-4 3-4 0z", "m.7 1.4 1.6-1.4v7", "m0 1.9c0-2.6 4-2.6 4 0 0 1.6-4 3-4 5.1h4",
  "m.2 1.2c1-2 3.6-1.4 3.6.5 0 1.2-1 1.7-2 1.7 1.2 0 2.2.6 2.2 1.8 0 2.2-3.2 2.6-4 .6", "m3 7v-7l-3 4.8h4",
  "m3.6 0h-3l-.3 3.2c1-1 3.7-.8 3.7 1.5 0 2.6-3.2 3-4 1", "m3.6.5c-2.2-1.4-3.6 1-3.6 3.9 0 3.6 4 3.4 4 .4 0-2.7-3.4-2.7-4-.2",
  "m0 0h4l-2.6 7", "m2 0c2.4 0 2.2 3.2 0 3.2-2.6 0-2.6 3.8 0 3.8 2.6 0 2.6-3.8 0-3.8-2.2 0-2.4-3.2 0-3.2z",
  "m.4 6.5c2.2 1.4 3.6-1 3.6-3.9 0-3.6-4-3.4-4-.4 0 2.7 3.4 2.7 4 .2",
];

export class Codes {
  /** `name` tells this map from another on the page. */
  constructor(name, labels) {
    this.labels = labels;
    this.numerals = svg("path", { class: "lb-numerals" });
    this.cloud = tinted(`${name}-island`, "var(--lb-p)", 0.5);
    this.outlines = SHARES.map((share) => svg("path", { class: "lb-posterior", "data-share": share }));
    this.ellipse = svg("ellipse", { class: "lb-q-outline" });
    this.prior = svg("circle", { class: "lb-prior", cx: SIZE / 2, cy: SIZE / 2 });
    this.place = svg("path", { class: "lb-cross" });
    this.ticks = svg("g", { class: "lb-ticks" });
    this.names = {
      prior: svg("text", { "text-anchor": "middle", x: SIZE / 2 }, "prior, 95 %"),
      p: svg("text", { class: "lb-name-p" }, "p(z|x)"),
      q: svg("text", { class: "lb-name-q" }, "q(z|x)"),
    };
    this.root = svg(
      "svg",
      { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "lb-codes", role: "img" },
      svg("rect", { class: "lb-ground", width: SIZE, height: SIZE }),
      this.prior, this.cloud.element, ...this.outlines, this.numerals, this.ellipse, this.place, this.ticks, ...Object.values(this.names),
    );
  }

  /** Where a code stands in the picture, and the other way round. */
  across = (z) => (SIZE * (z / this.limit + 1)) / 2;
  up = (z) => (SIZE * (1 - z / this.limit)) / 2;
  codeAt = (right, down) => [this.limit * (2 * right - 1), this.limit * (1 - 2 * down)]; // as shares of its width

  /** mean: all codes, (n, 2); image: {mean, std} of q(z|x); island: {logMass, points, limit}; limit: how far is seen. */
  paint({ mean, image, island, limit }) {
    if (limit !== this.limit) this.drawn = new WeakMap(); // what was drawn of codes and of islands that may come again
    this.limit = limit;
    const place = (n) => `M${(this.across(mean[2 * n]) - 2).toFixed(1)} ${(this.up(mean[2 * n + 1]) - 3.5).toFixed(1)}`;
    change(this.numerals, { d: this.#once(mean, () => Array.from(this.labels, (label, n) => place(n) + STROKES[label]).join("")) });
    const unit = SIZE / (2 * limit);
    const out = reach(0.95);
    change(this.prior, { r: out * unit });
    change(this.names.prior, { y: Math.min(SIZE - 24, SIZE / 2 + out * unit + 14) });
    const [x, y] = [this.across(image.mean[0]), this.up(image.mean[1])];
    change(this.ellipse, { cx: x, cy: y, rx: Math.max(1.5, out * image.std[0] * unit), ry: Math.max(1.5, out * image.std[1] * unit) });
    const inside = (value, from, to) => Math.min(to, Math.max(from, value));
    change(this.names.q, { x: inside(x + 0.72 * out * image.std[0] * unit + 5, 4, SIZE - 48), y: inside(y + 0.72 * out * image.std[1] * unit + 12, 14, SIZE - 6) });
    const { url, at, lines, top } = this.#once(island, () => this.#outlined(island));
    this.cloud.show(url, at);
    lines.forEach((d, k) => change(this.outlines[k], { d }));
    change(this.names.p, { x: inside(top[0] - 20, 4, SIZE - 48), y: inside(top[1] - 5, 14, SIZE - 6) });
    this.#tick(limit);
  }

  #once(of, draw) {
    if (!this.drawn.has(of)) this.drawn.set(of, draw());
    return this.drawn.get(of);
  }

  /** A picture as dark as probable and its place, both outlines, and the highest point of the outer one. */
  #outlined({ logMass, points, limit, center = [0, 0] }) {
    const spacing = (2 * limit) / (points - 1);
    const whole = { values: logMass, n1: points, n2: points, from1: center[0] - limit, from2: center[1] - limit, step: spacing };
    const field = refine(crop(whole, 16), 2);
    const { n1, n2, from1, from2, step } = field;
    const peak = field.values.reduce((most, value) => Math.max(most, value), -Infinity);
    const density = field.values.map((value) => Math.exp(value - peak));
    const unit = SIZE / (2 * this.limit);
    const at = { x: this.across(from1 - step / 2), y: this.up(from2 + (n2 - 0.5) * step), width: n1 * step * unit, height: n2 * step * unit };
    const url = bitmap(n1, n2, (c, r) => density[c * n2 + (n2 - 1 - r)]);
    let top = [SIZE / 2, SIZE];
    const lines = borders(density, SHARES).map((level) => {
      const segments = isolines({ ...field, values: density }, level).map(([a, b, c, d]) => [this.across(a), this.up(b), this.across(c), this.up(d)]);
      for (const [a, b] of segments) if (b < top[1]) top = [a, b];
      return segments.map(([a, b, c, d]) => `M${a.toFixed(1)} ${b.toFixed(1)}L${c.toFixed(1)} ${d.toFixed(1)}`).join("");
    });
    return { url, at, lines, top };
  }

  /** A cross at one place. */
  mark([z1, z2]) {
    change(this.place, { d: `M${this.across(z1) - 6} ${this.up(z2)}h12m-6 -6v12` });
  }

  #tick(limit) {
    if (this.ticked === limit) return;
    this.ticked = limit;
    const step = limit < 5 ? 1 : limit < 12 ? 2 : limit < 30 ? 5 : 10;
    const ticks = [];
    for (let z = -Math.floor(limit / step) * step; z <= limit; z += step) {
      ticks.push(svg("path", { d: `M${this.across(z)} ${SIZE}v-5M0 ${this.up(z)}h5` }));
      if (z !== 0 && Math.abs(z) < 0.95 * limit) {
        const said = String(z).replace("-", "−");
        ticks.push(svg("text", { x: this.across(z), y: SIZE - 8, "text-anchor": "middle" }, said));
        ticks.push(svg("text", { x: 8, y: this.up(z) + 4 }, said));
      }
    }
    ticks.push(svg("text", { x: SIZE - 16, y: SIZE - 8 }, "z₁"));
    ticks.push(svg("text", { x: 8, y: 16 }, "z₂"));
    this.ticks.replaceChildren(...ticks);
  }
}
