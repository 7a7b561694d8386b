// A machine, the pair that it made last, and all its pairs: in a heap, or sorted into columns. A pair is an image in the
// frame of its code.

import { change, drawing, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { picture } from "./ink.js";

const [WIDTH, PITCH, TILE] = [300, 18, 16];
const HEAP = 1.385; // tiles in a heap are so much larger, twelve in a row
const [TOP, LEAST, BELOW] = [212, 14, 56]; // where the tiles may begin, for how many rows there is always room, and what names take
const [NAMES, LINE] = [132, 15]; // where the four names of the machine stand, and how far apart
const SHARE = 25; // what a share beside a column takes
const BETWEEN = 4; // between the bands of a column
const BIG = 34;
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

/** Of columns, or of one heap: how wide each is, how large and how many the tiles beside each other, and where it begins. */
function layout(columns) {
  const wide = WIDTH / columns;
  const size = columns > 1 ? 1 : HEAP;
  return { wide, size, across: Math.floor((wide - (columns > 1 ? SHARE : 0)) / (size * PITCH)), left: (column) => column * wide };
}
const rows = (counts, across) => counts.reduce((sum, count) => sum + Math.ceil(count / across), 0);

/** How many rows of tiles so many pairs take; each band of a column begins a row. */
export const high = (columns) => {
  const { across, size } = layout(columns.length);
  return Math.max(LEAST, ...columns.map(({ bands }) => size * (1 + rows(bands.map(({ count }) => count), across))));
};

export class Tray {
  /** given: the name of what the machine begins with; network: that of what it goes on with; first: "code" or "image". */
  constructor(family, title, { first, given, network }) {
    this.hue = `var(--lb-${family})`;
    this.first = first;
    this.title = title;
    this.tiles = [];
    const middle = { "text-anchor": "middle" };
    const own = { fill: this.hue, "font-weight": 600 };
    const text = (x, y, content, more = {}) => svg("text", { x, y, ...more }, content);
    // A decoder widens, an encoder narrows, as such networks are mostly drawn.
    const [small, large] = first === "code" ? [12, 24] : [24, 12];
    this.steps = svg("g", {});
    this.within = text(0, TOP - 12, "", own);
    this.names = IMAGES.map(() => [16, 32].map((down) => text(0, down, "", { ...middle, "font-weight": down > 16 ? 600 : 400 })));
    this.columns = text(0, BELOW - 4, "", own);
    this.floor = svg("g", {}, (this.line = svg("path", { d: `M0 1H${WIDTH}`, stroke: "var(--lb-rule-strong)" })), ...this.names.flat(), this.columns);
    this.known = Array.from({ length: 4 }, (_, n) => text(0, NAMES + n * LINE, ""));
    this.box = svg("g", {});
    this.shares = Array.from({ length: 6 }, () => text(0, 0, "", { "font-size": 11 }));
    this.element = drawing(
      WIDTH,
      TOP,
      { role: "img", width: "100%" },
      text(0, 14, title, { "font-size": 14, ...own }),
      svg("path", { d: "M72 52h24m-5 -4l5 4l-5 4M204 52h24m-5 -4l5 4l-5 4", fill: "none", stroke: "var(--lb-muted)" }),
      svg("path", { d: `M104 ${52 - small}L196 ${52 - large}v${2 * large}L104 ${52 + small}z`, style: `fill: color-mix(in srgb, ${this.hue} 16%, var(--lb-paper)); stroke: ${this.hue}` }),
      text(150, 56, network[0], { ...middle, ...own }),
      ...[[42, given], [150, [network[1], "a network"]]].flatMap(([x, [symbol, word]]) => [text(x, 92, symbol, { ...middle, ...own }), text(x, 107, word, middle)]),
      this.steps,
      ...this.known,
      this.within,
      this.box,
      ...this.shares,
      this.floor,
    );
  }

  /** pairs: [{x, z}, ...]; columns: [{ name, share, bands: [{ holds, share }] }, ...], one of them means a heap. `room`: for how many
   *  rows of tiles; `within` says what the shares beside the bands are, `among` those below the columns; `names`: [symbol, word] for each name. */
  paint(pairs, columns, room, { within, among, names }) {
    const floor = TOP + room * PITCH;
    const { wide, size, across, left } = layout(columns.length);
    const sorted = columns.length > 1;
    const bands = columns.flatMap(({ bands: all }, column) => {
      let below = 0;
      return all.map((band, n) => {
        const placed = { ...band, column, below: below * PITCH + n * BETWEEN, rows: Math.ceil(band.count / across), filled: 0 };
        below += placed.rows;
        return placed;
      });
    });
    pairs.forEach((pair, n) => {
      const band = bands.find(({ holds }) => holds(pair));
      const at = band.filled++;
      const x = left(band.column) + (at % across) * size * PITCH;
      const row = Math.floor(at / across);
      const y = sorted ? floor - band.below - (1 + row) * PITCH : TOP + row * size * PITCH; // a heap hangs below its machine
      this.tile(n, pair, `transform: translate(${x + 1}px, ${y + 1}px) scale(${size})`);
    });
    for (const { shown } of this.tiles.slice(pairs.length)) shown.remove();
    this.shares.forEach((text, n) => {
      const band = sorted && bands[n];
      write(text, band?.count ? band.share : "");
      if (band) change(text, { x: left(band.column) + Math.min(band.count, across) * PITCH + 3, y: floor - band.below - (band.rows * PITCH) / 2 + 4 });
    });
    this.names.forEach((lines, n) => {
      const { name = "", share = "" } = (sorted && columns[n]) || {};
      lines.forEach((line, k) => {
        change(line, { x: left(n) + (across * size * PITCH) / 2 });
        write(line, [name, share][k]);
      });
    });
    this.known.forEach((line, n) => {
      write(line, names[n].join(": "));
      change(line, { fill: names[n][1] === "?" ? "var(--lb-muted)" : this.hue });
    });
    change(this.line, { visibility: sorted ? "visible" : "hidden" });
    write(this.within, within);
    write(this.columns, among);
    change(this.floor, { transform: `translate(0 ${floor})` });
    change(this.element, { viewBox: `0 0 ${WIDTH} ${floor + BELOW}`, "aria-label": `${this.title}. ${among} ${within} ${names.map((one) => one.join(": ")).join("; ")}` });
    this.last(pairs.at(-1));
  }

  /** The n-th pair, made where the machine has let it fall. */
  tile(n, pair, style) {
    const words = `${IMAGES[pair.x]} ${CODES[pair.z]}`;
    const tile = (this.tiles[n] ??= { shown: svg("g", { class: "lb-tile" }), words: "" });
    if (tile.words !== words) tile.shown.replaceChildren(framed(this.hue, CODES[pair.z], IMAGES[pair.x], TILE));
    tile.words = words;
    change(tile.shown, { style });
    if (!tile.shown.parentNode) this.box.append(tile.shown);
  }

  /** The pair that was made last, in two steps. */
  last(pair) {
    const words = `${IMAGES[pair.x]} ${CODES[pair.z]}`;
    if (this.shown === words) return;
    this.shown = words;
    const halves = [{ code: CODES[pair.z] }, { image: IMAGES[pair.x] }];
    if (this.first === "image") halves.reverse();
    const drawn = halves.map((half, n) => {
      const group = alone(this.hue, half, BIG);
      change(group, { transform: `translate(${[25, 240][n]} 35)` });
      return group;
    });
    this.steps.replaceChildren(...drawn);
  }
}
