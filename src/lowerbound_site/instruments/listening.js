// A perfect match, and mush: how much the decoder listens to z, times who answers as q.

import { loadCounts, loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { limit } from "./controls/state.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { bar } from "./draw/bar.js";
import { digits } from "./draw/digits.js";
import { gap as gapText, number } from "./draw/format.js";
import { atlasOf, outline, plane } from "./draw/plane.js";
import { STYLE } from "./draw/listening-style.js";
import { literal } from "./draw/python.js";
import { codeAt, steadyNoise } from "./maths/draws.js";
import { ListeningGrid, gapOn, nearest } from "./maths/listening.js";
import { klToPrior, upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { Grid, deaf, encode, forward } from "./maths/vae.js";

export const schema = {
  "part": { "from": 0, "to": 1, "step": 0.05, "start": 1 },
  "q": { "of": ["encoder", "best", "prior"], "start": "prior" }
};

const DIGIT = 351; // held out; whatever the decoder hears, its island stays on the map
const LIMIT = 3.5;
const AXIS = 60; // nats
const NOISE = steadyNoise(3);
const PRIOR = upright(0, 0, 1, 1);
const CORNERS = [1, 0].flatMap((part) => ["prior", "encoder"].map((q) => ({ part, q })));
const BLANK = NOISE.map(() => new Array(64).fill(0));
const NAMES = { prior: "q is the prior", encoder: "q is the encoder’s" };

async function load() {
  const [decoder, encoder, images, counts] = await Promise.all([loadDecoder(), loadEncoder(), loadImages(), loadCounts()]);
  const x = images[DIGIT];
  const whole = new Grid(decoder);
  const ignoring = deaf(decoder, counts.on, counts.images);
  const answer = encode(encoder, x);
  const known = new Map(); // what depends on the decoder alone
  const truth = (part) => {
    if (!known.has(part)) {
      const grid = new ListeningGrid(whole, ignoring, part);
      known.set(part, { decoder: grid.decoder, atlas: atlasOf(grid.decoder, LIMIT), ...grid.posterior(x) });
    }
    return known.get(part);
  };
  const asked = ({ part, q }) => {
    if (q !== "best") return q === "prior" ? PRIOR : answer;
    return (truth(part).best ??= nearest(whole, truth(part).logMass, answer));
  };
  const costs = (state) => {
    const { logEvidence, logMass } = truth(state.part);
    const q = asked(state);
    const gap = Math.max(0, gapOn(whole, logMass, q));
    return { q, gap, surprise: -logEvidence, loss: gap - logEvidence, kl: klToPrior(q) };
  };
  return { x, whole, truth, asked, costs };
}

function build(kit, { x, whole, truth, costs }) {
  // What the slider may ask for is worked out beforehand, a little between two frames.
  const { to, step } = schema.part;
  const parts = Array.from({ length: Math.round(to / step) + 1 }, (_, n) => limit(schema, { part: n * step }).part);
  let idle = 0;
  const workAhead = () => {
    truth(parts.pop());
    if (parts.length) idle = setTimeout(workAhead, 30);
  };
  idle = setTimeout(workAhead, 600);

  const field = plane("listening", LIMIT);
  field.element.style.cursor = "default";
  const halo = outline("lb-halo", 0.95);
  const ring = outline("lb-q-95", 0.95);
  field.marks.append(halo.element, ring.element);
  const loss = bar("lb-loss");
  const image = digits("listening-x", "var(--lb-data)", 1, "<i>x</i>");
  image.paint([x]); // it stays
  const drawn = digits("listening-drawn", "var(--lb-ink)", 1, "<i>q</i>’s draws");
  const slider = axisSlider(kit, "part", "decoder: deaf or listening", { small: 0.05, large: 0.2, page: 0.2 });
  write(slider.element.firstElementChild, "decoder: deaf"); // the name of the left end; that of the right one stands behind it
  const ask = predict(kit, "Let q be the prior: it answers every image alike, and has learned nothing. Move only the decoder. Can the gap become 0?", {
    answers: ["no, it grows", "it shrinks, but not to 0", "yes, exactly 0"],
    right: 2,
    because: "Every code decodes to the same picture, so any code could have made x: p(z|x) became the prior, which q was all along. And x is lost.",
  });
  const corners = CORNERS.map((corner, n) => {
    const drawn = digits(`listening-corner-${n}`, "var(--lb-ink)", NOISE.length, "");
    const gap = element("span", {});
    const button = element("button", { type: "button" }, drawn.element.lastElementChild, gap);
    button.addEventListener("click", () => kit.set(corner, true));
    return { corner, button, drawn, gap, seen: false };
  });
  const card = element("div", { class: "lb-corners" },
    element("span", {}), element("span", {}, "q = prior"), element("span", {}, "q = encoder’s"),
    element("span", {}, "decoder listens"), corners[0].button, corners[1].button,
    element("span", {}, "decoder deaf"), corners[2].button, corners[3].button);
  const next = element("p", { class: "lb-do lb-live" });
  kit.atReset(() => corners.forEach((one) => (one.seen = false)));

  let shown;

  function paint(state) {
    const { decoder, atlas, logMass } = truth(state.part);
    const { q, gap, surprise, loss: value, kl } = costs(state);
    if (shown !== state.part) {
      field.showAtlas(atlas);
      field.paintIsland(whole, logMass);
    }
    shown = state.part;
    field.showIsland(true);
    for (const part of [halo, ring]) part.paint(q);
    const draws = NOISE.map((e) => forward(decoder, codeAt(q, e)).map(sigmoid));
    drawn.paint(draws);
    loss.paint({
      from: 0, to: AXIS, step: 10, marks: [],
      pieces: [{ kind: "lb-piece-p", start: 0, end: surprise }, { kind: "lb-piece-gap", start: surprise, end: value }],
      labels: [
        { kind: "lb-label-p", at: surprise, text: `−log p(x) ${number(surprise, 1)}`, side: "lb-before" },
        { kind: "lb-label-gap", at: surprise, text: `gap ${gapText(gap)}` },
      ],
      end: { at: value, text: `loss ${number(value, 1)}`, inside: value > 0.75 * AXIS },
    });
    const numbers = { "loss": number(value, 1), "-log p(x)": number(surprise, 1), "gap": gapText(gap), "KL to the prior": gapText(kl) };
    const meaning = `gap ${numbers.gap}, loss ${numbers.loss}`;
    slider.paint(meaning, `listens: ${number(100 * state.part, 0)} %`);
    const at = corners.find(({ corner }) => corner.part === state.part && corner.q === state.q);
    if (at && !at.seen) {
      at.seen = true;
      at.drawn.paint(draws);
      write(at.gap, `gap ${numbers.gap}, loss ${numbers.loss}`);
    }
    for (const one of corners) {
      const words = `decoder ${one.corner.part ? "listens" : "is deaf"}, ${NAMES[one.corner.q]}`;
      change(one.button, { "aria-pressed": String(one === at), "aria-label": one.seen ? `${words}: ${one.gap.textContent}` : words });
      if (one.seen) continue;
      one.drawn.paint(BLANK);
      write(one.gap, "?");
    }
    ask.paint(state.part === 0 && state.q === "prior", undefined, state.q === "prior" ? "Now pull the slider to its left end, “deaf”." : "Press “Reset”: the question is about the prior as q.");
    card.hidden = next.hidden = !ask.judged();
    const deafened = state.part === 0 && state.q === "encoder";
    const all = corners.every(({ seen }) => seen);
    write(next, deafened ? `The gap is KL(q‖prior) now: ${numbers.gap}.`
      : all ? "The gap is smallest for the deaf decoder and the prior: the wrong corner. The loss is smallest for the trained pair." : "Now see the other corners.");
    kit.say(`decoder listens ${number(state.part, 2)}: ${meaning}, minus log p of x ${numbers["-log p(x)"]}`);
    return numbers;
  }

  const stage = element("div", { class: "lb-stage lb-sided lb-listen" },
    element("style", {}, STYLE),
    element("div", { class: "lb-column" }, ask.element, element("div", { class: "lb-live" }, slider.element)),
    element("div", { class: "lb-costs" }, loss.element),
    element("div", { class: "lb-picture" }, field.element, element("div", { class: "lb-side" }, image.element, drawn.element)),
    element("div", { class: "lb-card lb-rest" }, next, card, element("div", { class: "lb-tools lb-live" }, ...kit.tools())));
  return { stage, paint, stop: () => clearTimeout(idle) };
}

function python({ part, q }, { asked }) {
  const answers = {
    encoder: "vae.encode(x)",
    prior: "DiagonalNormal(zeros(1, 2, dtype=float64), zeros(1, 2, dtype=float64))",
    best: "FullNormal(tensor([mean], dtype=float64), tensor([below], dtype=float64))",
  };
  const { mean, tril: [a, b, c] } = asked({ part, q });
  const numbers = q === "best" ? `mean, below = ${literal(mean)}, ${literal([[a, 0], [b, c]])}\n` : "";
  const uses = { encoder: "Grid", best: "FullNormal, Grid", prior: "DiagonalNormal, Grid" }[q];
  return `${{ encoder: "", best: "from torch import float64, tensor\n\n", prior: "from torch import float64, zeros\n\n" }[q]}from lowerbound import ${uses}, digits, elbo, kl_each, trained_digits

vae, x = trained_digits(), digits().held_out[[${DIGIT}]]
${numbers}q = ${answers[q]}

part = ${part}  # how much of its logits the decoder keeps
train = digits().train
on = train.sum(0)  # the rest says how often each pixel is on
last = vae.decoder[2]
last.weight.mul_(part)
last.bias.mul_(part).add_((1 - part) * ((on + 0.5) / (len(train) - on + 0.5)).log())

surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()
loss = -elbo(vae, q, x).item()
gap, kl = max(0.0, loss - surprise), kl_each(q, vae.prior).item()
print(f"loss = {loss:.1f}")
print(f"-log p(x) = {surprise:.1f}")
print(f"gap = {gap:.2f}" if gap < 9.995 else f"gap = {gap:.1f}")
print(f"KL to the prior = {kl:.2f}")
`;
}

export const start = instrument({ schema, load, build, python });
