// Noise, KL, smooth network: one of them left out, and the VAE trained anew. In the hand, a place on the map of its codes.

import { choice } from "./controls/choice.js";
import { fetched } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { handle } from "./controls/handle.js";
import { holding } from "./controls/held.js";
import { glide, instrument } from "./controls/instrument.js";
import { keeping } from "./controls/kept.js";
import { predict } from "./controls/predict.js";
import { digits } from "./draw/digits.js";
import { number } from "./draw/format.js";
import { atlasOf, plane } from "./draw/plane.js";
import { STYLE } from "./draw/walker-style.js";
import { steadyNoise } from "./maths/draws.js";
import { reach } from "./maths/normal.js";
import { apart, shown, speed, unpack, way } from "./maths/walk.js";

export const schema = {
  "left": { "of": ["nothing", "noise", "kl", "smooth"], "start": "nothing" },
  "show": { "of": ["walk", "noise"], "start": "walk" },
  "a1": { "from": -4, "to": 4, "step": 0.05, "start": -2 },
  "a2": { "from": -4, "to": 4, "step": 0.05, "start": 0 },
  "z1": { "from": -4, "to": 4, "step": 0.05, "start": 2 },
  "z2": { "from": -4, "to": 4, "step": 0.05, "start": 0 }
};

const RUN = 3; // of five, the fourth
const LIMIT = 4; // of the map
const PICTURES = 9;
const NOISE = steadyNoise(60); // of these as many are shown as there are pictures
const BREAKS = 30; // pixels on a unit of the way
const FAR = 1; // a walk on which that can be said
const CROWD = { left: "noise", show: "noise", z1: 0.3, z2: 0.2 };
const [INSIDE, MORE] = [1, 1.3]; // how far from the middle it crowds; how many times more the noise changes there

const LEFT = { nothing: "nothing", noise: "the noise", kl: "the KL to the prior", smooth: "the smooth network" };
const TAKEN = Object.keys(LEFT).slice(1);
const TOLD = {
  nothing: "All three: the codes lie about as wide as the prior.",
  noise: "Without the noise: the codes crowd in the middle of the prior.",
  kl: "Without the KL: the codes run apart, half of them off this map.",
  smooth: "Without the smooth network: the decoder is made of steep sine waves.",
};
const CHANGED = "pixels that change on a unit of the way";
const SHAKEN = "pixels by which a draw differs";

const load = async () => {
  const [runs, walkers] = await Promise.all([
    fetched("walks.json", (answer) => answer.json()),
    fetched("walks.bin", async (answer) => unpack(await answer.arrayBuffer(), schema.left.of, "smooth")),
  ]);
  return { runs, walkers, width: runs.nothing.width[RUN] };
};

const ends = ({ a1, a2, z1, z2 }) => [[a1, a2], [z1, z2]];
const span = (values, decimals) => [Math.min(...values), Math.max(...values)].map((value) => number(value, decimals)).join(" to ");

export function measure(state, { runs, walkers, width }) {
  const { decoder } = walkers[state.left];
  const [from, here] = ends(state);
  const [middle, ...draws] = shown(decoder, [here, ...NOISE.map((e) => here.map((z, l) => z + width * e[l]))]);
  return {
    "width of the codes": runs[state.left].spread[RUN],
    [CHANGED]: speed(decoder, from, here),
    [SHAKEN]: draws.reduce((sum, draw) => sum + apart(draw, middle), 0) / draws.length,
  };
}

function build(kit, data) {
  const { runs, walkers, width } = data;
  const once = keeping();
  const left = choice(kit, "left", "left out in training:", LEFT);
  const show = choice(kit, "show", "show:", { walk: "the way to you", noise: "noise about you" });
  for (const { element: row } of [left, show]) row.classList.add("lb-one-line");
  const ask = predict(kit, "Without which of the three will a walk break, so that a picture no longer turns into the next? Answer, then leave out each in turn, and drag the blue point.", {
    answers: TAKEN.map((name) => LEFT[name]),
  });
  const back = predict(kit, "Now the one that was trained without the noise. Stand where its codes crowd, and put the noise back: what will the nine draws about you show?", {
    answers: ["one picture", "several"],
  });
  const enter = element("button", { type: "button", class: "lb-main" }, "Stand in the crowd");
  enter.addEventListener("click", () => kit.go(CROWD));
  back.element.append(enter);
  let seen = new Set(); // what was left out so far
  kit.atReset(() => seen.clear());

  const field = plane("left-out", LIMIT);
  const line = (kind) => svg("path", { class: `lb-line ${kind}` });
  const [codes, walked, stops] = [line("lb-codes-of"), line("lb-way"), line("lb-way-stops")];
  const begun = svg("circle", { class: "lb-line lb-way-start", r: 0.12 });
  const cloud = svg("circle", { class: "lb-line lb-q-thin", r: reach(0.95) * width });
  field.marks.append(svg("circle", { class: "lb-line lb-p-95", r: reach(0.95) }), codes, walked, stops, begun, cloud);
  field.showIsland(false);
  const held = holding(kit, field.element);
  const rest = () => kit.set({}, true);
  const gliding = glide(kit);
  field.element.addEventListener("click", (event) => {
    if (event.target.closest(".lb-handle")) return;
    const [z1, z2] = field.code(event);
    gliding.to({ z1, z2 }, rest);
  }, { signal: kit.signal });
  const arrows = (event) => {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const by = event.shiftKey ? 0.5 : 0.1;
    return direction && { z1: kit.state.z1 + by * direction[0], z2: kit.state.z2 + by * direction[1] };
  };
  const grip = handle(kit, {
    key: "z1", kind: "lb-you", orientation: "horizontal", label: "you, to the right", hold: gliding.stop, keys: arrows,
    move: (event) => {
      const [z1, z2] = field.code(event);
      kit.set({ z1, z2 });
    },
    end: rest,
  });
  const upwards = handle(kit, {
    key: "z2", kind: "lb-thumb lb-thumb-z2", orientation: "vertical", label: "you, upwards", hold: gliding.stop, keys: arrows,
    move: (event) => kit.set({ z2: field.code(event)[1] }), end: rest,
  });
  field.element.append(upwards.element, grip.element);

  const you = digits("left-out-you", "var(--lb-p)", 1, "decoded where you stand");
  const passed = digits("left-out-way", "var(--lb-p)", PICTURES, "");
  const told = element("p", { class: "lb-do" });
  const measured = element("p", {});
  const legend = element("p", { class: "lb-legend" });
  const anew = element("button", { type: "button" }, "Start the walk here");
  anew.addEventListener("click", () => kit.set({ a1: kit.state.z1, a2: kit.state.z2 }, true));

  const stage = element("div", { class: "lb-stage lb-walker" },
    element("style", {}, STYLE),
    element("div", { class: "lb-asked" }, ask.element, back.element),
    element("div", { class: "lb-left" }, left.element),
    you.element,
    element("div", { class: "lb-told" }, told, measured),
    field.element,
    element("div", { class: "lb-passed" }, show.element, passed.element),
    legend,
    element("div", { class: "lb-tools lb-live" }, anew, " ", ...kit.tools()));

  function paintMap({ left: name, show: what, a1, a2, z1, z2 }, places) {
    field.showAtlas(once("atlas", name, () => atlasOf(walkers[name].decoder, LIMIT)));
    change(codes, { d: once("codes", name, () => dots(walkers[name].codes)) });
    const [walking, at] = [what === "walk", places.map(([x, y]) => `${x.toFixed(2)} ${(-y).toFixed(2)}`)];
    change(walked, { d: walking ? `M${at.join("L")}` : "M0 0" });
    change(stops, { d: at.map((place) => `M${place}h0`).join("") });
    change(begun, { cx: a1, cy: -a2, visibility: walking ? "visible" : "hidden" });
    change(cloud, { cx: z1, cy: -z2, visibility: walking ? "hidden" : "visible" });
  }

  function paint(state) {
    const { left: name, show: what, z1, z2 } = state;
    const { decoder, codes: places } = walkers[name];
    const [from, here] = ends(state);
    const walking = what === "walk";
    const stopsAt = walking ? way(from, here, PICTURES) : NOISE.slice(0, PICTURES).map((e) => here.map((z, l) => z + width * e[l]));
    paintMap(state, stopsAt);
    you.paint(shown(decoder, [here]));
    passed.paint(shown(decoder, stopsAt));
    const found = measure(state, data);
    const numbers = Object.fromEntries(Object.entries(found).map(([key, value]) => [key, number(value, key === "width of the codes" ? 2 : 1)]));
    const { spread } = runs[name];
    const outside = Array.from({ length: places.length / 2 }, (_, k) => Math.max(Math.abs(places[2 * k]), Math.abs(places[2 * k + 1])) > LIMIT).filter(Boolean).length;
    const off = outside ? ` ${outside} of 360 lie off this map.` : "";
    const noticed = walking
      ? `On a unit of your way ${numbers[CHANGED]} pixels change.`
      : `Noise changes the picture where you stand by ${numbers[SHAKEN]} pixels, on average.`;
    write(told, TOLD[name]);
    write(measured, `${noticed} The codes are ${numbers["width of the codes"]} times as wide as the prior (${span(spread, 2)} in five such runs).${off}`);
    write(legend, `Orange points: the codes of 360 unseen digits. Blue ring: 95 % of the prior. Behind them, faint: what each place decodes to.${walking ? " Of a walk, a pixel counts each time it changes." : ` Orange ring: 95 % of a noise as wide as the encoder with all three made it, ${number(width, 2)}; black, nine draws.`}`);
    left.paint();
    show.paint();
    grip.paint(50 + (50 * z1) / LIMIT, 50 - (50 * z2) / LIMIT, z1, `${number(z1, 2)}, ${noticed}`);
    upwards.paint(0, 50 - (50 * z2) / LIMIT, z2, `${number(z2, 2)}, ${noticed}`);
    const far = walking && Math.hypot(here[0] - from[0], here[1] - from[1]) >= FAR;
    if (far) seen.add(name);
    const missing = TAKEN.filter((one) => !seen.has(one)).map((one) => LEFT[one]);
    const judging = far && !missing.length && !ask.judged();
    const changes = judging ? TAKEN.map((one) => speed(walkers[one].decoder, from, here)) : [];
    const breaks = changes.map((by) => by > BREAKS).join() === "false,false,true";
    const [noise, kl, smooth] = changes.map((by) => number(by, 0));
    ask.paint(judging && breaks, {
      right: TAKEN.indexOf("smooth"),
      because: `On a unit of your way ${noise} pixels change without the noise, and ${kl} without the KL: one picture turns into the next. Without the smooth network ${smooth} do: it turns into others and back, though noise and KL were both in its loss. What do those two do?`,
    }, missing.length ? `Now leave out ${missing.join(", then ")}, and drag the blue point.` : "Drag the blue point to another place, a unit or more from where the walk starts.");
    const crowded = Object.keys(CROWD).slice(0, 2).every((key) => state[key] === CROWD[key]) && Math.hypot(z1, z2) <= INSIDE;
    const withAll = crowded ? measure({ ...state, left: "nothing" }, data)[SHAKEN] : 0;
    back.paint(crowded && found[SHAKEN] > MORE * withAll, {
      right: 1,
      because: `The draws differed from the picture where you stood by ${numbers[SHAKEN]} pixels on average, and with all three in training by ${number(withAll, 1)}. Each of these draws would be compared with one image, and that costs.`,
    }, "Now press “Stand in the crowd”.");
    // The second question comes with the verdict on the first, which stays until the second is answered.
    if (!held()) back.element.hidden = !ask.judged();
    ask.element.hidden = back.answered();
    enter.hidden = !back.answered() || back.judged();
    kit.say(`${TOLD[name]} ${noticed}`);
    return numbers;
  }
  return { stage, paint, stop: () => gliding.stop() };
}

/** Places as dots: lines of no length, with round ends. */
const dots = (places) => Array.from({ length: places.length / 2 }, (_, k) => `M${places[2 * k].toFixed(2)} ${(-places[2 * k + 1]).toFixed(2)}h0`).join("");

const python = ({ left, a1, a2, z1, z2 }) => `\
from importlib.resources import files

from safetensors.torch import load
from torch import arange, float64, linspace, stack, tensor
from torch.special import ndtri

from lowerbound.models import recorded

# Forty trained models: with and without noise, KL and smooth decoder, five runs each.
way = (${TAKEN.map((name) => (name === left ? "False" : "True")).join(", ")})
runs = {(r["noise"], r["kl"], r["smooth"], r["seed"]): r for r in recorded("continuity")}
print(f"width of the codes = {runs[*way, ${RUN}]['spread']:.2f}")

# The decoder of this run; its second layer is in sixteenths.
kept = files("lowerbound").joinpath("trained/walks.safetensors").read_bytes()
parts = [f"${left}.{part}" for part in ("weight1", "bias1", "weight2", "bias2")]
weight1, bias1, weight2, bias2 = (load(kept)[part].double() for part in parts)


def picture(z):
    sums = z @ weight1.T + bias1
    hidden = ${left === "smooth" ? "sums.sin()" : "sums * sums.sigmoid()"}
    return (hidden @ weight2.T / 16 + bias2).sigmoid()


start, here = tensor([[${a1}, ${a2}], [${z1}, ${z2}]], dtype=float64)
length = (here - start).norm()
share = linspace(0, 1, int((32 * length).ceil()) + 1, dtype=float64)[:, None]
changes = picture(start + share * (here - start)).diff(dim=0).abs().sum()
print(f"${CHANGED} = {changes / length if length else 0:.1f}")

plastic = ${1.324717957244746}  # draws that are evenly spread
step = stack([arange(1, 61, dtype=float64) / plastic, arange(1, 61, dtype=float64) / plastic**2], 1)
draws = here + runs[True, True, True, ${RUN}]["width"] * ndtri((0.5 + step) % 1)
print(f"${SHAKEN} = {(picture(draws) - picture(here)).abs().sum(1).mean():.1f}")
`;

export const start = instrument({ schema, load, build, python });
