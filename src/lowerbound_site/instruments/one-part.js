// A VAE of a hundred digits that trains on the whole loss, on the gap alone, or on the asker's comparison alone, while its
// codes, its pictures and the four pieces are watched.

import { choice } from "./controls/choice.js";
import { loadTrainingImages } from "./controls/data.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { beyond, Dots, FourCurves, nats, PictureRow } from "./draw/one-part.js";
import { STYLE } from "./draw/one-part-style.js";
import { reach } from "./maths/normal.js";
import { EVERY, firstImages, MEASURED, newCodes, STEPS, TEN, training } from "./maths/one-part-training.js";

export const schema = {
  "part": { "of": ["yours", "gap", "loss"], "start": "yours" },
  "step": { "from": 0, "to": 250, "step": 1, "start": 0 },
  "seed": { "from": 0, "to": 4, "step": 1, "start": 0 }
};

const WORDS = { yours: "your comparison alone", gap: "the gap alone", loss: "the whole loss" };
/** What is trained, and the partner that is left out. */
const THICK = { yours: ["yours", "codes"], gap: ["gap", "images"], loss: [] };
const LOOK = {
  yours: "Trained: your comparison. Left out: its partner, the codes, q(z) against p(z).",
  gap: "Trained: the gap. Left out: its partner, the images, q(x) against p(x).",
  loss: "Trained: everything. The gap and the images make the same sum as your comparison and the codes.",
};
const LINES = {
  images: ["images", "var(--lb-p)"],
  gap: ["gap", "var(--lb-gap)"],
  codes: ["codes", "var(--lb-q)"],
  yours: ["your comparison", "var(--lb-data)"],
};
const BETWEEN = 32; // milliseconds a step while it plays

const QUESTION = {
  question: "Trained on your comparison alone, where will the orange dots end, the codes of the images?",
  options: ["among the blue dots", "most of them far outside", "all in one place"],
  judge: (outside, n) => ({
    right: outside > n / 2 ? 1 : 0,
    because: `Trained on it, ${outside} of the ${n} orange dots lay outside the dashed circle, which holds 95 % of what the prior draws.`,
  }),
};

function build(kit, images) {
  const x = firstImages(images);
  const n = x.length / 64;
  const fresh = newCodes(n);
  const keyOf = ({ part, seed }) => `${part} ${seed}`;
  const runs = new Map(); // by part and seed: the moments so far
  const furthest = new Map(); // and the last step that was seen: the worker trains ahead, and the curves would tell what comes
  let worker; // trains the run `under`
  let under;
  let failed = "";
  kit.atReset(() => furthest.clear());

  const runOf = (state) => {
    const key = keyOf(state);
    if (!runs.has(key)) runs.set(key, [training(x, state.part, state.seed).next().value]);
    return runs.get(key);
  };
  const whole = (state) => runOf(state).length > STEPS;
  function need(state) {
    const key = keyOf(state);
    if (whole(state) || under === key) return;
    worker?.terminate();
    if (under) runs.delete(under); // it is given up
    under = key;
    const run = [];
    worker = new Worker(new URL("./controls/one-part-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => {
      run.push(data);
      if (data.step === 0) runs.set(key, run);
      if (data.step === STEPS) {
        worker.terminate();
        under = undefined;
      }
      kit.repaint();
    };
    worker.onerror = () => {
      failed = "The training could not be started here.";
      kit.repaint();
    };
    worker.postMessage({ x, part: state.part, seed: state.seed });
  }

  let playing = 0;
  let shown = 0; // the step that playing has led to
  const stop = () => {
    clearInterval(playing);
    playing = 0;
  };
  const rest = () => {
    stop();
    kit.set({}, true);
  };
  function begin() {
    if (kit.state.step === STEPS) kit.set({ step: 0 });
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      kit.set({ step: STEPS }, true);
      return;
    }
    need(kit.state);
    shown = kit.state.step;
    playing = setInterval(() => {
      if (kit.state.step !== shown) return rest(); // a link has led elsewhere: that is what the reader wants to see
      if (runOf(kit.state).length > shown + 1) kit.set({ step: (shown += 1) });
      if (shown === STEPS) rest();
    }, BETWEEN);
    kit.repaint();
  }

  const foretell = predict(kit, QUESTION.question, { answers: QUESTION.options });
  const then = element("p", { role: "status" }); // what there is to do once the question is answered
  foretell.element.append(then);
  const part = choice(kit, "part", "Train on", WORDS);
  part.element.classList.add("lb-one-line");
  // Another training begins at its first step, unless all of it is there to be compared at this one.
  const another = () => {
    stop();
    if (!whole(kit.state)) kit.set({ step: 0 }, true);
  };
  part.element.addEventListener("change", another);
  const play = element("button", { type: "button", class: "lb-main" }, "Train");
  play.addEventListener("click", () => (playing ? rest() : begin()));
  const slider = axisSlider(kit, "step", "step", { small: 1, large: 10, page: 50 });
  slider.element.addEventListener("input", stop);
  slider.element.addEventListener("keydown", stop);
  const other = element("button", { type: "button", class: "lb-tool" }, "Another start");
  other.addEventListener("click", () => {
    kit.set({ seed: (kit.state.seed + 1) % (schema.seed.to + 1) });
    foretell.again();
    another();
  });

  const dots = new Dots();
  const curves = new FourCurves(LINES, STEPS);
  const row = (name, colour, said) => new PictureRow(`lb-one-part-${name}`, TEN, colour, said);
  const rows = {
    fresh: row("new", "var(--lb-p)", "what ten new codes decode to"),
    old: row("old", "var(--lb-q)", "what the codes of ten images decode to"),
    images: row("images", "var(--lb-ink)", "ten images of the data"),
  };
  rows.images.paint(x);
  const [look, codes] = [0, 1].map(() => element("p", { class: "lb-legend" }));
  const legend = (text) => element("p", { class: "lb-legend" }, text);

  function paint(state) {
    if (state.step > 0) need(state);
    const run = runOf(state);
    const step = Math.min(state.step, run.length - 1);
    const seen = Math.max(step, furthest.get(keyOf(state)) ?? 0);
    furthest.set(keyOf(state), seen);
    const moment = run[step];
    const outside = Array.from({ length: n }, (_, r) => Math.hypot(moment.codes[2 * r], moment.codes[2 * r + 1])).filter((far) => far > reach(0.95)).length;
    const far = beyond(moment.codes);
    const atEdge = far ? ` ${far} ${far > 1 ? "are" : "is"} further out than the map, and drawn at its edge.` : "";
    dots.paint(fresh, moment.codes, `Step ${step}, trained on ${WORDS[state.part]}: ${outside} of ${n} codes of images lie outside the circle that holds 95 % of the prior.${atEdge}`);
    write(codes, `Blue: new codes, from the prior. Orange: a code of each image, from the encoder.${atEdge}`);
    rows.fresh.paint(moment.fresh);
    rows.old.paint(moment.old);
    curves.paint(run.slice(0, seen + 1).filter(({ parts }) => parts), step, THICK[state.part]);
    write(look, failed || LOOK[state.part]);
    part.paint();
    slider.paint("", step < state.step ? `${step} so far` : String(step), state.step);
    write(play, playing ? "Pause" : step > 0 && step < STEPS ? "Go on" : "Train");
    const { parts } = run[step - (step % EVERY)];
    if (state.part === "yours" && step === STEPS) foretell.paint(true, QUESTION.judge(outside, n));
    else foretell.paint(false, undefined, state.part !== "yours" ? `The question is about “${WORDS.yours}”: choose it.` : playing ? "Watch the orange dots." : `Now press “${play.textContent}”, and watch the orange dots.`);
    const ended = (name) => furthest.get(keyOf({ ...state, part: name })) === STEPS;
    const next = ["gap", "loss"].find((name) => !ended(name));
    const todo = !next ? "All three are trained: compare them, step by step." : next === state.part ? `Now press “${play.textContent}”.` : `Now train on ${WORDS[next]}.`;
    write(then, !foretell.judged() || !ended("yours") ? "" : playing ? "Watch the dots and the curves." : todo);
    const numbers = Object.fromEntries(Object.keys(LINES).map((key) => [LINES[key][0], nats(parts[key])]));
    if (!playing) kit.say(`Step ${step}: ${outside} of ${n} codes outside; ${Object.entries(numbers).map(([name, value]) => `${name} ${value}`).join(", ")}.`);
    return numbers;
  }

  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-alone" },
      element("style", {}, STYLE),
      foretell.element,
      part.element,
      element("div", { class: "lb-run lb-live" }, play, slider.element),
      element("div", { class: "lb-map" }, dots.element, codes),
      element(
        "div",
        { class: "lb-seen" },
        legend("New codes, decoded"), rows.fresh.element,
        legend("Codes of images, decoded"), rows.old.element,
        legend("These are the images"), rows.images.element,
        look,
        curves.element,
      ),
      element("div", { class: "lb-live" }, other, ...kit.tools()),
    ),
    paint,
    stop: () => (stop(), worker?.terminate()),
  };
}

/** The same training in torch, as far as this step: other random numbers, so another run of the same kind. */
const python = ({ part, step, seed }) => `"""A run of the same kind: torch draws other random numbers, so it goes another way."""

from math import log

import torch

from lowerbound import VAE, Bernoulli, digits, mlp
from lowerbound.likelihoods import log_likelihood_table

x = digits().train[:102].unique(dim=0)  # 100 images, all different
grid = torch.cartesian_prod(*[torch.linspace(-6, 6, 25, dtype=x.dtype)] * 2)
vae = VAE(mlp(64, 64, 4, seed=${seed}), mlp(2, 64, 64, seed=${seed + 5}), Bernoulli()).double()
optimizer = torch.optim.Adam(vae.parameters(), lr=0.02)
g = torch.Generator().manual_seed(${seed})


def parts(noise):
    q = vae.encode(x)
    z = q.at(noise)
    loss = q.log_prob(z) - vae.log_joint(x, z)
    joint = loss - log(100)
    table = log_likelihood_table(vae.likelihood, x, vae.decode(grid))
    log_p = (table + vae.prior.log_prob(grid)).logsumexp(1) + log(0.25)  # over all codes
    images = -log_p - log(100)
    log_q = q.log_prob(z[..., None, :]).exp().mean(-1).log()  # over all images
    codes = log_q - vae.prior.log_prob(z)
    gap, yours = joint - images, joint - codes
    return {"loss": loss, "images": images, "gap": gap, "codes": codes, "yours": yours}


for _ in range(${step}):
    optimizer.zero_grad()
    parts(torch.randn(100, 2, generator=g, dtype=x.dtype))["${part}"].mean().backward()
    optimizer.step()
# Measured as the page does: with ${2 * MEASURED} draws of each code, half of them the mirror images of the others.
half = torch.randn(${MEASURED}, 100, 2, generator=torch.Generator().manual_seed(9), dtype=x.dtype)
with torch.no_grad():
    measured = {name: value.mean().item() for name, value in parts(torch.cat([half, -half])).items()}
for name, value in measured.items():
    print(f"{name} = {value:z.{int(value < 9.95)}f}")  # no more digits than the draws leave
`;

export const start = instrument({ schema, load: loadTrainingImages, build, python });
