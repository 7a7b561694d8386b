// Two machines make pairs of an image and a code. Sorted by one half, the pairs tell the other: also what no network says.

import { choice } from "./controls/choice.js";
import { element } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { counting, otherDraws, player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { number, probability } from "./draw/format.js";
import { literal } from "./draw/python.js";
import { STYLE } from "./draw/tray-style.js";
import { Tray } from "./draw/tray.js";
import { CODES, DATA, DECODER, ENCODER, IMAGES, PRIOR } from "./maths/primer.js";
import { pairs } from "./maths/table.js";

export const schema = {
  "sort": { "of": ["made", "image", "code"], "start": "made" },
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

const share = (part, whole) => (whole ? ` (${probability(part / whole)})` : "");
/** The groups of a tray: one, or one an image, or one a code; each label counts in its group. */
const GROUPS = {
  made: (list) => [{ label: `${list.length} ${list.length === 1 ? "pair" : "pairs"}, as made`, holds: () => true, lit: true }],
  // The sevens, which the question is about, come first: what is below may be off the screen.
  image: (list) => IMAGES.map((image, x) => {
    const group = list.filter((pair) => pair.x === x);
    const round = group.filter((pair) => pair.z === ROUND).length;
    return { label: `${image}: ${group.length}, of these ${round} round${share(round, group.length)}`, holds: (pair) => pair.x === x, lit: x === SEVEN };
  }).reverse(),
  code: (list) => CODES.map((code, z) => {
    const group = list.filter((pair) => pair.z === z);
    const sevens = group.filter((pair) => pair.x === SEVEN).length;
    return { label: `${code}: ${group.length}, of these ${sevens} sevens${share(sevens, group.length)}`, holds: (pair) => pair.z === z, lit: z === ROUND };
  }),
};
/** What an answer still waits for: whether these groups can tell, and what they have told so far. */
function soFar({ sort }, list) {
  if (sort === "made") return "Now press “Make pairs”, wait for the end, and put them in groups.";
  if (sort === "code") return "These groups tell how many of the round codes are sevens. The question is how many of the sevens are round: which groups tell that?";
  const sevens = list.filter((pair) => pair.x === SEVEN);
  return `These groups can tell: so far ${sevens.filter((pair) => pair.z === ROUND).length} of ${sevens.length} sevens are round. Press “Make pairs”, and wait for the end.`;
}
const ORDER = {
  made: (a, b) => a.n - b.n,
  image: (a, b) => a.z - b.z || a.n - b.n,
  code: (a, b) => a.x - b.x || a.n - b.n,
};
const SAYS = {
  made: { p: "p(x, z): its pairs", q: "q(x, z): its pairs" },
  image: { p: "p(z|x): codes, given the image. No network", q: "q(z|x): codes, given the image. The encoder" },
  code: { p: "p(x|z): images, given the code. The decoder", q: "q(x|z): images, given the code. No network" },
};

function build(kit) {
  const trays = {
    p: new Tray("p", "p: the model", { first: "code", words: [["1. draw a code", "p(z), the prior"], ["2. decode it", "p(x|z), decoder"]] }),
    q: new Tray("q", "q: data and encoder", { first: "image", words: [["1. take an image", "q(x), the data"], ["2. encode it", "q(z|x), encoder"]] }),
  };
  const sort = choice(kit, "sort", "Put the pairs in groups:", { made: "as they were made", image: "by image", code: "by code" });
  const question = predict(kit, "The encoder of q answers “round” for three sevens of four. The model has no encoder. Of the sevens that the model makes, how many will have a round code?", {
    answers: ["about as many", "fewer than half", "without an encoder there is no telling"],
    right: 1,
    because: "A third, in the long run: a straight code becomes a seven twice as often as a round one. Any count of pairs scatters around that, and the encoder had no part in it.",
  });
  const last = schema.pairs.to;
  const step = counting(kit, "pairs", schema.pairs, SLOW);
  const again = otherDraws(kit, schema.seed);
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-scene" },
      element("style", {}, STYLE),
      question.element,
      element("p", { class: "lb-do lb-live" }, `Each machine begins with ${schema.pairs.start} pairs. Make pairs, to the end. Then put them in groups that tell.`),
      element("div", { class: "lb-live" }, ...player(kit, { name: "Make pairs", step, every: 3 }), again),
      sort.element,
      element("div", { class: "lb-beside", style: "align-items: start" }, ...Object.values(trays).map((tray) => element("div", { style: "flex: 1 1 14rem; max-width: 19rem" }, tray.element))),
      element("div", { class: "lb-live" }, ...kit.tools()),
    ),
    paint(state) {
      const lists = made(state);
      for (const [family, tray] of Object.entries(trays)) {
        tray.paint(lists[family], GROUPS[state.sort](lists[family]), ORDER[state.sort], SAYS[state.sort][family]);
      }
      sort.paint();
      question.paint(state.sort === "image" && state.pairs === last, undefined, soFar(state, lists.p));
      const lit = (family) => GROUPS[state.sort](lists[family]).find((group) => group.lit).label;
      kit.say(`model: ${lit("p")}; encoder’s side: ${lit("q")}`);
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
