// The reconstruction cost alone: an ellipse that shrinks to a dot makes it shorter, and the loss longer.

import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { element } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { answer } from "./draw/answer.js";
import { cutBars } from "./draw/cut-bars.js";
import { STYLE } from "./draw/cut-style.js";
import { number, significant, texts, whole } from "./draw/format.js";
import { plane } from "./draw/plane.js";
import { prints } from "./draw/python.js";
import { pieces } from "./maths/cuts.js";
import { Grid, encode } from "./maths/vae.js";

export const schema = {
  "narrower": { "from": 0, "to": 2, "step": 0.02, "start": 0 }
};

const DIGIT = 304; // the nine of the picture above it
const LIMIT = 3.5;
const DOT = 1; // powers of ten

async function load() {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, x: images[DIGIT], given: encode(encoder, images[DIGIT]) };
}

/** The encoder's answer, so many powers of ten narrower. */
const narrowed = ({ mean, tril }, powers) => ({ mean, tril: tril.map((value) => value / 10 ** powers) });

function build(kit, { decoder, x, given }) {
  const grid = new Grid(decoder);
  const { logEvidence, logMass } = grid.posterior(x);
  const at = (powers) => pieces(decoder, x, narrowed(given, powers), logEvidence);
  const theirs = at(0);
  const field = plane("dot", LIMIT);
  field.paintAtlas(decoder);
  field.paintIsland(grid, logMass);
  field.showIsland(true);
  const ellipse = answer();
  field.marks.append(ellipse.element);
  const bars = cutBars();
  const hand = axisSlider(kit, "narrower", "times narrower");
  const question = predict(kit, "Make the ellipse narrower, down to a dot. The grey piece, the reconstruction cost, gets shorter. What will the whole bar do?", {
    answers: ["get shorter, too", "stay as it is", "get longer"],
    todo: "Now drag “times narrower” to ten or more.",
  });

  const ten = at(DOT);
  /** What came after ten times narrower: grey has hardly anything left to win, and the KL goes on. */
  const further = (narrower, { rebuilding, kl }) =>
    narrower > DOT ? ` From 10 to ${significant(10 ** narrower, 2)} times, grey got only ${number(ten.rebuilding - rebuilding, 2)} shorter, and the KL ${number(kl - ten.kl, 2)} longer.` : "";

  function paint({ narrower }) {
    const here = at(narrower);
    ellipse.paint(narrowed(given, narrower));
    bars.paint(here, { isCut: true, needed: true });
    const shown = { "-log p(x)": here.surprise, gap: Math.max(0, here.gap), "reconstruction cost": here.rebuilding, "KL(q||prior)": here.kl };
    hand.paint(`loss ${whole(here.loss)}`, significant(10 ** narrower, 2), narrower);
    if (narrower >= DOT && question.judged()) question.again(); // what it says is of the ellipse that is seen
    question.paint(narrower >= DOT, {
      right: 2,
      because: `At ${significant(10 ** narrower, 2)} times narrower grey is ${number(theirs.rebuilding - here.rebuilding, 2)} nats shorter, and the KL to the prior ${number(here.kl - theirs.kl, 2)} longer: the bar goes from ${whole(theirs.loss)} to ${whole(here.loss)}.${further(narrower, here)}`,
    });
    kit.say(`loss ${whole(here.loss)}, reconstruction cost ${number(here.rebuilding, 2)}, KL to the prior ${number(here.kl, 2)}, gap ${number(shown.gap, 2)}.`);
    return { loss: whole(here.loss), ...texts(shown, 2) };
  }

  const stage = element("div", { class: "lb-stage lb-cutting" },
    element("style", {}, STYLE),
    element("div", { class: "lb-ask lb-live" }, element("div", { class: "lb-order" }, question.element, hand.element)),
    bars.element,
    field.element,
    element("div", { class: "lb-more lb-live" }, ...kit.tools()));
  return { stage, paint };
}

const python = ({ narrower }) => `from math import log

from lowerbound import DiagonalNormal, Grid, digits, elbo, kl_each, reconstruction, trained_digits

vae = trained_digits()
x = digits().held_out[[${DIGIT}]]
given = vae.encode(x)
q = DiagonalNormal(given.mean, given.log_std - ${narrower} * log(10))

loss = -elbo(vae, q, x).item()
surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()
${prints({}, { loss: "loss" }, 1)}${prints({}, {
  "-log p(x)": "surprise",
  gap: "max(0.0, loss - surprise)",
  "reconstruction cost": "-reconstruction(vae, q, x).item()",
  "KL(q||prior)": "kl_each(q, vae.prior).item()",
}, 2)}`;

export const start = instrument({ schema, load, build, python });
