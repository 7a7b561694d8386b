// An image of 8×8 pixels.

import { change, element, svg } from "../controls/dom.js";

const STEPS = 16; // of darkness: more would be more to paint at every move

/** A small square with a caption; `paint(values, caption)` shows 64 values between 0 and 1 as ink of a colour. */
export function pixels(colour) {
  const ink = Array.from({ length: 64 }, (_, d) => svg("path", { d: `M${d % 8} ${d >> 3}h1v1h-1z`, opacity: 0 }));
  const drawing = svg("svg", { viewBox: "0 0 8 8", fill: colour, "shape-rendering": "crispEdges", "aria-hidden": "true" }, ...ink);
  const caption = element("span", {});
  return {
    element: element("div", { class: "lb-pixels" }, caption, drawing),
    paint(values, text) {
      if (caption.innerHTML !== text) caption.innerHTML = text;
      ink.forEach((pixel, d) => change(pixel, { opacity: Math.round(STEPS * values[d]) / STEPS }));
    },
  };
}
