// Encoder steps and decoder steps: one network is held, the other goes down the gradient of the loss.

import { loadDecoder, loadImages, loadLabels, loadTrainingImages } from "./controls/data.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Trainer } from "./controls/trainer.js";
import { joined } from "./controls/workshop-parts.js";
import { usable } from "./controls/usable.js";
import { bar } from "./draw/bar.js";
import { Codes } from "./draw/codes.js";
import { digits } from "./draw/digits.js";
import { number } from "./draw/format.js";
import { literal } from "./draw/python.js";
import { STYLE } from "./draw/workshop-style.js";
import { STYLE as PLACES } from "./draw/steps-style.js";
import { steadyNoise } from "./maths/draws.js";
import { encodeAll, look } from "./maths/measure.js";
import { drawWeights } from "./maths/network.js";
import { sigmoid } from "./maths/numbers.js";
import { Random } from "./maths/random.js";
import { Vae } from "./maths/train.js";

export const schema = {
  "moves": { "bits": 128, "start": "" }
};

const MOST = 64; // steps; in the address two bits each: none, encoder, decoder
const LENGTH = 0.3; // of a step, in the space of the weights
const SHAPE = { pixels: 64, latent: 2, hidden: [128], encoder: "silu", decoder: "silu" };
const SEED = 0; // of the untrained encoder
const NATS_SEEN = 0.05;
const DIGIT = 2; // held out, whose p(z|x) and q(z|x) are seen
const CODES = steadyNoise(10); // from the prior, the same for every decoder
const LIMIT = 3.5; // of the map
const AXIS = 40; // nats
const LEGEND = "Numerals: the codes of held-out digits, all in one clump at first. Blue: where 50 % and 95 % of p(z|x) of one image lie. Orange: 95 % of its q(z|x).";
const LOOK_AFTER = 16; // decoder steps in a row: an encoder held so long answers the question, and one button takes them

const QUESTION = {
  question: `Hold the encoder and take ${LOOK_AFTER} decoder steps. The loss will fall, so the ELBO rises. What will −log p(x) do?`,
  options: ["it falls: the model gets better", "it stays where it is", "it rises: the model gets worse"],
  judge: ({ first, last }) => {
    const moved = last.surprise - first.surprise;
    return {
      right: moved < -NATS_SEEN ? 0 : moved <= NATS_SEEN ? 1 : 2,
      because: `In these ${last.at - first.at} decoder steps the loss went from ${number(first.loss, 1)} to ${number(last.loss, 1)}, and −log p(x) from ${number(first.surprise, 1)} to ${number(last.surprise, 1)}.`,
    };
  },
};

const inARow = (moves, other = "e") => moves.length - 1 - moves.lastIndexOf(other); // decoder steps since the encoder moved

/** The loss as one bar in two pieces; `name` stands at its left end. */
function lossBar(name) {
  const made = bar("lb-loss");
  return {
    element: made.element,
    paint: ({ loss, surprise, gap }) => made.paint({
      from: 0, to: AXIS, step: 10, marks: [],
      pieces: [{ kind: "lb-piece-p", start: 0, end: surprise }, { kind: "lb-piece-gap", start: surprise, end: loss }],
      labels: [
        { kind: "lb-when", at: 0, text: name },
        { kind: "lb-label-p", at: surprise, text: `−log p(x) ${number(surprise, 2)}`, side: "lb-before" },
        { kind: "lb-label-gap", at: surprise, text: `gap ${number(gap, 2)}` },
      ],
      end: { at: Math.min(loss, AXIS), text: `loss ${number(loss, 2)}`, inside: loss > 0.75 * AXIS },
    }),
  };
}

/** What is still to do, after these steps. */
function missing(moves) {
  const left = LOOK_AFTER - inARow(moves);
  if (left <= 0) return "Wait: these steps are being computed.";
  if (MOST - moves.length < left) return `There is no room left for ${LOOK_AFTER} decoder steps in a row: press “Reset”, and take them first.`;
  const press = `press “${LOOK_AFTER} decoder steps”`;
  return left < LOOK_AFTER ? `The decoder has taken ${LOOK_AFTER - left} of ${LOOK_AFTER} steps in a row. Go on, or ${press}.` : `Now ${press}, and see.`;
}

/** What to press once the decoder's steps are judged, and what the encoder's steps have done. */
function afterwards(moves, points, judged) {
  const steps = inARow(moves, "d");
  if (steps < LOOK_AFTER) return judged && moves.length && !steps ? `Now press “${LOOK_AFTER} encoder steps”. Which piece of the bar can they change?` : "";
  const [from, to] = [points.find(({ at }) => at === moves.length - steps), points.at(-1)];
  return `In these ${steps} encoder steps −log p(x) stayed at ${number(to.surprise, 2)}, and the drawings as they were. The gap went from ${number(from.gap, 2)} to ${number(to.gap, 2)}.`;
}

const LETTERS = ["", "e", "d"];
const movesOf = ({ moves }) => Array.from(moves, (digit) => [parseInt(digit, 16) >> 2, parseInt(digit, 16) & 3]).flat().map((move) => LETTERS[move] ?? "").join("");
function packed(moves) {
  const codes = Array.from(moves.padEnd(MOST), (move) => Math.max(0, LETTERS.indexOf(move)));
  return moves && Array.from({ length: MOST / 2 }, (_, n) => (4 * codes[2 * n] + codes[2 * n + 1]).toString(16)).join("");
}

async function load() {
  const [decoder, images, labels, train] = await Promise.all([loadDecoder(), loadImages(), loadLabels(), loadTrainingImages()]);
  const { encoder } = Vae.sizes(SHAPE);
  const { weight1, bias1, weight2, bias2 } = decoder;
  const weights = Float64Array.from([...drawWeights(encoder, new Random(SEED)), ...weight1, ...bias1, ...weight2, ...bias2]);
  return { weights, images, labels, heldOut: joined(images), train: joined(train) };
}

async function build(kit, { weights, images, labels, heldOut, train }) {
  const known = new Map([["", { weights }]]); // the networks after each row of steps, and the last measurement up to there
  let wanted; // what the worker was asked for
  let built = false;
  const first = {}; // what there is to wait for before anything is shown

  const trainer = new Trainer({
    stepped({ taken, weights: there, measured }) {
      known.set(taken, { weights: there, measured: measured || known.get(taken.slice(0, -1)).measured });
      if (built) kit.repaint();
      else first.resolve();
    },
    failed() {
      write(said, "The steps cannot be computed here.");
      first.resolve();
    },
  });

  const tools = kit.tools();
  const codes = new Codes("lb-steps", labels);
  const bars = ["before", "now"].map(lossBar);
  /** What a model draws: codes from the prior, decoded. */
  const draws = (vae) => CODES.map((code) => vae.decoder.forward(Float64Array.from(code), 1).slice(0, 64).map(sigmoid));
  const [before, after] = ["before any step", "now"].map((when, n) => digits(`steps-draws-${n}`, "var(--lb-p)", 10, `what the model draws ${when}`));
  before.paint(draws(new Vae(SHAPE, weights)));
  const foretell = predict(kit, QUESTION.question, { answers: QUESTION.options });
  const said = element("output", { class: "lb-so-far", "aria-live": "off" });
  const button = (text, act) => {
    const made = element("button", { type: "button", class: "lb-tool" }, text);
    made.addEventListener("click", act);
    return made;
  };
  const take = (move) => kit.set({ moves: packed((movesOf(kit.state) + move).slice(0, MOST)) }, true);
  const encoderStep = button("One encoder step", () => take("e"));
  const decoderStep = button("One decoder step", () => take("d"));
  const [encoderSteps, manySteps] = ["encoder", "decoder"].map((part) => button(`${LOOK_AFTER} ${part} steps`, () => take(part[0].repeat(LOOK_AFTER))));
  const back = button("One back", () => kit.set({ moves: packed(movesOf(kit.state).slice(0, -1)) }, true));
  for (const small of [decoderStep, encoderStep, back, ...tools]) small.classList.add("lb-small");
  const then = element("p", { class: "lb-then lb-live", role: "status" });

  const stage = element(
    "div",
    { class: "lb-workshop lb-sided lb-steps" },
    element("style", {}, STYLE),
    element("style", {}, PLACES),
    element("div", { class: "lb-column" },
      foretell.element,
      element("div", { class: "lb-live lb-run" }, manySteps, encoderSteps, said, decoderStep, encoderStep, back),
      then,
      element("div", { class: "lb-live lb-run lb-after" }, ...tools)),
    element("div", { class: "lb-picture" },
      element("div", { class: "lb-costs" }, ...bars.map((one) => one.element), element("p", { class: "lb-legend" }, "The loss, averaged over 60 held-out digits, in nats.")),
      element("div", { class: "lb-draws" }, before.element, after.element),
      element("div", { class: "lb-map" }, codes.root, element("p", { class: "lb-legend" }, LEGEND))),
  );

  const measuredAt = (moves) => known.get(moves)?.measured?.at === moves.length;

  function ask(moves) {
    let from = moves;
    while (!known.has(from)) from = from.slice(0, -1);
    const there = known.get(from);
    trainer.say("steps", { taken: from, known: measuredAt(from), moves, shape: SHAPE, weights: there.weights, train, heldOut, seed: SEED, length: LENGTH });
  }

  function paint(state) {
    const moves = movesOf(state);
    if (moves !== wanted && !measuredAt(moves)) ask(moves);
    wanted = moves;
    const path = Array.from({ length: moves.length + 1 }, (_, n) => known.get(moves.slice(0, n)));
    const have = path.findLastIndex((there) => there);
    const moment = path[have];
    const { weights: now } = moment;
    const vae = new Vae(SHAPE, now);
    const points = path.filter((_, n) => measuredAt(moves.slice(0, n))).map((there) => there.measured);
    after.paint(draws(vae));
    moment.mean ??= encodeAll(vae, heldOut, images.length).mean;
    moment.look ??= look(vae, images[DIGIT]);
    const { q, posterior } = moment.look;
    codes.paint({ mean: moment.mean, image: q, island: posterior, limit: LIMIT });
    codes.root.setAttribute("aria-label", `After ${have} steps: the ellipse of this image is at ${number(q.mean[0], 1)}, ${number(q.mean[1], 1)}.`);
    bars[0].paint(points[0]);
    bars[1].paint(moment.measured);
    const full = moves.length === MOST;
    const count = (letter) => [...moves.slice(0, have)].filter((move) => move === letter).length;
    write(said, `${count("e")} encoder and ${count("d")} decoder steps${have < moves.length ? ", computing" : full ? ". There is room for no more: press “One back” or “Reset”." : ""}`);
    usable(back, moves.length > 0);
    const asked = moves.includes("d".repeat(LOOK_AFTER));
    const idle = !full && have === moves.length; // then what is to be pressed next stands out
    manySteps.classList.toggle("lb-main", idle && !asked);
    encoderSteps.classList.toggle("lb-main", idle && asked);
    for (const made of [encoderStep, decoderStep, encoderSteps, manySteps]) usable(made, !full);
    const last = points.at(-1);
    const held = inARow(moves.slice(0, last.at));
    const enough = held >= LOOK_AFTER;
    foretell.paint(enough, enough && QUESTION.judge({ first: points.find(({ at }) => at === last.at - held), last }), missing(moves));
    write(then, afterwards(moves.slice(0, last.at), points, foretell.judged()));
    const { loss, surprise, gap } = moment.measured;
    if (measuredAt(moves) && have === moves.length) kit.say(`${have} steps: loss ${number(loss, 2)}, minus log p(x) ${number(surprise, 2)}, gap ${number(gap, 2)} nats.`);
  }

  ask("");
  await new Promise((resolve) => (first.resolve = resolve));
  built = true;
  return { stage, paint, stop: () => trainer.stop() };
}

/** The same in torch, with an untrained encoder of its own: other numbers, the same directions. */
function python(state) {
  const moves = Array.from(movesOf(state), (move) => (move === "e" ? "encoder" : "decoder"));
  return `"""The same steps in torch. Its untrained encoder and its noise are other draws, so the numbers differ from the page's."""

import torch

from lowerbound import Grid, digits, elbo, mlp, trained_digits
from lowerbound.training import loss

data = digits()
vae = trained_digits().requires_grad_(True)
vae.encoder = mlp(64, 128, 4, seed=${SEED}).double()
noise = torch.randn(len(data.train), 2, dtype=torch.float64, generator=torch.Generator().manual_seed(${SEED}))
x = data.held_out[:60]


def show():
    with torch.no_grad():
        bound, evidence = elbo(vae, vae.encode(x), x).mean(), Grid(vae).log_evidence(x).mean()
    print(f"loss {-bound:.2f}, -log p(x) {-evidence:.2f}, gap {evidence - bound:.2f}")


show()
for part in ${literal(moves)}:
    weights = list(getattr(vae, part).parameters())
    slopes = torch.autograd.grad(loss(vae, data.train, noise), weights)
    length = torch.cat([slope.flatten() for slope in slopes]).norm()
    with torch.no_grad():
        for weight, slope in zip(weights, slopes, strict=True):
            weight -= ${LENGTH} * slope / length
    show()
`;
}

export const start = instrument({ schema, load, build, python });
