// Costs in nats, from a fixed start: a bar in pieces, marks below it, and an axis. It is HTML, so that its text stays
// legible at any width. What exceeds the axis ends in an arrow.

import { element, write } from "../controls/dom.js";

/**
 * `paint({from, to, step, pieces, labels, marks, end})`: pieces [{kind, start, end, text}], above them labels [{kind, at, text,
 * side, least}], below marks [{kind, at, text}]; `end` {at, text, inside} stands where the bar ends, inside it or behind. Labels stand at least `least` em from
 * the left.
 */
export function bar(kind) {
  const track = element("div", { class: "lb-track" });
  const last = element("b", {});
  const labels = element("div", { class: "lb-bar-labels" });
  const marks = element("div", { class: "lb-bar-marks" });
  track.append(last);
  const axis = element("div", { class: "lb-bar-axis" });
  let scale = "";
  const kept = new Map();

  // Elements are kept and moved, not made anew.
  const fill = (parent, wanted, name) => {
    const made = kept.get(parent) ?? [];
    kept.set(parent, made);
    while (made.length < wanted.length) {
      const child = element(name);
      parent.append(child);
      made.push(child);
    }
    made.forEach((child, k) => {
      child.hidden = k >= wanted.length;
      if (!child.hidden) {
        const { style, kind: look, text = "" } = wanted[k];
        if (child.className !== look) child.className = look;
        if (child.style.cssText !== style) child.style.cssText = style;
        if (text || child.textContent) write(child, text);
      }
    });
  };

  return {
    element: element("div", { class: `lb-bar ${kind}`, "aria-hidden": "true" }, labels, track, marks, axis),
    paint({ from, to, step, pieces, labels: said, marks: left, end }) {
      const share = (value) => Math.min(100, Math.max(0, (100 * (value - from)) / (to - from)));
      const percent = (value) => `${share(value).toFixed(2)}%`;
      fill(track, pieces.map(({ kind: look, start, end, text }) => ({
        text,
        kind: look,
        style: `left: ${percent(start)}; width: ${(share(end) - share(start)).toFixed(2)}%;`,
      })), "i");
      write(last, end.text);
      const look = end.inside ? "lb-before" : "";
      if (last.className !== look) last.className = look;
      last.style.left = percent(end.at);
      fill(labels, said.map(({ kind: look, at, text, side = "", least }) => ({ kind: `${look} ${side}`, style: `left: ${least ? `max(${percent(at)}, ${least}em)` : percent(at)};`, text })), "span");
      fill(marks, left.map(({ kind: look, at, text }) => ({ text, kind: look, style: `left: ${percent(at)};` })), "i");
      if (scale !== `${from} ${to}`) {
        scale = `${from} ${to}`;
        const ticks = Array.from({ length: Math.floor((to - from) / step + 1e-6) + 1 }, (_, k) => k * step);
        fill(axis, ticks.map((value) => ({ kind: "", style: `left: ${percent(from + value)};`, text: from ? `+${value}` : `${value}` })), "span");
      }
    },
  };
}
