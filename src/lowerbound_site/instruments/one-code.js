// One code is enough for log p(x), if one has p(z|x); and what comes out with the encoder's q in its place.

import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { point } from "./controls/point.js";
import { predict } from "./controls/predict.js";
import { number, texts } from "./draw/format.js";
import { outcomes } from "./draw/one-code.js";
import { STYLE } from "./draw/one-code-style.js";
import { pixels } from "./draw/pixels.js";
import { outline, plane } from "./draw/plane.js";
import { average, codeAt, steadyNoise } from "./maths/draws.js";
import { logsAt } from "./maths/one-code.js";
import { Grid, encode, loss } from "./maths/vae.js";

export const schema = {
  "term": { "of": ["p", "q"], "start": "p" },
  "digit": { "from": 0, "to": 359, "step": 1, "start": 267 },
  "z1": { "from": -3.5, "to": 3.5, "step": 0.01, "start": -0.5 },
  "z2": { "from": -3.5, "to": 3.5, "step": 0.01, "start": -0.6 },
  "draws": { "of": ["none", "sixteen"], "start": "none" }
};

// The image that it starts with, 267, has a gap that can be seen on this axis: 0.8 nats, where most have less than 0.2.
const LIMIT = 3.5;
const YOURS = 8; // codes of the reader that stay in the picture, with the one in the hand
const NOISE = steadyNoise(16);

async function load() {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, encoder, images };
}

function build(kit, { decoder, encoder, images }) {
  const grid = new Grid(decoder);

  const field = plane("one-code", LIMIT);
  field.paintAtlas(decoder);
  const answer = [outline("lb-halo", 0.95), outline("lb-q-95", 0.95)];
  const dots = (stroke, width) => svg("path", { class: "lb-line", stroke, "stroke-width": width, "stroke-linecap": "round" });
  const drawn = dots("var(--lb-q)", 5);
  const before = dots("var(--lb-muted)", 6);
  field.marks.append(...answer.map((part) => part.element), drawn, before);

  // The code in the hand; those that it was at before stay in the picture.
  let tried = [];
  let resting = true;
  const code = () => [kit.state.z1, kit.state.z2];
  const leave = () => {
    if (resting) tried = [...tried, code()].slice(1 - YOURS);
    resting = false;
  };
  const moved = (z) => String(z) !== String(code());
  const rest = () => {
    resting = true;
    if (tried.length && !moved(tried.at(-1))) tried.pop(); // it was touched, and not moved
    kit.set({}, true);
  };
  const you = point(kit, field, "code", { hold: leave, end: rest });

  const given = pixels("var(--lb-data)");
  const chart = outcomes(YOURS, NOISE.length);
  const terms = element("span", {});
  const sum = element("output", { "aria-live": "off" });
  const said = element("p", {});
  const button = (press) => {
    const made = element("button", { type: "button" });
    made.addEventListener("click", press);
    return made;
  };
  const put = button(() => kit.go({ term: kit.state.term === "p" ? "q" : "p" }));
  const sixteen = button(() => kit.go({ draws: kit.state.draws === "none" ? "sixteen" : "none" }));
  const another = button(() => kit.go({ digit: (kit.state.digit + 47) % images.length }));
  write(another, "Another digit");
  const ask = predict(kit, "The dot is one code z. Below the map stands what you get from it. Take another code: will the result be…", {
    answers: ["smaller", "the same", "larger"],
  });
  kit.atReset(() => (tried = []));
  let known = {}; // of the digit that is shown
  let was; // the term that was taken away before

  function paint({ term, digit, z1, z2, draws }) {
    const x = images[digit];
    if (known.digit !== digit) {
      const q = encode(encoder, x);
      known = { digit, q, least: -loss(decoder, x, q), ...grid.posterior(x) };
      field.paintIsland(grid, known.logMass);
      tried = [];
      ask.again();
    }
    const { logEvidence, q, least } = known;
    field.showIsland(true, false);
    for (const part of answer) part.paint(q);
    given.paint(x, "<i>x</i>");

    const theirs = draws === "sixteen" ? NOISE.map((e) => codeAt(q, e)) : [];
    const codes = [...tried, [z1, z2], ...theirs];
    const logs = logsAt(decoder, x, q, codes, logEvidence).map((log) => ({ ...log, from: log.joint, to: log.joint - log[term] }));
    const yours = logs.splice(0, tried.length + 1);
    const here = yours.at(-1);
    const both = term === "q" && theirs.length > 0;

    const at = (some) => some.map(([a, b]) => `M${a.toFixed(2)} ${(-b).toFixed(2)}h0`).join("");
    change(drawn, { d: at(theirs) });
    change(before, { d: at(tried) });

    const numbers = {
      ...texts({ "log p(x, z)": here.joint, [`log ${term}(z|x)`]: here[term] }, 3),
      ...texts({ difference: here.to, "log p(x)": logEvidence }, 2),
    };
    if (theirs.length) Object.assign(numbers, texts({ "mean of sixteen": average(logs.map(({ to }) => to)).mean }, 2));
    if (both) Object.assign(numbers, texts({ "-loss": least, gap: Math.max(0, logEvidence - least) }, 2));
    const second = numbers[`log ${term}(z|x)`];
    const compared = term === "q" || yours.length + theirs.length > 1; // before, a line would give the answer away
    chart.paint([...yours, ...Array(YOURS - yours.length), ...logs], {
      truth: logEvidence, below: both ? logEvidence - least : undefined, kind: term, slides: (was ?? term) !== term,
      told: `One dot a code${compared ? `, and a line at log p(x), ${numbers["log p(x)"]}` : ""}; your last code is at ${numbers.difference}`, compared,
    });
    was = term;
    write(terms, `log p(x, z) − log ${term}(z|x)`);
    write(sum, `= ${numbers["log p(x, z)"]} − ${here[term] < 0 ? `(${second})` : second} = ${numbers.difference}`);
    write(said, both
      ? `Now they scatter. The mean of the sixteen is ${numbers["mean of sixteen"]}, and that of all the encoder’s codes ${numbers["-loss"]} (dashed): minus the loss. It lies below log p(x), ${numbers["log p(x)"]}, by the purple piece, the gap: ${numbers.gap}.`
      : theirs.length ? `From each of the sixteen, too, comes ${numbers["mean of sixteen"]}.`
      : term === "q" ? `With p(z|x) it was ${numbers["log p(x)"]}. And on average over the encoder’s codes? Press “Sixteen codes of the encoder”.` : "");
    write(put, term === "p" ? "Put the encoder’s q in its place" : "Put p(z|x) back");
    write(sixteen, theirs.length ? "Without the sixteen" : "Sixteen codes of the encoder");
    const meaning = `${numbers["log p(x, z)"]} minus ${second} is ${numbers.difference}`;
    you.paint({ z1, z2 }, meaning);
    ask.paint(term === "p" && (tried.some(moved) || theirs.length > 0), {
      right: 1,
      because: "Where p(x, z) is larger, p(z|x) is larger by the same factor: that is Bayes’ rule. So one code is enough for whoever has p(z|x). Your program doesn’t have it: press “Put the encoder’s q in its place”.",
    }, term === "p" ? "Now drag the dot, or press another place on the map." : "Press “Put p(z|x) back”.");
    kit.say(meaning);
    return numbers;
  }

  const stage = element("div", { class: "lb-stage lb-sided lb-one-code" },
    element("style", {}, STYLE),
    element("div", { class: "lb-column" }, ask.element),
    element("div", { class: "lb-picture" },
      field.element,
      element("div", { class: "lb-given" }, given.element, element("p", {}, terms, element("br"), sum)),
      element("div", { class: "lb-live" }, another)),
    element("div", { class: "lb-rest" },
      chart.element,
      said,
      element("div", { class: "lb-buttons lb-live" }, put, sixteen),
      element("div", { class: "lb-tools lb-live" }, ...kit.tools())));
  return { stage, paint, stop: you.stop };
}

function python({ term, digit, z1, z2, draws }) {
  const theirs = draws === "sixteen";
  const bound = theirs && term === "q";
  return `from torch import ${theirs ? "arange, " : ""}float64, tensor
${theirs ? "from torch.special import ndtri\n" : ""}
from lowerbound import Grid, digits, ${bound ? "elbo, " : ""}trained_digits

vae = trained_digits()
x = digits().held_out[[${digit}]]
q = vae.encode(x)
evidence = Grid(vae, points=72, limit=5).log_evidence(x)


def second(z):
    return ${term === "p" ? "vae.log_joint(x, z) - evidence" : "q.log_prob(z)"}


def difference(z):
    return vae.log_joint(x, z) - second(z)


z = tensor([[${z1}, ${z2}]], dtype=float64)
print(f"log p(x, z) = {vae.log_joint(x, z).item():z.3f}")
print(f"log ${term}(z|x) = {second(z).item():z.3f}")
print(f"difference = {difference(z).item():z.2f}")
print(f"log p(x) = {evidence.item():z.2f}")
${theirs ? `
# Sixteen draws of q at evenly spread noise
g = 1.324717957244746
steps = tensor([1 / g, 1 / g**2], dtype=float64)
sixteen = q.at(ndtri((0.5 + arange(1, 17)[:, None] * steps) % 1)[:, None])
print(f"mean of sixteen = {difference(sixteen).mean().item():z.2f}")
` : ""}${bound ? `bound = elbo(vae, q, x)
print(f"-loss = {bound.item():z.2f}")
print(f"gap = {max(0.0, (evidence - bound).item()):z.2f}")
` : ""}`;
}

export const start = instrument({ schema, load, build, python });
