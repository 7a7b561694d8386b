// Conditional distributions as rows: each a bar of length one, cut at a border that is dragged.

import { change, drawing, svg } from "../controls/dom.js";

const [LEFT, RIGHT, TALL, ROW, TOP, WIDTH] = [64, 320, 26, 48, 22, 340];
const ROOM = 0.32; // the share that a name needs, beside the handle

export class Splits {
  /** rows: { label, border, names: what stands left and right of the border }. */
  constructor(title, hue, rows) {
    this.rows = rows.map(({ label, border, names }, n) => {
      const top = TOP + n * ROW + (ROW - TALL) / 2;
      const tint = (share) => `color-mix(in srgb, ${hue} ${share}%, var(--lb-paper))`;
      change(label, { transform: `translate(0 ${top + TALL / 2})` });
      return {
        top,
        border,
        label,
        parts: [55, 22].map((share) => svg("rect", { y: top, height: TALL, fill: tint(share) })),
        words: names.map((name, part) => svg("text", { x: part ? RIGHT - 6 : LEFT + 6, y: top + 17, "text-anchor": part ? "end" : "start" }, name)),
      };
    });
    this.element = drawing(
      WIDTH,
      TOP + rows.length * ROW,
      { role: "group", "aria-label": title },
      svg("text", { y: 14, "font-size": 13, "font-weight": 600, fill: hue }, title),
      ...this.rows.flatMap(({ label, parts, words, border }) => [label, ...parts, ...words, border.element]),
    );
  }

  /** shares: for each row how much lies left of its border. */
  paint(shares) {
    this.rows.forEach(({ top, border, parts, words }, n) => {
      const at = LEFT + shares[n] * (RIGHT - LEFT);
      change(parts[0], { x: LEFT, width: at - LEFT });
      change(parts[1], { x: at, width: RIGHT - at });
      [shares[n], 1 - shares[n]].forEach((share, part) => change(words[part], { visibility: share > ROOM ? "visible" : "hidden" }));
      border.paint({ along: "x", from: LEFT, to: RIGHT, span: [top, top + TALL] });
    });
  }
}
