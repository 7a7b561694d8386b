// A bell in hand: its middle is dragged below the line, its width above.

import { Border } from "./border.js";
import { change, svg } from "./dom.js";
import { BELOW } from "../draw/curves.js";
import { logNormal } from "../maths/normal-fit.js";

const TOP = 20; // where the handle of the width stands

/** Borders for `mu` and `sigma` of the state, on these curves. */
export function bell(kit, curves) {
  const mu = new Border(kit, "mu", "mu, the middle of the encoder's bell", { steps: { small: 0.05, large: 0.25, page: 0.5 } });
  const sigma = new Border(kit, "sigma", "sigma, the width of the bell", { steps: { small: 0.01, large: 0.1, page: 0.1 } });
  const reach = svg("path", { stroke: "var(--lb-q)", "stroke-width": 1.6 });
  const name = (text) => svg("text", { "font-size": 14, "font-weight": 600, "text-anchor": "middle", fill: "var(--lb-q)" }, text);
  const names = { mu: name("μ"), sigma: name("σ") };
  curves.element.append(reach, ...Object.values(names), mu.element, sigma.element);
  const { mu: places, sigma: widths } = kit.schema;
  return {
    paint(state) {
      const { across } = curves;
      const edge = state.mu + state.sigma;
      const shoulder = curves.up(Math.exp(logNormal(edge, state.mu, state.sigma)));
      mu.paint({ along: "x", from: across(places.from), to: across(places.to), span: BELOW });
      sigma.paint({ along: "x", from: across(state.mu + widths.from), to: across(state.mu + widths.to), span: [TOP, shoulder], at: 0 });
      change(reach, { d: `M${across(state.mu)} ${shoulder}H${across(edge)}` });
      change(names.mu, { x: across(state.mu) - 30, y: BELOW[1] - 5 });
      change(names.sigma, { x: across(edge) + 30, y: TOP + 5 });
    },
  };
}
