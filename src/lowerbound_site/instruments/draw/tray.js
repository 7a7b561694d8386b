// A machine, the pair that it made last, and a tray with all its pairs. A pair is an image in the frame of its code.

import { change, drawing, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { picture } from "./square.js";

const [COLUMNS, PITCH, TILE] = [18, 17, 15];
const [LEFT, TOP, LABEL] = [4, 96, 20];
const WIDTH = 2 * LEFT + COLUMNS * PITCH;
const [STEPS, PICTURES] = [[LEFT, 164], [104, 268]]; // where the words of each step begin, and what it drew
const BIG = 30;
const SHADES = { round: 16, straight: 42 }; // per cent of the hue

/** An image in the frame of its code: a disc for a round one, a square for a straight one. */
function framed(hue, code, image, size) {
  const frame = svg("rect", { width: size, height: size, rx: code === "round" ? size / 2 : 0, style: `fill: color-mix(in srgb, ${hue} ${SHADES[code]}%, var(--lb-paper)); stroke: ${hue}` });
  if (!image) return svg("g", {}, frame);
  const drawn = picture(pixels(image), 0.64 * size);
  change(drawn, { transform: `translate(${0.18 * size} ${0.18 * size})` });
  return svg("g", {}, frame, drawn);
}

/** An image alone, or a code alone. */
function alone(hue, { image, code }, size) {
  return image ? picture(pixels(image), size) : framed(hue, code, null, size);
}

export class Tray {
  /** makes: "code" or "image", which half of a pair this machine makes first, and for both steps what is done, and whose draw it is. */
  constructor(family, title, { first, words }) {
    this.hue = `var(--lb-${family})`;
    this.first = first;
    this.tiles = [];
    const text = (x, y, content, more = {}) => svg("text", { x, y, ...more }, content);
    this.said = text(LEFT, 84, "", { fill: this.hue, "font-weight": 600 });
    this.steps = svg("g", {});
    this.labels = IMAGES.map(() => text(LEFT, 0, "", { "font-weight": 600 }));
    this.box = svg("g", {});
    this.element = drawing(
      WIDTH,
      TOP,
      { role: "img", "aria-label": title, width: "100%" },
      text(LEFT, 14, title, { "font-size": 14, "font-weight": 600, fill: this.hue }),
      ...words.flatMap(([step, symbol], n) => [text(STEPS[n], 40, step), text(STEPS[n], 55, symbol, { fill: this.hue, "font-weight": 600 })]),
      this.steps,
      this.said,
      this.box,
      ...this.labels,
    );
  }

  /** pairs: [{x, z}, ...]; groups: [{ label, holds, lit }, ...], and `order` says which pairs come first in a group; `said` is what they show. */
  paint(pairs, groups, order, said) {
    write(this.said, said);
    const words = ({ x, z }) => `${IMAGES[x]} ${CODES[z]}`;
    pairs.forEach((pair, n) => {
      const tile = (this.tiles[n] ??= { shown: svg("g", { class: "lb-tile" }), words: "" });
      if (tile.words !== words(pair)) tile.shown.replaceChildren(framed(this.hue, CODES[pair.z], IMAGES[pair.x], TILE));
      tile.words = words(pair);
      if (!tile.shown.parentNode) this.box.append(tile.shown);
    });
    for (const { shown } of this.tiles.slice(pairs.length)) shown.remove();
    let top = TOP;
    this.labels.forEach((text, g) => {
      const group = groups[g];
      write(text, group?.label ?? "");
      if (!group) return;
      change(text, { y: top + 10, opacity: group.lit ? 1 : 0.75 });
      top += LABEL;
      const members = pairs.map((pair, n) => ({ ...pair, n })).filter(group.holds).sort(order);
      members.forEach(({ n }, place) => {
        const [across, down] = [LEFT + (place % COLUMNS) * PITCH, top + Math.floor(place / COLUMNS) * PITCH];
        const style = `transform: translate(${across}px, ${down}px); opacity: ${group.lit ? 1 : 0.4}`;
        change(this.tiles[n].shown, { style });
      });
      top += Math.max(1, Math.ceil(members.length / COLUMNS)) * PITCH + 6;
    });
    // As high as what it holds: an empty tray would push away what comes below it.
    change(this.element, { viewBox: `0 0 ${WIDTH} ${top}` });
    const last = pairs.at(-1);
    if (!last) return this.steps.replaceChildren();
    if (this.last === words(last)) return;
    this.last = words(last);
    const halves = [{ code: CODES[last.z] }, { image: IMAGES[last.x] }];
    if (this.first === "image") halves.reverse();
    const drawn = halves.map((half, n) => {
      const group = alone(this.hue, half, BIG);
      change(group, { transform: `translate(${PICTURES[n]} 27)` });
      return group;
    });
    this.steps.replaceChildren(...drawn);
  }
}
