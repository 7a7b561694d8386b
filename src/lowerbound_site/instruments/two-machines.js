// Two machines make pairs of an image and a code. Sorted by the one or by the other, the pairs tell eight things: four that
// were given, and four that nobody gave.

import { element, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { player } from "./controls/play.js";
import { predict } from "./controls/predict.js";
import { number, probability } from "./draw/format.js";
import { literal } from "./draw/python.js";
import { STYLE } from "./draw/tray-style.js";
import { MOST, SLOW, Tray, high } from "./draw/tray.js";
import { CODES, DATA, DECODER, ENCODER, IMAGES, PRIOR } from "./maths/primer.js";
import { pairs, sum } from "./maths/table.js";

export const schema = {
  "sort": { "of": ["made", "codes", "images"], "start": "made" },
  "pairs": { "from": 1, "to": 100, "step": 1, "start": 1 },
  "seed": { "from": 1, "to": 999, "step": 1, "start": 913 }
};

// The seed it starts with is the one whose hundred pairs are nearest to the long run, as the page says.
const LATER = 1000; // the encoder's side has a seed so much higher
const TICK = 6; // frames
const PACE = [[SLOW, 14, 1], [12, 4, 1], [30, 1, 1], [Infinity, 1, MOST]]; // below so many pairs: a tick of so many makes so many
const TOLD = 10; // sevens, or round codes, before their share is written large
const MAKE = "Make pairs";
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

/** By what the pairs are sorted into columns, and each column into bands. Of one column, `large`, one band is written large. */
const byCode = CODES.map((name, z) => ({ name, holds: (pair) => pair.z === z, wide: 150, pitch: 21, across: 5, large: z === ROUND }));
const byImage = IMAGES.map((name, x) => ({ name, holds: (pair) => pair.x === x, ...(x === SEVEN ? { wide: 140, pitch: 22, across: 4, large: true } : { wide: 80, pitch: 16, across: 3 }) }));
const all = { holds: () => true };
/** What the shares are called: `within` a column, and `among` the columns. */
const SORTS = {
  made: {
    columns: [{ ...all, wide: 300, pitch: 29, across: 10, large: true }], bands: [all],
    p: { symbol: "p(x, z)", within: "joint distribution: the model’s pairs", among: "" },
    q: { symbol: "q(x, z)", within: "joint distribution: pairs of data and encoder", among: "" },
  },
  codes: {
    columns: byCode, bands: byImage, band: SEVEN,
    p: { symbol: "p(seven | round) = ", within: `likelihood; your decoder says ${DECODER[ROUND][SEVEN].toFixed(2)}`, among: "prior p(z): given" },
    q: { symbol: "q(seven | round) = ", within: "q(x|z), no common name: counted", among: "aggregated posterior q(z): counted" },
  },
  images: {
    columns: byImage, bands: byCode, band: ROUND,
    p: { symbol: "p(round | seven) = ", within: "true posterior p(z|x): counted", among: "evidence p(x): counted" },
    q: { symbol: "q(round | seven) = ", within: `approximate posterior; your encoder says ${ENCODER[SEVEN][ROUND].toFixed(2)}`, among: "data q(x): given" },
  },
};
const BUTTONS = { codes: "Sort by code", images: "Sort by image" };

/** The columns with their pairs counted, and their bands. */
const filled = ({ sort }, list) =>
  SORTS[sort].columns.map((column) => {
    const held = list.filter(column.holds);
    const bands = SORTS[sort].bands.map((band, n) => {
      const count = held.filter(band.holds).length;
      return { name: band.name, count, large: column.large && n === SORTS[sort].band, share: probability(count / held.length), holds: (pair) => column.holds(pair) && band.holds(pair) };
    });
    return { ...column, bands, share: probability(held.length / list.length) };
  });
/** The share that is written large, if there are enough to tell. */
const large = (columns) => {
  const { bands } = columns.find((column) => column.large);
  const band = bands.find((one) => one.large);
  return band ? (sum(bands.map(({ count }) => count)) < TOLD ? "—" : band.share) : "";
};

/** How many of the sevens are round, and how many there are. */
const sevens = (list) => {
  const codes = counted(list)[SEVEN];
  return [codes[ROUND], sum(codes)];
};
/** Whether the share of round ones is nearer to a third, as in the long run, than to a half: now and then a hundred pairs say otherwise. */
const few = (list) => 12 * sevens(list)[0] < 5 * sevens(list)[1];

/** What an answer still waits for: whether these columns can tell, and what they have told so far. */
function soFar({ sort, pairs: count }, list, running) {
  const [round, all] = sevens(list);
  const so = `${round} of the model’s ${all} sevens are round`;
  if (sort === "images" && count === schema.pairs.to) return `In these draws ${so}, more than in the long run. Press “Reset”, and make others.`;
  if (count < schema.pairs.to && sort === "images") return running ? "These columns can tell: watch until there are 100 pairs." : `These columns can tell: so far ${so}. Press “${MAKE}”, and wait for 100 pairs.`;
  if (count < schema.pairs.to) return running ? "Watch the machines make 100 pairs." : `Press “${MAKE}”, and watch.`;
  return "Press “Sort by image”: then the sevens stand together.";
}

/** Makes pairs: the first ones slowly, so that each is followed through its machine; then faster. */
function making(kit, { from, to }) {
  let waited = Infinity;
  return () => {
    const so = kit.state.pairs;
    const [, ticks, stride] = PACE.find(([below]) => so < below);
    waited += 1;
    if (waited < ticks) return true;
    waited = 0;
    const next = so < to ? Math.min(to, so + stride) : from;
    kit.set({ pairs: next });
    return next < to;
  };
}

function build(kit) {
  const trays = {
    p: new Tray("p", "p: the model", { first: "code", given: ["p(z)", "the prior"], network: ["decoder", "p(x|z)"] }),
    q: new Tray("q", "q: data and encoder", { first: "image", given: ["q(x)", "the data"], network: ["encoder", "q(z|x)"] }),
  };
  const question = predict(kit, "The encoder gives most sevens the round code. Which code do most of the model’s sevens come from?", {
    answers: ["round, too", "straight", "half each"],
    right: 1,
    because: "The encoder has no part in the model’s sevens. The prior draws both codes equally often, and the decoder makes a seven from a straight code twice as often as from a round one.",
  });
  const last = schema.pairs.to;
  const [make] = player(kit, { name: MAKE, step: making(kit, schema.pairs), every: TICK });
  const sorts = Object.entries(BUTTONS).map(([sort, words]) => {
    const button = element("button", { type: "button", "aria-pressed": "false" }, words);
    button.addEventListener("click", () => kit.go({ sort: kit.state.sort === sort ? "made" : sort }));
    return [sort, button];
  });
  const todo = element("p", { class: "lb-do" });
  const seen = new Set(); // the sorts that were chosen
  kit.atReset(() => seen.clear());
  return {
    stage: element(
      "div",
      { class: "lb-stage lb-machines" },
      element("style", {}, STYLE),
      element("div", { class: "lb-column" },
        question.element,
        element("div", { class: "lb-hands lb-live" }, todo, make, ...sorts.map(([, button]) => button), element("div", {}, ...kit.tools()))),
      ...Object.values(trays).map((tray) => tray.element),
    ),
    paint(state) {
      const lists = made(state);
      const columns = Object.fromEntries(Object.entries(lists).map(([family, list]) => [family, filled(state, list)]));
      // Both trays are as high as the higher one, so that their columns stand on one floor.
      const room = Math.max(...Object.values(columns).map(high));
      if (BUTTONS[state.sort]) seen.add(state.sort);
      for (const [family, tray] of Object.entries(trays)) tray.paint(lists[family], columns[family], room, { ...SORTS[state.sort][family], share: large(columns[family]) });
      for (const [sort, button] of sorts) button.setAttribute("aria-pressed", String(sort === state.sort));
      const so = `${state.pairs} ${state.pairs === 1 ? "pair" : "pairs"} each.`;
      const both = seen.size > 1 ? "Now you have seen all eight." : "Sort them the other way.";
      const running = make.textContent === "Pause";
      if (!running) write(make, state.pairs < last ? MAKE : "Start again");
      write(todo, `${so} ${state.pairs < last ? (running ? "" : "Let them make more.") : state.sort === "made" && seen.size < 2 ? "Sort them." : both}`);
      question.paint(state.sort === "images" && state.pairs === last && few(lists.p), undefined, soFar(state, lists.p, running));
      todo.hidden = question.answered() && !question.judged(); // then what is to be done stands where the verdict will
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
