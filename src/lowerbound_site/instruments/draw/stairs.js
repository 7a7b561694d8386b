// A joint KL as a staircase: each step is a pair, and as high as what the pair adds; it begins where the last one ended.
// The steps stand in groups, by image or by code, each with a bracket and its sum below. Where the last step ends, two bars
// end, one for each way to cut the whole.

import { change, drawing, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { sum as whole } from "../maths/table.js";
import { number, signed } from "./format.js";
import { picture } from "./ink.js";

const [WIDE, APART] = [42, 4]; // of a step, between groups
const [SCALE, ZERO, FLOOR] = [250, 180, 252]; // pixels a nat; where nothing has been added yet; the lowest level
const [TOP, NAMED, HEIGHT, WIDTH] = [16, 290, 316, 340]; // the names end at the second, the groups' sums stand below
const [BARS, BAR] = [[274, 308], 28];
const NOTHING = 1e-9; // nats: but for rounding q is p there, or 0, and the pair adds nothing
const COUNT = IMAGES.length * CODES.length;
const PAIRS = IMAGES.flatMap((_, x) => CODES.map((_, z) => [x, z]));
const GREY = "color-mix(in srgb, var(--lb-ink) 65%, var(--lb-paper))";
const FADED = "color-mix(in srgb, var(--lb-ink) 30%, var(--lb-paper))";

/** How the steps stand when they are sorted by what has so many `groups`; `of` says the group of a pair. */
const sorting = (groups, of) => {
  const size = COUNT / groups;
  const wide = size * WIDE + APART;
  const starts = Array.from({ length: groups }, (_, group) => 2 + group * wide);
  const order = PAIRS.map((_, n) => n).sort((a, b) => of(PAIRS[a]) - of(PAIRS[b]));
  return { size, starts, order, of, lefts: order.map((_, at) => starts[Math.floor(at / size)] + (at % size) * WIDE) };
};
const SORTINGS = [sorting(IMAGES.length, ([x]) => x), sorting(CODES.length, ([, z]) => z)];

const level = (nats) => Math.min(FLOOR, Math.max(TOP, ZERO - nats * SCALE));
const blend = (from, to, share) => from + share * (to - from);
/** How far what happens between two moments of the way from one sorting to the other has come. */
const during = (share, [begins, ends]) => Math.min(1, Math.max(0, (share - begins) / (ends - begins)));
const [ASIDE, UP] = [[0, 0.7], [0.4, 1]]; // a step slides first, then it is set upon the one that is now before it
/** From one level to another: a rectangle. */
const between = (a, b) => ({ y: Math.min(level(a), level(b)), height: Math.abs(level(a) - level(b)) });
const arrowAt = (x, sum) => (sum > (ZERO - TOP) / SCALE ? `M${x - 6} ${TOP + 12}l6 -6l6 6` : ""); // higher than there is room

export class Stairs {
  /** colours: of the two pieces, by image and by code. */
  constructor(colours) {
    const arrow = () => svg("path", { fill: "none", stroke: "var(--lb-paper)", "stroke-width": 2 });
    this.bands = SORTINGS.map(({ starts, size }) => starts.map((x) =>
      svg("rect", { x: x - 2, y: 0, width: size * WIDE + 2, height: HEIGHT, rx: 4, fill: "var(--lb-tint)", stroke: "var(--lb-rule)" })));
    this.sums = SORTINGS.map(({ starts, size }) => starts.map((x) => {
      const sum = svg("text", { x: x + (size * WIDE) / 2, y: HEIGHT - 6, "text-anchor": "middle", "font-size": 10.5, "font-weight": 600 });
      const bracket = svg("path", { d: `M${x + 6} ${NAMED}v5h${size * WIDE - 12}v-5`, fill: "none", stroke: "var(--lb-ink)" });
      return { sum, element: svg("g", {}, bracket, sum) };
    }));
    this.steps = PAIRS.map(([x, z]) => {
      const step = { bar: svg("rect", { x: 6, width: WIDE - 12, rx: 1 }), tread: svg("path", { stroke: "var(--lb-ink)" }), arrow: arrow(), value: svg("text", { x: WIDE / 2, "text-anchor": "middle", "font-size": 10.5 }) };
      const image = svg("g", { transform: `translate(${WIDE / 2 - 8} ${NAMED - 34})` }, picture(pixels(IMAGES[x]), 16));
      const code = svg("text", { x: WIDE / 2, y: NAMED - 5, "text-anchor": "middle", "font-size": 8.5 }, CODES[z]);
      return { ...step, group: svg("g", {}, step.tread, step.bar, step.arrow, step.value, image, code) };
    });
    this.bars = BARS.map((x, by) => ({
      pieces: colours[by].map((fill) => svg("rect", { x, width: BAR, fill })),
      arrow: arrow(),
      name: svg("text", { y: ZERO + 14, "text-anchor": "middle", "font-size": 9.5 }, ...["by", ["image", "code"][by]].map((word, line) => svg("tspan", { x: x + BAR / 2, dy: 11 * line }, word))),
      before: svg("path", { stroke: "var(--lb-ink)", "stroke-width": 1.5 }),
    }));
    this.end = svg("path", { stroke: "var(--lb-ink)", "stroke-dasharray": "3 3" });
    this.total = svg("text", { x: WIDTH - 4, "text-anchor": "end", "font-weight": 600 });
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "img" },
      ...this.bands.flat(),
      svg("path", { d: `M0 ${ZERO}H${WIDTH}`, stroke: "var(--lb-rule-strong)" }),
      ...this.sums.flat().map((group) => group.element),
      ...this.steps.map(({ group }) => group),
      ...this.bars.flatMap(({ pieces, arrow, name, before }) => [...pieces, arrow, name, before]),
      this.end,
      this.total,
    );
  }

  /** terms: what each pair adds; `sorted` goes from 0, by image, to 1, by code; `cuts`: the pieces of both bars, and
   *  `before` those that they had, where that is marked. */
  paint(terms, sorted, cuts, before) {
    const added = terms.flat();
    const [aside, up] = [ASIDE, UP].map((part) => during(sorted, part));
    const shown = [0, 1].map((by) => Math.max(0, 1 - 2 * Math.abs(by - sorted)));
    const ways = SORTINGS.map(({ order, lefts }) => {
      let sum = 0;
      const way = [];
      order.forEach((n, at) => {
        way[n] = { left: lefts[at], next: lefts[at + 1] ?? BARS[0], from: level(sum), to: level(sum + added[n]) };
        sum += added[n];
      });
      return way;
    });
    this.steps.forEach(({ bar, tread, arrow, value, group }, n) => {
      const at = (name, share) => blend(ways[0][n][name], ways[1][n][name], share);
      const [left, next] = [at("left", aside), at("next", aside)];
      const [from, to] = [at("from", up), at("to", up)];
      const nothing = Math.abs(added[n]) < NOTHING;
      change(group, { transform: `translate(${left.toFixed(1)} 0)` });
      change(bar, { y: Math.min(from, to), height: nothing ? 0 : Math.max(1, Math.abs(from - to)), fill: added[n] > 0 ? GREY : FADED });
      change(tread, { d: `M6 ${to}H${next - left + 6}`, opacity: Math.max(...shown) });
      change(arrow, { d: to <= TOP && added[n] > 0 && from - to > 20 ? `M${WIDE / 2 - 6} ${TOP + 12}l6 -6l6 6` : "" });
      change(value, { y: added[n] > 0 ? to - 4 : Math.max(from, to) + 11 });
      write(value, nothing ? "0" : signed(added[n], 2));
    });
    SORTINGS.forEach(({ of }, by) => {
      this.bands[by].forEach((band) => change(band, { opacity: shown[by] }));
      this.sums[by].forEach(({ sum, element }, group) => {
        write(sum, `together ${signed(whole(added.filter((_, n) => of(PAIRS[n]) === group)), 2)}`);
        change(element, { opacity: shown[by] });
      });
    });
    const total = whole(added);
    this.bars.forEach(({ pieces, arrow, name, before: mark }, by) => {
      const [first, second] = cuts[by] ?? [0, 0];
      change(pieces[0], between(0, first));
      change(pieces[1], between(first, first + second));
      change(name, { visibility: cuts[by] ? "visible" : "hidden" });
      change(arrow, { d: cuts[by] ? arrowAt(BARS[by] + BAR / 2, first + second) : "" });
      const was = before && cuts[by] ? [before[by][0], before[by][0] + before[by][1]] : [];
      change(mark, { d: was.map((sum) => `M${BARS[by] - 4} ${level(sum)}h8`).join("") });
    });
    change(this.end, { d: `M${BARS[0] - 6} ${level(total)}H${WIDTH}` });
    change(this.total, { y: level(total) - 5 });
    write(this.total, number(total, 2));
  }

  name(text) {
    change(this.element, { "aria-label": text });
  }
}
