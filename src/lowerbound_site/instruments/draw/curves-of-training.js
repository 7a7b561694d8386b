// What training did so far: the loss of held-out digits above -log p(x), the gap between them; below, the gap from zero.

import { change, svg, write } from "../controls/dom.js";
import { number, roof } from "./format.js";

const [WIDTH, LEFT, RIGHT] = [360, 34, 356];
const COSTS = { top: 28, bottom: 166 }; // above stands the unit
const GAPS = { top: 198, bottom: 278 };
const HEIGHT = 300;
const PARTS = 5; // of the costs' axis

export class Curves {
  constructor() {
    this.band = svg("path", { class: "lb-gap-area" });
    this.surprise = svg("path", { class: "lb-line-p" });
    this.loss = svg("path", { class: "lb-line-loss" });
    this.gap = svg("path", { class: "lb-line-gap" });
    this.gapName = svg("text", { class: "lb-name-gap", x: RIGHT, y: GAPS.top - 4, "text-anchor": "end" }, "gap");
    this.now = svg("path", { class: "lb-now", visibility: "hidden" });
    this.most = svg("text", { x: LEFT - 5, y: GAPS.top + 4, "text-anchor": "end" });
    this.last = svg("text", { x: RIGHT, y: HEIGHT - 6, "text-anchor": "end" });
    this.ticks = Array.from({ length: PARTS }, (_, n) => svg("text", { x: LEFT - 5, y: heightOf(n + 1) + 4, "text-anchor": "end" }));
    this.names = [
      svg("text", { class: "lb-name-loss", x: RIGHT, "text-anchor": "end" }, "loss"),
      svg("text", { class: "lb-name-p", x: RIGHT, "text-anchor": "end" }, "−log p(x)"),
    ];
    this.root = svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "lb-training-curves", role: "img" },
      this.band, this.surprise, this.loss, this.gap, ...axes(), ...this.ticks, this.now, this.most, this.last, this.gapName, ...this.names,
    );
  }

  /** points: [{at, loss, surprise, gap}] by epoch; each axis holds still until a value exceeds it. */
  paint(points, epochs) {
    const across = (at) => LEFT + ((RIGHT - LEFT) * at) / epochs;
    const costs = roof(Math.max(...points.map(({ loss }) => loss)));
    const cost = (value) => COSTS.bottom - ((COSTS.bottom - COSTS.top) * Math.min(value, costs)) / costs;
    this.ticks.forEach((tick, n) => write(tick, String((costs * (n + 1)) / PARTS)));
    const most = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((top) => points.every(({ gap }) => gap <= top)) ?? Infinity;
    const gap = (value) => GAPS.bottom - ((GAPS.bottom - GAPS.top) * Math.max(value, 0)) / most;
    const line = (height, list = points) => list.map((point) => `${across(point.at).toFixed(1)} ${height(point).toFixed(1)}`).join("L");
    const [upper, lower] = [(point) => cost(point.loss), (point) => cost(point.surprise)];
    const there = points.length > 0;
    const dot = points.length === 1 ? "h0" : ""; // a line without length, with round ends
    change(this.loss, { d: there ? `M${line(upper)}${dot}` : "" });
    change(this.surprise, { d: there ? `M${line(lower)}${dot}` : "" });
    change(this.band, { d: there ? `M${line(upper)}L${line(lower, points.toReversed())}Z` : "" });
    change(this.gap, { d: there ? `M${line((point) => gap(point.gap))}${dot}` : "" });
    write(this.most, number(most, 0));
    write(this.last, `${epochs} epochs`);
    const end = points.at(-1);
    for (const name of this.names) change(name, { visibility: end ? "visible" : "hidden" });
    if (!end) return;
    // Each name stands on the side where its line is, clear of the other, at the end of the line or before it.
    const [x, anchor] = across(end.at) > 110 ? [across(end.at), "end"] : [across(end.at) + 6, "start"];
    change(this.names[0], { x, y: Math.max(COSTS.top, Math.min(cost(end.loss), cost(end.surprise) - 2) - 7), "text-anchor": anchor });
    change(this.names[1], { x, y: Math.min(COSTS.bottom - 4, cost(end.surprise) + 16), "text-anchor": anchor });
    const said = `After epoch ${number(end.at, 0)}: loss ${number(end.loss, 1)}, minus log p(x) ${number(end.surprise, 1)}`;
    change(this.root, { "aria-label": `${said}, gap ${number(end.gap, 2)} nats.` });
  }

  /** A line through both charts at one epoch. */
  mark(at, epochs) {
    const x = (LEFT + ((RIGHT - LEFT) * at) / epochs).toFixed(1);
    change(this.now, { d: `M${x} ${COSTS.top}V${COSTS.bottom}M${x} ${GAPS.top}V${GAPS.bottom}`, visibility: "visible" });
  }
}

const heightOf = (part) => COSTS.bottom - ((COSTS.bottom - COSTS.top) * part) / PARTS;

function* axes() {
  for (const axis of [COSTS, GAPS]) {
    yield svg("path", { class: "lb-axis", d: `M${LEFT} ${axis.top}V${axis.bottom}H${RIGHT}` });
    yield svg("text", { x: LEFT - 5, y: axis.bottom + 4, "text-anchor": "end" }, "0");
  }
  for (let n = 1; n <= PARTS; n++) yield svg("path", { class: "lb-axis", d: `M${LEFT} ${heightOf(n)}h-3` });
  yield svg("text", { x: RIGHT, y: 10, "text-anchor": "end" }, "nats per image");
  yield svg("text", { x: LEFT, y: HEIGHT - 6 }, "epoch 0");
}
