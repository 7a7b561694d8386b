// A small image in a drawing.

import { svg } from "../controls/dom.js";

/** An image as pixels of ink, `size` wide. */
export function picture(pixel, size) {
  const dot = size / 8;
  const path = pixel.map((ink, d) => (ink ? `M${(d % 8) * dot} ${Math.floor(d / 8) * dot}h${dot}v${dot}h${-dot}z` : ""));
  return svg("g", {}, svg("path", { d: path.join(""), fill: "var(--lb-ink)", "shape-rendering": "crispEdges" }));
}
