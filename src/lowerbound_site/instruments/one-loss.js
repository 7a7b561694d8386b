// The loss of one image as one bar, cut in two ways; and what an estimate of log p(x) takes, by draws.

import { choice } from "./controls/choice.js";
import { loadDecoder, loadEncoder, loadImages } from "./controls/data.js";
import { element, write } from "./controls/dom.js";
import { ellipse } from "./controls/ellipse.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { axisSlider } from "./controls/slider.js";
import { bar } from "./draw/bar.js";
import { dots } from "./draw/dots.js";
import { number, texts } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { outline, plane } from "./draw/plane.js";
import { prints } from "./draw/python.js";
import { Running } from "./draw/running.js";
import { noise, pieces, runningLogMean, weigh } from "./maths/cuts.js";
import { spread, upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { Grid, PIXELS, encode, forward } from "./maths/vae.js";

export const schema = {
  "cut": { "of": ["gap", "reconstruction"], "start": "gap" },
  "draws": { "from": 0, "to": 256, "step": 1, "start": 0 },
  "seed": { "from": 0, "to": 999, "step": 1, "start": 0 },
  "digit": { "from": 0, "to": 359, "step": 1, "start": 304 },
  "q": { "of": ["encoder", "hand"], "start": "encoder" },
  "z1": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "z2": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "s1": { "from": 0.05, "to": 1.2, "step": 0.01, "start": 0.3 },
  "s2": { "from": 0.05, "to": 1.2, "step": 0.01, "start": 0.3 }
};

// The image that it starts with, 304, is the held-out nine nearest to the average of the held-out nines.
const LIMIT = 3.5;
const AXIS = 40;
const PRIOR = upright(0, 0, 1, 1);
const CUTS = { gap: "−log p(x) + gap", reconstruction: "reconstruction cost + KL to the prior" };
const NEEDS = {
  gap: "Both pieces need p(z|x), the blue island, or p(x): a sum over every code.",
  reconstruction: "The island is not needed: encoder, decoder and prior are enough. The circle holds 95 % of the prior.",
};

async function load() {
  const [decoder, encoder, images] = await Promise.all([loadDecoder(), loadEncoder(), loadImages()]);
  return { decoder, encoder, images };
}

function build(kit, { decoder, encoder, images }) {
  const grid = new Grid(decoder);
  const kept = {};
  const once = (name, key, compute) => {
    if (kept[name]?.key !== key) kept[name] = { key, value: compute() };
    return kept[name].value;
  };
  const asked = ({ q, digit, z1, z2, s1, s2 }) => (q === "encoder" ? encode(encoder, images[digit]) : upright(z1, z2, s1, s2));
  const byHand = () => {
    if (kit.state.q === "hand") return;
    const q = asked(kit.state);
    const [s1, s2] = spread(q);
    kit.set({ q: "hand", z1: q.mean[0], z2: q.mean[1], s1, s2 });
  };

  const field = plane("one-loss", LIMIT);
  const ring = outline("lb-prior-ring", 0.95);
  ring.paint(PRIOR);
  const rain = dots("var(--lb-p)");
  const shots = dots("var(--lb-q)");
  field.marks.append(ring.element, rain.element);
  const held = ellipse(kit, field, byHand);
  field.marks.append(shots.element);
  field.paintAtlas(decoder);

  const target = pixels("var(--lb-data)");
  const yours = pixels("var(--lb-ink)");
  const costs = bar("lb-loss");
  const other = bar("lb-loss");
  const cuts = choice(kit, "cut", "cut the loss into", CUTS);
  const needs = element("p", { class: "lb-needs" });
  const running = new Running(["var(--lb-p)", "var(--lb-q)"], "Estimates of minus log p of x as they fill up with draws");
  const draws = axisSlider(kit, "draws", "draws", { small: 1, large: 8, page: 32 });
  const outputs = Object.fromEntries(["prior", "q", "exact"].map((name) => [name, element("output", { "aria-live": "off" })]));
  const values = element(
    "p", { class: "lb-values" },
    element("span", { class: "lb-label-p" }, "−log p(x) from the prior ", outputs.prior), " ",
    element("span", { class: "lb-q" }, "from q ", outputs.q), " ",
    element("span", {}, "exact (dashed) ", outputs.exact),
  );
  const button = (text, press) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", press);
    return made;
  };
  const more = button("Draw codes", () => kit.set(kit.state.draws ? { draws: 2 * kit.state.draws } : { draws: 16, q: "encoder" }, true));
  const again = button("Other draws", () => kit.go({ seed: (kit.state.seed + 1) % 1000 }));
  const buttons = element("div", { class: "lb-buttons lb-live" },
    more,
    again,
    button("The encoder’s answer", () => kit.go({ q: "encoder" })),
    button("Another digit", () => kit.go({ digit: (kit.state.digit + 47) % images.length, q: "encoder" })));
  const guess = predict(kit, "Cut the second bar the other way. Beside the blue piece, −log p(x), will the reconstruction cost be…", {
    answers: ["shorter", "as long", "longer"],
  });
  const logits = new Float64Array(PIXELS);

  function paint(state) {
    const { cut, digit, draws: n, seed } = state;
    const x = images[digit];
    const q = asked(state);
    const { logEvidence, logMass } = once("truth", digit, () => grid.posterior(x));
    const here = pieces(decoder, x, q, logEvidence);
    const { loss, surprise, rebuilding, kl } = here;
    const gap = Math.max(0, here.gap);

    // The draws.
    const rained = once("rain", `${digit} ${seed} ${n}`, () => weigh(decoder, x, PRIOR, noise(n, seed, 0)));
    const shot = weigh(decoder, x, q, once("noise", `${seed} ${n}`, () => noise(n, seed, 1)));
    rain.paint(rained, logEvidence);
    shots.paint(shot, logEvidence);
    const estimates = [rained, shot].map((codes) => runningLogMean(codes.map(({ logWeight }) => logWeight)).map((value) => -value));
    const last = estimates.map((costsSoFar) => (n ? costsSoFar[n - 1] : NaN));
    const said = n ? `after ${n} draws ${number(last[0], 2)} from the prior, ${number(last[1], 2)} from q; exact ${number(surprise, 2)}` : "no draws yet";
    for (const part of [drawn, again]) part.hidden = n === 0;
    write(more, n ? "Draw twice as many" : "Draw codes");
    running.paint(surprise, estimates, said);
    draws.paint(said);
    write(outputs.prior, n ? number(last[0], 2) : "—");
    write(outputs.q, n ? number(last[1], 2) : "—");
    write(outputs.exact, number(surprise, 2));

    // The plane: the island only where it is needed.
    once("island", digit, () => field.paintIsland(grid, logMass));
    field.showIsland(cut === "gap");
    ring.element.setAttribute("display", cut === "reconstruction" ? "inline" : "none");
    target.paint(x, `<i>x</i>, held-out digit ${digit}`);
    yours.paint(forward(decoder, q.mean, logits).map(sigmoid), "q’s middle, decoded");

    // The bar.
    const both = {
      gap: {
        numbers: { "-log p(x)": surprise, gap },
        pieces: [{ kind: "lb-piece-p", start: 0, end: surprise }, { kind: "lb-piece-gap", start: surprise, end: loss }],
        labels: [["lb-label-p", surprise, `−log p(x) ${number(surprise, 2)}`], ["lb-label-gap", surprise, `gap ${number(gap, 2)}`]],
      },
      reconstruction: {
        numbers: { "reconstruction cost": rebuilding, "KL(q||prior)": kl },
        pieces: [{ kind: "lb-piece-grey", start: 0, end: rebuilding }, { kind: "lb-piece-q", start: rebuilding, end: loss }],
        labels: [["", rebuilding, `reconstruction ${number(rebuilding, 2)}`], ["lb-q", rebuilding, `KL to the prior ${number(kl, 2)}`]],
      },
    };
    const parts = both[cut];
    // Both bars are the loss; the second is cut when the reader asks for it.
    const show = (place, { pieces: cutInto, labels }) => place.paint({
      from: 0, to: AXIS, step: 10, marks: [{ kind: "lb-end", at: loss }], pieces: cutInto,
      labels: labels.map(([kind, at, text], k) => ({ kind, at: Math.min(Math.max(at, 0.45 * AXIS), 0.66 * AXIS), text, side: k ? "" : "lb-before" })),
      end: { at: Math.min(loss, AXIS), text: `loss ${number(loss, 2)}${loss > AXIS ? " →" : ""}`, inside: loss > 0.75 * AXIS },
    });
    show(costs, both.gap);
    show(other, cut === "gap" ? { pieces: [{ kind: "lb-piece-grey", start: 0, end: loss }], labels: [["", 0, "the same loss, uncut"]] } : parts);
    write(needs, NEEDS[cut]);
    const shown = { loss, ...parts.numbers, ...(n ? { "-log p(x) from the prior": last[0], "-log p(x) from q": last[1] } : {}) };
    const numbers = texts(shown, 2);
    const meaning = Object.entries(numbers).slice(0, 3).map(([name, text]) => `${name} ${text}`).join(", ");
    held.paint(q, meaning);
    cuts.paint();
    const longer = Math.sign(Number((rebuilding - surprise).toFixed(2)));
    guess.paint(cut === "reconstruction", {
      right: 1 + longer,
      because: longer < 0
        ? `Codes chosen for x rebuild x better than codes from all over the map do on average, so it is ${number(rebuilding, 2)} beside ${number(surprise, 2)}. The KL to the prior, ${number(kl, 2)}, is the charge for choosing.`
        : `Many codes of this ellipse rebuild x badly, so it is ${number(rebuilding, 2)} beside ${number(surprise, 2)}.`,
    });
    kit.say(`${meaning}. ${n ? said : ""}`);
    return numbers;
  }

  const drawn = element("div", {},
    element("p", { class: "lb-legend" }, "Dots: codes drawn from the prior (blue) and from q (orange), filled where p(x|z) is large. Below, each kind estimates −log p(x). It is minus the log of an average: of p(x|z) over the blue codes, of p(x,z)/q(z|x) over the orange ones."),
    running.element, values);
  const stage = element("div", { class: "lb-stage lb-inspect" },
    guess.element,
    element("div", { class: "lb-costs" }, cuts.element, costs.element, other.element, needs),
    field.element,
    element("div", { class: "lb-draw" }, target.element),
    element("div", { class: "lb-side" }, yours.element),
    element("div", { class: "lb-readings" }, drawn, element("div", { class: "lb-live" }, draws.element), buttons,
      element("div", { class: "lb-tools lb-live" }, ...kit.tools())));
  return { stage, paint, stop: held.stop };
}

const FROM_DRAWS = `
def normals(n, stream):
    """The page's draws: the generator sfc32, and Marsaglia and Bray's way from uniform numbers to normal ones."""
    a, b, c, count, words, found = SEED, stream, 0, 0, [], []
    while len(found) < 2 * n:
        count += 1
        word = (a + b + count) % 2**32
        a, b = b ^ (b >> 9), c * 9 % 2**32
        c = ((c << 21 | c >> 11) + word) % 2**32
        if count > 16:
            words.append(word >> 6)
        if len(words) == 4:
            u, v = (2 * (high * 2**26 + low + 0.5) / 2**52 - 1 for high, low in (words[:2], words[2:]))
            words, square = [], u * u + v * v
            if 0 < square < 1:
                found += [u * (-2 * log(square) / square) ** 0.5, v * (-2 * log(square) / square) ** 0.5]
    return tensor(found, dtype=float64).reshape(n, 1, 2)

`;

const PRINTED = {
  gap: { "-log p(x)": "surprise", gap: "max(0.0, loss - surprise)" },
  reconstruction: { "reconstruction cost": "-reconstruction(vae, q, x).item()", "KL(q||prior)": "kl_each(q, vae.prior).item()" },
};
const IMPORTS = { gap: ["Grid"], reconstruction: ["kl_each", "reconstruction"] };

function python({ cut, draws, seed, digit, q, z1, z2, s1, s2 }) {
  const names = [...(q === "hand" ? ["DiagonalNormal"] : []), "digits", "elbo", "trained_digits", ...IMPORTS[cut]];
  names.sort((one, other) => (/^[A-Z]/.test(other) - /^[A-Z]/.test(one)) || (one < other ? -1 : 1));
  const torch = [...(draws || q === "hand" ? ["float64", "tensor"] : [])];
  return `${draws ? "from math import log\n\n" : ""}${torch.length ? `from torch import ${torch.join(", ")}\n\n` : ""}from lowerbound import ${names.join(", ")}
${draws ? `${FROM_DRAWS.replace("SEED", seed)}
` : ""}
vae = trained_digits()
x = digits().held_out[[${digit}]]
${q === "hand" ? `q = DiagonalNormal(tensor([[${z1}, ${z2}]], dtype=float64), tensor([[${s1}, ${s2}]], dtype=float64).log())` : "q = vae.encode(x)"}

loss = -elbo(vae, q, x).item()
${cut === "gap" ? "surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()\n" : ""}${prints({}, { loss: "loss", ...PRINTED[cut] }, 2)}${
  draws
    ? `
z = normals(${draws}, 0)
print(f"-log p(x) from the prior = {log(${draws}) - vae.log_likelihood(x, z).logsumexp(0).item():z.2f}")
z = q.at(normals(${draws}, 1))
weights = vae.log_joint(x, z) - q.log_prob(z)
print(f"-log p(x) from q = {log(${draws}) - weights.logsumexp(0).item():z.2f}")
`
    : ""
}`;
}

export const start = instrument({ schema, load, build, python });
