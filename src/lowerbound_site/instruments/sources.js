// Who sent this code? The likeliest training images, the average of all, and the decoder's picture.

import { loadDecoder, loadEncoder, loadTrainingImages } from "./controls/data.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { point } from "./controls/point.js";
import { predict } from "./controls/predict.js";
import { digits } from "./draw/digits.js";
import { number } from "./draw/format.js";
import { outline, plane } from "./draw/plane.js";
import { STYLE } from "./draw/sources-style.js";
import { sigmoid } from "./maths/numbers.js";
import { blend, holding, ranked, sources } from "./maths/sources.js";
import { encode, forward } from "./maths/vae.js";

export const schema = {
  "z1": { "from": -3.4, "to": 3.4, "step": 0.05, "start": 0.3 },
  "z2": { "from": -3.4, "to": 3.4, "step": 0.05, "start": 0.4 }
};

const LIMIT = 3.5;
const SHOWN = 5; // images by themselves

const load = async () => {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadTrainingImages()]);
  return { decoder, images, answers: images.map((image) => encode(encoder, image)) };
};

function measure({ z1, z2 }, { decoder, images, answers }) {
  const weights = sources(answers, [z1, z2]);
  const order = ranked(weights);
  const average = blend(images, weights);
  const decoded = forward(decoder, [z1, z2]).map(sigmoid);
  return {
    weights, order, average, decoded,
    half: holding(weights, order, 0.5),
    apart: average.reduce((sum, pixel, d) => sum + Math.abs(pixel - decoded[d]), 0) / average.length,
  };
}

const percent = (share) => `${number(100 * share, 1)} %`;

function build(kit, data) {
  const field = plane("sources", LIMIT);
  field.paintAtlas(data.decoder);
  field.showIsland(false);
  const claims = Array.from({ length: SHOWN }, () => outline("lb-q-95", 0.95));
  field.marks.append(...claims.map((claim) => claim.element));
  const you = point(kit, field, "code");
  const senders = digits("sources-senders", "var(--lb-data)", SHOWN, "The five likeliest senders");
  const shares = Array.from({ length: SHOWN }, () => element("output", { "aria-live": "off" }));
  const mixed = digits("sources-average", "var(--lb-q)", 1, "All training images, averaged with their chances");
  const shown = digits("sources-decoder", "var(--lb-p)", 1, "What the trained decoder draws");
  const told = element("p", {});
  const pair = element("div", { class: "lb-pair" }, mixed.element, shown.element);
  const question = predict(kit, "Only the code goes to the decoder. What will it draw?", {
    answers: ["the likeliest sender", "a mix of the senders", "an image of its own"],
  });
  // The answer is seen once it is asked for, or the code was moved.
  let seen = false;
  kit.atReset(() => (seen = false));
  return {
    stop: you.stop,
    stage: element(
      "div",
      { class: "lb-stage lb-sided lb-senders" },
      element("style", {}, STYLE),
      element("div", { class: "lb-column" }, question.element),
      element("div", { class: "lb-picture" }, field.element),
      element("div", { class: "lb-rest" },
        senders.element,
        element("div", { class: "lb-shares" }, ...shares),
        pair,
        told,
        element("div", { class: "lb-tools lb-live" }, ...kit.tools())),
    ),
    paint(state) {
      const { weights, order, average, decoded, half, apart } = measure(state, data);
      const first = order.slice(0, SHOWN);
      const { z1, z2 } = state;
      claims.forEach((claim, n) => claim.paint(data.answers[first[n]]));
      senders.paint(first.map((i) => data.images[i]));
      first.forEach((i, n) => write(shares[n], percent(weights[i])));
      mixed.paint([average]);
      shown.paint([decoded]);
      write(told, `${half === 1 ? "One image has half of the probability" : `The ${half} likeliest of ${data.images.length.toLocaleString("en")} images have half of the probability`}. Average and decoder differ by ${number(apart, 2)} a pixel.`);
      const likeliest = weights[first[0]];
      const meaning = `likeliest sender ${percent(likeliest)}`;
      you.paint(state, meaning);
      seen ||= question.answered() || Object.entries(schema).some(([key, { start: from }]) => state[key] !== from);
      for (const answer of [pair, told]) answer.classList.toggle("lb-later", !seen);
      question.paint(likeliest < 0.5, {
        right: 1,
        because: `The orange picture is that mix, and what the decoder drew was ${number(apart, 2)} a pixel away from it. Try other codes.`,
      }, "Out here one image sends most. Drag the dot nearer to the middle.");
      kit.say(`code ${number(z1, 2)}, ${number(z2, 2)}: ${meaning}`);
      return {
        ...Object.fromEntries(first.map((i, n) => [`source ${n + 1}`, number(weights[i], 4)])),
        "images that hold one half": `${half}`,
        "average to decoder, a pixel": number(apart, 3),
      };
    },
  };
}

const python = ({ z1, z2 }) => `from torch import float64, tensor

from lowerbound import digits, trained_digits

vae, images = trained_digits(), digits().train
z = tensor([[${z1}, ${z2}]], dtype=float64)
weight = vae.encode(images).log_prob(z).softmax(0)  # q(x|z), each image as likely as any other
share = weight.sort(descending=True).values
for n in range(${SHOWN}):
    print(f"source {n + 1} = {share[n]:.4f}")
print(f"images that hold one half = {int((share.cumsum(0) < 0.5).sum()) + 1}")
average, decoded = weight @ images, vae.decode(z).sigmoid()[0]
print(f"average to decoder, a pixel = {(average - decoded).abs().mean():.3f}")
`;

export const start = instrument({ schema, load, build, python });
