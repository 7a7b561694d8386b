// An encoder's answer that nobody holds: its outlines and its middle; `paint(q)` moves it.

import { change, svg } from "../controls/dom.js";
import { outline } from "./plane.js";

export function answer() {
  const shapes = [outline("lb-halo", 0.95), outline("lb-q-95", 0.95), outline("lb-q-50", 0.5)];
  const centre = svg("circle", { class: "lb-q-dot", r: 0.05 });
  return {
    element: svg("g", {}, ...shapes.map((shape) => shape.element), centre),
    paint(q) {
      for (const shape of shapes) shape.paint(q);
      change(centre, { cx: q.mean[0], cy: -q.mean[1] });
    },
  };
}
