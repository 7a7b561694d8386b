// A picture of 8 x 8 pixels that can be drawn on: by pointer (a stroke takes the shade that its first pixel turns to), or
// by keys: arrows move, space turns a pixel over.

import { element } from "./dom.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `changed(x)` is told the new picture, 64 numbers, 0 or 1. */
export class Pixels {
  constructor(label, changed) {
    this.x = new Float64Array(64);
    this.changed = changed;
    this.cells = Array.from({ length: 64 }, (_, d) =>
      element("button", { type: "button", tabindex: d ? -1 : 0, "aria-pressed": "false", "aria-label": `row ${(d >> 3) + 1}, column ${(d % 8) + 1}` }),
    );
    this.root = element("div", { class: "lb-drawn", role: "group", "aria-label": label }, ...this.cells);
    this.root.addEventListener("keydown", (event) => this.#key(event));
    this.root.addEventListener("pointerdown", (event) => this.#down(event));
    this.root.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.root.addEventListener(end, () => (this.ink = undefined));
    // A screen reader's click has no pointer.
    this.root.addEventListener("click", (event) => event.detail === 0 && this.#set(this.cells.indexOf(event.target)));
  }

  paint(x) {
    this.x = Float64Array.from(x);
    this.cells.forEach((cell, d) => cell.getAttribute("aria-pressed") === String(x[d] === 1) || cell.setAttribute("aria-pressed", x[d] === 1));
  }

  #set(d, ink = 1 - this.x[d]) {
    if (d < 0 || this.x[d] === ink) return;
    this.x[d] = ink;
    this.changed(Float64Array.from(this.x));
  }

  #key(event) {
    const at = this.cells.indexOf(event.target);
    const step = STEPS[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    const [column, row] = [(at % 8) + step[0], (at >> 3) + step[1]];
    if (column < 0 || column > 7 || row < 0 || row > 7) return;
    event.target.tabIndex = -1;
    const next = this.cells[8 * row + column];
    next.tabIndex = 0;
    next.focus();
  }

  #down(event) {
    const d = this.cells.indexOf(event.target);
    if (d < 0 || event.button !== 0) return;
    event.preventDefault();
    this.root.setPointerCapture(event.pointerId);
    this.ink = 1 - this.x[d];
    this.#set(d, this.ink);
  }

  #move(event) {
    if (this.ink === undefined) return;
    const { left, top, width, height } = this.root.getBoundingClientRect();
    const [column, row] = [Math.floor((8 * (event.clientX - left)) / width), Math.floor((8 * (event.clientY - top)) / height)];
    if (column >= 0 && column < 8 && row >= 0 && row < 8) this.#set(8 * row + column, this.ink);
  }
}
