// A border that is dragged along one direction: a slider, with its value on it.

import { change, svg, write } from "./dom.js";
import { number } from "../draw/format.js";
import { keyStep } from "./slider.js";

const TARGET = 48; // units: a finger needs 44 pixels, and some drawings are a little smaller than their units
const [WIDTH, HEIGHT, LETTER] = [40, 20, 6.4];

export class Border {
  /** A slider for the number `key` of the state; `name` is for those who do not see where it is, `word` stands on it.
   *  With `mute`, the number does not: where it is a place, and reads like a share beside it. */
  constructor(kit, key, name, { steps = { small: 0.01, large: 0.05, page: 0.1 }, word = "", mute = false } = {}) {
    this.wide = WIDTH + LETTER * word.length;
    Object.assign(this, { kit, key, name, word, mute });
    const { from, to } = kit.schema[key];
    this.line = svg("path", { stroke: "var(--lb-ink)", "stroke-width": 2 });
    this.reach = svg("rect", { width: Math.max(TARGET, this.wide), height: TARGET, fill: "transparent" });
    this.pill = svg("rect", { width: this.wide, height: HEIGHT, rx: HEIGHT / 2, fill: "var(--lb-ink)" });
    this.text = svg("text", { "text-anchor": "middle", fill: "var(--lb-paper)" });
    const slider = { role: "slider", tabindex: 0, "aria-label": name, "aria-valuemin": from, "aria-valuemax": to };
    this.element = svg("g", { class: "lb-border", ...slider }, this.line, this.reach, this.pill, this.text);
    this.element.addEventListener("pointerdown", (event) => this.grab(event));
    this.element.addEventListener("keydown", (event) => {
      this.element.classList.remove("lb-pointed");
      const next = keyStep(event, kit.state[key], { from, to }, steps);
      if (next === undefined) return;
      event.preventDefault();
      kit.set({ [key]: next }, true);
    });
  }

  /** The smallest value is at `from`, the largest at `to` along x (or y); the border spans `span` the other way, and
   *  bears its value at the part `at` of that: in the middle, or beside it where a label needs the middle; or `lift`ed
   *  where the label is right below. */
  paint({ along, from, to, span: [start, end], at: part = along === "x" && end - start > 80 ? 0.85 : 0.5, lift = 0 }) {
    const schema = this.kit.schema[this.key];
    const value = this.kit.state[this.key];
    this.place = { along, from, slope: (to - from) / (schema.to - schema.from), least: schema.from };
    const at = from + (value - schema.from) * this.place.slope;
    const held = start + part * (end - start);
    const [x, y] = along === "x" ? [at, held] : [held, at - lift];
    const text = number(value, 2);
    change(this.line, { d: along === "x" ? `M${at} ${start}V${end}` : `M${start} ${at}H${end}` });
    change(this.reach, { x: x - Math.max(TARGET, this.wide) / 2, y: y - TARGET / 2 });
    const turn = this.mute && { transform: `rotate(${along === "x" ? 0 : 90} ${x} ${y})` }; // an arrow lies as it moves
    change(this.pill, { x: x - this.wide / 2, y: y - HEIGHT / 2, ...turn });
    change(this.text, { x, y: y + 4, ...turn });
    write(this.text, this.mute ? "← →" : this.word ? `${this.word} ${text}` : text);
    const turned = along === "x" ? "horizontal" : "vertical";
    change(this.element, { "aria-valuenow": String(value), "aria-valuetext": text, "aria-orientation": turned });
    change(this.element, { style: `cursor: ${along === "x" ? "ew" : "ns"}-resize` });
  }

  grab(event) {
    if (event.button) return;
    event.preventDefault();
    this.element.classList.add("lb-pointed");
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    const offset = this.valueAt(event) - this.kit.state[this.key];
    const drag = (moved) => this.kit.set({ [this.key]: this.valueAt(moved) - offset });
    const release = () => {
      this.element.removeEventListener("pointermove", drag);
      this.element.removeEventListener("pointerup", release);
      this.element.removeEventListener("pointercancel", release);
      this.kit.set({}, true);
    };
    this.element.addEventListener("pointermove", drag);
    this.element.addEventListener("pointerup", release);
    this.element.addEventListener("pointercancel", release);
  }

  valueAt({ clientX, clientY }) {
    const { along, from, slope, least } = this.place;
    const point = new DOMPoint(clientX, clientY).matrixTransform(this.element.getScreenCTM().inverse());
    return least + (point[along] - from) / slope;
  }
}
