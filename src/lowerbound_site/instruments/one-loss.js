// The loss of one image as one bar, cut in two ways.

import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { element, write } from "./controls/dom.js";
import { ellipse } from "./controls/ellipse.js";
import { instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { predict } from "./controls/predict.js";
import { bar } from "./draw/bar.js";
import { number, texts } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { outline, plane } from "./draw/plane.js";
import { prints } from "./draw/python.js";
import { pieces } from "./maths/cuts.js";
import { spread, upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { Grid, PIXELS, encode, forward } from "./maths/vae.js";

export const schema = {
  "cut": { "of": ["gap", "reconstruction"], "start": "gap" },
  "digit": { "from": 0, "to": 359, "step": 1, "start": 304 },
  "q": { "of": ["encoder", "hand"], "start": "encoder" },
  "z1": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "z2": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "s1": { "from": 0.02, "to": 1.2, "step": 0.01, "start": 0.3 },
  "s2": { "from": 0.02, "to": 1.2, "step": 0.01, "start": 0.3 }
};

// The image that it starts with, 304, is the held-out nine nearest to the average of the held-out nines.
const LIMIT = 3.5;
const AXIS = 40;
const PRIOR = upright(0, 0, 1, 1);
const ROOM = 11; // em: of the longest name before a cut
const DOT = 0.1; // widths of an ellipse that is one
const NEEDS = {
  gap: "Both pieces of the upper bar need p(z|x), the blue cloud, or p(x): a sum over every code.",
  reconstruction: "The cloud is gone, for the lower bar does not need it: encoder, decoder and prior are enough. The circle holds 95 % of the prior.",
};

async function load() {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, encoder, images };
}

function build(kit, { decoder, encoder, images }) {
  const grid = new Grid(decoder);
  const once = keeping(1); // the island is painted when the digit changes
  const asked = ({ q, digit, z1, z2, s1, s2 }) => (q === "encoder" ? encode(encoder, images[digit]) : upright(z1, z2, s1, s2));
  const byHand = () => {
    if (kit.state.q === "hand") return;
    const q = asked(kit.state);
    const [s1, s2] = spread(q);
    kit.set({ q: "hand", z1: q.mean[0], z2: q.mean[1], s1, s2 });
  };

  const field = plane("one-loss", LIMIT);
  const ring = outline("lb-prior-ring", 0.95);
  ring.paint(PRIOR);
  field.marks.append(ring.element);
  const held = ellipse(kit, field, byHand);
  field.paintAtlas(decoder);

  const target = pixels("var(--lb-data)");
  const yours = pixels("var(--lb-ink)");
  const costs = bar("lb-loss");
  const other = bar("lb-loss");
  const needs = element("p", { class: "lb-needs" });
  const slid = element("p", {});
  let before;
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const slide = button("", () => kit.set({ cut: kit.state.cut === "gap" ? "reconstruction" : "gap" }, true));
  const buttons = element("div", { class: "lb-buttons lb-live" },
    button("The encoder’s answer", () => kit.go({ q: "encoder" })),
    button("Another digit", () => kit.go({ digit: (kit.state.digit + 47) % images.length, q: "encoder" })));
  const slides = predict(kit, "Cut the lower bar where your program does, into reconstruction cost and KL to the prior. Beside the blue piece, −log p(x), will the reconstruction cost be…", {
    answers: ["shorter", "as long", "longer"],
    todo: "Now press “Cut the lower bar”.",
  });
  const alone = predict(kit, "And why not the reconstruction cost alone? Make the grey piece as short as you can: shrink the ellipse by the two handles beside it. What will the whole bar do?", {
    answers: ["get shorter, too", "stay as it is", "get longer"],
  });
  const logits = new Float64Array(PIXELS);

  function paint(state) {
    const { cut, digit } = state;
    const x = images[digit];
    const q = asked(state);
    const { logEvidence, logMass } = once("truth", digit, () => grid.posterior(x));
    const here = pieces(decoder, x, q, logEvidence);
    const { loss, surprise, rebuilding, kl } = here;
    const gap = Math.max(0, here.gap);

    // The plane: the island only where it is needed.
    once("island", digit, () => field.paintIsland(grid, logMass));
    field.showIsland(cut === "gap");
    ring.element.setAttribute("display", cut === "reconstruction" ? "inline" : "none");
    target.paint(x, `<i>x</i>, held-out digit ${digit}`);
    yours.paint(forward(decoder, q.mean, logits).map(sigmoid), "q’s middle, decoded");

    // The bar.
    const both = {
      gap: {
        numbers: { "-log p(x)": surprise, gap },
        pieces: [{ kind: "lb-piece-p", start: 0, end: surprise }, { kind: "lb-piece-gap", start: surprise, end: loss }],
        labels: [["lb-label-p", surprise, `−log p(x) ${number(surprise, 2)}`], ["lb-label-gap", surprise, `gap ${number(gap, 2)}`]],
      },
      reconstruction: {
        numbers: { "reconstruction cost": rebuilding, "KL(q||prior)": kl },
        pieces: [{ kind: "lb-piece-grey", start: 0, end: rebuilding }, { kind: "lb-piece-q", start: rebuilding, end: loss }],
        labels: [["", rebuilding, `reconstruction ${number(rebuilding, 2)}`], ["lb-q", rebuilding, `KL to the prior ${number(kl, 2)}`]],
      },
    };
    const parts = both[cut];
    // Both bars are the loss; the second is cut when the reader asks for it.
    const show = (place, { pieces: cutInto, labels }) => place.paint({
      from: 0, to: AXIS, step: 10, marks: [{ kind: "lb-end", at: loss }], pieces: cutInto,
      labels: labels.map(([kind, at, text], k) => ({ kind, at: Math.min(at, 0.66 * AXIS), text, side: k ? "" : "lb-before", least: ROOM })),
      end: { at: Math.min(loss, AXIS), text: `loss ${number(loss, 2)}${loss > AXIS ? " →" : ""}`, inside: loss > 0.75 * AXIS },
    });
    show(costs, both.gap);
    // From one cut to the other it slides; a drag moves it at once.
    other.element.classList.toggle("lb-slides", before !== undefined && before !== cut);
    before = cut;
    const uncut = both.gap.pieces.map((piece) => ({ ...piece, kind: "lb-piece-grey" }));
    show(other, cut === "gap" ? { pieces: uncut, labels: [["", 0, "the same loss, uncut"]] } : parts);
    const far = number(Math.abs(surprise - rebuilding), 2);
    const [less, more, side] = surprise > rebuilding ? ["−", "+", "left"] : ["+", "−", "right"];
    write(slid, cut === "gap" ? "" : `The cut slid ${far} to the ${side}: ${number(surprise, 2)} ${less} ${far} = ${number(rebuilding, 2)}, and ${number(gap, 2)} ${more} ${far} = ${number(kl, 2)}.`);
    write(needs, NEEDS[cut]);
    const shown = { loss, ...parts.numbers };
    const numbers = texts(shown, 2);
    const meaning = Object.entries(numbers).slice(0, 3).map(([name, text]) => `${name} ${text}`).join(", ");
    held.paint(q, meaning);
    write(slide, cut === "gap" ? "Cut the lower bar" : "Take the cut back");
    const longer = Math.sign(Number((rebuilding - surprise).toFixed(2)));
    slides.paint(cut === "reconstruction", {
      right: 1 + longer,
      because: longer < 0
        ? `Codes chosen for x rebuild x better than codes from all over the map do on average, so it was ${number(rebuilding, 2)} beside ${number(surprise, 2)}. The KL to the prior, ${number(kl, 2)}, was the charge for choosing.`
        : `Many codes of that ellipse rebuilt x badly, so it was ${number(rebuilding, 2)} beside ${number(surprise, 2)}.`,
    });
    const theirs = once("theirs", digit, () => pieces(decoder, x, encode(encoder, x), logEvidence));
    const dot = state.q === "hand" && Math.max(state.s1, state.s2) <= DOT;
    alone.paint(cut === "reconstruction" && dot && rebuilding < theirs.rebuilding && loss > theirs.loss, {
      right: 1 + Math.sign(Number((loss - theirs.loss).toFixed(2))),
      because: `At that moment grey had gone from ${number(theirs.rebuilding, 2)} to ${number(rebuilding, 2)}, and the bar from ${number(theirs.loss, 2)} to ${number(loss, 2)}. A dot claims to know the code to many decimals, and the KL charges for each. Above, all of that is gap.`,
    }, dot && rebuilding < theirs.rebuilding ? `Here the encoder’s answer was off by more, a gap of ${number(theirs.gap, 2)}, than this dot costs. Press “Reset”.` : dot ? `With this dot grey is ${number(rebuilding, 2)}, and it was ${number(theirs.rebuilding, 2)}. Drag the dot.` : "Now drag the two handles beside the ellipse inwards, until it is a dot.");
    // The second question waits for the verdict on the first, which stays until the second is answered: never in a drag.
    alone.element.hidden = !slides.judged();
    slides.element.hidden = alone.answered();
    kit.say(`${meaning}.`);
    return numbers;
  }

  const stage = element("div", { class: "lb-stage lb-inspect" },
    element("div", { style: "grid-area: predict" }, slides.element, alone.element),
    element("div", { class: "lb-costs" }, costs.element, other.element, element("div", { class: "lb-live", style: "margin-block: 0.4rem" }, slide), slid, needs),
    field.element,
    element("div", { class: "lb-draw" }, target.element),
    element("div", { class: "lb-side" }, yours.element),
    element("div", { class: "lb-readings" }, buttons,
      element("div", { class: "lb-tools lb-live" }, ...kit.tools())));
  return { stage, paint, stop: held.stop };
}

const PRINTED = {
  gap: { "-log p(x)": "surprise", gap: "max(0.0, loss - surprise)" },
  reconstruction: { "reconstruction cost": "-reconstruction(vae, q, x).item()", "KL(q||prior)": "kl_each(q, vae.prior).item()" },
};
const IMPORTS = { gap: ["Grid"], reconstruction: ["kl_each", "reconstruction"] };

function python({ cut, digit, q, z1, z2, s1, s2 }) {
  const names = [...(q === "hand" ? ["DiagonalNormal"] : []), "digits", "elbo", "trained_digits", ...IMPORTS[cut]];
  names.sort((one, other) => (/^[A-Z]/.test(other) - /^[A-Z]/.test(one)) || (one < other ? -1 : 1));
  return `${q === "hand" ? "from torch import float64, tensor\n\n" : ""}from lowerbound import ${names.join(", ")}

vae = trained_digits()
x = digits().held_out[[${digit}]]
${q === "hand" ? `q = DiagonalNormal(tensor([[${z1}, ${z2}]], dtype=float64), tensor([[${s1}, ${s2}]], dtype=float64).log())` : "q = vae.encode(x)"}

loss = -elbo(vae, q, x).item()
${cut === "gap" ? "surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()\n" : ""}${prints({}, { loss: "loss", ...PRINTED[cut] }, 2)}`;
}

export const start = instrument({ schema, load, build, python });
