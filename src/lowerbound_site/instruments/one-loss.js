// The loss of one image as two bars, and the lower one is cut anew: into pieces that need no p(x), so the cloud fades.

import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { predict } from "./controls/predict.js";
import { answer } from "./draw/answer.js";
import { cutBars } from "./draw/cut-bars.js";
import { STYLE } from "./draw/cut-style.js";
import { number, texts, whole } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { outline, plane } from "./draw/plane.js";
import { prints } from "./draw/python.js";
import { pieces } from "./maths/cuts.js";
import { upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { Grid, PIXELS, encode, forward } from "./maths/vae.js";

export const schema = {
  "cut": { "of": ["gap", "reconstruction"], "start": "gap" },
  "digit": { "from": 0, "to": 359, "step": 1, "start": 304 }
};

// The image that it starts with, 304, is the held-out nine nearest to the average of the held-out nines.
const LIMIT = 3.5;
const PRIOR = upright(0, 0, 1, 1);
const NEEDS = {
  gap: "Both pieces of the upper bar take a sum over every code on the map: p(x) is that sum, and the blue cloud, p(z|x), is p(z) p(x|z) divided by it.",
  reconstruction: "Neither piece of the lower bar takes a sum over every code. The upper bar is pale and the cloud is gone, because your program computes neither. The dotted circle holds 95 % of the prior.",
};

async function load() {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, encoder, images };
}

function build(kit, { decoder, encoder, images }) {
  const grid = new Grid(decoder);
  const once = keeping(1); // the island is painted when the digit changes
  const field = plane("one-loss", LIMIT);
  field.paintAtlas(decoder);
  const prior = outline("lb-prior-ring", 0.95);
  prior.paint(PRIOR);
  const ellipse = answer();
  field.marks.append(prior.element, ellipse.element);
  const target = pixels("var(--lb-data)");
  const yours = pixels("var(--lb-ink)");
  const bars = cutBars();
  const needs = element("p", {});
  const term = (look, text) => element("span", { class: look }, text);
  const terms = element("div", { class: "lb-terms" },
    term("lb-p", "−log p(x)"), term("lb-gap", "+ log q(z|x) − log p(z|x)"),
    term("lb-grey", "−log p(x|z)"), term("lb-q", "+ log q(z|x) − log p(z)"));
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const slide = button("", () => kit.set({ cut: kit.state.cut === "gap" ? "reconstruction" : "gap" }, true));
  const another = button("Another digit", () => kit.go({ digit: (kit.state.digit + 47) % images.length }));
  const question = predict(kit, "Your program cuts the same loss into reconstruction cost and KL to the prior. Beside the blue piece, will the reconstruction cost be…", {
    answers: ["shorter", "as long", "longer"],
    todo: "Now press “Cut the lower bar”.",
  });
  const logits = new Float64Array(PIXELS);
  let before;
  let asked; // of which digit

  function paint({ cut, digit }) {
    const isCut = cut === "reconstruction";
    const x = images[digit];
    const q = encode(encoder, x);
    const { logEvidence, logMass } = once("truth", digit, () => grid.posterior(x));
    const here = once("pieces", digit, () => pieces(decoder, x, q, logEvidence));
    const { loss, surprise, rebuilding, kl } = here;

    // The plane: the island only where it is needed.
    once("island", digit, () => field.paintIsland(grid, logMass));
    field.showIsland(!isCut);
    prior.element.setAttribute("display", isCut ? "inline" : "none");
    ellipse.paint(q);
    target.paint(x, "the picture <i>x</i>");
    yours.paint(forward(decoder, q.mean, logits).map(sigmoid), "its code, decoded");

    bars.slide(before !== undefined && before !== cut);
    bars.paint(here, { isCut, needed: !isCut, moved: isCut });
    terms.classList.toggle("lb-cut-once", isCut);
    before = cut;
    write(needs, isCut && rebuilding < surprise ? `Orange right of the strip is as long as the gap above it. ${NEEDS[cut]}` : NEEDS[cut]);
    write(slide, isCut ? "Take the cut back" : "Cut the lower bar");
    if (asked !== undefined && asked !== digit) question.again();
    asked = digit;
    const longer = Math.sign(Number((rebuilding - surprise).toFixed(2)));
    question.paint(isCut, {
      right: 1 + longer,
      because: longer < 0
        ? "The blue piece takes codes from all over the map; codes chosen for x make x likelier. The KL to the prior charges for the choice."
        : "Some codes of the ellipse fit x badly, and they count in the average.",
    });
    const numbers = { loss: whole(loss), ...texts(isCut ? { "reconstruction cost": rebuilding, "KL(q||prior)": kl } : { "-log p(x)": surprise, gap: Math.max(0, here.gap) }, 2) };
    kit.say(`${Object.entries(numbers).map(([name, text]) => `${name} ${text}`).join(", ")}.`);
    return numbers;
  }

  const stage = element("div", { class: "lb-stage lb-cutting" },
    element("style", {}, STYLE),
    element("div", { class: "lb-ask lb-live" }, element("div", { class: "lb-order" }, question.element, slide)),
    bars.element,
    field.element,
    element("div", { class: "lb-more" }, element("p", { class: "lb-legend" }, "The pieces of each bar, for one code z. The bar is the average over the encoder’s codes:"), terms, needs),
    element("div", { class: "lb-side" }, target.element, yours.element, element("div", { class: "lb-live" }, another, element("div", {}, ...kit.tools()))));
  return { stage, paint };
}

const PRINTED = {
  gap: { "-log p(x)": "surprise", gap: "max(0.0, loss - surprise)" },
  reconstruction: { "reconstruction cost": "-reconstruction(vae, q, x).item()", "KL(q||prior)": "kl_each(q, vae.prior).item()" },
};
const IMPORTS = { gap: "Grid, digits, elbo, trained_digits", reconstruction: "digits, elbo, kl_each, reconstruction, trained_digits" };

const python = ({ cut, digit }) => `from lowerbound import ${IMPORTS[cut]}

vae = trained_digits()
x = digits().held_out[[${digit}]]
q = vae.encode(x)

loss = -elbo(vae, q, x).item()
${cut === "gap" ? "surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()\n" : ""}${prints({}, { loss: "loss" }, 1)}${prints({}, PRINTED[cut], 2)}`;

export const start = instrument({ schema, load, build, python });
