// A loaded die: a machine draws images and pays coins. Shares come to probabilities, and the mean to the expectation.

import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { counting, player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { number, texts } from "./draw/format.js";
import { picture } from "./draw/ink.js";
import { literal } from "./draw/python.js";
import { average } from "./maths/draws.js";
import { DECODER, IMAGES, PRIOR, pixels } from "./maths/primer.js";
import { fromModel, marginalX, pairs, sum } from "./maths/table.js";

export const schema = {
  "draws": { "from": 1, "to": 2000, "step": 1, "start": 8 },
  "seed": { "from": 1, "to": 999, "step": 1, "start": 5 }
};

const COINS = [0, 1, 7];
const PROB = marginalX(fromModel(PRIOR, DECODER));
const EXPECTED = sum(PROB.map((prob, x) => prob * COINS[x]));
const FASTER = 8; // draws before they come faster and faster
const ENOUGH = 1000; // draws, before the question is judged
const [GROUND, TALL, WIDE] = [152, 150, 30]; // where the columns stand, how high a share of 1 would be, and how wide they are
const across = (coins) => 26 + 41 * coins;

/** The images that the machine has drawn: it draws a code first, of which this picture does not speak yet. */
const drawn = ({ draws, seed }) => pairs(PRIOR, DECODER, draws, seed).map(([, x]) => x);

export function measure(state) {
  const list = drawn(state);
  const { mean, error } = average(list.map((x) => COINS[x]));
  const shares = IMAGES.map((image, x) => [`share of ${image}`, list.filter((one) => one === x).length / list.length]);
  return { ...Object.fromEntries(shares), mean, "standard error": error };
}

function build(kit) {
  const columns = COINS.map((coins, x) => ({
    filled: svg("rect", { x: across(coins) - WIDE / 2, width: WIDE, fill: "var(--lb-p)", "fill-opacity": 0.35 }),
    outline: svg("rect", { x: across(coins) - WIDE / 2, y: GROUND - TALL * PROB[x], width: WIDE, height: TALL * PROB[x], fill: "none", stroke: "var(--lb-ink)" }),
    foot: svg("g", { transform: `translate(${across(coins) - 12} ${GROUND + 40})` }, picture(pixels(IMAGES[x]), 24)),
    name: svg("text", { x: across(coins), y: GROUND + 80, "text-anchor": "middle" }, `${coins} ${coins === 1 ? "coin" : "coins"}`),
  }));
  const balance = svg("path", { fill: "var(--lb-data)" });
  const bar = svg("path", { stroke: "var(--lb-data)", "stroke-width": 3 });
  const expected = svg("path", { d: `M${across(EXPECTED)} 8V${GROUND}`, stroke: "var(--lb-muted)", "stroke-dasharray": "4 3" });
  const expectedName = svg("text", { x: across(EXPECTED) + 6, y: 18, fill: "var(--lb-muted)" }, `in the long run ${number(EXPECTED, 1)}`);
  const last = svg("g", { transform: `translate(${across(3.5)} 66)` });
  const chart = drawing(
    340,
    GROUND + 86,
    { role: "img", "aria-label": "how often each image was drawn, as columns over the coins that it pays, and the mean below them" },
    ...columns.flatMap(({ filled, outline, foot, name }) => [filled, outline, foot, name]),
    svg("path", { d: `M8 ${GROUND}H332`, stroke: "var(--lb-rule-strong)" }),
    expected,
    expectedName,
    last,
    svg("text", { x: across(3.5) + 22, y: 126, "text-anchor": "middle", fill: "var(--lb-muted)" }, "drawn last"),
    bar,
    balance,
  );
  const lines = Array.from({ length: 2 }, () => element("p", {}));
  const question = predict(kit, "Seven draws of ten pay no coin or one. What does a draw pay on average, in the long run?", {
    answers: ["less than one coin", "between two and three", "more than three"],
    right: 1,
    because: `In the long run ${number(EXPECTED, 1)}: the sevens are few, but each of them counts seven times as much as a one.`,
  });
  const on = counting(kit, "draws", schema.draws, FASTER);
  const [draw] = player(kit, {
    name: "Draw on",
    every: 4,
    step(frames) {
      // What begins anew has other draws.
      if (kit.state.draws === schema.draws.to) kit.set({ seed: (kit.state.seed % schema.seed.to) + 1 });
      return on(frames);
    },
  });
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided" },
      element("div", { class: "lb-column" },
        question.element,
        element("output", { "aria-live": "off" }, ...lines),
        todo,
        element("div", { class: "lb-live" }, draw, ...kit.tools())),
      element("div", { class: "lb-picture" }, chart),
    ),
    paint(state) {
      const shown = measure(state);
      const { mean, "standard error": error } = shown;
      columns.forEach(({ filled }, x) => {
        const height = TALL * shown[`share of ${IMAGES[x]}`];
        change(filled, { y: GROUND - height, height });
      });
      const at = across(mean);
      change(balance, { d: `M${at} ${GROUND + 2}l9 14h-18z` });
      change(bar, { d: error > 0 ? `M${across(mean - error)} ${GROUND + 24}H${across(mean + error)}` : "" });
      const many = state.draws >= ENOUGH;
      for (const part of [expected, expectedName]) change(part, { visibility: many ? "visible" : "hidden" });
      last.replaceChildren(picture(pixels(IMAGES[drawn(state).at(-1)]), 44));
      const more = state.draws < schema.draws.to;
      write(todo, more ? "Draw on, and watch the columns and the triangle." : "These are all the draws. Once more: where does the triangle end this time?");
      const said = [
        `${state.draws.toLocaleString("en")} ${state.draws === 1 ? "draw" : "draws"}.`,
        `They paid ${number(mean, 2)} coins on average${error > 0 ? `, give or take ${number(error, 2)}` : ""}.`,
      ];
      lines.forEach((line, i) => write(line, said[i]));
      question.paint(many, undefined, "Now press “Draw on”, and wait for the end.");
      kit.say(said.join(" "));
      return texts(shown, 3);
    },
  };
}

export const python = ({ draws, seed }) => `\
from bisect import bisect_right
from itertools import accumulate

import torch

prior, decoder = ${literal(PRIOR)}, ${literal(DECODER)}
coins, at = ${literal(COINS)}, ${seed} * 1000003
paid = []
for _ in range(${draws}):  # a code, and an image to go with it
    value, rules = 0, prior
    for _ in range(2):
        at = at * 48271 % (2**31 - 1)
        value = bisect_right(list(accumulate(rules)), at / (2**31 - 1))
        rules = decoder[value % 2]
    paid.append(coins[value])
paid = torch.tensor(paid, dtype=torch.float64)
for image, coin in zip(${literal(IMAGES)}, coins):
    print(f"share of {image} = {(paid == coin).double().mean():.3f}")
print(f"mean = {paid.mean():.3f}")
${draws > 1 ? 'print(f"standard error = {(paid.std() / len(paid) ** 0.5):.3f}")\n' : ""}`;

export const start = instrument({ schema, build, python });
