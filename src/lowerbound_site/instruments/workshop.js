// The workshop: a VAE is trained in the page, with the exact log p(x) and p(z|x) in sight.

import { loadDecoder, loadEncoder, loadImages, loadLabels, loadTrainingImages } from "./controls/data.js";
import { element, write } from "./controls/dom.js";
import { drawing } from "./controls/drawing.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Trainer } from "./controls/trainer.js";
import { usable } from "./controls/usable.js";
import { joined } from "./controls/workshop-parts.js";
import { company, PRESETS, spread } from "./controls/workshop-presets.js";
import { BATCH, CHOICES, differs, inWords, program, RUN, settingsOf, shapeOf } from "./controls/workshop-settings.js";
import { Codes } from "./draw/codes.js";
import { CostBars } from "./draw/cost-bars.js";
import { Curves } from "./draw/curves-of-training.js";
import { gap, number } from "./draw/format.js";
import { Picture } from "./draw/picture.js";
import { STYLE } from "./draw/workshop-style.js";
import { fromHex, sigmoid, toHex } from "./maths/numbers.js";
import { safetensors } from "./maths/safetensors.js";
import { Vae } from "./maths/train.js";

export const schema = {
  "beta": { "of": ["0.1", "0.3", "1", "3", "5", "20"], "start": "1" },
  "noise": { "of": ["on", "off"], "start": "on" },
  "kl": { "of": ["on", "off"], "start": "on" },
  "width": { "of": ["32", "64", "128"], "start": "128" },
  "activation": { "of": ["silu", "tanh", "relu", "sine"], "start": "silu" },
  "rate": { "of": ["0.001", "0.002", "0.005", "0.01", "0.02"], "start": "0.005" },
  "train": { "of": ["both", "encoder", "decoder"], "start": "both" },
  "begin": { "of": ["untrained", "scrambled"], "start": "untrained" },
  "epochs": { "of": ["20", "60", "100"], "start": "100" },
  "seed": { "from": 0, "to": 999, "step": 1, "start": 0 },
  "digit": { "from": 0, "to": 359, "step": 1, "start": 2 },
  "own": { "bits": 64, "start": "" }
};

const first = Object.fromEntries(Object.entries(schema).map(([key, kind]) => [key, kind.start]));
const runOf = (state) => JSON.stringify(RUN.map((key) => state[key]));

async function load() {
  const [images, labels, train] = await Promise.all([loadImages(), loadLabels(), loadTrainingImages()]);
  return { images, labels, heldOut: joined(images), train: joined(train), seen: {} };
}

const button = (text, act, attributes = {}) => {
  const made = element("button", { type: "button", class: "lb-tool", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
};

async function build(kit, data) {
  const { images, labels, heldOut, train } = data;
  const imageOf = ({ digit, own }) => (own ? fromHex(own) : images[digit]);

  // -- what is shown -------------------------------------------------------------------------------------------------

  const codes = new Codes("lb-workshop", labels);
  const curves = new Curves();
  const bars = new CostBars();
  const drawn = drawing(kit, {
    colour: "var(--lb-data)",
    label: "the image x, 8 by 8 pixels: arrows move, space switches",
    changed: (x) => kit.set({ own: toHex(x) }),
  });
  const decoded = new Picture("what the middle of the ellipse decodes to");
  const place = new Picture("what this place decodes to");
  const sliders = ["z₁", "z₂"].map((name) => {
    const input = element("input", { type: "range", min: -3.5, max: 3.5, step: "any", value: 0, "aria-label": `${name} of a place on the map` });
    input.addEventListener("input", () => repaint());
    return input;
  });
  const places = sliders.map((input, l) => element("label", { class: "lb-place" }, element("span", {}, ["z₁", "z₂"][l]), input));
  const placeName = element("span", {});
  const rowOf = (name) => {
    const said = element("th", { scope: "row" }, name);
    const cells = ["loss", "surprise", "gap"].map(() => element("output", {}));
    return { said, cells, root: element("tr", {}, said, ...cells.map((cell) => element("td", {}, cell))) };
  };
  const [few, all, one] = ["60 held-out digits", "all 360", "this image"].map(rowOf);
  const table = element(
    "table",
    { class: "lb-numbers" },
    element("thead", {}, row("th", ["", "loss", "−log p(x)", "gap"], { scope: "col" })),
    element("tbody", {}, few.root, all.root, one.root),
  );
  const whichLoss = element("p", { class: "lb-legend" });
  const scale = element("p", { class: "lb-legend" });
  const progress = element("output", { class: "lb-so-far" });

  // -- running -------------------------------------------------------------------------------------------------------

  let run; // the settings of what the worker holds
  let shown = {}; // what was last heard of it
  let running = false;
  let looked; // the image that the worker holds
  let painted; // the frame that the map shows
  const atRest = { resolve() {} };
  let asked; // the preset whose question stands there
  let built = false; // before, there is nothing to paint
  const repaint = () => built && kit.repaint();

  const trainer = new Trainer({
    frame(told) {
      shown = { ...shown, ...told, frame: told };
      repaint();
    },
    measured(told) {
      // The curves, and the verdict, are of the same few digits from the start to the end.
      if (told.count === images.length) shown.thorough = data.seen.measured = told;
      else {
        const { mean } = shown.frame;
        const at = { ...told, spread: spread(mean), company: company(mean, labels) };
        shown.history = [...shown.history.filter((other) => other.at < at.at), at];
      }
      repaint();
    },
    scrambling({ epoch }) {
      shown.scrambling = epoch;
      repaint();
    },
    ready() {
      if (shown.scrambling) running = false;
      shown.scrambling = undefined;
      atRest.resolve();
      repaint();
    },
    rested({ over }) {
      running = false;
      shown.scrambling = undefined;
      shown.over = over;
      repaint();
    },
    failed() {
      running = false;
      shown.failed = true;
      atRest.resolve();
      repaint();
    },
  });

  async function begin(state) {
    run = runOf(state);
    running = state.begin === "scrambled";
    shown = { history: [], over: false };
    data.seen = {};
    looked = [...imageOf(state)].join("");
    foretell.again();
    const told = { settings: settingsOf(state), shape: shapeOf(state), train, heldOut, x: imageOf(state) };
    if (state.begin === "scrambled") {
      const [encoder, decoder] = await Promise.all([loadEncoder(), loadDecoder()]);
      if (run !== runOf(kit.state)) return;
      told.teacher = teacherFrom(encoder, decoder);
    }
    trainer.say("begin", told);
  }

  function go(until) {
    running = true;
    trainer.say("run", { until });
    repaint();
  }

  const start = button("Train", () => {
    if (shown.over) begin(kit.state);
    if (running && !shown.over) {
      running = false;
      trainer.say("halt");
      repaint();
    } else go("end");
  }, { class: "lb-tool lb-main" });
  const step = button("One step", () => go("step"));
  const epoch = button("One epoch", () => go("epoch"));
  const again = button("Start over", () => {
    begin(kit.state);
    repaint();
  });

  // -- settings ------------------------------------------------------------------------------------------------------

  const selects = Object.entries(CHOICES).map(([key, { name, words }]) => {
    const options = schema[key].of.map((value) => element("option", { value }, words(value)));
    const select = element("select", {}, ...options);
    select.addEventListener("change", () => kit.go({ [key]: select.value }));
    return { key, select, label: element("label", {}, element("span", {}, name), select) };
  });
  const seed = element("input", { type: "number", min: 0, max: schema.seed.to, step: 1 });
  seed.addEventListener("change", () => Number.isFinite(seed.valueAsNumber) && kit.go({ seed: seed.valueAsNumber }));
  const summary = element("summary", {});
  const settings = element(
    "details",
    { class: "lb-settings" },
    summary,
    element("div", {}, ...selects.map(({ label }) => label), element("label", {}, element("span", {}, "seed"), seed)),
  );
  const presets = PRESETS.map(({ name, changes }) => {
    const all = { ...Object.fromEntries(RUN.map((key) => [key, first[key]])), ...changes };
    const made = button(name, () => kit.go(all), { "aria-pressed": "false" });
    made.append(element("small", {}, ` ${all.epochs} epochs`));
    return { all, made };
  });
  const foretell = predict(kit);

  // -- the image -----------------------------------------------------------------------------------------------------

  const another = (by) => kit.go({ digit: (kit.state.digit + by + images.length) % images.length, own: "" });
  const choose = [
    button("←", () => another(-1), { "aria-label": "previous held-out digit" }),
    button("→", () => another(1), { "aria-label": "next held-out digit" }),
    button("Clear", () => kit.go({ own: "0".repeat(16) }), { "aria-label": "clear the image, to draw your own" }),
  ];

  for (const moved of ["pointermove", "pointerdown"]) {
    codes.root.addEventListener(moved, (event) => {
      const { left, top, width } = codes.root.getBoundingClientRect();
      const code = codes.codeAt((event.clientX - left) / width, (event.clientY - top) / width);
      sliders.forEach((slider, l) => (slider.value = code[l]));
      repaint();
    });
  }

  // -- the stage -----------------------------------------------------------------------------------------------------

  const save = button("Save the weights", () => {
    const link = element("a", { download: "workshop.safetensors", href: URL.createObjectURL(safetensors(new Vae(shapeOf(kit.state), shown.weights))) });
    link.click();
    URL.revokeObjectURL(link.href);
  });
  const stage = element(
    "div",
    { class: "lb-workshop" },
    element("style", {}, STYLE),
    element("div", { class: "lb-live lb-presets", role: "group", "aria-label": "Ways to train" }, ...presets.map(({ made }) => made)),
    foretell.element,
    element("div", { class: "lb-live lb-run", role: "group", "aria-label": "Training" }, start, step, epoch, again, progress),
    element(
      "div",
      { class: "lb-panes" },
      element(
        "div",
        {},
        codes.root,
        element("p", { class: "lb-legend" }, "Each numeral: the code of a held-out digit, the middle of its q(z|x). Blue: where 50 % and 95 % of this image’s p(z|x) lie. Orange: 95 % of its q(z|x)."),
        element("p", { class: "lb-legend lb-live" }, "Point at the map, or tap it: the cross goes there, and below stands what the decoder draws at that place."),
        element(
          "div",
          { class: "lb-image" },
          element("figure", { class: "lb-own" }, drawn.element),
          element("figure", {}, decoded.root, element("figcaption", {}, "its code, decoded")),
          element("figure", { class: "lb-live" }, place.root, element("figcaption", {}, "decoded at the cross, ", placeName), ...places),
          element("div", { class: "lb-live lb-choose" }, ...choose),
        ),
      ),
      element("div", {}, table, whichLoss, curves.root, scale, bars.root),
    ),
    element("div", { class: "lb-live" }, settings, element("div", { class: "lb-run" }, ...kit.tools(), save)),
  );

  function paint(state) {
    if (run !== runOf(state)) begin(state);
    const x = imageOf(state);
    const image = [...x].join("");
    if (looked !== image) {
      looked = image;
      trainer.say("look", { x });
    }
    paintControls(state);
    drawn.paint(x, "<i>x</i>: draw on it");
    const { frame, history = [] } = shown;
    if (shown.failed) write(progress, "The training could not be started here.");
    else if (shown.scrambling) write(progress, `scrambling: ${shown.scrambling} of 20`);
    if (!frame) return;
    if (painted !== frame) codes.paint(frame);
    painted = frame;
    codes.root.setAttribute("aria-label", `Codes of ${labels.length} held-out digits. The ellipse of this image is at ${number(frame.image.mean[0], 1)}, ${number(frame.image.mean[1], 1)}.`);
    const { reconstruction, kl, surprise } = frame.image;
    numbers(one, { loss: reconstruction + kl, surprise, gap: reconstruction + kl - surprise });
    const most = bars.paint({ reconstruction, kl, surprise, gap: reconstruction + kl - surprise });
    write(scale, `The loss of this image, cut in two ways (in nats, from 0 to ${most}):`);
    const other = differs(state);
    write(whichLoss, `The loss in the table and the curves is −log p(x) plus the gap: that with β = 1 and noise. ${other ? `This run trains on another loss (${other}). ` : ""}The curves are of the 60 digits.`);
    const vae = new Vae(shapeOf(state), frame.weights);
    decoded.paint(vae.decoder.forward(frame.image.mean, 1).subarray(0, 64).map(sigmoid));
    for (const slider of sliders) {
      slider.min = -frame.limit;
      slider.max = frame.limit;
    }
    const at = sliders.map((slider) => slider.valueAsNumber);
    codes.mark(at);
    place.paint(vae.decoder.forward(Float64Array.from(at), 1).subarray(0, 64).map(sigmoid));
    write(placeName, `(${at.map((value) => number(value, 1)).join(", ")})`);
    sliders.forEach((slider, l) => slider.setAttribute("aria-valuetext", number(at[l], 1)));
    const epochs = Number(state.epochs);
    curves.paint(history, epochs);
    const last = history.at(-1);
    if (last) {
      numbers(few, last);
      write(few.said, `60 held-out digits, ${moment(last.at)}`);
    }
    const { thorough } = shown;
    if (thorough?.at === frame.at) {
      numbers(all, thorough);
      write(all.said, `all 360 held-out digits, ${moment(frame.at)}`);
    } else {
      for (const cell of all.cells) write(cell, "–");
      write(all.said, running || !frame.at ? "all 360: when it rests" : "all 360: being measured");
    }
    write(one.said, `this image, ${moment(frame.at)}`);
    const trained = `${other ? "the loss that it trains on" : "loss in training"}${other && ` (${other})`}: ${number(frame.loss, 1)}`;
    if (!shown.scrambling) write(progress, `${moment(frame.at)} of ${epochs}${Number.isNaN(frame.loss) ? "" : `; ${trained}`}`);
    // The line of the table that is judged and spoken is the one whose curve is seen.
    if (running || last?.at !== frame.at) return;
    if (shown.over && asked) foretell.paint(true, asked.judge({ first: history[0], last }));
    const since = shown.over ? `Training is over after ${epochs} epochs` : moment(frame.at).replace("epoch", "Epoch");
    kit.say(`${since}: loss ${number(last.loss, 1)}, gap ${gap(last.gap)} nats, over 60 held-out digits.`);
  }

  /** So many epochs, and the steps of one that has begun. */
  function moment(at) {
    const epoch = Math.floor(at + 1e-9);
    const steps = Math.ceil(((at - epoch) * train.length) / 64 / BATCH - 1e-6);
    return `epoch ${epoch}${steps > 0 ? ` and ${steps} step${steps > 1 ? "s" : ""}` : ""}`;
  }

  function paintControls(state) {
    const same = (all) => Object.keys(all).every((key) => key === "seed" || state[key] === all[key]);
    const chosen = presets.findIndex(({ all }) => same(all));
    presets.forEach(({ made }, n) => made.setAttribute("aria-pressed", n === chosen));
    asked = PRESETS[chosen];
    foretell.ask(asked?.question, asked?.options);
    if (!shown.over) foretell.paint(false, undefined, running ? "Wait for the end of the training." : "Now press “Train”, and see.");
    for (const { key, select } of selects) select.value = state[key];
    seed.value = state.seed;
    write(summary, `Settings: ${inWords(state)}`);
    write(start, running && !shown.over ? "Pause" : shown.over ? "Train anew" : shown.frame?.at ? "Go on" : "Train");
    for (const made of [step, epoch]) usable(made, !running && !shown.over);
    save.disabled = !shown.weights;
  }

  function numbers({ cells: row }, { loss, surprise, gap: between, exact = true }) {
    const about = exact ? "" : "≈ ";
    write(row[0], about + number(loss, 2));
    write(row[1], about + number(surprise, 2));
    write(row[2], about + gap(between));
  }

  begin(kit.state);
  if (kit.state.begin === "untrained") await new Promise((resolve) => (atRest.resolve = resolve));
  built = true;
  return { stage, paint, stop: () => trainer.stop() };
}

const row = (name, texts, attributes) => element("tr", {}, ...texts.map((text) => (text ? element(name, attributes, text) : element("td", {}))));

/** The recorded model, in the form that a scrambled start learns from. */
function teacherFrom(encoder, decoder) {
  const weights = [encoder, decoder].flatMap(({ weight1, bias1, weight2, bias2 }) => [...weight1, ...bias1, ...weight2, ...bias2]);
  const shape = { pixels: 64, latent: 2, hidden: [encoder.hidden], encoder: "silu", decoder: "silu" };
  return { shape, weights: Float64Array.from(weights) };
}

const python = (state, { seen }) => program(state, seen.measured);

export const start = instrument({ schema, load, build, python });
