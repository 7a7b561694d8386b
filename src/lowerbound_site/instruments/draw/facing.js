// Conditional distributions in pairs, one right above the other: the upper one follows, and its borders go on, dashed, down
// to the lower one, whose borders are dragged; let go near a dashed line, a border stands on it.

import { change, drawing, element, svg, write } from "../controls/dom.js";
import { Cut, HIGH, INSET, WIDE } from "./cut.js";
import { number } from "./format.js";

const [HEAD, HAND] = [24, 26]; // the line above a pair, and the room of a hand
const NEAR = 0.025;

/** A name in the colour of its family. */
export const hued = (family, name) => element("b", { style: `color: var(--lb-${family})` }, name);

export class Facing {
  /** families: of the upper and of the lower one; rows: { name, labels, borders }, where `labels()` makes what stands in the
   *  parts of one bar that are at least `least` wide. Two borders have one hand above and one below: they can come close. */
  constructor(title, [upper, lower], rows, least) {
    let top = 0;
    this.rows = rows.map(({ name, labels, borders }) => {
      const between = borders.length > 1 ? HAND : 14;
      const [first, second] = [top + HEAD, top + HEAD + HIGH + between];
      const row = {
        borders,
        between,
        goals: [],
        head: svg("g", { transform: `translate(${INSET} ${top + 17})` }, name),
        apart: svg("text", { x: INSET + WIDE, y: top + 17, "text-anchor": "end", fill: "var(--lb-muted)" }),
        cuts: [new Cut(upper, upper, first, labels(), least, least), new Cut(lower, lower, second, labels(), least, least)],
        goal: svg("path", { stroke: `var(--lb-${upper})`, "stroke-width": 2, "stroke-dasharray": "4 3" }),
      };
      row.cuts[1].box.append(row.goal, ...borders.map((border) => border.element));
      for (const { kit, key, element: held } of borders) {
        held.addEventListener("pointerup", () => {
          const met = row.goals.find((goal) => Math.abs(kit.state[key] - goal) < NEAR);
          if (met !== undefined) kit.set({ [key]: met });
        });
      }
      top = second + HIGH + HAND;
      return row;
    });
    this.element = drawing(
      WIDE + 2 * INSET,
      top,
      { width: "23rem", role: "group", "aria-label": title },
      ...this.rows.flatMap(({ head, apart, cuts }) => [head, apart, ...cuts.map((cut) => cut.element)]),
    );
  }

  /** rows: of each the upper distribution, the lower one, and the KL of the two. */
  paint(rows) {
    this.rows.forEach((row, n) => {
      const { cuts, goal, apart, between, borders } = row;
      const { upper, lower, kl } = rows[n];
      cuts[0].paint(upper);
      cuts[1].paint(lower);
      let at = 0;
      row.goals = upper.slice(0, -1).map((share) => (at += share));
      change(goal, { d: row.goals.map((place) => `M${(place * WIDE).toFixed(1)} ${-between}V4m0 ${HIGH - 6}v8`).join("") });
      write(apart, `KL ${number(kl, 2)}`);
      borders.forEach((border, k) => {
        const below = k === borders.length - 1;
        border.paint({ along: "x", from: 0, to: WIDE, span: below ? [0, HIGH + 12] : [-12, HIGH], at: Number(below) });
      });
    });
  }
}
