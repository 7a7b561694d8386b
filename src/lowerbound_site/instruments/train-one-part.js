// Train encoder and decoder on one part of the KL alone, live: that part goes to 0, and the others stay where they like.

import { choice } from "./controls/choice.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { following, player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { Bars } from "./draw/bars.js";
import { number, texts } from "./draw/format.js";
import { literal, prints, SPLITS } from "./draw/python.js";
import { Square } from "./draw/square.js";
import { DATA, DECODER, ENCODER, PRIOR } from "./maths/primer.js";
import { LARGEST, fromData, fromModel, named, nextSeed, parts, softmax, step } from "./maths/table.js";

export const schema = {
  "part": { "of": ["joints", "gap", "yours"], "start": "gap" },
  "steps": { "from": 0, "to": 200, "step": 1, "start": 0 },
  "tables": { "from": 1, "to": 9, "step": 1, "start": 5 }
};

const RATE = 2;
/** What the whole KL is trained without. */
const WITHOUT = { joints: null, gap: "images", yours: "codes" };

/** Scores of encoder and decoder: the primer's tables first, then random ones. */
function begin(tables) {
  if (tables === 1) {
    const scores = (rows) => rows.map((row) => row.map(Math.log));
    return { data: DATA, prior: PRIOR, encoderScores: scores(ENCODER), decoderScores: scores(DECODER) };
  }
  let seed = tables;
  const score = () => 6 * ((seed = nextSeed(seed)) / LARGEST) - 3;
  const encoderScores = ENCODER.map((row) => row.map(score));
  return { data: DATA, prior: PRIOR, encoderScores, decoderScores: DECODER.map((row) => row.map(score)) };
}

const runs = new Map();

/** The tables after so many steps; every step before is kept. */
function trained({ part, steps, tables }) {
  const name = `${part} ${tables}`;
  if (!runs.has(name)) runs.set(name, [begin(tables)]);
  const run = runs.get(name);
  while (run.length <= steps) run.push(step(run.at(-1), WITHOUT[part], RATE));
  return run[steps];
}

function both(state) {
  const { data, prior, encoderScores, decoderScores } = trained(state);
  return { q: fromData(data, encoderScores.map(softmax)), p: fromModel(prior, decoderScores.map(softmax)) };
}

export function measure(state) {
  const { q, p } = both(state);
  return named(parts(q, p));
}

const PARTS = { images: "images: q(x)‖p(x)", gap: "the gap: q(z|x)‖p(z|x)", codes: "codes: q(z)‖p(z)", yours: "your comparison: q(x|z)‖p(x|z)" };
const LOOK = {
  joints: "Watch both: how high the rows are, and where the white cuts in them stand. Trained on all parts, the two squares come to be alike.",
  gap: "Watch the white cuts inside the rows: trained on the gap, they come to stand at the same places in both squares. How high the rows are, the images, was not asked for.",
  yours: "Watch the white cuts inside the columns: trained on your comparison, they come to stand at the same places in both squares. How wide the columns are, the codes, was not asked for.",
};
const COLOURS = [["var(--lb-p)"], ["var(--lb-gap)"], ["var(--lb-q)"], ["var(--lb-data)"]];

function build(kit) {
  const [p, q] = [new Square("p", "the model’s pairs, p(x, z)"), new Square("q", "the encoder’s pairs, q(x, z)")];
  const bars = new Bars(Object.values(PARTS), { scale: 240 });
  const part = choice(kit, "part", "train on", { joints: "all parts, the joint KL", gap: "the gap alone, q(z|x)‖p(z|x)", yours: "your comparison alone, q(x|z)‖p(x|z)" });
  part.element.classList.add("lb-one-line");
  const steps = axisSlider(kit, "steps", "steps of training", { small: 1, large: 10, page: 50 });
  const goOn = () => {
    const next = kit.state.steps + 1;
    kit.set({ steps: next });
    return next < schema.steps.to;
  };
  const other = element("button", { type: "button" }, "Other tables");
  other.addEventListener("click", () => kit.set({ tables: (kit.state.tables % schema.tables.to) + 1, steps: 0 }, true));
  const question = predict(kit, "Train on the gap alone until it is 0. What does the images’ part do, q(x)‖p(x)?", {
    answers: ["it falls to 0", "it falls, not to 0", "it rises"],
    right: 2,
    because: "Decoder and encoder agree with each other in the end, and nothing pulled the model’s images towards the data.",
  });
  // Your comparison is about columns: the squares are then cut by code.
  const turned = following(kit, kit.state.part === "yours" ? 1 : 0);
  const look = element("p", { class: "lb-legend" });
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      todo,
      question.element,
      part.element,
      element("div", { class: "lb-row lb-live" }, ...player(kit, { step: goOn }), other, ...kit.tools()),
      element("div", { class: "lb-beside" }, p.element, q.element),
      element("div", { class: "lb-beside" }, element("div", {}, bars.element), element("div", {}, steps.element, look)),
    ),
    paint(state) {
      const { q: now, p: model } = both(state);
      const kl = parts(now, model);
      const trainedOn = (name) => state.part === name || state.part === "joints";
      const names = Object.entries(PARTS).map(([name, words]) => (trainedOn(name) ? `${words}, trained` : words));
      bars.paint(Object.keys(PARTS).map((name) => [kl[name]]), COLOURS, names);
      const turn = turned(state.part === "yours" ? 1 : 0);
      p.paint(model, { turn });
      q.paint(now, { turn });
      write(look, LOOK[state.part]);
      part.paint();
      steps.paint();
      write(todo, state.steps < schema.steps.to ? "Press “Play”, and watch the bars." : "It is trained to the end. Now train on another part, from the same start.");
      const asked = state.tables === schema.tables.start;
      const left = state.part === "gap" ? "Now press “Play”, and see." : "Now choose “the gap alone, q(z|x)‖p(z|x)”.";
      question.paint(asked && state.part === "gap" && state.steps > 40, undefined, asked ? left : "Press “Reset”: the question is about the first tables.");
      kit.say(`after ${state.steps} steps: ${Object.keys(PARTS).map((name) => `${name} ${number(kl[name], 3)}`).join(", ")}`);
      return texts(measure(state), 3);
    },
  };
}

const OBJECTIVES = { joints: SPLITS["KL(q(x,z)||p(x,z))"], gap: SPLITS.gap, yours: SPLITS.yours };

export const python = (state) => {
  const { data, prior, encoderScores, decoderScores } = begin(state.tables);
  return `\
import torch

from lowerbound import Joint, kl

data = torch.tensor(${literal(data)}, dtype=torch.float64)
prior = torch.tensor(${literal(prior)}, dtype=torch.float64)
encoder = torch.tensor(${literal(encoderScores)}, dtype=torch.float64, requires_grad=True)
decoder = torch.tensor(${literal(decoderScores)}, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([encoder, decoder], lr=${RATE})


def joints():
    return Joint.from_model(prior, decoder.softmax(1)), Joint.from_data(data, encoder.softmax(1))


for _ in range(${state.steps}):
    p, q = joints()
    optimizer.zero_grad()
    ${OBJECTIVES[state.part]}.backward()
    optimizer.step()

p, q = joints()
${prints(measure(state), SPLITS)}`;
};

export const start = instrument({ schema, build, python });
