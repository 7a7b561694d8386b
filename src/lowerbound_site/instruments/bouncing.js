// A ball that draws a code for its image, then an image for its code, and so on: where does it get to?

import { choice } from "./controls/choice.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { Ball } from "./draw/ball.js";
import { probability, texts } from "./draw/format.js";
import { literal, prints } from "./draw/python.js";
import { picture } from "./draw/square.js";
import { DECODER, IMAGES, pixels, PRIOR } from "./maths/primer.js";
import { bounce, fromModel, marginalX, walk } from "./maths/table.js";

export const schema = {
  "pairs": { "of": ["all", "bridge", "islands"], "start": "all" },
  "from": { "of": ["zero", "one", "seven"], "start": "zero" },
  "rounds": { "from": 0, "to": 400, "step": 1, "start": 0 },
  "seed": { "from": 1, "to": 999, "step": 1, "start": 1 }
};

const TABLES = {
  all: fromModel(PRIOR, DECODER),
  bridge: [[0.395, 0.005], [0, 0.3], [0, 0.3]],
  islands: [[0.4, 0], [0, 0.3], [0, 0.3]],
};
const TRAIL = 8; // rounds of which the path is drawn

const wandered = ({ pairs, from, rounds, seed }) => walk(TABLES[pairs], IMAGES.indexOf(from), rounds, seed);
/** The share of the rounds that ended at each image. */
const shares = (path) => IMAGES.map((_, x) => path.filter((round) => round.x === x).length / path.length);
const began = (from) => IMAGES.map((image) => (image === from ? 1 : 0));

export function measure(state) {
  const [been, after] = [shares(wandered(state)), bounce(TABLES[state.pairs], began(state.from), state.rounds)];
  return Object.fromEntries(IMAGES.flatMap((image, x) => [[`rounds at ${image}`, been[x]], [`probability of ${image}`, after[x]]]));
}

/** For each image: the share of rounds as a bar, p(x) as a mark, and where it began. */
class Shares {
  constructor() {
    this.rows = IMAGES.map((image, x) => ({
      bar: svg("rect", { x: 30, y: 62 * x + 20, height: 20, style: "fill: color-mix(in srgb, var(--lb-p) 55%, var(--lb-paper))" }),
      mark: svg("path", { stroke: "var(--lb-ink)", "stroke-width": 2 }),
      text: svg("text", { x: 30, y: 62 * x + 13 }),
    }));
    const drawn = IMAGES.map((image, x) => svg("g", { transform: `translate(0 ${62 * x + 19})` }, picture(pixels(image), 22)));
    const all = this.rows.flatMap(({ bar, mark, text }) => [bar, mark, text]);
    this.element = drawing(300, 190, {}, ...drawn, ...all);
  }

  paint(been, truth) {
    this.rows.forEach(({ bar, mark, text }, x) => {
      const at = 30 + truth[x] * 240;
      change(bar, { width: Number.isNaN(been[x]) ? 0 : been[x] * 240 });
      change(mark, { d: `M${at} ${62 * x + 16}v28` });
      const share = Number.isNaN(been[x]) ? "" : `${probability(been[x])} of the rounds, `;
      write(text, `${IMAGES[x]}: ${share}p(x) = ${probability(truth[x])}`);
    });
  }
}

function build(kit) {
  const ball = new Ball("the table of pairs, and the ball");
  const bars = new Shares();
  const pairs = choice(kit, "pairs", "pairs", { all: "all possible", bridge: "a thin bridge", islands: "two separate groups" });
  const from = choice(kit, "from", "start at", { zero: "zero", one: "one", seven: "seven" });
  const counted = element("output", {});
  let settled = false;
  const question = predict(kit, "The ball starts at a zero. After hundreds of rounds, can one tell from the bars where it started?", {
    answers: ["yes", "no"],
    right: 1,
    because: "From any start the bars settle on the marks, p(x). Try another start, then two separate groups: sets of pairs with no way from one to the other.",
  });
  const step = () => {
    const rounds = kit.state.rounds + 1;
    kit.set({ rounds });
    return rounds < schema.rounds.to;
  };
  const again = element("button", { type: "button" }, "Other draws");
  again.addEventListener("click", () => kit.set({ seed: (kit.state.seed % schema.seed.to) + 1 }, true));
  const on = element("button", { type: "button" }, "100 rounds");
  on.addEventListener("click", () => kit.set({ rounds: kit.state.rounds + 100 }, true));
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      element("p", { class: "lb-do lb-live" }, "Press “Play”. Then start at a seven, and play again."),
      question.element,
      element("div", { class: "lb-row" }, pairs.element, from.element),
      element("div", { class: "lb-beside" }, ball.element, element("div", {}, counted, bars.element)),
      element("div", { class: "lb-live" }, ...player(kit, { step, every: 4 }), on, again, ...kit.tools()),
    ),
    paint(state) {
      const path = wandered(state);
      const table = TABLES[state.pairs];
      ball.paint(table, places(path, IMAGES.indexOf(state.from), table));
      const been = shares(path);
      bars.paint(been, marginalX(table));
      pairs.paint();
      from.paint();
      write(counted, state.rounds ? `after ${state.rounds} rounds (the mark is p(x))` : "before the first round (the mark is p(x))");
      settled ||= state.pairs === "all" && state.rounds >= 300;
      question.paint(settled);
      if (state.rounds) kit.say(`after ${state.rounds} rounds: ${IMAGES.map((image, x) => `${image} ${probability(been[x])}`).join(", ")}`);
      return texts(measure(state), 3);
    },
  };
}

/** Where the ball has been: along its row to a code, along that column to an image. */
function places(path, start, table) {
  const late = path.slice(-TRAIL);
  const before = path.length > TRAIL ? path[path.length - TRAIL - 1].x : start;
  const first = path.length ? late[0].z : table[before].findIndex((prob) => prob > 0);
  const trail = [[before, first]];
  for (const { x, z } of late) trail.push([trail.at(-1)[0], z], [x, z]);
  return trail;
}

export const python = (state) => `\
import torch

from lowerbound import Joint

p = Joint(${literal(TABLES[state.pairs])})
encode, decode = p.z_given_x.prob, p.x_given_z.prob
rounds, seed, x = ${state.rounds}, ${state.seed}, ${IMAGES.indexOf(state.from)}
after = torch.eye(3, dtype=torch.float64)[x] @ torch.linalg.matrix_power(encode @ decode, rounds)


def draw(prob):
    global seed
    seed = seed * 48271 % (2**31 - 1)
    return int((seed / (2**31 - 1) >= prob.cumsum(0)).sum())


been = torch.zeros(3, dtype=torch.float64)
for _ in range(rounds):
    x = draw(decode[draw(encode[x])])
    been[x] += 1 / rounds

${prints(measure(state), Object.fromEntries(IMAGES.flatMap((image, x) => [[`rounds at ${image}`, `been[${x}]`], [`probability of ${image}`, `after[${x}]`]])))}`;

export const start = instrument({ schema, build, python });
