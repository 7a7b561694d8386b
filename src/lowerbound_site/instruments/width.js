// The price of noise is slope: one digit, its place held, and the width of q as the only hand.

import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { handle } from "./controls/handle.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { bar } from "./draw/bar.js";
import { digits } from "./draw/digits.js";
import { gap as gapText, number } from "./draw/format.js";
import { outline, plane } from "./draw/plane.js";
import { WidthCurve } from "./draw/width-curve.js";
import { codeAt, steadyNoise } from "./maths/draws.js";
import { reach, upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { Grid, encode, forward } from "./maths/vae.js";
import { bestBySlope, blurBySlope, parts, steepness } from "./maths/width.js";

export const schema = {
  "digit": { "from": 0, "to": 359, "step": 1, "start": 134 },
  "s": { "from": 0.02, "to": 0.8, "step": 0.01, "start": 0.05 }
};

const LIMIT = 3.5;
const AXIS = 60; // nats
const MOST = 12; // on the curve
const WIDE = 0.5; // here the loss has risen again
const NOISE = steadyNoise(6);
// Closer together where the curve is steep.
const WIDTHS = Array.from({ length: 24 }, (_, i) => 0.02 * 40 ** (i / 23));

const load = async () => {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, encoder, images };
};

function build(kit, { decoder, encoder, images }) {
  const grid = new Grid(decoder);
  let known = {};
  const truth = (digit) => {
    if (known.digit === digit) return known;
    const x = images[digit];
    const { mean } = encode(encoder, x);
    const f = steepness(decoder, mean);
    const { logEvidence, logMass } = grid.posterior(x);
    // For the line only: fewer points where q is narrow.
    const each = WIDTHS.map((s) => ({ s, ...parts(decoder, x, mean, s, s < 0.3 ? 0.75 : 0.5) }));
    const computed = each.map(({ blur, kl }) => blur + kl);
    const formula = each.map(({ s, kl }) => blurBySlope(s, f) + kl);
    known = { digit, x, mean, f, surprise: -logEvidence, logMass, computed, formula };
    return known;
  };

  const field = plane("width", LIMIT);
  field.element.style.cursor = "default";
  field.paintAtlas(decoder);
  const halo = outline("lb-halo", 0.95);
  const ring = outline("lb-q-95", 0.95);
  const centre = svg("circle", { class: "lb-q-dot", r: 0.05 });
  field.marks.append(halo.element, ring.element, centre);
  const costs = bar("lb-loss");
  const cut = bar("lb-loss");
  const pair = digits("width-pair", "var(--lb-ink)", 2, "<i>x</i>, and its place decoded");
  const drawn = digits("width-drawn", "var(--lb-ink)", 3, "six draws from q, decoded");
  const curve = new WidthCurve(schema.s.to, MOST);

  const steps = { small: 0.01, large: 0.05, page: 0.1 };
  const away = (event) => (field.code(event)[0] - truth(kit.state.digit).mean[0]) / reach(0.95);
  const grip = handle(kit, {
    key: "s", kind: "lb-size", orientation: "horizontal", label: "width of q, on the map", steps,
    begin: (event) => away(event) - kit.state.s, move: (event, off) => kit.set({ s: away(event) - off }), end: () => kit.set({}, true),
  });
  field.element.append(grip.element);
  const slider = axisSlider(kit, "s", "width σ", steps);
  const other = element("button", { type: "button" }, "Another digit");
  other.addEventListener("click", () => kit.go({ digit: (kit.state.digit + 47) % images.length }));
  const guess = predict(kit, "Widen the circle from a dot. The loss will…", {
    answers: ["only fall", "fall, then rise", "only rise"],
    right: 1,
    because: "A wider q costs less KL and more blur. They meet where the decoder’s slope says.",
  });
  const names = ["loss", "reconstruction at the middle", "blur", "KL to the prior", "blur by the slope", "best width by the slope"];
  const outputs = Object.fromEntries(names.map((name) => [name, element("output", { "aria-live": "off" })]));
  const values = element("p", { class: "lb-values" });
  for (const name of names) values.append(element("span", {}, `${name} `, outputs[name]), " ");

  let shown;

  function paint({ digit, s }) {
    const { x, mean, f, surprise, logMass, computed, formula } = truth(digit);
    const { middle, blur, kl } = parts(decoder, x, mean, s);
    const loss = middle + blur + kl;
    const gap = Math.max(0, loss - surprise);
    const q = upright(...mean, s, s);
    const decode = (z) => forward(decoder, z).map(sigmoid);
    if (shown !== digit) {
      field.paintIsland(grid, logMass);
      curve.curve(WIDTHS, computed, formula, bestBySlope(f));
      pair.paint([x, decode(mean)]);
    }
    shown = digit;
    field.showIsland(true, false);
    for (const part of [halo, ring]) part.paint(q);
    change(centre, { cx: mean[0], cy: -mean[1] });
    drawn.paint(NOISE.map((e) => decode(codeAt(q, e))));
    curve.paint(s, blur + kl);

    const end = { at: Math.min(loss, AXIS), text: `loss ${number(loss, 1)}${loss > AXIS ? " →" : ""}`, inside: loss > 0.75 * AXIS };
    const label = (kind, at, text, side = "") => ({ kind, at: Math.min(at, 0.7 * AXIS), text, side });
    costs.paint({
      from: 0, to: AXIS, step: 10, marks: [], end,
      pieces: [{ kind: "lb-piece-p", start: 0, end: surprise }, { kind: "lb-piece-gap", start: surprise, end: loss }],
      labels: [label("lb-label-p", surprise, `−log p(x) ${number(surprise, 1)}`, "lb-before"), label("lb-label-gap", surprise, `gap ${gapText(gap)}`)],
    });
    cut.paint({
      from: 0, to: AXIS, step: 10, marks: [], end: { ...end, text: "" },
      pieces: [
        { kind: "lb-piece-grey", start: 0, end: middle },
        { kind: "lb-piece-blur", start: Math.min(middle, middle + blur), end: Math.max(middle, middle + blur) },
        { kind: "lb-piece-kl", start: middle + blur, end: loss },
      ],
      labels: [label("", middle, `middle ${number(middle, 1)}`, "lb-before"), label("", middle, `blur ${number(blur, 2)}, KL ${number(kl, 2)}`)],
    });
    const numbers = {
      "loss": number(loss, 1), "reconstruction at the middle": number(middle, 1), "blur": number(blur, 2), "KL to the prior": number(kl, 2),
      "blur by the slope": number(blurBySlope(s, f), 2), "best width by the slope": number(bestBySlope(f), 2),
    };
    for (const name of names) write(outputs[name], numbers[name]);
    const meaning = `blur ${numbers.blur}, KL ${numbers["KL to the prior"]}, loss ${numbers.loss}`;
    const [left, top] = [50 + (50 * mean[0]) / LIMIT, 50 - (50 * mean[1]) / LIMIT];
    const r = (50 * s * reach(0.95)) / LIMIT;
    grip.paint(`clamp(8px, calc(${left.toFixed(2)}% + max(${r.toFixed(2)}%, 30px)), calc(100% - 8px))`, top, s, `${number(s, 2)}, ${meaning}`);
    slider.paint(meaning);
    guess.paint(s >= WIDE);
    kit.say(`width ${number(s, 2)}: ${meaning}`);
    return numbers;
  }

  const stage = element("div", { class: "lb-stage lb-inspect" },
    guess.element,
    element("div", { class: "lb-costs" }, costs.element, cut.element),
    field.element,
    element("div", { class: "lb-draw" }, pair.element),
    element("div", { class: "lb-side" }, drawn.element),
    element("div", { class: "lb-readings" },
      element("div", { class: "lb-live" }, slider.element),
      element("div", { class: "lb-scene" },
        element("p", {}, "Blur and KL together, in nats, against the width. Dashed: with the blur that the slope says."),
        curve.element),
      values,
      element("div", { class: "lb-buttons lb-live" }, other),
      element("div", { class: "lb-tools lb-live" }, ...kit.tools())));
  return { stage, paint };
}

const python = ({ digit, s }) => `from torch import eye, float64, full, sigmoid

from lowerbound import DiagonalNormal, digits, kl_each, reconstruction, trained_digits

vae, x = trained_digits(), digits().held_out[[${digit}]]
mean = vae.encode(x).mean
s = ${s}
q = DiagonalNormal(mean, full((1, 2), s, dtype=float64).log())

middle = -vae.log_likelihood(x, mean).item()
blur = -reconstruction(vae, q, x).item() - middle
kl = kl_each(q, vae.prior).item()
print(f"loss = {middle + blur + kl:.1f}")
print(f"reconstruction at the middle = {middle:.1f}")
print(f"blur = {blur:z.2f}")
print(f"KL to the prior = {kl:.2f}")

share, h = sigmoid(vae.decode(mean)), 1e-3
steps = h * eye(2, dtype=float64)
slope = (vae.decode(mean + steps) - vae.decode(mean - steps)) / (2 * h)
f = (share * (1 - share) * slope.square()).sum(1)  # for each latent number
print(f"blur by the slope = {s**2 / 2 * f.sum():.2f}")
print(f"best width by the slope = {(1 + f.mean()) ** -0.5:.2f}")
`;

export const start = instrument({ schema, load, build, python });
