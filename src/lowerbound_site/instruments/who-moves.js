// The same KL as two bars, cut by image and by code, and encoder and decoder in hand: each moves one piece of one bar alone.

import { Border } from "./controls/border.js";
import { element, svg } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Bars } from "./draw/bars.js";
import { number, texts } from "./draw/format.js";
import { picture } from "./draw/ink.js";
import { joints, prints } from "./draw/python.js";
import { Splits } from "./draw/splits.js";
import { COLOURS, ROUNDED, STYLE } from "./draw/strip-style.js";
import { CODES, DATA, DECODER, IMAGES, pixels, PRIOR, withShare } from "./maths/primer.js";
import { fromData, fromModel, parts } from "./maths/table.js";

export const schema = {
  "zero": { "from": 0, "to": 1, "step": 0.01, "start": 0.9 },
  "one": { "from": 0, "to": 1, "step": 0.01, "start": 0.2 },
  "seven": { "from": 0, "to": 1, "step": 0.01, "start": 0.76 },
  "round": { "from": 0, "to": 1, "step": 0.01, "start": 0.2 },
  "straight": { "from": 0, "to": 1, "step": 0.01, "start": 0.4 }
};

/** The encoder's share of round for each image, the decoder's share of sevens for each code; the rest is given. */
const given = (state) => ({
  prior: PRIOR,
  decoder: CODES.map((code, z) => withShare(DECODER[z], 2, state[code])),
  data: DATA,
  encoder: IMAGES.map((image) => [state[image], 1 - state[image]]),
});

export function measure(state) {
  const { prior, decoder, data, encoder } = given(state);
  const { joint, images, gap, codes, yours } = parts(fromData(data, encoder), fromModel(prior, decoder));
  return { "KL(q(x,z)||p(x,z))": joint, "KL(q(x)||p(x))": images, gap, "KL(q(z)||p(z))": codes, yours };
}

const ENDLESS = "The encoder makes a pair that the model never makes: that costs without end.";

function build(kit) {
  const encoder = new Splits("encoder, q(z|x): which code for each image", "var(--lb-q)", IMAGES.map((image) => ({
    label: svg("g", {}, svg("g", { transform: "translate(10 -12)" }, picture(pixels(image), 24))),
    border: new Border(kit, image, `encoder: round, given ${image}`, { mute: true }),
    names: CODES,
  })));
  const decoder = new Splits("decoder, p(x|z): how often a code makes a seven", "var(--lb-p)", CODES.map((code) => ({
    label: svg("g", {}, svg("text", { y: 4, "font-size": 11 }, code)),
    border: new Border(kit, code, `decoder: seven, given ${code}; the others share the rest`, { mute: true }),
    names: ["sevens", "others"],
  })));
  const bars = new Bars(["", ""], { pieces: 2, scale: 260, decimals: 2 });
  const endless = element("p", {}, ENDLESS);
  const meanings = [
    element("p", {}, colour("images", COLOURS.image[0]), ": how often each image comes. ", colour("gap", COLOURS.image[1]), ": which code it then gets."),
    element("p", {}, colour("codes", COLOURS.code[0]), ": how often each code is given. ", colour("your comparison", COLOURS.code[1]), ": which image it came from."),
  ];
  const question = predict(kit, "Drag an arrow of the decoder, blue. Which piece of the bar by code can it move?", {
    answers: ["codes", "your comparison", "both"],
    todo: "Now drag an arrow of the decoder, blue.",
    right: 1,
    because: "The other piece compares the codes of the encoder with the prior: no decoder is in it.",
  });
  const other = predict(kit, "Now drag an arrow of the encoder, orange. Which piece of the bar by image can it move?", {
    answers: ["images", "the gap", "both"],
    todo: "Now drag an arrow of the encoder, orange.",
    right: 1,
    because: "The other piece compares the data with the model's images: no encoder is in it.",
  });
  const second = element("div", { class: "lb-order" }, other.element);
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sorted lb-both" },
      element("style", {}, STYLE),
      element("div", { class: "lb-ask lb-live" }, element("div", { class: "lb-order" }, question.element), second),
      element("div", { class: "lb-told" }, bars.element, ...meanings, element("div", { class: "lb-rounded" }, ROUNDED), endless, element("div", { class: "lb-live" }, ...kit.tools())),
      element("div", { class: "lb-drawn" }, decoder.element, encoder.element),
    ),
    paint(state) {
      encoder.paint(IMAGES.map((image) => state[image]));
      decoder.paint(CODES.map((code) => state[code]));
      const shown = measure(state);
      const { "KL(q(x)||p(x))": images, gap, "KL(q(z)||p(z))": codes, yours } = shown;
      bars.paint([[images, gap], [codes, yours]], [COLOURS.image, COLOURS.code], [
        named("image", ["images", images], ["gap", gap]),
        named("code", ["codes", codes], ["your comparison", yours]),
      ]);
      endless.hidden = yours !== Infinity;
      question.paint(CODES.some((code) => state[code] !== schema[code].start));
      second.style.display = question.judged() ? "" : "none";
      other.paint(IMAGES.some((image) => state[image] !== schema[image].start));
      kit.say(`images ${number(images, 2)}, gap ${number(gap, 2)}; codes ${number(codes, 2)}, your comparison ${number(yours, 2)}`);
      return texts(shown, 3);
    },
  };
}

const colour = (word, hue) => element("b", { style: `color: ${hue}` }, word);

/** What stands over a bar: its pieces, each in its colour. */
const named = (by, ...pieces) => [
  [`by ${by}: `],
  ...pieces.map(([name, value], part) => [`${name} ${number(value, 2)}`, COLOURS[by][part]]).flatMap((piece, part) => (part ? [[" + "], piece] : [piece])),
];

export const python = (state) => `\
from lowerbound import Joint, kl

${joints(given(state))}\
${prints(measure(state), {
  "KL(q(x,z)||p(x,z))": "kl(q, p)",
  "KL(q(x)||p(x))": "kl(q.x, p.x)",
  "gap": "kl(q.z_given_x, p.z_given_x)",
  "KL(q(z)||p(z))": "kl(q.z, p.z)",
  "yours": "kl(q.x_given_z, p.x_given_z)",
})}`;

export const start = instrument({ schema, build, python });
