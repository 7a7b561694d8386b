// Draws as dots on the plane: as filled as p(x|z) is, and full from p(x), the prior's average of it, on.

import { change, svg } from "../controls/dom.js";

export function dots(colour) {
  const made = [];
  const group = svg("g", { fill: colour, stroke: colour, "stroke-width": 1 });
  return {
    element: group,
    /** draws: [{z, logLike}]. */
    paint(draws, logEvidence) {
      while (made.length < draws.length) {
        made.push(svg("circle", { r: 0.055, "vector-effect": "non-scaling-stroke" }));
        group.append(made.at(-1));
      }
      made.forEach((dot, i) => {
        if (i >= draws.length) return change(dot, { display: "none" });
        const { z: [z1, z2], logLike } = draws[i];
        return change(dot, { display: "inline", cx: z1, cy: -z2, "fill-opacity": Math.min(1, Math.exp(logLike - logEvidence)) });
      });
    },
  };
}
