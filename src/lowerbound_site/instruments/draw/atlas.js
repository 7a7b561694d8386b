// A square map of the codes: what each place decodes to, under what an instrument draws there.

import { drawing, svg } from "../controls/dom.js";
import { tinted } from "./bitmap.js";
import { atlasOf } from "./plane.js";

export const SIDE = 240;

/** The map from -limit to limit both ways, with `layers` in units of the drawing, SIDE wide, from the upper left. */
export function atlas(name, { decoder, limit, label, opacity = 0.35 }, ...layers) {
  const ground = tinted(`${name}-atlas`, "var(--lb-ink)", opacity, true);
  ground.show(atlasOf(decoder, limit), { x: 0, y: 0, width: SIDE, height: SIDE });
  return drawing(
    SIDE + 40,
    SIDE + 22,
    { role: "img", "aria-label": label },
    svg("g", { transform: "translate(20 1)" }, ground.element, ...layers, svg("rect", { width: SIDE, height: SIDE, fill: "none", stroke: "var(--lb-rule-strong)" })),
    svg("text", { x: 20, y: SIDE + 17 }, `z₁ from −${limit} to ${limit}`),
    svg("text", { x: 2, y: 12 }, "z₂"),
  );
}
