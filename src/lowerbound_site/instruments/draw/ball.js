// The table as places, each with a square as large as its probability, and balls that go from place to place.

import { change, drawing, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { picture } from "./ink.js";

const [LEFT, TOP, CELL] = [40, 28, 84];
const SIDE = 94; // of all the probability there is
const ASIDE = 11; // two balls in one place stand side by side
const at = ([x, z]) => [LEFT + (z + 0.5) * CELL, TOP + (x + 0.5) * CELL];

export class Balls {
  /** hues: a colour for each ball. Of the first the squares are filled, of the others outlined. */
  constructor(title, hues) {
    const [width, height] = [LEFT + CODES.length * CELL + 4, TOP + IMAGES.length * CELL + 4];
    const frame = (x, z) => svg("rect", { x: LEFT + z * CELL + 2, y: TOP + x * CELL + 2, width: CELL - 4, height: CELL - 4, fill: "none", stroke: "var(--lb-rule)" });
    const areaStyle = (hue, n) => (n ? `fill: none; stroke: ${hue}; stroke-width: 1.6; stroke-dasharray: 5 3` : `fill: color-mix(in srgb, ${hue} 32%, var(--lb-paper))`);
    const each = (made) => IMAGES.map((_, x) => CODES.map((_, z) => made(x, z)));
    this.balls = hues.map((hue, n) => ({
      aside: (2 * n - hues.length + 1) * ASIDE,
      areas: each(() => svg("rect", { style: areaStyle(hue, n) })),
      path: svg("path", { fill: "none", stroke: hue, "stroke-opacity": 0.7, "stroke-width": 2 }),
      ball: svg("circle", { r: 9, stroke: "var(--lb-paper)", "stroke-width": 2, style: `fill: ${hue}` }),
    }));
    this.values = each((x, z) => svg("text", { x: LEFT + z * CELL + 7, y: TOP + x * CELL + 11, "font-size": 10 }));
    const images = IMAGES.map((image, x) => {
      const drawn = picture(pixels(image), 24);
      change(drawn, { transform: `translate(4 ${at([x, 0])[1] - 12})` });
      return drawn;
    });
    this.element = drawing(
      width,
      height,
      { role: "img", "aria-label": title },
      ...CODES.map((code, z) => svg("text", { x: at([0, z])[0], y: 18, "text-anchor": "middle" }, code)),
      ...images,
      ...each(frame).flat(),
      ...this.balls.flatMap(({ areas }) => areas.flat()),
      ...this.values.flat(),
      ...this.balls.map(({ path }) => path),
      ...this.balls.map(({ ball }) => ball),
    );
  }

  /** For each ball its joint, and its trail: the places [x, z] where it has been; it is at the last. */
  paint(shown) {
    shown.forEach(({ joint, trail }, n) => {
      const { aside, areas, path, ball } = this.balls[n];
      areas.forEach((row, x) =>
        row.forEach((area, z) => {
          const side = Math.sqrt(joint[x][z]) * SIDE;
          const [across, down] = at([x, z]);
          const seen = n === 0 || joint !== shown[0].joint;
          change(area, { x: across - side / 2, y: down - side / 2, width: side, height: side, visibility: seen ? "visible" : "hidden" });
        }),
      );
      const points = trail.map(at).map(([across, down]) => [across + aside, down + aside]);
      change(path, { d: points.length > 1 ? `M${points.map((point) => point.join(" ")).join("L")}` : "" });
      change(ball, { cx: points.at(-1)[0], cy: points.at(-1)[1] });
    });
    this.values.forEach((row, x) =>
      row.forEach((value, z) => {
        const probs = new Set(shown.map(({ joint }) => (joint[x][z] > 0 ? joint[x][z].toFixed(joint[x][z] < 0.01 ? 3 : 2) : "0")));
        write(value, [...probs].join(", "));
      }),
    );
  }
}
