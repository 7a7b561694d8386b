// The table as places, each with a square as large as its probability, and a ball that goes from place to place.

import { change, drawing, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { picture } from "./square.js";

const [LEFT, TOP, CELL] = [40, 28, 84];
const SIDE = 100; // of all the probability there is
const at = ([x, z]) => [LEFT + (z + 0.5) * CELL, TOP + (x + 0.5) * CELL];

export class Ball {
  constructor(title) {
    const [width, height] = [LEFT + CODES.length * CELL + 4, TOP + IMAGES.length * CELL + 4];
    this.places = IMAGES.map((_, x) =>
      CODES.map((_, z) => ({
        frame: svg("rect", { x: LEFT + z * CELL + 2, y: TOP + x * CELL + 2, width: CELL - 4, height: CELL - 4, fill: "none", stroke: "var(--lb-rule)" }),
        area: svg("rect", { style: "fill: color-mix(in srgb, var(--lb-p) 32%, var(--lb-paper))" }),
        value: svg("text", { x: LEFT + z * CELL + 7, y: TOP + (x + 1) * CELL - 8, "font-size": 11 }),
      })),
    );
    this.path = svg("path", { fill: "none", stroke: "var(--lb-ink)", "stroke-opacity": 0.35, "stroke-width": 2 });
    this.ball = svg("circle", { r: 9, stroke: "var(--lb-paper)", "stroke-width": 2 });
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
      ...this.places.flat().flatMap(({ frame, area, value }) => [frame, area, value]),
      this.path,
      this.ball,
    );
  }

  /** trail: the places [x, z] where the ball has been; it is at the last. */
  paint(joint, trail) {
    joint.forEach((row, x) =>
      row.forEach((prob, z) => {
        const side = Math.sqrt(prob) * SIDE;
        const [across, down] = at([x, z]);
        change(this.places[x][z].area, { x: across - side / 2, y: down - side / 2, width: side, height: side });
        write(this.places[x][z].value, prob > 0 ? prob.toFixed(2) : "0");
      }),
    );
    const points = trail.map(at);
    change(this.path, { d: points.length > 1 ? `M${points.map((point) => point.join(" ")).join("L")}` : "" });
    change(this.ball, { cx: points.at(-1)[0], cy: points.at(-1)[1] });
  }
}
