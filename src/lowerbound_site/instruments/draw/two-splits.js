// The joint KL as two bars of one length, by code and by image, with what each piece compares; pale behind them, as they were.

import { element, svg, write } from "../controls/dom.js";
import { Bars } from "./bars.js";
import { number } from "./format.js";

const SCALE = 400; // units a nat

const NAMES = {
  code: { title: "the loss, split by code", pieces: [["codes", "q", "how often each occurs, q(z) against p(z)"], ["your comparison", "data", "its images, q(x|z) against p(x|z)"]] },
  image: { title: "the loss, split by image", pieces: [["images", "p", "how often each occurs, q(x) against p(x)"], ["gap", "gap", "its codes, q(z|x) against p(z|x)"]] },
};

/** The two pieces of each split, from the five numbers by name. */
export const pieces = ({ "KL(q(x)||p(x))": images, gap, "KL(q(z)||p(z))": codes, yours }) => ({ code: [codes, yours], image: [images, gap] });

/** A bar in nats, and behind it its pieces, pale, as they were at first. */
export class Falling {
  constructor(first, colours) {
    this.colours = [colours];
    this.bars = new Bars([""], { pieces: colours.length, scale: SCALE, decimals: 2 });
    this.element = this.bars.element;
    let from = 0;
    first.forEach((value, part) => {
      const pale = { x: from, y: 19, width: value * SCALE, height: 16, fill: colours[part], opacity: 0.22 };
      this.element.firstChild.prepend(svg("rect", pale));
      from += value * SCALE;
    });
  }

  paint(name, values) {
    this.bars.paint([values], this.colours, [name]);
  }
}

/** One bar and its two pieces by name; with `told`, what each compares. The pieces have a decimal more than their sum, so
 *  that what is shown adds up. */
class Split {
  constructor(by, first, told) {
    const { title, pieces } = NAMES[by];
    const colours = pieces.map(([, hue]) => `var(--lb-${hue})`);
    this.title = title;
    this.bar = new Falling(first, colours);
    this.names = pieces.map(([name], part) => [name, element("b", { style: `color: ${colours[part]}` })]);
    const [[, one], [, other]] = this.names;
    const legend = told
      ? pieces.map(([, , compared], part) => element("div", {}, this.names[part][1], `: ${compared}`))
      : [element("div", {}, one, " + ", other)];
    this.element = element("div", { style: "margin-bottom: 0.5rem" }, this.bar.element, ...legend);
  }

  paint(values) {
    this.bar.paint(this.title, values);
    this.names.forEach(([name, place], part) => write(place, `${name} ${number(values[part], 3)}`));
  }
}

export class TwoSplits {
  /** first: the values at the start, { code: [codes, yours], image: [images, gap] }; told: whether it is said what each
   *  piece compares. */
  constructor(first, told) {
    this.splits = ["code", "image"].map((by) => [by, new Split(by, first[by], told)]);
    this.element = element("div", {}, ...this.splits.map(([, split]) => split.element));
  }

  paint(values) {
    for (const [by, split] of this.splits) split.paint(values[by]);
  }
}
