// What single draws say of the gap: log q(z) - log p(z|x) at each, the smallest first, their mean and the exact gap.

import { change, drawing, svg, write } from "../controls/dom.js";
import { estimate, gap as gapText, number } from "./format.js";

const [LEFT, WIDE, HIGH, RIGHT] = [24, 236, 120, 42];
const [LEAST, MOST] = [-3, 6]; // nats; what exceeds them ends in an arrow
const y = (value) => (HIGH * (MOST - Math.max(LEAST, Math.min(MOST, value)))) / (MOST - LEAST);
const level = (value) => `M${LEFT} ${y(value).toFixed(1)}H${LEFT + WIDE}`;

export function stems() {
  const lines = svg("path", { class: "lb-line", stroke: "var(--lb-gap)", "stroke-width": 1.5 });
  const arrows = svg("path", { class: "lb-line", stroke: "var(--lb-gap)", "stroke-width": 1.5 });
  const mean = svg("path", { class: "lb-line", stroke: "var(--lb-q)", "stroke-width": 1.5, "stroke-dasharray": "5 3" });
  const exact = svg("path", { class: "lb-line", stroke: "var(--lb-gap)", "stroke-width": 1.5 });
  const names = [svg("text", { x: LEFT + WIDE + 5, fill: "var(--lb-q)" }), svg("text", { x: LEFT + WIDE + 5, fill: "var(--lb-gap)" })];
  const ticks = [-2, 0, 2, 4, 6].map((value) => svg("text", { x: LEFT - 5, y: y(value) + 4, "text-anchor": "end", fill: "var(--lb-muted)" }, number(value, 0)));
  const ground = svg("path", { class: "lb-line", stroke: "var(--lb-rule-strong)", "stroke-width": 1, d: level(0) });
  const element = drawing(LEFT + WIDE + RIGHT, HIGH + 12, { viewBox: `0 -6 ${LEFT + WIDE + RIGHT} ${HIGH + 12}`, role: "img" }, ground, lines, arrows, exact, mean, ...ticks, ...names);
  return {
    element,
    paint(values, { mean: average, error }, gap) {
      const sorted = values.toSorted((a, b) => a - b);
      const x = (n) => (LEFT + (WIDE * (n + 0.5)) / sorted.length).toFixed(1);
      change(lines, { d: sorted.map((value, n) => `M${x(n)} ${y(0).toFixed(1)}V${y(value).toFixed(1)}`).join("") });
      change(arrows, { d: sorted.map((value, n) => (value > MOST ? `M${x(n)} -5l-2 5m2 -5l2 5` : "")).join("") });
      change(mean, { d: level(average) });
      change(exact, { d: level(gap) });
      // The two names stand at their lines, and where these are close, one above the other.
      const [upper, lower] = average > gap ? [0, 1] : [1, 0];
      const middle = (y(average) + y(gap)) / 2;
      const half = Math.max(7, Math.abs(y(average) - y(gap)) / 2);
      const shift = Math.max(0, 12 - (middle - half)) - Math.max(0, middle + half - HIGH);
      change(names[upper], { y: middle - half + 4 + Math.min(shift, 12) });
      change(names[lower], { y: middle + half + 4 + Math.min(shift, 12) });
      write(names[0], "draws");
      write(names[1], "exact");
      change(element, { "aria-label": `${values.length} draws: mean ${estimate(average, error)}, exact gap ${gapText(gap)}` });
    },
  };
}
