// Two balls that draw a code for their image, then an image for their code, and so on: do they forget where they began?

import { choice } from "./controls/choice.js";
import { change, drawing, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { counting, otherDraws, player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { usable } from "./controls/usable.js";
import { Balls } from "./draw/ball.js";
import { number, probability } from "./draw/format.js";
import { picture } from "./draw/ink.js";
import { literal } from "./draw/python.js";
import { DATA, DECODER, ENCODER, IMAGES, pixels, PRIOR } from "./maths/primer.js";
import { fromData, fromModel, marginalX, walk } from "./maths/table.js";

export const schema = {
  "pairs": { "of": ["groups", "bridge", "same", "own"], "start": "groups" },
  "rounds": { "from": 0, "to": 10000, "step": 1, "start": 0 },
  "seed": { "from": 1, "to": 999, "step": 1, "start": 1 }
};

// Of which pairs each ball has its rules.
const MODEL = fromModel(PRIOR, DECODER);
const TABLES = {
  same: { blue: MODEL, orange: MODEL },
  own: { blue: MODEL, orange: fromData(DATA, ENCODER) },
  groups: { blue: [[0.4, 0], [0, 0.3], [0, 0.3]], orange: [[0.2, 0], [0, 0.4], [0, 0.4]] },
  bridge: { blue: [[0.395, 0.005], [0, 0.3], [0, 0.3]], orange: [[0.195, 0.005], [0, 0.4], [0, 0.4]] },
};
const BALLS = { blue: { from: 0, hue: "var(--lb-p)", name: "p(x)" }, orange: { from: 2, hue: "var(--lb-q)", name: "q(x)" } };
const LATER = 1000; // the orange ball's seed is so much higher
const TRAIL = 6; // rounds of which the path is drawn
const SLOW = 25; // rounds before it plays faster and faster

const WORDS = { groups: "two groups that share no code", bridge: "a thin bridge between them", same: "all images connected", own: "each ball its own rules" };
const one = (row) => `one zero in ${Math.round(1 / (row[1] / (row[0] + row[1])))}`;
const NOTES = {
  groups: "The model’s pairs (blue) and the data’s (outlined) have the same rules: a zero is always round, and of the straight codes half are ones, half sevens.",
  bridge: `The two groups again, but ${one(TABLES.bridge.blue[0])} is straight by the model’s rules, and ${one(TABLES.bridge.orange[0])} by the data’s: nearly the same rules.`,
  same: "Both balls follow the model’s rules, and every image shares a code with another.",
  own: "Blue follows the rules of the model’s pairs, orange those of the data’s pairs, outlined.",
};

const wandered = ({ pairs, rounds, seed }) => ({
  blue: walk(TABLES[pairs].blue, BALLS.blue.from, rounds, seed),
  orange: walk(TABLES[pairs].orange, BALLS.orange.from, rounds, seed + LATER),
});
/** How many of the rounds ended at each image. */
const counted = (path) => IMAGES.map((_, x) => path.filter((round) => round.x === x).length);
/** How many of the rounds led from the zero to the other images, or back. */
const crossings = (path, from) => path.filter(({ x }, round) => (x === 0) !== ((round ? path[round - 1].x : from) === 0)).length;

export const measure = (state) =>
  Object.fromEntries(Object.entries(wandered(state)).flatMap(([ball, path]) => {
    const been = counted(path);
    return [...IMAGES.map((image, x) => [`${ball} at ${image}`, been[x]]), [`${ball} crossed`, crossings(path, BALLS[ball].from)]];
  }));

/** For each image and each ball: the share of its rounds as a bar, and as a mark how probable the image is among its pairs. */
class Shares {
  constructor() {
    const drawn = IMAGES.map((image, x) => svg("g", { transform: `translate(0 ${62 * x + 16})` }, picture(pixels(image), 24)));
    const row = (x, place, hue) => ({
      top: 62 * x + 6 + 22 * place,
      bar: svg("rect", { x: 32, y: 62 * x + 8 + 22 * place, height: 16, style: `fill: color-mix(in srgb, ${hue} 60%, var(--lb-paper))` }),
      mark: svg("path", { stroke: "var(--lb-ink)", "stroke-width": 2 }),
      text: svg("text", { y: 62 * x + 20 + 22 * place }),
    });
    this.rows = Object.fromEntries(Object.entries(BALLS).map(([ball, { hue }], place) => [ball, IMAGES.map((_, x) => row(x, place, hue))]));
    const all = Object.values(this.rows).flat().flatMap(({ bar, mark, text }) => [bar, mark, text]);
    this.element = drawing(330, 184, {}, ...drawn, ...all);
  }

  paint(ball, shares, truth, name) {
    this.rows[ball].forEach(({ top, bar, mark, text }, x) => {
      const at = 32 + truth[x] * 180;
      const end = 32 + (shares ? shares[x] * 180 : 0);
      change(bar, { width: end - 32 });
      change(mark, { d: `M${at} ${top}v20` });
      change(text, { x: Math.max(at, end) + 7 });
      write(text, `${shares ? `${probability(shares[x])}, ` : ""}${name} = ${probability(truth[x])}`);
    });
  }
}

function build(kit) {
  const balls = new Balls("the pairs, and the balls", Object.values(BALLS).map(({ hue }) => hue));
  const bars = new Shares();
  const pairs = choice(kit, "pairs", "the images", WORDS);
  const note = element("p", { class: "lb-legend" });
  const played = element("output", { "aria-live": "off" });
  const crossed = element("p", { class: "lb-legend" });
  const last = schema.rounds.to;
  const question = predict(kit, "Both balls follow the same rules. Marks say how often the model makes each image, p(x), and how often the data have it, q(x). After many rounds, where will each ball’s bars end?", {
    answers: ["both at p(x)", "both at q(x)", "each at its own mark", "none of these"],
    right: 3,
    because: "Each ball stays in the group where it began. The rules say nothing about how much of the whole a group has.",
  });
  // The eye follows the first rounds; then each stride is 4 % of what has been played. At the end it begins anew.
  const step = counting(kit, "rounds", schema.rounds, SLOW);
  const again = otherDraws(kit, schema.seed);
  const on = element("button", { type: "button" });
  on.addEventListener("click", () => kit.set({ rounds: last }, true));
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      todo,
      question.element,
      pairs.element,
      note,
      element("div", { class: "lb-beside" }, balls.element, element("div", {}, played, bars.element, crossed)),
      element("div", { class: "lb-live" }, ...player(kit, { step, every: 4 }), on, again, ...kit.tools()),
    ),
    paint(state) {
      const paths = wandered(state);
      const tables = TABLES[state.pairs];
      const truth = { blue: marginalX(tables.blue), orange: marginalX(tables.orange) };
      balls.paint(Object.entries(BALLS).map(([ball, { from }]) => ({ joint: tables[ball], trail: places(paths[ball], from, tables[ball]) })));
      const shares = {};
      for (const [ball, { name }] of Object.entries(BALLS)) {
        shares[ball] = state.rounds ? counted(paths[ball]).map((count) => count / state.rounds) : null;
        bars.paint(ball, shares[ball], truth[ball], tables.blue === tables.orange ? "p(x)" : name);
      }
      pairs.paint();
      write(note, NOTES[state.pairs]);
      const ever = `${state.rounds.toLocaleString("en")} rounds`;
      write(played, state.rounds ? `Share of the ${ever}, and as a mark:` : "Before the first round, the marks:");
      usable(on, state.rounds < last);
      write(on, on.disabled ? `The end: all ${ever}` : `On to ${last.toLocaleString("en")} rounds`);
      const then = state.pairs === "groups" ? `Now choose “${WORDS.same}”.` : "Compare the bars with their marks.";
      write(todo, on.disabled ? `All rounds are played. ${then}` : "Press “Play”, and watch both until the end.");
      const times = Object.keys(BALLS).map((ball) => crossings(paths[ball], BALLS[ball].from).toLocaleString("en"));
      write(crossed, state.rounds ? `From the zero to the others or back: blue ${times[0]} times, orange ${times[1]} times.` : "");
      question.paint(state.pairs === "groups" && state.rounds === last, undefined, state.pairs === "groups" ? `Now press “${on.textContent}”, and see.` : `The question is about “${WORDS.groups}”: choose them.`);
      if (state.rounds) kit.say(`after ${ever}: ${Object.keys(BALLS).map((ball) => `${ball} ${shares[ball].map(probability).join(", ")}`).join("; ")}`);
      return Object.fromEntries(Object.entries(measure(state)).map(([name, count]) => [name, number(count, 0)]));
    },
  };
}

/** Where a ball has been: along its row to a code, along that column to an image. */
function places(path, start, table) {
  const late = path.slice(-TRAIL);
  const before = path.length > TRAIL ? path[path.length - TRAIL - 1].x : start;
  const first = path.length ? late[0].z : table[before].findIndex((prob) => prob > 0);
  const trail = [[before, first]];
  for (const { x, z } of late) trail.push([trail.at(-1)[0], z], [x, z]);
  return trail;
}

const follow = (state, ball, seed) => `
${ball} = follow(${literal(TABLES[state.pairs][ball])}, ${BALLS[ball].from}, ${seed})
${[...IMAGES.map((image) => `at ${image}`), "crossed"].map((what, n) => `print(f"${ball} ${what} = {${ball}[${n}]}")\n`).join("")}`;

export const python = (state) => `\
from bisect import bisect_right

from lowerbound import Joint


def follow(joint, x, seed):
    """How many of the rounds end at each image, from image x on; and how many lead from the zero away or back."""
    pairs = Joint(joint)
    encode, decode = (given.prob.cumsum(1).tolist() for given in (pairs.z_given_x, pairs.x_given_z))
    been, crossed = [0, 0, 0], 0
    for _ in range(${state.rounds}):
        before = x
        for rule in encode, decode:  # to a code, and on to an image
            seed = seed * 48271 % (2**31 - 1)
            x = bisect_right(rule[x], seed / (2**31 - 1))
        been[x] += 1
        crossed += (before == 0) != (x == 0)
    return [*been, crossed]

${follow(state, "blue", state.seed)}${follow(state, "orange", state.seed + LATER)}`;

export const start = instrument({ schema, build, python });
