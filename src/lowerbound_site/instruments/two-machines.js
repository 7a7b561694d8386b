// Two machines make pairs of an image and a code. Piled up, and filtered, the pairs tell eight things: four that were given, and
// four that nobody gave.

import { choice } from "./controls/choice.js";
import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { counting, otherDraws, player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { number, probability } from "./draw/format.js";
import { literal } from "./draw/python.js";
import { STYLE } from "./draw/tray-style.js";
import { rows, Tray } from "./draw/tray.js";
import { CODES, DATA, DECODER, ENCODER, IMAGES, PRIOR } from "./maths/primer.js";
import { pairs, sum } from "./maths/table.js";

export const schema = {
  "sort": { "of": ["made", "codes", "images", "round", "sevens"], "start": "made" },
  "pairs": { "from": 1, "to": 200, "step": 1, "start": 8 },
  "seed": { "from": 1, "to": 999, "step": 1, "start": 876 }
};

const LATER = 1000; // the encoder's side has a seed so much higher
const SLOW = 10; // pairs before they are made faster and faster
const SEVEN = IMAGES.indexOf("seven");
const ROUND = CODES.indexOf("round");

const made = ({ pairs: count, seed }) => ({
  p: pairs(PRIOR, DECODER, count, seed).map(([z, x]) => ({ x, z })),
  q: pairs(DATA, ENCODER, count, seed + LATER).map(([x, z]) => ({ x, z })),
});
const counted = (list) => IMAGES.map((_, x) => CODES.map((_, z) => list.filter((pair) => pair.x === x && pair.z === z).length));

export const measure = (state) =>
  Object.fromEntries(Object.entries(made(state)).flatMap(([family, list]) => {
    const counts = counted(list);
    return IMAGES.flatMap((image, x) => CODES.map((code, z) => [`${family}: ${image}, ${code}`, counts[x][z]]));
  }));

const byCode = CODES.map((name, z) => ({ name, holds: (pair) => pair.z === z }));
const byImage = IMAGES.map((name, x) => ({ name, holds: (pair) => pair.x === x }));
const only = (piles, kept) => piles.map(({ name, holds }) => ({ name, holds: (pair) => kept(pair) && holds(pair) }));
/** What the pairs can be piled up by, which of them are kept for that, and what the piles of each machine tell. */
const PILES = {
  made: { piles: [{ holds: () => true }], p: "p(x, z): its pairs, as made", q: "q(x, z): its pairs, as made" },
  codes: { piles: byCode, p: "p(z). Given: the prior", q: "q(z). Nobody gave it: counted" },
  images: { piles: byImage, p: "p(x). Nobody gave it: counted", q: "q(x). Given: the data" },
  round: { piles: only(byImage, ({ z }) => z === ROUND), p: "p(x|z). Given: the decoder", q: "q(x|z). Nobody gave it: counted" },
  sevens: { piles: only(byCode, ({ x }) => x === SEVEN), p: "p(z|x). Nobody gave it: counted", q: "q(z|x). Given: the encoder" },
};
const WORDS = {
  made: "all, as made",
  codes: "z: by code",
  images: "x: by image",
  round: "x | z: only round codes, by image",
  sevens: "z | x: only sevens, by code",
};

/** The piles with their pairs counted. */
function filled({ sort }, list) {
  const counts = PILES[sort].piles.map(({ holds }) => list.filter(holds).length);
  const kept = sum(counts);
  return PILES[sort].piles.map((pile, n) => ({ ...pile, count: counts[n], counted: `${counts[n]} of ${kept}${kept ? `: ${probability(counts[n] / kept)}` : ""}` }));
}

const roundSevens = (list) => {
  const sevens = list.filter(({ x }) => x === SEVEN);
  return { round: sevens.filter(({ z }) => z === ROUND).length, all: sevens.length };
};
/** Whether fewer than half are round, as in the long run: now and then two hundred draws say otherwise. */
const few = (list) => 2 * roundSevens(list).round < roundSevens(list).all;

/** What an answer still waits for: whether these piles can tell, and what they have told so far. */
function soFar({ sort, pairs: count }, list) {
  const { round, all } = roundSevens(list);
  if (sort === "sevens" && count === schema.pairs.to) return `In these draws ${round} of the model’s ${all} sevens are round, more than in the long run. Press “Other draws”.`;
  if (sort === "sevens") return `These piles can tell: so far ${round} of the model’s ${all} sevens are round. Press “Make pairs”, and wait for the end.`;
  return sort === "made" ? "Now press “Make pairs”, wait for the end, and pile them up so that one can tell." : "These piles do not tell which of the sevens are round. Choose those that do.";
}

function build(kit) {
  const trays = {
    p: new Tray("p", "p: the model", { first: "code", words: [["1. draw a code", "p(z), the prior"], ["2. decode it", "p(x|z), decoder"]] }),
    q: new Tray("q", "q: data and encoder", { first: "image", words: [["1. take an image", "q(x), the data"], ["2. encode it", "q(z|x), encoder"]] }),
  };
  const sort = choice(kit, "sort", "Pile them up, by code z or by image x. The bar “|” is a filter: what does not match falls out.", WORDS);
  const question = predict(kit, "The encoder calls three sevens of four round. The model has no encoder. Of the sevens that the model makes, how many will have a round code?", {
    answers: ["about as many", "fewer than half", "without an encoder there is no telling"],
    right: 1,
    because: "A third, in the long run, for a straight code becomes a seven twice as often as a round one. The encoder had no part in it. These two pictures, p(z|x) and q(z|x), are what your title compares.",
  });
  const last = schema.pairs.to;
  const step = counting(kit, "pairs", schema.pairs, SLOW);
  const again = otherDraws(kit, schema.seed);
  const todo = element("p", { class: "lb-do lb-live" });
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      element("style", {}, STYLE),
      question.element,
      todo,
      element("div", { class: "lb-live" }, ...player(kit, { name: "Make pairs", step, every: 3 }), again),
      sort.element,
      element("div", { class: "lb-beside", style: "align-items: start" }, ...Object.values(trays).map((tray) => element("div", { style: "flex: 1 1 14rem; max-width: 19rem" }, tray.element))),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const lists = made(state);
      const piles = Object.fromEntries(Object.entries(lists).map(([family, list]) => [family, filled(state, list)]));
      // Both trays are as high as the higher one, so that their piles stand on one floor.
      const high = Math.max(...Object.values(piles).map((some) => rows(some.map(({ count }) => count))));
      for (const [family, tray] of Object.entries(trays)) tray.paint(lists[family], piles[family], high, PILES[state.sort][family]);
      const so = `Each machine has made ${state.pairs} ${state.pairs === 1 ? "pair" : "pairs"}.`;
      write(todo, state.pairs < last ? `${so} Let them make more.` : state.sort === "made" ? `${so} Pile them up.` : `${so} Pile them up in other ways, too.`);
      sort.paint();
      question.paint(state.sort === "sevens" && state.pairs === last && few(lists.p), undefined, soFar(state, lists.p));
      const told = ([family, some]) => `${PILES[state.sort][family]}: ${some.map(({ name = "pairs", counted: told }) => `${name} ${told}`).join(", ")}`;
      kit.say(Object.entries(piles).map(told).join("; "));
      return Object.fromEntries(Object.entries(measure(state)).map(([name, count]) => [name, number(count, 0)]));
    },
  };
}

export const python = (state) => `\
from bisect import bisect_right
from itertools import accumulate


def make(first, second, seed):
    """Draw one half of each pair, then the other half, given the first."""
    pairs, at = [], seed * 1000003
    for _ in range(${state.pairs}):
        pair, rules = [], first
        for _ in range(2):
            at = at * 48271 % (2**31 - 1)
            pair.append(bisect_right(list(accumulate(rules)), at / (2**31 - 1)))
            rules = second[pair[0]]
        pairs.append(tuple(pair))
    return pairs


prior, decoder = ${literal(PRIOR)}, ${literal(DECODER)}
data, encoder = ${literal(DATA)}, ${literal(ENCODER)}
p = [(x, z) for z, x in make(prior, decoder, ${state.seed})]  # the model: a code, then an image
q = make(data, encoder, ${state.seed + LATER})  # the encoder's side: an image, then a code
for name, pairs in ("p", p), ("q", q):
    for x, image in enumerate(${literal(IMAGES)}):
        for z, code in enumerate(${literal(CODES)}):
            print(f"{name}: {image}, {code} = {pairs.count((x, z))}")
`;

export const start = instrument({ schema, build, python });
