// A machine, the pair that it made last, and all its pairs: in a heap, or sorted into columns. A pair is an image in the
// frame of its code.

import { change, drawing, element, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { picture } from "./ink.js";

const WIDTH = 300;
const ROOM = 295; // there is always so much of it for tiles, so that nothing below moves when they are sorted
const BETWEEN = 4; // bands of a column
const LINE = 19; // of the words below a column
const BIG = 34; // the two halves of the pair that was made last
const [LEFT, INSIDE, RIGHT] = [25, 133, 240]; // where these are, and where the network is between them
const ABOVE = 8; // so far above its tray a pair begins to fall: below what is written there
export const SLOW = 4; // pairs that are followed through their machine
export const MOST = 3; // pairs that are made at once
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

/** Where a column's bands begin above the floor; each begins a row. */
function stacked({ bands, across, pitch }) {
  let below = 0;
  const placed = bands.map((band) => {
    const rows = Math.ceil(band.count / across);
    const one = { ...band, below, rows, filled: 0 };
    below += rows * pitch + BETWEEN;
    return one;
  });
  return { placed, height: below };
}

/** How high the tiles stand. */
export const high = (columns) => Math.max(ROOM, ...columns.map((column) => stacked(column).height));

export class Tray {
  /** given: the name of what the machine begins with; network: that of what it goes on with; first: "code" or "image". */
  constructor(family, title, { first, given, network }) {
    this.hue = `var(--lb-${family})`;
    this.first = first;
    this.tiles = [];
    const middle = { "text-anchor": "middle" };
    const own = { fill: this.hue, "font-weight": 600 };
    const text = (x, y, content, more = {}) => svg("text", { x, y, ...more }, content);
    // A decoder widens, an encoder narrows, as such networks are mostly drawn.
    const [small, large] = first === "code" ? [12, 24] : [24, 12];
    this.steps = svg("g", {});
    const machine = drawing(
      WIDTH,
      95,
      { "aria-hidden": "true", width: "100%" },
      svg("path", { d: "M72 26h24m-5 -4l5 4l-5 4M204 26h24m-5 -4l5 4l-5 4", fill: "none", stroke: "var(--lb-muted)" }),
      svg("path", { d: `M104 ${26 - small}L196 ${26 - large}v${2 * large}L104 ${26 + small}z`, style: `fill: color-mix(in srgb, ${this.hue} 16%, var(--lb-paper)); stroke: ${this.hue}` }),
      text(150, 31, network[0], { ...middle, ...own }),
      ...[[42, given], [150, [network[1], "network"]]].flatMap(([x, [symbol, word]]) => [text(x, 66, symbol, { ...middle, ...own }), text(x, 88, word, middle)]),
      this.steps,
    );
    this.behind = svg("rect", { y: -6, fill: "var(--lb-tint)" });
    this.box = svg("g", {});
    this.shares = Array.from({ length: 6 }, () => text(0, 0, "", { class: "lb-share-of" }));
    this.names = IMAGES.map(() => [1, 2].map((line) => text(0, line * LINE, "", { ...middle, "font-weight": line > 1 ? 600 : 400 })));
    this.floor = svg("g", {}, svg("path", { d: `M-4 1H${WIDTH}`, stroke: "var(--lb-rule-strong)" }), ...this.names.flat());
    this.pile = drawing(WIDTH, ROOM, { class: "lb-pile", role: "img", width: "100%" }, this.behind, this.box, ...this.shares, this.floor);
    [this.symbol, this.share] = [element("span", {}), element("b", {})];
    [this.within, this.among] = [element("p", {}), element("p", {})];
    const big = element("p", { class: "lb-big" }, this.symbol, " ", this.share);
    this.element = element("div", { class: "lb-tray", style: `--own: ${this.hue}` }, element("p", { class: "lb-own" }, title), machine, big, this.within, this.pile, this.among);
    this.title = title;
  }

  /** pairs: [{x, z}, ...]; columns: [{ name, share, wide, pitch, across, bands: [{ share, count, holds }] }, ...], one of them means a
   *  heap. `room`: how high the tiles may stand; `symbol` and `share`: what is written large, and stands out; `within` names what the
   *  shares beside the bands are, `among` those below the columns. */
  paint(pairs, columns, room, { symbol, share, within, among }) {
    const sorted = columns.length > 1;
    let left = 0;
    const bands = columns.flatMap((column, number) => {
      const own = stacked(column).placed.map((band) => ({ ...band, column, left }));
      this.names[number].forEach((line, k) => {
        change(line, { x: left + (column.across * column.pitch) / 2 });
        write(line, sorted ? [column.name, column.share][k] : "");
      });
      if (column.large) change(this.behind, { x: left - 4, width: column.wide + 4, height: room + 6 + (sorted ? 2 * LINE + 6 : 0) });
      left += column.wide;
      return own;
    });
    for (const line of this.names.slice(columns.length).flat()) write(line, "");
    // Those that are made one after another fall; what a link shows at once lies there.
    const falls = pairs.length > 1 && pairs.length - this.box.childElementCount <= MOST;
    const late = pairs.length <= SLOW;
    const name = `lb-tile${falls ? ` lb-falls${late ? " lb-late" : ""}` : ""}`;
    pairs.forEach((pair, n) => {
      const band = bands.find(({ holds }) => holds(pair));
      const { across, pitch } = band.column;
      const at = band.filled++;
      const row = Math.floor(at / across);
      const x = band.left + (at % across) * pitch + 1;
      const y = room - band.below - (1 + row) * pitch + 1;
      this.tile(n, pair, `transform: translate(${x}px, ${y}px) scale(${(pitch - 2) / 16}); --from: ${RIGHT - x}px ${-ABOVE - y}px`, name);
    });
    for (const { shown } of this.tiles.slice(pairs.length)) shown.remove();
    this.shares.forEach((text, n) => {
      const band = sorted && bands[n];
      write(text, band?.count ? band.share : "");
      if (!band) return;
      const { across, pitch } = band.column;
      change(text, { x: band.left + Math.min(band.count, across) * pitch + 3, y: room - band.below - (band.rows * pitch) / 2 + 5, "font-weight": band.large ? 600 : 400 });
    });
    write(this.symbol, symbol);
    write(this.share, share);
    write(this.within, within);
    write(this.among, among);
    change(this.floor, { transform: `translate(0 ${room})` });
    change(this.pile, { viewBox: `0 0 ${WIDTH} ${room + 2 * LINE + 6}`, "aria-label": `${this.title}. ${symbol}${share} ${within}. ${among}` });
    change(this.steps, { class: falls && late ? "lb-slow" : "" });
    this.last(pairs.at(-1), pairs.length);
  }

  /** The n-th pair; `name` says how it comes, if it is new. */
  tile(n, pair, style, name) {
    const words = `${IMAGES[pair.x]} ${CODES[pair.z]}`;
    const tile = (this.tiles[n] ??= { shown: svg("g", {}), words: "" });
    if (tile.words !== words) tile.shown.replaceChildren(framed(this.hue, CODES[pair.z], IMAGES[pair.x], 16));
    tile.words = words;
    change(tile.shown, { style });
    if (tile.shown.parentNode) return;
    change(tile.shown, { class: name });
    this.box.append(tile.shown);
  }

  /** The pair that was made last: its first half, that half on its way into the network, and what comes out. */
  last(pair, count) {
    if (this.made === count) return;
    this.made = count;
    const halves = [{ code: CODES[pair.z] }, { image: IMAGES[pair.x] }];
    if (this.first === "image") halves.reverse();
    const drawn = [[halves[0], LEFT, "lb-begin"], [halves[0], INSIDE, "lb-enter"], [halves[1], RIGHT, "lb-leave"]].map(([half, x, name]) =>
      svg("g", { class: name }, svg("g", { transform: `translate(${x} 9)` }, alone(this.hue, half, BIG))));
    this.steps.replaceChildren(...drawn);
  }
}
