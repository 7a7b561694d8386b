// Costs as bars from zero, in nats, one under the other, each with its name and its number.

import { change, drawing, svg, write } from "../controls/dom.js";
import { number } from "./format.js";

const [WIDTH, ROW, LONGEST] = [340, 42, 288];

export class Bars {
  /** names: what stands over each bar; pieces: how many a bar has, end to end; scale: pixels a nat; decimals: of the sum. */
  constructor(names, { pieces = 1, scale = 300, decimals = 3 } = {}) {
    this.scale = scale;
    this.decimals = decimals;
    this.rows = names.map((name) => ({
      name: svg("text", { y: 13 }, name),
      pieces: Array.from({ length: pieces }, () => svg("rect", { y: 19, height: 16 })),
      arrow: svg("path", { fill: "none", stroke: "var(--lb-paper)", "stroke-width": 2 }),
      total: svg("text", { y: 31 }),
    }));
    const groups = this.rows.map(({ name, pieces: parts, arrow, total }, i) =>
      svg("g", { transform: `translate(0 ${i * ROW})` }, name, ...parts, arrow, total),
    );
    this.element = drawing(WIDTH, names.length * ROW, {}, ...groups);
  }

  /** values: for each bar its pieces, none of one that is not shown yet; colours: the same. The number is their sum. A name is a text, or [text, colour] in turn. */
  paint(values, colours, names = null) {
    this.rows.forEach(({ name, pieces, arrow, total }, i) => {
      let from = 0;
      pieces.forEach((piece, part) => {
        const to = Math.min(from + (values[i][part] ?? 0) * this.scale, LONGEST);
        change(piece, { x: from, width: Math.max(0, to - from), fill: colours[i][part] });
        from = to;
      });
      const sum = values[i].reduce((all, value) => all + value, 0);
      change(arrow, { d: sum * this.scale > LONGEST ? `M${LONGEST - 12} 21l6 6l-6 6` : "" });
      change(total, { x: from + 5 });
      write(total, values[i].length ? number(sum, this.decimals) : "");
      if (names) spell(name, names[i]);
    });
  }
}

/** Writes a name; of one that has colours, each part in its own. */
function spell(place, name) {
  if (typeof name === "string") {
    write(place, name);
    return;
  }
  while (place.children.length < name.length) place.append(svg("tspan", {}));
  name.forEach(([text, colour = "inherit"], i) => {
    write(place.children[i], text);
    change(place.children[i], { fill: colour });
  });
}
