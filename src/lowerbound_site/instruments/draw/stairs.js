// A joint KL as a staircase: each step is a pair, and as high as what the pair adds; it begins where the last one ended.
// The steps stand in groups, by image or by code. Each group ends as high as two other steps would, its two parts; while these
// stand, the group has a name and its pairs have none. The parts of all groups, gathered by colour, are the two pieces of a bar.

import { change, drawing, svg, write } from "../controls/dom.js";
import { CODES, IMAGES, pixels } from "../maths/primer.js";
import { sum as whole } from "../maths/table.js";
import { number, signed } from "./format.js";
import { picture } from "./ink.js";

const [WIDE, APART, PART] = [42, 4, 26]; // of a step, between groups, of a part
const [SCALE, ZERO] = [280, 156]; // pixels a nat; where nothing has been added yet
const [ICONS, NAMED, HEIGHT, WIDTH] = [226, 250, 276, 340]; // below the steps: images, codes, the groups' sums
const [BARS, BAR] = [[276, 310], 28];
const NOTHING = 1e-9; // nats: but for rounding q is p there, or 0, and the pair adds nothing
const COUNT = IMAGES.length * CODES.length;
const PAIRS = IMAGES.flatMap((_, x) => CODES.map((_, z) => [x, z]));
const GREY = "color-mix(in srgb, var(--lb-ink) 65%, var(--lb-paper))";
const FADED = "color-mix(in srgb, var(--lb-ink) 30%, var(--lb-paper))";
const GHOST = 0.13; // of a step whose group stands there in two parts

/** How the steps stand when they are sorted by what has so many `groups`; `of` says the group of a pair. */
const sorting = (groups, of) => {
  const size = COUNT / groups;
  const wide = size * WIDE + APART;
  const starts = Array.from({ length: groups }, (_, group) => 2 + group * wide);
  const order = PAIRS.map((_, n) => n).sort((a, b) => of(PAIRS[a]) - of(PAIRS[b]));
  return { size, starts, order, of, lefts: order.map((_, at) => starts[Math.floor(at / size)] + (at % size) * WIDE) };
};
const SORTINGS = { image: sorting(IMAGES.length, ([x]) => x), code: sorting(CODES.length, ([, z]) => z) };
const WAYS = Object.keys(SORTINGS);

const level = (nats) => ZERO - nats * SCALE;
const blend = (from, to, share) => from + share * (to - from);
/** How far what happens between two moments of a way has come. */
export const during = (share, [begins, ends]) => Math.min(1, Math.max(0, (share - begins) / (ends - begins)));
const [ASIDE, UP] = [[0, 0.7], [0.4, 1]]; // a step slides first, then it is set upon the one that is now before it
/** From one level to another: a rectangle. */
const between = (a, b) => ({ y: Math.min(level(a), level(b)), height: Math.abs(level(a) - level(b)) });
/** Where the number of a step from one level to another stands: above what goes up, below what goes down. */
const beside = (from, to) => (to > from ? level(to) - 4 : level(to) + 11);

/** The image itself, around the middle of its column. */
const icon = (x, middle, size) => svg("g", { transform: `translate(${middle - size / 2} ${ICONS - 12})` }, picture(pixels(IMAGES[x]), size));
/** What all pairs of a group share. */
const nameOf = (by, group, middle) =>
  by === "image" ? icon(group, middle, 24) : svg("text", { x: middle, y: ICONS + 6, "text-anchor": "middle", "font-size": 12 }, CODES[group]);

export class Stairs {
  /** colours: of the two parts, by image and by code. */
  constructor(colours) {
    const number = (fill) => svg("text", { "text-anchor": "middle", "font-size": 10.5, fill });
    this.groups = Object.fromEntries(WAYS.map((by) => {
      const { starts, size } = SORTINGS[by];
      return [by, starts.map((x, group) => {
        const middle = x + (size * WIDE) / 2;
        const sum = svg("text", { x: middle, y: HEIGHT - 6, "text-anchor": "middle", "font-size": 10.5, "font-weight": 600 });
        const bracket = svg("path", { d: `M${x + 6} ${NAMED}v5h${size * WIDE - 12}v-5`, fill: "none", stroke: "var(--lb-ink)" });
        const lefts = [1, 3].map((quarter) => x + (quarter * size * WIDE) / 4 - PART / 2);
        const parts = colours[by].map((fill, part) => ({
          left: lefts[part],
          bar: svg("rect", { x: lefts[part], width: PART, rx: 1, fill }),
          tread: svg("path", { stroke: "var(--lb-ink)" }),
          value: number(fill),
          flying: svg("rect", { rx: 1, fill }),
        }));
        parts.forEach(({ value, left }) => change(value, { x: left + PART / 2, "font-weight": 600 }));
        return {
          parts,
          end: x + size * WIDE,
          sum,
          under: svg("g", {}, bracket, sum),
          band: svg("rect", { x: x - 2, y: 0, width: size * WIDE + 2, height: HEIGHT, rx: 4, fill: "var(--lb-tint)", stroke: "var(--lb-rule)" }),
          split: svg("g", {}, nameOf(by, group, middle), ...parts.flatMap(({ tread, bar, value }) => [tread, bar, value])),
        };
      })];
    }));
    this.steps = PAIRS.map(([x, z]) => {
      const step = { bar: svg("rect", { x: 6, width: WIDE - 12, rx: 1 }), tread: svg("path", { stroke: "var(--lb-ink)" }), value: number("var(--lb-ink)") };
      change(step.value, { x: WIDE / 2 });
      const image = icon(x, WIDE / 2, 16);
      const code = svg("text", { x: WIDE / 2, y: NAMED - 6, "text-anchor": "middle", "font-size": 8.5 }, CODES[z]);
      const name = svg("g", {}, image, code);
      return { ...step, name, group: svg("g", {}, step.tread, step.bar, step.value, name) };
    });
    this.bars = Object.fromEntries(WAYS.map((by, n) => [by, {
      pieces: colours[by].map((fill) => svg("rect", { x: BARS[n], width: BAR, fill })),
      seams: svg("path", { stroke: "var(--lb-paper)" }),
      name: svg("text", { y: ICONS - 2, "text-anchor": "middle", "font-size": 9.5 }, ...["by", by].map((word, line) => svg("tspan", { x: BARS[n] + BAR / 2, dy: 11 * line }, word))),
    }]));
    this.end = svg("path", { stroke: "var(--lb-ink)", "stroke-dasharray": "3 3" });
    this.total = svg("text", { x: WIDTH - 4, "text-anchor": "end", "font-weight": 600 });
    this.called = svg("text", { x: WIDTH - 4, "text-anchor": "end", "font-size": 9.5 }, "joint KL");
    const groups = WAYS.flatMap((by) => this.groups[by]);
    this.element = drawing(
      WIDTH,
      HEIGHT,
      { role: "img" },
      ...groups.map(({ band }) => band),
      svg("path", { d: `M0 ${ZERO}H${WIDTH}`, stroke: "var(--lb-rule-strong)" }),
      ...groups.map(({ under }) => under),
      ...this.steps.map(({ group }) => group),
      ...groups.map(({ split }) => split),
      ...Object.values(this.bars).flatMap(({ pieces, seams, name }) => [...pieces, seams, name]),
      ...groups.flatMap(({ parts }) => parts.map(({ flying }) => flying)),
      this.end,
      this.total,
      this.called,
    );
  }

  /** terms: what each pair adds; parts: by image and by code, for each group its two; `sorted` goes from 0, by image, to 1, by
   *  code; `split` and `gathered`: how far the groups of each sorting have come apart, and their parts to the bar. */
  paint(terms, parts, { sorted, split, gathered }) {
    const added = terms.flat();
    this.paintSteps(added, sorted, Math.max(...WAYS.map((by) => split[by])));
    for (const by of WAYS) {
      const shown = Math.max(0, 1 - 2 * Math.abs(WAYS.indexOf(by) - sorted));
      this.groups[by].forEach(({ band, under, sum }, group) => {
        write(sum, `together ${signed(whole(added.filter((_, n) => SORTINGS[by].of(PAIRS[n]) === group)), 2)}`);
        for (const part of [band, under]) change(part, { opacity: shown });
      });
      this.paintParts(by, parts[by], split[by]);
      this.gather(by, parts[by], gathered[by]);
    }
    const total = whole(added);
    change(this.end, { d: `M${BARS[0] - 8} ${level(total)}H${WIDTH}` });
    change(this.total, { y: level(total) - 5 });
    change(this.called, { y: level(total) - 18 });
    write(this.total, number(total, 2));
  }

  /** The pairs, on their way from one sorting to the other; but for a trace they make way for their groups' parts. */
  paintSteps(added, sorted, apart) {
    const [aside, up] = [ASIDE, UP].map((part) => during(sorted, part));
    const [one, other] = WAYS.map((by) => {
      const { order, lefts } = SORTINGS[by];
      let sum = 0;
      const way = [];
      order.forEach((n, at) => {
        way[n] = { left: lefts[at], next: lefts[at + 1] ?? BARS[0], from: sum };
        sum += added[n];
      });
      return way;
    });
    this.steps.forEach(({ bar, tread, value, name, group }, n) => {
      const at = (name, share) => blend(one[n][name], other[n][name], share);
      const [left, next, from] = [at("left", aside), at("next", aside), at("from", up)];
      const to = from + added[n];
      const nothing = Math.abs(added[n]) < NOTHING;
      const { y, height } = between(from, to);
      change(group, { transform: `translate(${left.toFixed(1)} 0)` });
      change(bar, { y, height: nothing ? 0 : Math.max(1, height), fill: added[n] > 0 ? GREY : FADED, opacity: blend(1, GHOST, apart) });
      change(tread, { d: `M6 ${level(to).toFixed(1)}H${(next - left + 6).toFixed(1)}`, opacity: (1 - apart) * Math.abs(1 - 2 * sorted) });
      change(value, { y: beside(from, to), opacity: 1 - apart });
      change(name, { opacity: 1 - apart });
      write(value, nothing ? "0" : signed(added[n], 2));
    });
  }

  /** Each group as two steps of its own, which begin and end where it does. */
  paintParts(by, values, apart) {
    let sum = 0;
    this.groups[by].forEach(({ parts, end, split }, group) => {
      change(split, { opacity: apart });
      parts.forEach(({ bar, tread, value, left }, part) => {
        const [from, to] = [sum, sum + values[group][part]];
        change(bar, between(from, to));
        change(tread, { d: `M${left} ${level(to).toFixed(1)}H${part ? end + APART + 8 : parts[1].left + PART}` });
        change(value, { y: beside(from, to) });
        write(value, signed(values[group][part], 2));
        sum = to;
      });
    });
  }

  /** The parts fly to the bar one after another, those of the first colour first, and are set upon what is there. */
  gather(by, values, gathered) {
    const { pieces, seams, name } = this.bars[by];
    const x = BARS[WAYS.indexOf(by)];
    const flights = [0, 1].flatMap((part) => values.map((_, group) => [part, group]));
    const levels = values.map((_, group) => whole(values.slice(0, group).flat()));
    const [landed, joints] = [[0, 0], []];
    let base = 0; // where the bar will end when all before have landed
    flights.forEach(([part, group], n) => {
      const value = values[group][part];
      const way = during(gathered * (flights.length + 1), [n, n + 2]);
      const { left, flying } = this.groups[by][group].parts[part];
      const from = blend(levels[group] + (part ? values[group][0] : 0), base, way);
      change(flying, { ...between(from, from + value), x: blend(left, x, way), width: blend(PART, BAR, way), opacity: way > 0 && way < 1 ? 0.85 : 0 });
      if (way === 1) {
        landed[part] += value;
        if (part && group) joints.push(`M${x} ${level(base)}h${BAR}`);
      }
      base += value;
    });
    change(pieces[0], between(0, landed[0]));
    change(pieces[1], between(landed[0], landed[0] + landed[1]));
    change(seams, { d: joints.join("") });
    change(name, { opacity: gathered > 0 ? 1 : 0 });
  }

  name(text) {
    change(this.element, { "aria-label": text });
  }
}
