// Which z made x? The inverse function of the decoder says x / 2; p(z|x) weighs what the prior says, too.

import { Border } from "./controls/border.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { axisSlider } from "./controls/slider.js";
import { Bars } from "./draw/bars.js";
import { number, texts } from "./draw/format.js";
import { Random } from "./maths/random.js";
import { costs, posterior, WEIGHT } from "./maths/undoing.js";

export const schema = {
  "x": { "from": -6, "to": 6, "step": 0.1, "start": 4 },
  "z": { "from": -3, "to": 3, "step": 0.05, "start": 0 },
  "noise": { "from": 0.1, "to": 2, "step": 0.1, "start": 1 },
  "prior": { "from": 0.3, "to": 3, "step": 0.1, "start": 1 },
  "show": { "of": ["guess", "answer"], "start": "guess" }
};

/** The three answers to "which z?". */
const answers = (state) => ({ guess: state.z, inverse: state.x / WEIGHT, posterior: posterior(state).mean });

export function measure(state) {
  const each = Object.entries(answers(state)).flatMap(([name, z]) => {
    const [ofPrior, ofNoise] = costs(z, state);
    return [[`${name}: z`, z], [`${name}: cost of z`, ofPrior], [`${name}: cost of the noise`, ofNoise], [`${name}: sum`, ofPrior + ofNoise], [`${name}: decoded`, WEIGHT * z]];
  });
  return { ...Object.fromEntries(each), "width of p(z|x)": posterior(state).width };
}

const DRAWN = 6000;
const FEW = 300; // of which those away from the line are shown
const nearness = (noise) => 0.3 * Math.min(1, Math.sqrt(noise)); // to x: these dots are full
const binOf = (width) => Math.min(0.2, Math.max(0.08, 0.45 * width)); // of z: both are small beside p(z|x)
const [LEFT, RIGHT, TOP, FLOOR] = [26, 330, 6, 316];
const [WIDE, TALL] = [3.2, 7.6]; // where the axes end
const across = (z) => LEFT + ((z / WIDE + 1) / 2) * (RIGHT - LEFT);
const up = (x) => FLOOR - ((x / TALL + 1) / 2) * (FLOOR - TOP);
const BELL = 40; // pixels, whatever its width

const noises = (() => {
  const random = new Random(1);
  return Array.from({ length: DRAWN }, () => [random.normal(), random.normal()]);
})();
const [FULL, LIGHT] = ["var(--lb-p)", "color-mix(in srgb, var(--lb-p) 38%, var(--lb-paper))"];

function build(kit) {
  const dots = [0.35, 1].map((opacity) => svg("path", { fill: "none", stroke: "var(--lb-p)", "stroke-width": 3, "stroke-linecap": "round", "stroke-opacity": opacity }));
  const bell = svg("path", { fill: "var(--lb-p)", "fill-opacity": 0.2, stroke: "var(--lb-p)", "stroke-width": 1.5 });
  const back = svg("path", { fill: "none", stroke: "var(--lb-p)", "stroke-width": 2, "stroke-dasharray": "3 3" });
  const returned = svg("circle", { r: 4, fill: "var(--lb-p)" });
  const inverse = svg("rect", { width: 10, height: 10, fill: "var(--lb-q)", stroke: "var(--lb-paper)" });
  const named = [svg("text", { "text-anchor": "middle", fill: "var(--lb-p)" }, "p(z|x)"), svg("text", { fill: "var(--lb-q)" }, "x / 2"), svg("text", { fill: "var(--lb-p)" })];
  const counts = svg("path", { fill: "var(--lb-p)" });
  const answer = svg("g", {}, bell, counts, back, returned, inverse, ...named);
  const seen = new Border(kit, "x", "the x that was seen", { steps: { small: 0.1, large: 0.5, page: 1 } });
  const guess = new Border(kit, "z", "your z", { steps: { small: 0.05, large: 0.25, page: 0.5 }, word: "your z" });
  // What counts is where the stem stands on the line, not where its label hangs.
  const chosen = svg("circle", { r: 6, fill: "var(--lb-ink)", stroke: "var(--lb-paper)", "stroke-width": 2, "pointer-events": "none" });
  const tick = (value, at, text) => svg("text", { ...at, "text-anchor": text, "font-size": 10.5 }, number(value, 0));
  const plot = drawing(
    384,
    344,
    { role: "group", "aria-label": "pairs that the model makes, z to the right and x upwards" },
    svg("path", { d: `M${LEFT} ${TOP}V${FLOOR}H${RIGHT}`, fill: "none", stroke: "var(--lb-rule-strong)" }),
    ...[-3, -2, -1, 0, 1, 2, 3].map((z) => tick(z, { x: across(z), y: FLOOR + 14 }, "middle")),
    ...[-6, -4, -2, 0, 2, 4, 6].map((x) => tick(x, { x: LEFT - 5, y: up(x) + 4 }, "end")),
    svg("text", { x: RIGHT + 4, y: FLOOR + 4, "font-style": "italic" }, "z"),
    svg("text", { x: LEFT + 5, y: TOP + 10, "font-style": "italic" }, "x"),
    ...dots,
    svg("path", { d: `M${across(-3)} ${up(-3 * WEIGHT)}L${across(3)} ${up(3 * WEIGHT)}`, stroke: "var(--lb-ink)", "stroke-width": 1.2 }),
    svg("text", { x: across(-1.75), y: up(-5), "font-style": "italic" }, "x = 2z"),
    answer,
    seen.element,
    guess.element,
    chosen,
  );
  const bars = new Bars(["", "", ""], { pieces: 2, scale: 70, decimals: 2 });
  const [noise, prior] = [["noise", "width of the noise"], ["prior", "width of the prior"]].map(([key, label]) => axisSlider(kit, key, label, { small: 0.1, large: 0.5, page: 0.5 }));
  const tell = element("button", { type: "button" }, "That is my guess");
  tell.addEventListener("click", () => kit.go({ show: "answer" }));
  const verdict = element("p", { class: "lb-verdict", role: "status" });
  const prices = element("div", {},
    element("p", { class: "lb-legend", style: "margin-top: 0.6rem" }, "What a z costs, in nats. Full: how rare this z is. Light: how rare the noise is that it needs."),
    bars.element);
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      todo,
      element("div", { class: "lb-beside" },
        plot,
        element("div", {},
          element("div", { class: "lb-predict lb-live" }, tell, verdict),
          prices,
          noise.element,
          prior.element)),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const { x, z } = state;
      const found = posterior(state);
      const told = state.show === "answer";
      const pairs = noises.map(([first, second]) => [state.prior * first, WEIGHT * state.prior * first + state.noise * second]);
      const inside = pairs.map((pair) => Math.abs(pair[0]) < WIDE && Math.abs(pair[1]) < TALL);
      const near = pairs.map((pair) => Math.abs(pair[1] - x) < nearness(state.noise));
      const few = pairs.filter((_, n) => n < FEW && inside[n] && !near[n]);
      const full = pairs.filter((_, n) => inside[n] && near[n]);
      for (const [those, dot, decimals] of [[few, dots[0], 0], [full, dots[1], 1]]) {
        change(dot, { d: those.map((pair) => `M${across(pair[0]).toFixed(0)} ${up(pair[1]).toFixed(decimals)}h0`).join("") });
      }
      const level = up(x);
      const wide = binOf(found.width);
      const bins = new Map(); // of the full dots, how many lie in each
      const lit = pairs.filter((_, n) => near[n]);
      for (const [at] of lit) bins.set(Math.floor(at / wide), (bins.get(Math.floor(at / wide)) ?? 0) + 1);
      // As high as the bell where the dots lie as it says.
      const height = (count) => (BELL * count * found.width * Math.sqrt(2 * Math.PI)) / (lit.length * wide);
      const columns = Array.from(bins).filter(([bin]) => Math.abs((bin + 0.5) * wide) < WIDE).map(([bin, count]) => `M${(across(bin * wide) + 1).toFixed(1)} ${level}V${(level - height(count)).toFixed(1)}H${(across((bin + 1) * wide) - 1).toFixed(1)}V${level}`);
      change(counts, { d: columns.join("") });
      seen.paint({ along: "y", from: up(-6), to: up(6), span: [LEFT, RIGHT + 50], at: 0.93 });
      guess.paint({ along: "x", from: across(-3), to: across(3), span: [level - 8, level + (x > 0 ? 58 : 34)], at: x > 0 ? 0.85 : 0.75 });
      change(chosen, { cx: across(z), cy: level });
      change(answer, { display: told ? "inline" : "none" });
      const sides = Array.from({ length: 41 }, (_, i) => (i / 20 - 1) * 3);
      const outline = sides.map((side) => `${across(found.mean + side * found.width).toFixed(1)} ${(level - BELL * Math.exp(-(side ** 2) / 2)).toFixed(1)}`);
      change(bell, { d: `M${outline.join("L")}Z` });
      const [at, landed] = [across(found.mean), up(WEIGHT * found.mean)];
      change(back, { d: `M${at} ${level}V${landed}` });
      change(returned, { cx: at, cy: landed });
      change(inverse, { x: across(x / WEIGHT) - 5, y: level - 5 });
      change(named[0], { x: at, y: level - BELL - 5 });
      change(named[1], { x: across(x / WEIGHT) + 8, y: level + 16 }); // under the columns
      const leftwards = found.mean > 0;
      change(named[2], { x: leftwards ? at - 8 : at + 8, y: landed + 4, "text-anchor": leftwards ? "end" : "start" });
      write(named[2], `decodes to ${number(WEIGHT * found.mean, 1)}`);

      const labels = { guess: "your z", inverse: "x / 2", posterior: "middle of p(z|x)" };
      const each = Object.entries(answers(state)).map(([name, value]) => ({ value, name: labels[name], costs: costs(value, state) }));
      const line = (part) => `${part.name} = ${number(part.value, 2)}, decodes to ${number(WEIGHT * part.value, 1)}`;
      prices.style.visibility = told ? "" : "hidden"; // they would give the answer away; their place stays
      bars.paint(each.map((part) => part.costs), each.map(() => [FULL, LIGHT]), each.map((part) => [[line(part), ["var(--lb-ink)", "var(--lb-q)", "var(--lb-p)"][each.indexOf(part)]]]));
      noise.paint();
      prior.paint();
      tell.hidden = told;
      write(todo, told ? "The answer stands on the level line. Drag x, or change a width, and watch it move." : "You see this x, the level line. Which z made it, most probably? Drag your z along the line, then press the button.");
      const off = Math.abs(z - found.mean);
      const how = off < 0.1 ? "You guessed it" : Math.abs(z - x / WEIGHT) < 0.1 ? "Your z undoes the decoder" : off < found.width / 2 ? "Close" : "Your z is a different one";
      const says = `${how}. The full dots, counted, stand in columns on the line: ${lit.length ? `their average is ${number(lit.reduce((sum, [at]) => sum + at, 0) / lit.length, 2)}` : "here there are none"}. p(z|x) lies around ${number(found.mean, 2)}, give or take ${number(found.width, 2)}. Undoing the decoder gives ${number(x / WEIGHT, 2)}.`;
      write(verdict, told ? says : "");
      kit.say(`x ${number(x, 1)}, your z ${number(z, 2)}${told ? `: it costs ${number(each[0].costs[0] + each[0].costs[1], 2)} nats` : ""}`);
      return texts(measure(state), 3);
    },
  };
}

const python = (state) => `\
from lowerbound import Gaussian, GaussianJoint, LinearGaussian

prior = Gaussian([0.0], ${state.prior} ** 2)
decoder = LinearGaussian([[${WEIGHT}.0]], [0.0], ${state.noise} ** 2)  # x = ${WEIGHT} z + noise
p = GaussianJoint.from_model(prior, decoder)
x = ${state.x}  # seen
answers = {"guess": ${state.z}, "inverse": x / ${WEIGHT}, "posterior": x * p.z_given_x.weight.item()}
for name, z in answers.items():
    of_prior = (prior.log_prob([0.0]) - prior.log_prob([z])).item()
    noise = Gaussian([0.0], decoder.cov)
    of_noise = (noise.log_prob([0.0]) - noise.log_prob([x - ${WEIGHT} * z])).item()
    print(f"{name}: z = {z:z.3f}")
    print(f"{name}: cost of z = {of_prior:z.3f}")
    print(f"{name}: cost of the noise = {of_noise:z.3f}")
    print(f"{name}: sum = {of_prior + of_noise:z.3f}")
    print(f"{name}: decoded = {${WEIGHT} * z:z.3f}")
print(f"width of p(z|x) = {p.z_given_x.cov.item() ** 0.5:.3f}")
`;

export const start = instrument({ schema, build, python });
