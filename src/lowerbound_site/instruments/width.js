// The price of noise is slope: one digit, its place held; in the hand, the width of q, and how steep the decoder is there.

import { loadAnswers } from "./controls/answers.js";
import { loadDecoder, loadImages, loadLabels } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { handle } from "./controls/handle.js";
import { instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { bar } from "./draw/bar.js";
import { digits } from "./draw/digits.js";
import { number } from "./draw/format.js";
import { atlasOf, islandOf, outline, plane } from "./draw/plane.js";
import { Valley } from "./draw/valley.js";
import { WidthCurve } from "./draw/width-curve.js";
import { STYLE } from "./draw/width-style.js";
import { codeAt, steadyNoise } from "./maths/draws.js";
import { klToPrior, reach, upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { Grid, forward, logLikelihoods } from "./maths/vae.js";
import { bestBySlope, blurBySlope, lowest, parts, steeper, steeperPosterior, steepness } from "./maths/width.js";

export const schema = {
  "digit": { "from": 0, "to": 359, "step": 1, "start": 134 },
  "s": { "from": 0.02, "to": 0.8, "step": 0.01, "start": 0.25 },
  "c": { "from": 0.5, "to": 4, "step": 0.1, "start": 1 }
};

const LIMIT = 3.5;
const AXIS = 16; // nats that the bar has room for beyond the middle's
const MOST = 12; // on the curve
const STEEP = 2; // from there on, at the best width, the answer to the question can be seen
const NEAR = 0.0051; // so near to it: the slider has steps of a hundredth
const FAR = 1; // to either side, on the line through the middle
const PICTURES = 9; // on it
const VALLEY = 20; // nats
const NOISE = steadyNoise(60);
const DRAWN = 7; // of these, each by itself
// Widths for the curves: those of the decoder as trained, closer together where the curve is steep.
const WIDTHS = Array.from({ length: 32 }, (_, i) => 0.01 * 120 ** (i / 31));

const load = async () => {
  const [decoder, answers, images, labels] = await Promise.all([loadDecoder(), loadAnswers(), loadImages(), loadLabels()]);
  return { decoder, images, labels, middles: answers.map(({ mean }) => mean) };
};

function build(kit, { decoder, images, labels, middles }) {
  /** Of the held-out digits with another name the one whose middle lies nearest. */
  const neighbour = (digit) => {
    const away = (other) => Math.hypot(middles[other][0] - middles[digit][0], middles[other][1] - middles[digit][1]);
    const others = images.map((_, other) => other).filter((other) => labels[other] !== labels[digit]);
    return others.reduce((near, other) => (away(other) < away(near) ? other : near));
  };

  const grid = new Grid(decoder);
  const once = keeping(40); // the slider for the slope has 36 values
  const ofDigit = ({ digit }) => once("digit", `${digit}`, () => {
    const x = images[digit];
    const mean = middles[digit];
    // For the lines only: fewer points where q is narrow.
    const blurs = WIDTHS.map((s) => parts(decoder, x, mean, s, s < 0.3 ? 0.75 : 0.5).blur);
    // c times as steep, a decoder blurs what a circle 1 / c times as wide draws as before.
    const curve = (c) => WIDTHS.map((wide, i) => ({ s: wide / c, nats: blurs[i] + klToPrior(upright(...mean, wide / c, wide / c)) }));
    // The line goes along the latent number with which pictures change faster here.
    const [f1, f2] = steepness(decoder, mean);
    const along = f1 > f2 ? [1, 0] : [0, 1];
    return { x, mean, curve, along, other: neighbour(digit), joint: grid.logJoint(x) };
  });
  const scene = ({ digit, c }) => once("scene", `${digit} ${c}`, () => {
    const { x, mean, curve, joint, other } = ofDigit({ digit });
    const steep = steeper(decoder, mean, c);
    // What the trained decoder shows at a place, the steeper one shows nearer.
    const near = middles[other].map((m, l) => mean[l] + (m - mean[l]) / c);
    const { logMass, cells } = steeperPosterior(grid, joint, mean, c);
    return {
      steep, near, f: steepness(steep, mean), points: curve(c), best: lowest(curve(c)),
      atlas: atlasOf(steep, LIMIT), island: islandOf(cells, logMass),
      pair: [x, forward(steep, mean).map(sigmoid)],
      between: [images[other], forward(steep, mean.map((m, l) => (m + near[l]) / 2)).map(sigmoid)],
    };
  });

  const field = plane("width", LIMIT);
  field.element.style.cursor = "default";
  const halo = outline("lb-halo", 0.95);
  const ring = outline("lb-q-95", 0.95);
  const centre = svg("circle", { class: "lb-q-dot", r: 0.05 });
  const beside = outline("lb-q-95", 0.95);
  change(beside.element, { style: "stroke-dasharray: 4 4" });
  field.marks.append(halo.element, beside.element, ring.element, centre);
  const cut = bar("lb-loss");
  const between = digits("width-between", "var(--lb-ink)", 2, "the other digit, and what the decoder shows half way to it");
  const pair = digits("width-pair", "var(--lb-ink)", 2, "<i>x</i>, q’s middle");
  const drawn = digits("width-drawn", "var(--lb-ink)", 4, `seven draws from q, decoded; last, ${NOISE.length} laid over each other`);
  const walk = digits("width-walk", "var(--lb-ink)", PICTURES, "A line of codes through the middle, decoded. Orange: how often q draws there. Black: how many nats more <i>x</i> costs there (dashed: as trained).");
  const valley = new Valley(FAR, PICTURES, VALLEY);
  const curve = new WidthCurve(schema.s.to, MOST);

  const steps = { small: 0.01, large: 0.05, page: 0.1 };
  const away = (event) => (field.code(event)[0] - ofDigit(kit.state).mean[0]) / reach(0.95);
  const grip = handle(kit, {
    key: "s", kind: "lb-size", orientation: "horizontal", label: "width of q, on the map", steps,
    begin: (event) => away(event) - kit.state.s, move: (event, off) => kit.set({ s: away(event) - off }), end: () => kit.set({}, true),
  });
  field.element.append(grip.element);
  const slider = axisSlider(kit, "s", "width σ", steps);
  const slope = axisSlider(kit, "c", "times as steep", { small: 0.1, large: 0.5, page: 1 });
  const fit = element("button", { type: "button" }, "Best width");
  fit.addEventListener("click", () => kit.go({ s: scene(kit.state).best.s }));
  const another = element("button", { type: "button" }, "Another digit");
  another.addEventListener("click", () => kit.go({ digit: (kit.state.digit + 47) % images.length }));
  const guess = predict(kit, "Make the decoder twice as steep, then take the width that is best there. Which piece will have grown most?", {
    answers: ["the blur", "the KL to the prior", "both alike"],
  });
  /** Both pieces at the best width, as they were trained and as they are now. */
  const verdict = ({ digit, c }) => {
    const { x, mean, curve: ofSteepness } = ofDigit({ digit });
    const [was, now] = [1, c].map((by) => {
      const s = Math.round(100 * lowest(ofSteepness(by)).s) / 100; // as the slider shows it
      return { s, ...parts(steeper(decoder, mean, by), x, mean, s) };
    });
    return `The best width went from ${number(was.s, 2)} to ${number(now.s, 2)}. There the blur is ${number(now.blur, 2)} nats (it was ${number(was.blur, 2)}), `
      + `the KL ${number(now.kl, 2)} (it was ${number(was.kl, 2)}). Together ${number(now.blur + now.kl, 1)} instead of ${number(was.blur + was.kl, 1)}: steep is expensive.`;
  };
  const names = ["loss", "reconstruction at the middle", "blur", "KL to the prior", "F", "blur by the slope", "best width by the slope"];
  const outputs = Object.fromEntries(names.map((name) => [name, element("output", { "aria-live": "off" })]));
  const listed = (those) => element("p", { class: "lb-values" }, ...those.flatMap((name) => [element("span", {}, `${name} `, outputs[name]), " "]));
  const inNumbers = element("details", { class: "lb-live" }, element("summary", {}, "In numbers, and by the formula below"), listed(names.slice(0, 4)), listed(names.slice(4)));
  // Drawn only while it is open.
  const line = element("details", { class: "lb-live" }, element("summary", {}, "Along a line, and the price of each width"),
    element("div", { class: "lb-two" },
      element("div", { class: "lb-line-of-codes" }, walk.element, valley.element),
      element("div", { class: "lb-readings" },
        element("p", {}, "The price, blur + KL in nats, against the width (dashed: as trained)."),
        curve.element,
        slider.element)));
  line.addEventListener("toggle", () => kit.repaint());

  let lined;
  let mapped;

  function paintMap({ digit, s, c }) {
    const { mean } = ofDigit({ digit });
    const seen = scene({ digit, c });
    const q = upright(...mean, s, s);
    if (mapped !== seen) {
      field.showAtlas(seen.atlas);
      field.paintIsland(null, null, seen.island);
      pair.paint(seen.pair);
      between.paint(seen.between);
      mapped = seen;
    }
    field.showIsland(true, false);
    for (const part of [halo, ring]) part.paint(q);
    beside.paint(upright(...seen.near, s, s));
    change(centre, { cx: mean[0], cy: -mean[1] });
  }

  function paint(state) {
    const { digit, s, c } = state;
    const { x, mean, curve: trained, along } = ofDigit({ digit });
    const { steep, f, points, best } = scene({ digit, c });
    const { middle, blur, kl } = once("parts", `${digit} ${c} ${s}`, () => parts(steep, x, mean, s));
    const loss = middle + blur + kl;
    const q = upright(...mean, s, s);
    // All at once: one code by itself would take four times as long (product.js).
    const decode = (codes) => {
      const logits = forward(steep, Float64Array.from(codes.flat()), new Float64Array(64 * codes.length), codes.length).map(sigmoid);
      return codes.map((_, n) => logits.subarray(64 * n, 64 * n + 64));
    };
    if (line.open && lined !== `${digit} ${c}`) {
      const places = Float64Array.from(valley.steps.flatMap((step) => mean.map((m, l) => m + step * along[l])));
      const costs = (of) => Array.from(logLikelihoods(of, x, places), (value) => -value - middle);
      const steps = Array.from({ length: PICTURES }, (_, k) => FAR * ((2 * k) / (PICTURES - 1) - 1));
      curve.curve(points, trained(1), best);
      walk.paint(decode(steps.map((step) => mean.map((m, l) => m + step * along[l]))));
      valley.costs(costs(steep), costs(decoder));
      lined = `${digit} ${c}`;
    }
    paintMap(state);
    drawn.paint(once("drawn", `${digit} ${c} ${s}`, () => {
      const draws = decode(NOISE.map((e) => codeAt(q, e)));
      const over = x.map((_, d) => draws.reduce((sum, draw) => sum + draw[d], 0) / draws.length);
      return [...draws.slice(0, DRAWN).map((draw) => draw.slice()), over]; // of all of them only these are kept
    }));
    curve.paint(s, blur + kl);
    valley.paint(s);

    const most = 10 * Math.ceil((middle + AXIS) / 10); // the digit's, so that the axis holds still
    const past = loss > most;
    cut.paint({
      from: 0, to: most, step: 10, marks: [],
      pieces: [
        { kind: "lb-piece-grey", start: 0, end: middle },
        { kind: "lb-piece-blur", start: Math.min(middle, middle + blur), end: Math.max(middle, middle + blur) },
        { kind: "lb-piece-kl", start: middle + blur, end: loss },
      ],
      labels: [
        { kind: "", at: 0, text: `at the middle ${number(middle, 1)}` },
        { kind: "", at: middle, text: `blur ${number(blur, 2)}, KL ${number(kl, 2)}` },
      ],
      end: { at: Math.min(loss, most), text: `loss ${number(loss, 1)}${past ? " →" : ""}`, inside: loss > 0.75 * most },
    });
    const numbers = {
      "loss": number(loss, 1), "reconstruction at the middle": number(middle, 1), "blur": number(blur, 2), "KL to the prior": number(kl, 2),
      "F": number((f[0] + f[1]) / 2, 1), "blur by the slope": number(blurBySlope(s, f), 2), "best width by the slope": number(bestBySlope(f), 2),
    };
    for (const name of names) write(outputs[name], numbers[name]);
    const meaning = `blur ${numbers.blur}, KL ${numbers["KL to the prior"]}, loss ${numbers.loss}`;
    const [left, top] = [50 + (50 * mean[0]) / LIMIT, 50 - (50 * mean[1]) / LIMIT];
    const r = (50 * s * reach(0.95)) / LIMIT;
    grip.paint(`clamp(8px, calc(${left.toFixed(2)}% + max(${r.toFixed(2)}%, 30px)), calc(100% - 8px))`, top, s, `${number(s, 2)}, ${meaning}`);
    slider.paint(meaning);
    slope.paint(`best width ${number(best.s, 2)}, which costs ${number(best.nats, 1)} nats`);
    const there = c >= STEEP && Math.abs(s - best.s) < NEAR;
    guess.paint(there, { right: 1, because: there ? verdict(state) : "" }, c < STEEP ? "Now slide “times as steep” to 2." : "Now press “Best width”.");
    kit.say(`${number(c, 1)} times as steep, width ${number(s, 2)}: ${meaning}`);
    return numbers;
  }

  const stage = element("div", { class: "lb-stage lb-widths" },
    element("style", {}, STYLE),
    guess.element,
    element("div", { class: "lb-costs" }, cut.element),
    element("div", { class: "lb-hands lb-live" }, slope.element, fit),
    field.element,
    element("div", { class: "lb-drawn" },
      element("p", { class: "lb-legend" }, "Blue: the codes that could have made x. Orange: q, the answer for x. Dashed: as wide an answer for the nearest other digit. Drag q’s edge to change its width."),
      pair.element, between.element, drawn.element),
    element("div", { class: "lb-more" },
      element("div", { class: "lb-tools lb-live" }, another, " ", ...kit.tools()),
      line,
      inNumbers));
  return { stage, paint };
}

const python = ({ digit, s, c }) => `from torch import eye, float64, full, sigmoid

from lowerbound import DiagonalNormal, digits, kl_each, reconstruction, trained_digits

vae, x = trained_digits(), digits().held_out[[${digit}]]
mean = vae.encode(x).mean
s, c = ${s}, ${c}
q = DiagonalNormal(mean, full((1, 2), s, dtype=float64).log())
# This decoder shows at z what the trained one shows at mean + c (z - mean):
# there the draws of q are draws of a circle c times as wide.
there = DiagonalNormal(mean, full((1, 2), c * s, dtype=float64).log())

middle = -vae.log_likelihood(x, mean).item()
blur = -reconstruction(vae, there, x).item() - middle
kl = kl_each(q, vae.prior).item()
print(f"loss = {middle + blur + kl:.1f}")
print(f"reconstruction at the middle = {middle:.1f}")
print(f"blur = {blur:z.2f}")
print(f"KL to the prior = {kl:.2f}")

share, h = sigmoid(vae.decode(mean)), 1e-3
steps = c * h * eye(2, dtype=float64)
slope = (vae.decode(mean + steps) - vae.decode(mean - steps)) / (2 * h)
f = (share * (1 - share) * slope.square()).sum(1)  # for each latent number
print(f"F = {f.mean():.1f}")
print(f"blur by the slope = {s**2 / 2 * f.sum():.2f}")
print(f"best width by the slope = {(1 + f.mean()) ** -0.5:.2f}")
`;

export const start = instrument({ schema, load, build, python });
