// A machine, the pair that it made last, and all its pairs: in a row, or in piles. A pair is an image in the frame of its code.

import { change, drawing, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { picture } from "./ink.js";

const [PITCH, TILE] = [16, 14];
const ROW = 19; // tiles beside each other while there are no piles
const WIDTH = ROW * PITCH;
const [TOP, BELOW] = [102, 40]; // where the tiles begin, and what the names of the piles take
const [STEPS, PICTURES] = [[0, 160], [100, 264]]; // where the words of each step begin, and what it drew
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

/** How many rows of tiles so many pairs take: in a row, or in as many piles. */
export const rows = (counts) => Math.ceil(Math.max(...counts) / across(counts.length));
const across = (piles) => (piles === 1 ? ROW : Math.floor((ROW - piles + 1) / piles));

export class Tray {
  /** first: "code" or "image", which half of a pair this machine makes first; words: for both steps what is done, and whose draw it is. */
  constructor(family, title, { first, words }) {
    this.hue = `var(--lb-${family})`;
    this.first = first;
    this.tiles = [];
    const text = (x, y, content, more = {}) => svg("text", { x, y, ...more }, content);
    this.said = text(0, 84, "", { fill: this.hue, "font-weight": 600 });
    this.steps = svg("g", {});
    this.names = IMAGES.map(() => [16, 32].map((down) => text(0, down, "", { "text-anchor": "middle", "font-weight": down > 16 ? 600 : 400 })));
    this.floor = svg("g", {}, svg("path", { d: `M0 1H${WIDTH}`, stroke: "var(--lb-rule-strong)" }), ...this.names.flat());
    this.box = svg("g", {});
    this.element = drawing(
      WIDTH,
      TOP,
      { role: "img", width: "100%" },
      text(0, 14, title, { "font-size": 14, "font-weight": 600, fill: this.hue }),
      ...words.flatMap(([step, symbol], n) => [text(STEPS[n], 40, step), text(STEPS[n], 55, symbol, { fill: this.hue, "font-weight": 600 })]),
      this.steps,
      this.said,
      this.box,
      this.floor,
    );
    this.title = title;
  }

  /** pairs: [{x, z}, ...]; piles: [{ name, counted, holds }, ...], one of them means a row; what is in none of them falls out.
   *  `high`: how many rows of tiles there is room for; `said` is what all this shows. */
  paint(pairs, piles, high, said) {
    write(this.said, said);
    const floor = TOP + high * PITCH;
    const wide = across(piles.length);
    const gap = piles.length > 1 ? (WIDTH - piles.length * wide * PITCH) / (piles.length - 1) : 0;
    const filled = piles.map(() => 0);
    pairs.forEach((pair, n) => {
      const pile = piles.findIndex(({ holds }) => holds(pair));
      const at = pile < 0 ? 0 : filled[pile]++;
      const left = Math.max(0, pile) * (wide * PITCH + gap) + (at % wide) * PITCH;
      const row = Math.floor(at / wide);
      // A row is read from above; a pile grows from the floor.
      const top = piles.length === 1 ? TOP + row * PITCH : floor - (row + 1) * PITCH;
      const style = pile < 0 ? "opacity: 0; translate: 0 6rem" : `transform: translate(${left + 1}px, ${top + 1}px)`;
      this.tile(n, pair, style);
    });
    for (const { shown } of this.tiles.slice(pairs.length)) shown.remove();
    this.names.forEach((lines, n) => {
      const { name = "", counted = "" } = (piles.length > 1 && piles[n]) || {};
      lines.forEach((line, k) => {
        change(line, { x: n * (wide * PITCH + gap) + (wide * PITCH) / 2 });
        write(line, [name, counted][k]);
      });
    });
    change(this.floor, { transform: `translate(0 ${floor})`, visibility: piles.length > 1 ? "visible" : "hidden" });
    change(this.element, { viewBox: `0 0 ${WIDTH} ${floor + (piles.length > 1 ? BELOW : 4)}`, "aria-label": `${this.title}. ${said}` });
    this.last(pairs.at(-1));
  }

  /** The n-th pair, made where the machine has let it fall. */
  tile(n, pair, style) {
    const words = `${IMAGES[pair.x]} ${CODES[pair.z]}`;
    const tile = (this.tiles[n] ??= { shown: svg("g", { class: "lb-tile" }), words: "" });
    if (tile.words !== words) tile.shown.replaceChildren(framed(this.hue, CODES[pair.z], IMAGES[pair.x], TILE - 1));
    tile.words = words;
    // What falls out keeps its place.
    if (style.startsWith("opacity")) style = `${tile.place ?? ""}; ${style}`;
    else tile.place = style;
    change(tile.shown, { style });
    if (!tile.shown.parentNode) this.box.append(tile.shown);
  }

  /** The pair that was made last, in two steps. */
  last(pair) {
    const words = pair && `${IMAGES[pair.x]} ${CODES[pair.z]}`;
    if (this.shown === words) return;
    this.shown = words;
    const halves = [{ code: CODES[pair.z] }, { image: IMAGES[pair.x] }];
    if (this.first === "image") halves.reverse();
    const drawn = halves.map((half, n) => {
      const group = alone(this.hue, half, BIG);
      change(group, { transform: `translate(${PICTURES[n]} 27)` });
      return group;
    });
    this.steps.replaceChildren(...drawn);
  }
}
