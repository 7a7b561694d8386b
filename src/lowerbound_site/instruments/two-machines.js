// Two machines make pairs of an image and a code. Sorted by the one or by the other, the pairs tell eight things: four that
// were given, and four that nobody gave.

import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { counting, player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { number, probability } from "./draw/format.js";
import { literal } from "./draw/python.js";
import { STYLE } from "./draw/tray-style.js";
import { high, Tray } from "./draw/tray.js";
import { CODES, DATA, DECODER, ENCODER, IMAGES, PRIOR } from "./maths/primer.js";
import { pairs, sum } from "./maths/table.js";

export const schema = {
  "sort": { "of": ["made", "codes", "images"], "start": "made" },
  "pairs": { "from": 1, "to": 100, "step": 1, "start": 72 },
  "seed": { "from": 1, "to": 999, "step": 1, "start": 913 }
};

// The seed it starts with is the one whose hundred pairs are nearest to the long run, as the page says.
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
/** What a distribution is called where it is seen: between columns, or within each of them. */
const among = (name, from = "not given, counted") => `${name}, column by column: ${from}`;
const within = (name, from = "not given, counted") => `${name}, within a column: ${from}`;
/** The four names of each machine: those of what it was given, and those of what one of the sorts shows. */
const NAMES = {
  p: { given: [["p(z)", "prior"], ["p(x|z)", "likelihood, your decoder"]], images: [["p(x)", "evidence"], ["p(z|x)", "true posterior"]] },
  q: { given: [["q(x)", "data"], ["q(z|x)", "approximate posterior, your encoder"]], codes: [["q(z)", "aggregated posterior"], ["q(x|z)", "no common name"]] },
};
/** By what the pairs are sorted into columns, and each column into bands; and what the shares of both are called. */
const SORTS = {
  made: { columns: [{ holds: () => true }], bands: [{ holds: () => true }], p: { within: "p(x, z): the model’s pairs", among: "" }, q: { within: "q(x, z): pairs of data and encoder", among: "" } },
  codes: {
    columns: byCode, bands: byImage,
    p: { within: within("p(x|z)", "given, the decoder"), among: among("p(z)", "given, the prior") },
    q: { within: within("q(x|z)"), among: among("q(z)") },
  },
  images: {
    columns: byImage, bands: byCode,
    p: { within: within("p(z|x)"), among: among("p(x)") },
    q: { within: within("q(z|x)", "given, the encoder"), among: among("q(x)", "given, the data") },
  },
};
const BUTTONS = { codes: "Sort by code", images: "Sort by image" };

/** The columns with their pairs counted, and their bands. */
const filled = ({ sort }, list) =>
  SORTS[sort].columns.map(({ name, holds }) => {
    const all = list.filter(holds);
    const bands = SORTS[sort].bands.map((band) => {
      const count = all.filter(band.holds).length;
      return { name: band.name, count, share: probability(count / all.length), holds: (pair) => holds(pair) && band.holds(pair) };
    });
    return { name, bands, share: probability(all.length / list.length) };
  });

/** How many of the sevens are round, and how many there are. */
const sevens = (list) => {
  const codes = counted(list)[SEVEN];
  return [codes[ROUND], sum(codes)];
};
/** Whether the share of round ones is nearer to a third, as in the long run, than to a half: now and then a hundred pairs say otherwise. */
const few = (list) => 12 * sevens(list)[0] < 5 * sevens(list)[1];

/** What an answer still waits for: whether these columns can tell, and what they have told so far. */
function soFar({ sort, pairs: count }, list) {
  const [round, all] = sevens(list);
  const so = `${round} of the model’s ${all} sevens are round`;
  if (sort === "images" && count === schema.pairs.to) return `In these draws ${so}, more than in the long run. Press “Reset”, and make others.`;
  if (sort === "images") return `These columns can tell: so far ${so}. Press “Make pairs”, and wait for the end.`;
  return sort === "made" ? "Now press “Make pairs”, wait for the end, and sort them so that the sevens stand together." : "These columns do not stand for sevens. Press “Sort by image”.";
}

function build(kit) {
  const trays = {
    p: new Tray("p", "p: the model", { first: "code", given: ["p(z)", "the prior"], network: ["decoder", "p(x|z)"] }),
    q: new Tray("q", "q: data and encoder", { first: "image", given: ["q(x)", "the data"], network: ["encoder", "q(z|x)"] }),
  };
  const question = predict(kit, "The prior draws both codes equally often. The decoder turns straight codes into sevens twice as often as round codes. The encoder calls three in four sevens round. How many of the model’s sevens are round?", {
    answers: ["about three in four", "about half", "about a third"],
    right: 2,
    because: "Prior and decoder settle it: one round for two straight. Your title compares the columns of sevens: blue p(z|x) with orange q(z|x).",
  });
  const last = schema.pairs.to;
  const step = counting(kit, "pairs", schema.pairs, SLOW);
  const [make] = player(kit, { name: "Make pairs", step, every: 12 });
  const sorts = Object.entries(BUTTONS).map(([sort, words]) => {
    const button = element("button", { type: "button", "aria-pressed": "false" }, words);
    button.addEventListener("click", () => kit.go({ sort: kit.state.sort === sort ? "made" : sort }));
    return [sort, button];
  });
  const todo = element("p", { class: "lb-do" });
  const seen = new Set(); // the sorts that were chosen: the names that they show stay
  kit.atReset(() => seen.clear());
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-machines" },
      element("style", {}, STYLE),
      element("div", { class: "lb-live" },
        question.element,
        element("div", { class: "lb-hands" }, todo, make, ...sorts.map(([, button]) => button), element("div", {}, ...kit.tools()))),
      ...Object.values(trays).map((tray) => tray.element),
    ),
    paint(state) {
      const lists = made(state);
      const columns = Object.fromEntries(Object.entries(lists).map(([family, list]) => [family, filled(state, list)]));
      // Both trays are as high as the higher one, so that their columns stand on one floor.
      const room = Math.max(...Object.values(columns).map(high));
      if (BUTTONS[state.sort]) seen.add(state.sort);
      const names = (family) => Object.entries(NAMES[family]).flatMap(([sort, all]) => all.map(([symbol, name]) => [symbol, sort === "given" || seen.has(sort) ? name : "?"]));
      for (const [family, tray] of Object.entries(trays)) tray.paint(lists[family], columns[family], room, { ...SORTS[state.sort][family], names: names(family) });
      for (const [sort, button] of sorts) button.setAttribute("aria-pressed", String(sort === state.sort));
      const so = `${state.pairs} ${state.pairs === 1 ? "pair" : "pairs"} each.`;
      const both = seen.size > 1 ? "Now you have seen all eight." : "Sort them the other way.";
      write(todo, `${so} ${state.pairs < last ? "Let them make more." : state.sort === "made" && seen.size < 2 ? "Sort them." : both}`);
      question.paint(state.sort === "images" && state.pairs === last && few(lists.p), undefined, soFar(state, lists.p));
      const told = ([family, some]) => {
        const { among, within } = SORTS[state.sort][family];
        const each = some.map(({ name, share, bands }) => `${name} ${share}, of these ${bands.map((band) => `${band.name} ${band.share}`).join(" and ")}`);
        return state.sort === "made" ? within : `${among}; ${within}: ${each.join("; ")}`;
      };
      kit.say(`${so} ${Object.entries(columns).map(told).join(". ")}`);
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
