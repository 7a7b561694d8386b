// Noise, KL, smooth network: one of them left out, and the VAE trained anew. A walk where the prior draws, and how wide the codes lie.

import { choice } from "./controls/choice.js";
import { fetched } from "./controls/data.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { digits } from "./draw/digits.js";
import { number } from "./draw/format.js";

export const schema = {
  "left": { "of": ["nothing", "noise", "kl", "smooth"], "start": "nothing" },
  "run": { "from": 1, "to": 5, "step": 1, "start": 4 }
};

const WORDS = { nothing: "nothing", noise: "the noise", kl: "the KL to the prior", smooth: "the smooth network" };
const TAKEN = Object.keys(WORDS).slice(1);
const TOLD = {
  nothing: "All three: the codes lie about as wide as the prior.",
  noise: "Without the noise: the codes crowd, and the walk goes beyond most of them.",
  kl: "Without the KL: the codes run apart, and the walk sees only their middle.",
  smooth: "Without the smooth network: the decoder is made of steep sine waves, and can wind.",
};
const PICTURES = 9;
const WALK = 2; // to either side, in the prior's widths
const CHANGED = "pixels that change from picture to picture";
const WIDE = 2; // widths that a ring holds to either side
const LIMIT = 10; // of the map
const SIDE = 200; // pixels
const JUMPS = 10; // pixels from picture to picture, on average: well above what any smooth run has

const load = () => fetched("walks.json", (answer) => answer.json());

/** The recorded runs with something left out; a run is one of the five. */
const runsOf = (rows, { left }) => rows.filter((row) => row.left === left);

/** Of a recorded walk the pixels that change from picture to picture, on average. */
const changed = ({ path }) => Array.from(path.slice(64), (level, d) => Math.abs(level - path[d])).reduce((sum, by) => sum + by) / 9 / (PICTURES - 1);

const span = (values, decimals) => [Math.min(...values), Math.max(...values)].map((value) => number(value, decimals)).join(" to ");

function build(kit, rows) {
  const left = choice(kit, "left", "left out:", WORDS);
  left.element.classList.add("lb-one-line");
  const run = axisSlider(kit, "run", "run", { small: 1, large: 1, page: 1 });
  const walk = digits("left-out-walk", "var(--lb-p)", PICTURES, "A walk through the middle of the prior, decoded: nine codes, from two of the prior’s widths to the left to two to the right.");
  const told = element("p", { class: "lb-do" });
  const radius = (width) => (WIDE * width * SIDE) / (2 * LIMIT);
  const ring = (attributes) => svg("circle", { cx: SIDE / 2, cy: SIDE / 2, fill: "none", ...attributes });
  const others = Array.from({ length: schema.run.to }, () => ring({ stroke: "var(--lb-q)", "stroke-width": 0.8 }));
  const disc = ring({ fill: "var(--lb-q)", "fill-opacity": 0.3, stroke: "var(--lb-q)", "stroke-width": 1.6 });
  const steps = Array.from({ length: PICTURES }, (_, k) => SIDE / 2 + radius(WALK / WIDE) * ((2 * k) / (PICTURES - 1) - 1));
  const map = drawing(SIDE, SIDE, { role: "img", "aria-label": "the map: how wide the codes lie, beside the prior" },
    svg("rect", { width: SIDE, height: SIDE, fill: "none", stroke: "var(--lb-rule-strong)" }),
    ...others,
    disc,
    ring({ r: radius(1), stroke: "var(--lb-p)", "stroke-width": 2 }),
    svg("path", { d: steps.map((x) => `M${x} ${SIDE / 2}h0`).join(""), stroke: "var(--lb-ink)", "stroke-width": 4, "stroke-linecap": "round" }));
  const measured = element("p", { class: "lb-values" });
  const ask = predict(kit, "Leave out each in turn. Without which one will the walk break, so that a picture no longer turns into the next?", {
    answers: TAKEN.map((name) => WORDS[name]),
  });
  let seen = new Set(); // what was left out so far in one run
  let seenIn;
  kit.atReset(() => seen.clear());

  const stage = element("div", { class: "lb-stage lb-scene" },
    ask.element,
    left.element,
    told,
    walk.element,
    element("div", { class: "lb-beside" },
      map,
      element("div", { style: "display: grid; gap: 0.6rem" },
        element("p", { class: "lb-legend" }, "The map from above. Blue ring: where most draws from the prior land. Orange disc: as wide, the codes of the training images; thin, those of the other runs. Black: the walk."),
        measured,
        run.element)),
    element("div", { class: "lb-live" }, ...kit.tools()));

  function paint(state) {
    const runs = runsOf(rows, state);
    const now = runs[state.run - 1];
    if (seenIn !== state.run) {
      seen = new Set();
      ask.again();
    }
    seenIn = state.run;
    seen.add(state.left);
    walk.paint(Array.from({ length: PICTURES }, (_, k) => Array.from(now.path.slice(64 * k, 64 * k + 64), (level) => level / 9)));
    change(disc, { r: radius(now.spread) });
    others.forEach((other, k) => change(other, { r: radius(runs[k].spread) }));
    write(told, TOLD[state.left]);
    const numbers = { "width of the codes": number(now.spread, 2), [CHANGED]: number(changed(now), 1) };
    write(measured, `Width of the codes, with the prior’s as one: ${numbers["width of the codes"]} (in the five runs ${span(runs.map(({ spread }) => spread), 2)}). From picture to picture on average ${numbers[CHANGED]} pixels change (${span(runs.map(changed), 1)}).`);
    left.paint();
    run.paint("", `${state.run} of ${schema.run.to}`);
    const all = TAKEN.every((name) => seen.has(name));
    const changes = TAKEN.map((name) => changed(runsOf(rows, { left: name })[state.run - 1]));
    const [noise, kl, smooth] = changes.map((by) => number(by, 1));
    ask.paint(all && changes[2] > JUMPS, {
      right: TAKEN.indexOf("smooth"),
      because: `In this run from picture to picture on average ${noise} pixels change without the noise, and ${kl} without the KL: one turns into the next. The decoder that winds jumps, ${smooth} pixels, though noise and KL were both in its loss.`,
    }, all ? "In this run the walk of the decoder that winds shows nearly one picture. Look at another run." : `Now choose “${WORDS[TAKEN.find((name) => !seen.has(name))]}”, and look at the walk.`);
    kit.say(`${TOLD[state.left]} Width of the codes ${numbers["width of the codes"]}`);
    return numbers;
  }
  return { stage, paint };
}

const python = ({ left, run }) => `\
from itertools import pairwise

from lowerbound.models import recorded

# Forty trained models: with and without noise, KL and smooth decoder, five runs each.
way = (${["noise", "kl", "smooth"].map((name) => (name === left ? "False" : "True")).join(", ")})
runs = [r for r in recorded("continuity") if (r["noise"], r["kl"], r["smooth"]) == way]
run = next(r for r in runs if r["seed"] == ${run - 1})
print(f"width of the codes = {run['spread']:.2f}")
steps = list(pairwise(run["path"]))  # of a picture its pixels, from 0 to 9
changes = [abs(int(p) - int(q)) for step in steps for p, q in zip(*step)]
print(f"pixels that change from picture to picture = {sum(changes) / 9 / len(steps):.1f}")
`;

export const start = instrument({ schema, load, build, python });
