// An image of 8x8 pixels.

import { element, svg } from "../controls/dom.js";
import { bitmap, tinted } from "./bitmap.js";

/** A small square with a caption; `paint(values, caption)` shows 64 values between 0 and 1. */
export function pixels(id, colour) {
  const layer = tinted(id, colour, 1, true);
  const drawing = svg("svg", { viewBox: "0 0 8 8", "aria-hidden": "true" }, layer.element);
  const caption = element("span", {});
  let shown = "";
  return {
    element: element("div", { class: "lb-pixels" }, caption, drawing),
    paint(values, text) {
      if (caption.innerHTML !== text) caption.innerHTML = text;
      const key = values.map((value) => Math.round(value * 255)).join();
      if (key !== shown) layer.show(bitmap(8, 8, (c, r) => values[8 * r + c]), { x: 0, y: 0, width: 8, height: 8 });
      shown = key;
    },
  };
}
