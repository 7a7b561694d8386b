// Run the model, and keep what looks like x: the codes of these runs are what p(z|x) speaks of. No encoder takes part.

import { choice } from "./controls/choice.js";
import { loadChosen, loadDecoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { counting, player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { SIDE, atlas } from "./draw/atlas.js";
import { number } from "./draw/format.js";
import { digits } from "./draw/digits.js";
import { pixels } from "./draw/pixels.js";
import { logSumExp } from "./maths/numbers.js";
import { rain } from "./maths/rain.js";
import { fewest } from "./maths/tiles.js";
import { PIXELS } from "./maths/vae.js";

export const schema = {
  "runs": { "from": 1, "to": 2000, "step": 1, "start": 150 },
  "differ": { "from": 0, "to": 40, "step": 1, "start": 40 },
  "dots": { "of": ["drawn", "weighed"], "start": "drawn" }
};

const SEEDS = [1000003, 2000003]; // of the codes, and of the pixels
const LIMIT = 5;
const LAYERS = 8; // of see-through dots: where they lie thick, it is darker
const SLIDE = "pixels that may differ from x";
const RUN = "Run the model";
const FASTER = 12; // runs before they come faster and faster
const [SMALL, LARGE] = [2.1, 11]; // radius of a dot that is kept, and of the largest
const SHOWN = 6; // images of runs that are kept
const [ALIKE, ENOUGH] = [10, 1000]; // pixels and runs, before the question is judged

export async function load() {
  const [decoder, images, chosen] = await Promise.all([loadDecoder(), loadImages(), loadChosen()]);
  const [which, x] = [chosen[2], images[chosen[2]]];
  return { decoder, which, x, ...rain(decoder, x, schema.runs.to, SEEDS) };
}

/** Each run's share of all p(x|z). */
function shares(logLikes) {
  const all = logSumExp(logLikes);
  return logLikes.map((log) => Math.exp(log - all));
}

/** The runs whose image differs from x in few enough pixels. */
const kept = ({ runs, differ: most }, { differ }) => Array.from(differ.keys()).filter((k) => k < runs && differ[k] <= most);

export function measure(state, { differ, logLikes }) {
  const seen = differ.slice(0, state.runs);
  return {
    "kept": kept(state, { differ }).length,
    "pixels of the most alike": Math.min(...seen),
    "codes that hold 95 %": fewest(shares(logLikes.slice(0, state.runs)), 0.95),
  };
}

function build(kit, data) {
  const { x, codes, images, differ, logLikes } = data;
  const all = svg("path", { fill: "var(--lb-muted)", "fill-opacity": 0.55 });
  const blue = Array.from({ length: LAYERS }, () => svg("path", { fill: "var(--lb-p)", "fill-opacity": 0.4 }));
  const map = atlas("rain", { decoder: data.decoder, limit: LIMIT, label: "the map of codes, what they decode to, and a dot for the code of each run", opacity: 0.22 }, all, ...blue);
  change(map, { width: "100%", "font-size": 9 });
  const place = (k) => [(0.5 + codes[2 * k] / LIMIT / 2) * SIDE, (0.5 - codes[2 * k + 1] / LIMIT / 2) * SIDE];
  const dot = (k, r) => {
    const [across, down] = place(k).map((at) => Math.round(10 * at) / 10);
    return `M${Math.round(10 * (across - r)) / 10} ${down}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  };
  const [target, last] = ["var(--lb-data)", "var(--lb-ink)"].map(pixels);
  for (const one of [target, last]) change(one.element, { style: "grid-template-columns: auto 3.2rem; align-items: center; max-width: 9rem" });
  const some = digits("rain-kept", "var(--lb-p)", SHOWN, "images of runs that are kept");
  const image = (k) => images.subarray(PIXELS * k, PIXELS * (k + 1));
  const slider = axisSlider(kit, "differ", SLIDE, { small: 1, large: 5, page: 10 });
  const way = choice(kit, "dots", "What is blue:", { drawn: "the runs kept", weighed: "all codes, sized by p(x|z)" });
  const question = predict(kit, "Of many runs, you keep those whose image is nearly x, the zero. Where will their codes lie?", {
    answers: ["everywhere", "at several places", "at one place"],
  });
  const step = counting(kit, "runs", schema.runs, FASTER);
  const [play, once] = player(kit, { name: RUN, step, every: 4 });
  const said = element("output", { "aria-live": "off" });
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene lb-sided", style: "--picture: 24rem" },
      element("div", { class: "lb-column" },
        element("div", { class: "lb-row" }, target.element, last.element),
        question.element,
        todo,
        element("div", { class: "lb-live" }, play, once),
        slider.element,
        way.element),
      element("div", { class: "lb-picture" }, map, some.element),
      element("div", { class: "lb-rest" },
        said,
        element("div", { class: "lb-live" }, ...kit.tools())),
    ),
    paint(state) {
      const shown = measure(state, data);
      const drawn = state.dots === "drawn";
      const share = shares(logLikes.slice(0, state.runs));
      const most = Math.max(...share);
      // As an area; what would be smaller than a grey dot stays one.
      const radius = (k) => (drawn ? (differ[k] <= state.differ ? SMALL : 0) : Math.round(10 * LARGE * Math.sqrt(share[k] / most)) / 10);
      const radii = share.map((_, k) => radius(k));
      change(all, { d: radii.map((r, k) => (r > 1 ? "" : dot(k, 1))).join("") });
      blue.forEach((layer, n) => change(layer, { d: radii.map((r, k) => (r > 1 && k % LAYERS === n ? dot(k, r) : "")).join("") }));
      const over = state.runs === schema.runs.to;
      target.paint(x, "<i>x</i>");
      last.paint(image(state.runs - 1), `last run: ${differ[state.runs - 1]} pixels differ`);
      last.element.hidden = over;
      slider.element.hidden = some.element.hidden = !drawn;
      const first = kept(state, data).slice(0, SHOWN).map(image);
      some.element.style.visibility = first.length ? "" : "hidden";
      if (drawn) some.paint(Array.from({ length: SHOWN }, (_, n) => first[n])); // empty places stay
      slider.paint("pixels", state.differ === schema.differ.to ? "any" : undefined);
      way.paint();
      const many = state.runs.toLocaleString("en");
      const [runs, none] = [`${many} ${state.runs === 1 ? "run" : "runs"}`, `none kept: the most alike differs in ${shown["pixels of the most alike"]} pixels.`];
      const words = drawn ? `${runs}; ${shown.kept ? `${shown.kept.toLocaleString("en")} kept (blue).` : none}` : `${runs}; the largest ${shown["codes that hold 95 %"]} hold 95 % of all p(x|z).`;
      write(said, words);
      const running = play.textContent === "Pause";
      if (!running) write(play, over ? "Start again" : RUN);
      const near = state.differ <= ALIKE;
      const few = shown.kept < 2;
      const sofar = `The model has run ${many} ${state.runs === 1 ? "time" : "times"}`;
      let next = `${few ? `${shown.kept ? "One run" : "No run"} came that near. ` : ""}Now choose “all codes, sized by p(x|z)”.`;
      if (!over) next = running ? "Watch the codes that are kept." : `${sofar}. Press “${RUN}”, and wait for the end.`;
      else if (!drawn) next = `${sofar}. Here every code counts, with its p(x|z).`;
      else if (!near) next = `${sofar}. Now slide “${SLIDE}” to ${ALIKE} or below.`;
      // That is as true where fewer are kept, or all are weighed: tests/instruments/test_table.py has it of other draws.
      const because = `Runs that differ from this zero in at most ${ALIKE} pixels have their codes around one place. Prior and decoder alone settled where.`;
      question.paint(state.runs >= ENOUGH && (near || !drawn), { right: 2, because }, next);
      write(todo, next);
      todo.hidden = question.answered() && !question.judged(); // then the same stands where the verdict will
      kit.say(words);
      return Object.fromEntries(Object.entries(shown).map(([name, count]) => [name, number(count, 0)]));
    },
  };
}

export const python = ({ runs, differ }, { which }) => `\
import torch

from lowerbound import digits, trained_digits

x, vae = digits().held_out[${which}], trained_digits()


def uniform(at, *shape):
    """Numbers between 0 and 1 that look random: the page's own."""
    found = torch.empty(shape, dtype=torch.float64)
    for k in range(found.numel()):
        at = at * 48271 % (2**31 - 1)
        found.view(-1)[k] = at / (2**31 - 1)
    return found


z = torch.special.ndtri(uniform(${SEEDS[0]}, ${runs}, 2))  # codes from the prior
images = uniform(${SEEDS[1]}, ${runs}, ${PIXELS}) < vae.decoder(z).sigmoid()  # what the model draws
unlike = (images != x).sum(1)  # in how many pixels
print(f"kept = {int((unlike <= ${differ}).sum())}")
print(f"pixels of the most alike = {unlike.min()}")

weight = vae.log_likelihood(x, z).softmax(0)  # p(x|z), as a share of all
held = weight.sort(descending=True).values.cumsum(0)
print(f"codes that hold 95 % = {int((held < 0.95).sum()) + 1}")
`;

export const start = instrument({ schema, load, build, python });
