// A few images of 8×8 pixels side by side, as one bitmap: lighter than a rectangle for each pixel.

import { element, svg } from "../controls/dom.js";
import { bitmap, tinted } from "./bitmap.js";

const CELL = 10; // eight pixels and room

/** So many images in rows of `columns`, with a caption; `paint(images)` shows arrays of 64 values between 0 and 1. */
export function digits(name, colour, columns, caption) {
  const shown = tinted(name, colour, 1, true);
  const drawing = svg("svg", { "aria-hidden": "true", style: "aspect-ratio: auto; height: auto; outline: 0" }, shown.element);
  const said = element("span", {});
  said.innerHTML = caption;
  const drawn = new WeakMap();
  return {
    element: element("div", { class: "lb-pixels" }, said, drawing),
    paint(images) {
      const [width, height] = [CELL * columns, CELL * Math.ceil(images.length / columns)];
      if (!drawing.hasAttribute("viewBox")) drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
      const url = drawn.get(images) ?? bitmap(width, height, (c, r) => {
        const values = images[Math.floor(r / CELL) * columns + Math.floor(c / CELL)];
        const [x, y] = [(c % CELL) - 1, (r % CELL) - 1];
        return !values || x < 0 || y < 0 || x > 7 || y > 7 ? 0 : values[8 * y + x];
      }, 16);
      drawn.set(images, url);
      shown.show(url, { x: 0, y: 0, width, height });
    },
  };
}
