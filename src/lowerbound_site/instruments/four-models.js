// Four models, three of them made sick: their images, and two signs more, for which the reader asks. Which has what?

import { loadCounts, loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { digits } from "./draw/digits.js";
import { number } from "./draw/format.js";
import { STYLE } from "./draw/four-models-style.js";
import { normals } from "./draw/python.js";
import { runningLogMean, weigh } from "./maths/cuts.js";
import { codeAt } from "./maths/draws.js";
import { TOO_SURE, upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { noise } from "./maths/random.js";
import { sum } from "./maths/table.js";
import { deaf, encode, forward } from "./maths/vae.js";

export const schema = {
  "signs": { "from": 1, "to": 3, "step": 1, "start": 1 },
  "draws": { "from": 0, "to": 20, "step": 1, "start": 0 },
  "one": { "of": ["open", "healthy", "silent", "astray", "too sure"], "start": "open" },
  "two": { "of": ["open", "healthy", "silent", "astray", "too sure"], "start": "open" },
  "three": { "of": ["open", "healthy", "silent", "astray", "too sure"], "start": "open" },
  "four": { "of": ["open", "healthy", "silent", "astray", "too sure"], "start": "open" }
};

const DIAGNOSES = schema.one.of;
const IMAGES = 50; // held out, over which is averaged
const CODES = 100; // for the lead
const SHOWN = 6;
const [KL_ROOM, LEAD_ROOM] = [12, 2]; // nats that fill a bar
const MOVED = 4;

const SIGNS = [
  "First sign: new digits, decoded from draws of the prior, beside digits that were encoded and decoded again.",
  "Second sign: the KL to the prior of each latent number, in nats. It says how far the encoder’s answers are from the prior.",
  "Third sign: by how many nats a better bound leads the ELBO. A large lead shows that the encoder’s answers are bad.",
];

/** What each was made of; `seen` is the sign by which it can be told from the others. */
const MODELS = {
  one: { has: "astray", seen: 1, told: "Its codes were moved away, and the decoder with them. It rebuilds as before, but the prior draws where the decoder was never trained." },
  two: { has: "too sure", seen: 3, told: `The encoder’s widths were made ${TOO_SURE} times too small, so its draws stay on a tiny part of the codes that could have made an image. No picture shows it; the lead does.` },
  three: { has: "silent", seen: 1, told: "Its decoder ignores the code, and its encoder answers every image with the prior." },
  four: { has: "healthy", seen: 3, told: "As it was trained. Its codes tell something, its new digits are like its rebuilt ones, and the encoder is hardly off. Yet the silent model leads by even less: by itself a small lead proves no health." },
};

export const load = async () => {
  const [decoder, encoder, images, counts] = await Promise.all([loadDecoder(), loadEncoder(), loadImages(), loadCounts()]);
  const seen = images.slice(0, IMAGES);
  const answers = seen.map((x) => encode(encoder, x));
  const back = (z) => z.map((number) => number - MOVED);
  const of = (change, decodes = decoder, place = (z) => z) => ({ decoder: decodes, place, answers: answers.map(({ mean: [m1, m2], tril: [a, , c] }) => change(m1, m2, a, c)) });
  const models = {
    one: of((m1, m2, a, c) => upright(m1 + MOVED, m2 + MOVED, a, c), decoder, back),
    two: of((m1, m2, a, c) => upright(m1, m2, a / TOO_SURE, c / TOO_SURE)),
    three: of(() => upright(0, 0, 1, 1), deaf(decoder, counts.on, counts.images)),
    four: of(upright),
  };
  return { images: seen, models, once: keeping() };
};

const average = (values) => sum(values) / values.length;

/** The KL to the prior of each latent number, averaged over the images. */
export const kls = ({ answers }) =>
  [0, 1].map((l) => average(answers.map(({ mean, tril: [a, , c] }) => {
    const width = [a, c][l];
    return 0.5 * (mean[l] ** 2 + width ** 2 - 1) - Math.log(width);
  })));

/** By how much the better bound lies above the ELBO, averaged over the images; each takes its part of the noise. */
export function lead({ decoder, place, answers }, images, noises) {
  const each = noises.length / images.length;
  return average(images.map((x, n) => {
    const logs = weigh(decoder, x, answers[n], noises.slice(each * n, each * (n + 1)), place).map(({ logWeight }) => logWeight);
    return runningLogMean(logs).at(-1) - average(logs);
  }));
}

function build(kit, { images, models, once }) {
  const decode = ({ decoder, place }, codes) => codes.map((z) => forward(decoder, place(z)).map(sigmoid));
  const pictures = (name, draws) => once("pictures", `${name} ${draws}`, () => {
    const model = models[name];
    return [
      decode(model, noise(SHOWN, draws, 1)),
      decode(model, noise(SHOWN, draws, 2).map((e, n) => codeAt(model.answers[n], e))),
    ];
  });
  const leadOf = (name, draws) => once("lead", `${name} ${draws}`, () => lead(models[name], images, noise(CODES * IMAGES, draws, 0)));

  const row = (name) => {
    const made = digits(`four-new-${name}`, "var(--lb-p)", SHOWN, "new");
    const rebuilt = digits(`four-rebuilt-${name}`, "var(--lb-q)", SHOWN, "rebuilt");
    const bar = () => element("i", {});
    const [kl1, kl2, ahead] = [bar(), bar(), bar()];
    const [kl, far] = [element("output", {}), element("output", {})];
    const second = element("div", { class: "lb-sign" }, "KL of each number ", kl, kl1, kl2);
    const third = element("div", { class: "lb-sign lb-sign-lead" }, "lead ", far, ahead);
    const asked = element("select", { "aria-label": `diagnosis of model ${name}` }, ...DIAGNOSES.map((word) => element("option", { value: word }, word === "open" ? "your diagnosis" : word)));
    asked.addEventListener("change", () => kit.set({ [name]: asked.value }, true));
    const verdict = element("p", { class: "lb-verdict", role: "status" });
    return {
      element: element("div", { class: "lb-model" }, element("b", {}, `Model ${name}`), element("div", { class: "lb-live" }, asked), made.element, rebuilt.element, second, third, verdict),
      paint(state) {
        const [fresh, again] = pictures(name, state.draws);
        made.paint(fresh);
        rebuilt.paint(again);
        const each = kls(models[name]);
        second.hidden = state.signs < 2;
        third.hidden = state.signs < 3;
        [kl1, kl2].forEach((one, l) => change(one, { style: `width: ${Math.min(100, (100 * each[l]) / KL_ROOM).toFixed(1)}%` }));
        write(kl, each.map((nats) => number(nats, 1)).join(" and "));
        const nats = state.signs < 3 ? 0 : leadOf(name, state.draws);
        change(ahead, { style: `width: ${Math.min(100, (100 * nats) / LEAD_ROOM).toFixed(1)}%` });
        write(far, number(nats, 1));
        asked.value = state[name];
        write(verdict, state[name] === "open" ? "" : judged(name, state));
        return state.signs < 3 ? each : [...each, nats];
      },
    };
  };
  const rows = Object.keys(models).map((name) => [name, row(name)]);
  const originals = digits("four-originals", "var(--lb-data)", SHOWN, "six unseen digits, which each model rebuilds");
  originals.paint(images.slice(0, SHOWN));
  const next = element("button", { type: "button" });
  next.addEventListener("click", () => kit.go({ signs: kit.state.signs + 1 }));
  const again = element("button", { type: "button" }, "Draw others");
  again.addEventListener("click", () => kit.go({ draws: (kit.state.draws + 1) % (schema.draws.to + 1) }));
  const told = element("p", { class: "lb-do" });
  const stage = element("div", { class: "lb-stage lb-scene" },
    element("style", {}, STYLE),
    element("div", { class: "lb-beside" }, element("div", { class: "lb-originals" }, originals.element), element("div", { class: "lb-live" }, next, again)),
    told,
    ...rows.map(([, { element: made }]) => made),
    element("div", { class: "lb-live" }, ...kit.tools()));

  return {
    stage,
    paint(state) {
      const numbers = {};
      write(told, SIGNS[state.signs - 1]);
      stage.classList.toggle("lb-first-sign", state.signs === 1);
      for (const [name, { paint }] of rows) {
        paint(state).forEach((nats, k) => (numbers[`model ${name}, ${["KL of the first number", "KL of the second", "lead"][k]}`] = number(nats, 1)));
      }
      write(next, state.signs === 1 ? "Next sign: the KL to the prior" : "Next sign: the lead");
      next.hidden = state.signs === 3;
      kit.say(SIGNS[state.signs - 1]);
      return numbers;
    },
  };
}

/** What is said of a diagnosis: nothing is judged before it can be seen. */
function judged(name, { signs, [name]: said }) {
  const { has, seen, told } = MODELS[name];
  if (signs < seen) {
    return signs === 1
      ? "So far models two and four look alike. Press “Next sign”, and look for what tells them apart."
      : "Models two and four drew alike. Two’s KL is larger, but its codes may only tell more. Press “Next sign”.";
  }
  return said === has ? `“${said}” is right. ${told}` : `Not ${said}: it is ${has}. ${told}`;
}

export const python = ({ signs, draws }) => `\
${signs < 3 ? "" : `from math import log

from torch import float64, tensor
from torch.distributions import Normal

`}from lowerbound import digits, trained_digits

${signs < 3 ? "" : `
${normals(draws)}

e = normals(${CODES * IMAGES}, 0).reshape(${IMAGES}, ${CODES}, 2).transpose(0, 1)
`}vae, data = trained_digits(), digits()
x, on = data.held_out[:${IMAGES}], data.train.sum(0)
given = vae.encode(x)
mean, std = given.mean, given.log_std.exp()
usual = ((on + 0.5) / (len(data.train) - on + 0.5)).log()
models = {
    "one": (mean + ${MOVED}, std, lambda z: vae.decode(z - ${MOVED})),
    "two": (mean, std / ${TOO_SURE}, vae.decode),
    "three": (0 * mean, std / std, lambda z: usual.expand(*z.shape[:-1], 64)),
    "four": (mean, std, vae.decode),
}
for name, (mu, width, decode) in models.items():
    kl = (0.5 * (mu**2 + width**2 - 1) - width.log()).mean(0)
    print(f"model {name}, KL of the first number = {kl[0]:z.1f}")
    print(f"model {name}, KL of the second = {kl[1]:z.1f}")
${signs < 3 ? "" : `    z = mu + width * e
    log_weight = (Normal(0, 1).log_prob(z) - Normal(mu, width).log_prob(z)).sum(-1)
    log_weight = log_weight + vae.likelihood.log_prob(x.expand(len(z), *x.shape), decode(z))
    lead = log_weight.logsumexp(0) - log(len(z)) - log_weight.mean(0)
    print(f"model {name}, lead = {lead.mean():z.1f}")
`}`;

export const start = instrument({ schema, load, build, python });
