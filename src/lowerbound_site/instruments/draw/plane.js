// The plane of codes: z1 to the right, z2 up, one unit of the drawing a unit of z.

import { change, element, svg } from "../controls/dom.js";
import { PIXELS, forward } from "../maths/vae.js";
import { sigmoid } from "../maths/numbers.js";
import { reach } from "../maths/normal.js";
import { borders, crop, isolines, refine } from "../maths/levels.js";
import { bitmap, tinted } from "./bitmap.js";

const TILES = 9;

/** The centres of the atlas's tiles along one axis. */
export const centres = (limit) => Array.from({ length: TILES }, (_, k) => ((2 * k + 1) / TILES - 1) * limit);

/** What the decoder makes of the middle of each of 9 x 9 tiles, as one picture, in so many steps of darkness. */
export function atlasOf(decoder, limit, steps = 16) {
  const at = centres(limit);
  const codes = Float64Array.from(at.flatMap((z1) => at.flatMap((z2) => [z1, z2])));
  const inked = forward(decoder, codes, new Float64Array(TILES * TILES * PIXELS), TILES * TILES).map(sigmoid);
  const cell = 10; // eight pixels and room
  return bitmap(cell * TILES, cell * TILES, (c, r) => {
    const [column, row] = [Math.floor(c / cell), TILES - 1 - Math.floor(r / cell)];
    const [x, y] = [(c % cell) - 1, (r % cell) - 1];
    return x < 0 || y < 0 || x > 7 || y > 7 ? 0 : inked[PIXELS * (column * TILES + row) + 8 * y + x];
  }, steps);
}

/** p(z|x), from the log mass of a grid's cells: as dark as probable, with the outlines of 50 % and 95 %. */
export function islandOf({ points, spacing, limit, from: [left, low] = [-limit, -limit] }, logMass) {
  const whole = { values: logMass, n1: points, n2: points, from1: left, from2: low, step: spacing };
  const field = refine(crop(whole, 14), 2);
  const { values, n1, n2, from1, from2, step } = field;
  const peak = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const density = values.map((value) => Math.exp(value - peak));
  const url = bitmap(n1, n2, (c, r) => density[c * n2 + (n2 - 1 - r)]);
  const lines = borders(density, [0.5, 0.95]).map((level, k) => {
    const segments = isolines({ ...field, values: density }, level);
    return {
      d: segments.map((s) => `M${s[0].toFixed(2)} ${(-s[1]).toFixed(2)}L${s[2].toFixed(2)} ${(-s[3]).toFixed(2)}`).join(""),
      // One name below its line, the other to the left: out of the handles' way.
      at: segments.reduce((far, s) => (s[1 - k] < far[1 - k] ? s : far), [Infinity, Infinity]),
    };
  });
  return { url, place: { x: from1 - step / 2, y: -(from2 + step * (n2 - 0.5)), width: n1 * step, height: n2 * step }, lines };
}

export function plane(name, limit) {
  const atlas = tinted(`${name}-atlas`, "var(--lb-ink)", 0.4, true);
  const cloud = tinted(`${name}-cloud`, "var(--lb-p)", 0.85);
  const outlines = [0.5, 0.95].map((share) => svg("path", { class: `lb-line lb-p-${share * 100}` }));
  const island = svg("g", { class: "lb-island" }, cloud.element, ...outlines);
  const marks = svg("g", {});
  const drawing = svg(
    "svg",
    { viewBox: `${-limit} ${-limit} ${2 * limit} ${2 * limit}`, "aria-hidden": "true" },
    atlas.element,
    svg("path", { class: "lb-axes", d: `M${-limit} 0H${limit}M0 ${-limit}V${limit}` }),
    island,
    marks,
  );
  const names = [50, 95].map((share) => element("span", { class: `lb-share lb-share-${share}` }, `${share} %`));
  const box = element("div", { class: "lb-plane" }, drawing); // its labels stand outside
  for (const [name, axis] of [["z<sub>1</sub>", "z1"], ["z<sub>2</sub>", "z2"]]) {
    const label = element("span", { class: `lb-axis-${axis}` });
    label.innerHTML = name;
    box.append(label);
  }
  for (const value of [-2, 0, 2]) {
    box.append(element("span", { class: "lb-at-z1", style: `left: ${50 + (50 * value) / limit}%` }, value < 0 ? `−${-value}` : `${value}`));
    box.append(element("span", { class: "lb-at-z2", style: `top: ${50 - (50 * value) / limit}%` }, value < 0 ? `−${-value}` : `${value}`));
  }
  box.append(...names);
  return {
    element: box,
    marks,
    limit,
    paintAtlas(decoder) {
      this.showAtlas(atlasOf(decoder, limit));
    },
    paintIsland(cells, logMass, { url, place, lines } = islandOf(cells, logMass)) {
      cloud.show(url, place);
      lines.forEach(({ d, at: [z1, z2] }, k) => {
        names[k].style.cssText = `left: ${(50 + (50 * z1) / limit).toFixed(2)}%; top: ${(50 - (50 * z2) / limit).toFixed(2)}%;`;
        outlines[k].setAttribute("d", d);
      });
    },
    /** Over the whole plane: in the place of the atlas, and of the island, then without outlines. */
    showAtlas(url) {
      atlas.show(url, { x: -limit, y: -limit, width: 2 * limit, height: 2 * limit });
    },
    showCloud(url) {
      cloud.show(url, { x: -limit, y: -limit, width: 2 * limit, height: 2 * limit });
    },
    showIsland(shown, named = shown) {
      island.classList.toggle("lb-shown", shown);
      for (const name of names) name.hidden = !named;
    },
    /** From a pointer to codes. */
    code({ clientX, clientY }) {
      const { left, top, width, height } = box.getBoundingClientRect();
      return [(2 * (clientX - left) / width - 1) * limit, (1 - (2 * (clientY - top)) / height) * limit];
    },
  };
}

/** The outline that holds `share` of a normal; `paint(q)` moves it. */
export function outline(kind, share) {
  const shape = svg("ellipse", { class: `lb-line ${kind}` });
  const r = reach(share);
  return {
    element: shape,
    paint(q) {
      const { mean: [m1, m2], tril: [a, b, c] } = q;
      // The unit circle, moved as the noise is: z = m + T e; the drawing's second axis points down.
      shape.setAttribute("transform", `matrix(${[r * a, -r * b, 0, -r * c, m1, -m2].map((v) => Math.round(v * 1e4) / 1e4).join(" ")})`);
      change(shape, { rx: 1, ry: 1 });
    },
  };
}
