// One image, its true posterior p(z|x), and any q(z|x) that one normal can be: what the gap is, and what it is not.

import { loadCounts, loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { drawing } from "./controls/drawing.js";
import { ellipse } from "./controls/ellipse.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { bar } from "./draw/bar.js";
import { estimate, gap as gapText, number, whole } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { plane } from "./draw/plane.js";
import { STYLE } from "./draw/plane-style.js";
import { differences, weigh } from "./maths/cuts.js";
import { average, codeAt, steadyNoise } from "./maths/draws.js";
import { spread, tilted } from "./maths/normal.js";
import { fromHex, sigmoid, toHex } from "./maths/numbers.js";
import { Grid, PIXELS, deaf, encode, forward, loss, quickLoss } from "./maths/vae.js";

export const schema = {
  "digit": { "from": 0, "to": 359, "step": 1, "start": 43 },
  "x": { "bits": 64, "start": "" },
  "decoder": { "of": ["trained", "deaf"], "start": "trained" },
  "q": { "of": ["encoder", "hand"], "start": "encoder" },
  "z1": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "z2": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "s1": { "from": 0.01, "to": 1.2, "step": 0.01, "start": 0.3 },
  "s2": { "from": 0.01, "to": 1.2, "step": 0.01, "start": 0.3 },
  "tilt": { "from": -0.95, "to": 0.95, "step": 0.01, "start": 0 },
  "ask": { "of": ["piece", "draw", "decoder"], "start": "piece" }
};

const LIMIT = 3.5;
const NAMED = 8; // em
const ZOOM = 6;
const AXIS = 60;
const OWN_AXIS = 240; // what is drawn may take 230
const NEARER = 120; // as long as it is short enough
const CROWDED = 0.78; // of the axis: no room for the gap's name behind
const DRAWS = 64;
const NOISE = steadyNoise(DRAWS);
const MOVED = 0.5; // nats
const MUCH = 20; // nats more than a digit
const [HALF, TENTH] = [0.5, 0.1]; // of the bar that is purple
const MISSES = 3; // nats: the encoder does not match the cloud
const NEAR = 0.2; // of the dot's gap

const QUESTIONS = { // the first is the page's choice, `ask`; a button leads on to the `next`
  piece: { text: "Drag the ellipse. Which piece of the bar can it change?", answers: ["the blue one", "the purple one", "both"], missing: "Now drag the ellipse, and see.", next: "decoder" },
  draw: {
    text: "Draw something that is no digit. The model hardly ever makes such an image, so the bar gets long. The encoder has never seen one either. How much of the bar will be purple?",
    answers: ["over half", "a tenth to a half", "less than a tenth"],
    missing: "Now press squares of the grid, until it is no digit.",
    next: "floor",
  },
  floor: {
    go: "Can a better ellipse fix this?",
    text: "Now you are the encoder, and begin with a dot. Widen it by its handles until it covers the cloud. How short can an ellipse make the bar?",
    answers: ["as short as you like", "no shorter than blue", "a little shorter than blue"],
    missing: "Now shorten the bar as far as it goes.",
  },
  decoder: {
    go: "And a decoder that ignores z?",
    text: "Now take a decoder that ignores z. One ellipse fits its cloud exactly: gap 0. Compared with the trained decoder’s bar, will its bar be…",
    answers: ["shorter", "as long", "longer"],
    missing: "Now press “Let the decoder ignore z”.",
  },
};
const EMPTY = "0".repeat(16); // nothing is drawn on it yet
const IGNORES = { decoder: "deaf", q: "hand", z1: 0, z2: 0, s1: 1, s2: 1, tilt: 0 };

const load = async () => {
  const [decoder, encoder, images, counts] = await Promise.all([loadDecoder(), loadEncoder(), loadImages(), loadCounts()]);
  return { decoders: { trained: decoder, deaf: deaf(decoder, counts.on, counts.images) }, encoder, images };
};

function build(kit, { decoders, encoder, images }) {
  const grids = {};
  const grid = (kind) => (grids[kind] ??= new Grid(decoders[kind]));
  const image = ({ digit, x }) => (x ? fromHex(x) : images[digit]);
  let known = {};
  const truth = (state) => {
    const key = `${state.decoder} ${state.x || state.digit}`;
    if (known.key !== key) known = { key, ...grid(state.decoder).posterior(image(state)) };
    return known;
  };
  const expected = new Map(); // -log p(x) of a digit, by decoder
  const surpriseOf = ({ decoder, digit }) => {
    const key = `${decoder} ${digit}`;
    if (!expected.has(key)) expected.set(key, -grid(decoder).posterior(images[digit]).logEvidence);
    return expected.get(key);
  };
  const listened = new Map(); // the loss with the trained decoder and the encoder's answer, by image
  const listening = (state) => {
    const key = state.x || state.digit;
    if (!listened.has(key)) listened.set(key, loss(decoders.trained, image(state), encode(encoder, image(state))));
    return listened.get(key);
  };
  const asked = (state) => (state.q === "encoder" ? encode(encoder, image(state)) : tilted(state.z1, state.z2, state.s1, state.s2, state.tilt));
  const asState = (q) => {
    const [s1, s2, tilt] = spread(q);
    return { q: "hand", z1: q.mean[0], z2: q.mean[1], s1, s2, tilt };
  };
  const byHand = () => kit.state.q === "encoder" && kit.set(asState(asked(kit.state)));

  // What is seen.
  const field = plane("plane", LIMIT);
  const target = pixels("var(--lb-data)");
  const yours = pixels("var(--lb-ink)");
  const costs = bar("lb-loss");
  const zoom = bar("lb-zoom");
  const single = element("div", {});
  let each; // the stems of single draws, for those who unfold them
  // The encoder answers another image; the prior stays for a decoder that ignores z, and so does the ellipse of a reader who answers.
  const answering = () => (kit.state.decoder === "deaf" || asking === "floor" ? kit.state.q : "encoder");
  const drawn = drawing(kit, { colour: "var(--lb-data)", label: "x, 8 by 8 pixels: arrows move, the space bar switches", changed: (x) => kit.set({ x: toHex(x), q: answering() }) });

  // What is held.
  const dots = svg("path", { class: "lb-line", stroke: "var(--lb-q)", "stroke-width": 2.4, "stroke-linecap": "round" });
  field.marks.append(dots);
  const held = ellipse(kit, field, byHand);
  const tilt = axisSlider(kit, "tilt", "tilt", { small: 0.05, large: 0.2, page: 0.2 });
  tilt.element.addEventListener("pointerdown", byHand, { signal: kit.signal });
  tilt.element.addEventListener("keydown", byHand, { capture: true, signal: kit.signal });

  // The numbers, to read and to set.
  const inputs = Object.fromEntries(
    [["z1", "μ<sub>1</sub>"], ["z2", "μ<sub>2</sub>"], ["s1", "σ<sub>1</sub>"], ["s2", "σ<sub>2</sub>"]].map(([key, sign]) => {
      const { from, to, step } = schema[key];
      const input = element("input", { type: "number", min: from, max: to, step });
      input.addEventListener("change", () => {
        byHand();
        kit.set({ [key]: input.valueAsNumber }, true);
      });
      const label = element("label", {});
      const name = element("span", {});
      name.innerHTML = sign;
      label.append(name, input);
      return [key, { input, label }];
    }),
  );
  const values = element("p", { class: "lb-values" });
  const outputs = ["loss", "−log p(x)", "gap", `mean of ${DRAWS} draws`].map((name) => { // in the order of `numbers`
    const output = element("output", { "aria-live": "off" });
    values.append(element("span", {}, `${name} `, output), " ");
    return output;
  });

  // What is pressed.
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const fitted = (mayTilt) => async () => {
    const { best } = await import("./maths/fit.js"); // few ask for it
    const x = image(kit.state);
    const decoder = decoders[kit.state.decoder];
    const found = [encode(encoder, x), asked(kit.state)].map((from) => best(decoder, x, from, mayTilt));
    const [one, other] = found.map((q) => loss(decoder, x, q));
    kit.go(asState(one <= other ? found[0] : found[1]));
  };
  const listen = button("Let the decoder ignore z", () => kit.go(kit.state.decoder === "deaf" ? { decoder: "trained", q: "encoder" } : IGNORES));
  listen.setAttribute("aria-pressed", "false");
  const presets = element("div", { class: "lb-buttons" },
    button("The encoder’s answer", () => kit.go({ q: "encoder" })), button("Best upright", fitted(false)), button("Best tilted", fitted(true)));
  const another = button("Another digit", () => kit.go({ digit: (kit.state.digit + 47) % images.length, x: "", q: answering() }));
  const empty = button("Empty the grid", () => {
    kit.go({ x: EMPTY, q: answering() });
    drawn.focus();
  });

  // What is asked: first with the ellipse in hand, then of the decoder.
  let asking = kit.state.ask;
  let start; // the gap before the ellipse was moved
  let dot; // and the gap of the dot
  const guess = predict(kit, QUESTIONS[asking].text, QUESTIONS[asking]);
  const goOn = button("", () => {
    asking = QUESTIONS[asking].next;
    guess.ask(QUESTIONS[asking].text, QUESTIONS[asking].answers);
    guess.focus();
    const { z1, z2 } = asState(encode(encoder, image(kit.state)));
    kit.go(asking === "decoder" ? { q: "encoder" } : { decoder: "trained", q: "hand", z1, z2, s1: 0.01, s2: 0.01, tilt: 0 });
    dot = undefined;
  });
  let told; // the image that the verdict is of
  kit.atReset(() => (asking = kit.state.ask));

  let hovered;
  field.element.addEventListener("pointermove", (event) => {
    hovered = event.pointerType === "mouse" && !event.buttons && !event.target.closest(".lb-handle") ? field.code(event) : undefined;
    kit.repaint();
  }, { signal: kit.signal });
  field.element.addEventListener("pointerleave", () => {
    hovered = undefined;
    kit.repaint();
  }, { signal: kit.signal });

  const logits = new Float64Array(PIXELS);
  let shownAtlas = "";
  let shownIsland = "";

  function paint(state) {
    const decoder = decoders[state.decoder];
    const x = image(state);
    const q = asked(state);
    const { logEvidence, logMass, key } = truth(state);
    const value = quickLoss(decoder, x, q);
    const surprise = -logEvidence;
    const gap = Math.max(0, value - surprise);
    const [s1, s2, correlation] = spread(q);
    const [z1, z2] = q.mean;

    if (shownAtlas !== state.decoder) field.paintAtlas(decoder);
    shownAtlas = state.decoder;
    if (shownIsland !== key) field.paintIsland(grid(state.decoder), logMass);
    shownIsland = key;
    field.showIsland(true);
    target.paint(x, state.x ? "<i>x</i>, yours" : "the picture <i>x</i>");
    drawn.paint(x, "Press and draw here. A stroke that begins on ink erases.");
    yours.paint(forward(decoder, hovered ?? q.mean, logits).map(sigmoid), hovered ? "this place, decoded" : "its middle, decoded");

    // Beside a decoder that ignores z, and beside an image that is being drawn, stands what the loss was without.
    const exchanged = asking === "draw" && state.x && state.q === "encoder";
    const before = exchanged ? listening({ ...state, x: "" }) : state.decoder === "deaf" ? listening(state) : undefined;
    const own = state.x || (asking === "draw" && state.q === "encoder");
    const axis = !own ? AXIS : value < 0.9 * NEARER ? NEARER : OWN_AXIS;
    const crowded = surprise > CROWDED * axis;
    costs.paint({
      from: 0, to: axis, step: axis / 6,
      marks: before ? [{ kind: "lb-tick lb-was", at: before, text: `${exchanged ? "the digit’s loss" : "before"}: ${number(before, 1)}` }] : [],
      pieces: [{ kind: "lb-piece-p", start: 0, end: surprise }, { kind: "lb-piece-gap", start: surprise, end: value }],
      labels: [
        { kind: "lb-label-p", at: Math.min(surprise, CROWDED * axis), text: `−log p(x) ${number(surprise, 2)}`, side: "lb-before", least: NAMED },
        { kind: "lb-label-gap", at: crowded ? axis : surprise, text: `gap ${number(gap, 2)}`, side: crowded ? "lb-before" : "", least: NAMED },
      ],
      end: { at: Math.min(value, axis), text: `loss ${whole(value)}${value > axis ? " →" : ""}`, inside: value > 0.75 * axis },
    });
    zoom.paint({
      from: surprise, to: surprise + ZOOM, step: 1, marks: [],
      pieces: [{ kind: "lb-piece-gap", start: surprise, end: value }],
      labels: [],
      end: { at: Math.min(value, surprise + ZOOM), text: gap > ZOOM ? `gap ${gapText(gap)} →` : `gap ${gapText(gap)}`, inside: gap > 0.75 * ZOOM },
    });

    const sampled = () => differences(weigh(decoder, x, q, NOISE), logEvidence);
    const numbers = {
      loss: number(value, 1), "-log p(x)": number(surprise, 1), gap: gapText(gap),
      get draws() { // worked out where it is read: it stands behind a fold
        const { mean, error } = average(sampled());
        return estimate(mean, error);
      },
    };
    change(dots, { d: byNumbers.open ? NOISE.map((e) => codeAt(q, e)).map(([a, b]) => `M${a.toFixed(2)} ${(-b).toFixed(2)}h0`).join("") : "" });
    if (byNumbers.open) {
      Object.values(numbers).forEach((text, k) => write(outputs[k], text));
      const stemsOf = sampled();
      each?.paint(stemsOf, average(stemsOf), gap);
    }
    const meaning = `loss ${numbers.loss}, gap ${numbers.gap}`;
    const where = `μ ${number(z1, 2)} and ${number(z2, 2)}, σ ${number(s1, 2)} and ${number(s2, 2)}`;
    held.paint(q, meaning);
    tilt.paint(meaning, undefined, correlation);
    for (const [name, shown] of [["z1", z1], ["z2", z2], ["s1", s1], ["s2", s2]]) {
      const { input } = inputs[name];
      const text = shown.toFixed(2);
      if (document.activeElement !== input && input.value !== text) [input.value] = [text];
      if (input.getAttribute("value") !== text) input.setAttribute("value", text);
    }
    ask(state, { value, surprise, gap, numbers });
    kit.say(`loss ${numbers.loss}, minus log p of x ${numbers["-log p(x)"]}, gap ${numbers.gap}; ${where}`);
    return numbers;
  }

  /** Which question stands there, and whether enough was seen to judge it. */
  function ask({ decoder, x, digit, q }, { value, surprise, gap, numbers }) {
    const deafened = decoder === "deaf";
    if (deafened) asking = "decoder";
    guess.ask(QUESTIONS[asking].text, QUESTIONS[asking].answers);
    listen.setAttribute("aria-pressed", String(deafened));
    listen.hidden = asking !== "decoder";
    stage.classList.toggle("lb-floor", asking === "floor");
    if (q === "encoder" || start?.of !== `${x} ${digit}`) start = { of: `${x} ${digit}`, gap };
    const moved = !deafened && Math.abs(gap - start.gap) > MOVED;
    const { missing, next } = QUESTIONS[asking];
    if (next) write(goOn, QUESTIONS[next].go);
    if (asking === "draw") {
      const answered = x && x !== EMPTY && q === "encoder";
      const seen = answered && surprise > surpriseOf({ decoder, digit }) + MUCH;
      if (guess.judged() && x && q === "encoder" && x !== told) guess.again(); // what it was said of is gone
      told = x;
      const part = gap / value;
      const because = `Of the ${whole(value)} nats ${number(gap, 2)} were purple: ` + (gap < MISSES
        ? "blue grew most, though the encoder has never seen such an image either."
        : "the encoder has never seen such an image, and its ellipse did not match the cloud.");
      guess.paint(seen, { right: part > HALF ? 0 : part > TENTH ? 1 : 2, because }, missing);
    } else if (asking === "floor") {
      const so = `${x} ${digit}`;
      if (dot?.of !== so) dot = { of: so, gap };
      const because = `You shortened purple, which is never below 0. Blue, ${number(surprise, 1)}, stood still, and the bar cannot get shorter than that. So minus the loss is a lower bound of log p(x).`;
      guess.paint(gap < NEAR * dot.gap, { right: 1, because }, missing);
    } else if (asking === "piece") {
      guess.paint(moved, { right: 1, because: "The blue piece and the blue cloud come from x and the decoder. No ellipse changes them." }, missing);
    } else {
      const before = listening(kit.state);
      const right = value > before + MOVED ? 2 : value < before - MOVED ? 0 : 1;
      const because = `The gap was ${numbers.gap}, and the loss ${numbers.loss}. With the decoder that listens, and its encoder, it had been ${number(before, 1)}.`;
      guess.paint(deafened && gap < 0.05, { right, because }, missing);
    }
    goOn.hidden = !next || !guess.judged();
  }

  const legend = element("p", { class: "lb-legend" });
  legend.innerHTML =
    "The loss of <i>x</i>, in nats, the unit of natural logarithms. <b class='lb-p'>Blue</b>, −log p(x): how improbable the model finds <i>x</i>. " +
    "<b class='lb-gap'>Purple</b>, the gap: how far the <b class='lb-q'>ellipse</b> is from the cloud.";
  const fold = (title, ...content) => element("details", {}, element("summary", {}, title), ...content);
  const canvas = [drawn.element, element("div", { class: "lb-buttons" }, empty)];
  const own = kit.state.ask === "draw" ? element("div", {}, ...canvas) : fold("Draw an image of your own", ...canvas);
  own.classList.add("lb-own");
  own.open = Boolean(kit.state.x); // where it is a fold
  const byNumbers = fold("Set the ellipse by numbers",
    element("p", {}, "μ (mu): where its middle is. σ (sigma): how wide it is along each axis."),
    element("div", { class: "lb-numbers" }, ...Object.values(inputs).map((part) => part.label), tilt.element),
    presets,
    element("p", { class: "lb-legend" }, "The gap, magnified:"), zoom.element, values,
    element("p", { class: "lb-legend" }, `log q(z|x) − log p(z|x) of each dot on the map, a draw of q. The gap is their average:`),
    single);
  byNumbers.addEventListener("toggle", async () => {
    const { stems } = await import("./draw/stems.js");
    each ??= stems();
    single.replaceChildren(each.element);
    kit.repaint();
  }, { signal: kit.signal });
  const stage = element("div", { class: "lb-stage lb-fitting" },
    element("style", {}, STYLE),
    element("div", { class: "lb-ask lb-column lb-live" }, guess.element, goOn, listen),
    element("div", { class: "lb-costs" }, costs.element, legend),
    field.element,
    element("div", { class: "lb-side" }, target.element, yours.element, element("div", { class: "lb-live" }, another)),
    element("div", { class: "lb-more lb-live" }, ...(kit.state.ask === "decoder" && !kit.state.x ? [] : [own]), byNumbers, element("div", { class: "lb-tools" }, ...kit.tools())));
  return { stage, paint, stop: () => held.stop() };
}

function python({ digit, x, decoder, q, z1, z2, s1, s2, tilt }) {
  const rows = x ? x.match(/../g).map((byte) => parseInt(byte, 16).toString(2).padStart(8, "0")) : [];
  return `from math import sqrt

from torch import arange, float64, tensor
from torch.special import ndtri

from lowerbound import ${q === "hand" ? "FullNormal, " : ""}Grid, digits, elbo, trained_digits

vae = trained_digits()
${x ? `rows = "${rows.join(" ")}"
x = tensor([[int(bit) for bit in rows if bit != " "]], dtype=float64)` : `x = digits().held_out[[${digit}]]`}
${q === "hand" ? `s1, s2, tilt = ${s1}, ${s2}, ${tilt}
below = [tilt * s2, (1 - tilt**2) ** 0.5 * s2]
mean = tensor([[${z1}, ${z2}]], dtype=float64)
q = FullNormal(mean, tensor([[[s1, 0.0], below]], dtype=float64))` : "q = vae.encode(x)"}
${decoder === "deaf" ? `
on = digits().train.sum(0)  # a decoder that ignores z: how often is each pixel on?
vae.decoder[2].weight.zero_()
vae.decoder[2].bias.copy_(((on + 0.5) / (len(digits().train) - on + 0.5)).log())
` : ""}
loss = -elbo(vae, q, x).item()
surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()
gap = max(0.0, loss - surprise)
print(f"loss = {loss:.1f}")
print(f"-log p(x) = {surprise:.1f}")
print(f"gap = {gap:.2f}" if gap < 9.995 else f"gap = {gap:.1f}")

# The gap once more, from ${DRAWS} draws at evenly spread noise
g = 1.324717957244746
steps = tensor([1 / g, 1 / g**2], dtype=float64)
z = q.at(ndtri((0.5 + arange(1, ${DRAWS + 1})[:, None] * steps) % 1)[:, None])
each = q.log_prob(z) - vae.log_joint(x, z) - surprise
mean, error = each.mean().item(), each.std().item() / sqrt(len(each))
digits_of_error = max(0, min(2, -int(f"{error:.0e}".split("e")[1])))
if error < 0.005:
    print(f"draws = {mean:z.2f}" if mean < 9.995 else f"draws = {mean:.1f}")
else:
    print(f"draws = {mean:z.{digits_of_error}f} ± {error:.{digits_of_error}f}")
`;
}

export const start = instrument({ schema, load, build, python });
