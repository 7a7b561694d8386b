// The film of a training run: every epoch's networks are kept, so that the island and the ellipse can be watched.

import { loadImages, loadLabels, loadTrainingImages } from "./controls/data.js";
import { element, svg, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { predict } from "./controls/predict.js";
import { Trainer } from "./controls/trainer.js";
import { joined } from "./controls/workshop-parts.js";
import { bitmap, tinted } from "./draw/bitmap.js";
import { gap, number } from "./draw/format.js";
import { runPanes } from "./draw/run-panes.js";
import { STYLE } from "./draw/workshop-style.js";
import { QUICK, measure } from "./maths/measure.js";
import { sigmoid } from "./maths/numbers.js";
import { Random } from "./maths/random.js";
import { Vae } from "./maths/train.js";

// The film begins with the run in the middle: of the five seeds the one whose loss ends third, with either network.
export const schema = {
  "net": { "of": ["one", "two"], "start": "two" },
  "seed": { "from": 0, "to": 4, "step": 1, "start": 4 },
  "epoch": { "from": 0, "to": 100, "step": 1, "start": 0 },
  "digit": { "from": 0, "to": 359, "step": 1, "start": 2 }
};

const EPOCHS = 100;
const ASKED = 20; // the epoch that the question is about
const ALIKE = 4 / 3; // two gaps that are no further apart than by this factor are about alike
const TILES = 5; // pictures a side, over |z| <= 2
const BETWEEN = 80; // milliseconds an epoch while it plays
const PAUSE = { net: "two", epoch: 2 }; // where it stops by itself once, since there is something to see: nothing is learned, and the gap is small
const SETTINGS = { epochs: EPOCHS, batchSize: 64, rate: 0.005, beta: 1, noise: true, train: "both" };
const SHAPES = {
  one: { pixels: 64, latent: 2, hidden: [64], encoder: "silu", decoder: "silu" },
  two: { pixels: 64, latent: 2, hidden: [64, 64], encoder: "tanh", decoder: "tanh" },
};

const QUESTION = {
  question: `What will the gap do? After ${ASKED} epochs of training, compared with its size before the first step, it is…`,
  options: ["smaller", "about the same", "larger"],
  judge: (first, then) => ({
    right: then.gap < first.gap / ALIKE ? 0 : then.gap <= first.gap * ALIKE ? 1 : 2,
    because: `The gap was ${gap(first.gap)} nats before the first step and is ${gap(then.gap)} after ${ASKED} epochs. The film goes to epoch ${EPOCHS}.`,
  }),
};

async function load() {
  const [images, labels, train] = await Promise.all([loadImages(), loadLabels(), loadTrainingImages()]);
  return { images, labels, heldOut: joined(images), train: joined(train) };
}

async function build(kit, { images, labels, heldOut, train }) {
  const runs = new Map(); // by network and seed: the weights and measurements of each epoch
  const keyOf = ({ net, seed }) => `${net} ${seed}`;
  const runOf = (state) => runs.get(keyOf(state));
  let training; // the key of the run that the worker trains
  let playing = 0;
  let paused = false;
  const furthest = new Map(); // by network and seed: the last epoch that was seen. The worker trains ahead, and the curves would tell what comes
  kit.atReset(() => {
    paused = false;
    furthest.clear();
  });

  const trainer = new Trainer({
    kept({ epoch, moment }) {
      runs.get(training).push(moment);
      if (epoch === EPOCHS) training = undefined;
      kit.repaint();
    },
    failed() {
      write(said, "The training could not be started here.");
    },
  });

  function need(state) {
    const key = keyOf(state);
    if (runs.get(key)?.length > EPOCHS || training === key) return;
    if (training) runs.delete(training); // it is given up
    training = key;
    runs.set(key, []);
    trainer.say("film", { settings: { ...SETTINGS, seed: state.seed }, shape: SHAPES[state.net], train, heldOut, digit: state.digit });
  }

  const atlas = tinted("lb-film-atlas", "var(--lb-ink)", 1, true);
  const places = svg("svg", { viewBox: `0 0 ${TILES} ${TILES}`, class: "lb-decoded lb-places", role: "img", "aria-label": "what 25 places of the map decode to" }, atlas.element);
  const panes = runPanes("lb-film", { images, labels, heldOut }, EPOCHS, [places, "25 places, decoded"]);
  const foretell = predict(kit, QUESTION.question, { answers: QUESTION.options });
  const stopped = element("p", { role: "status" }); // beside the question, whether that is answered or not
  foretell.element.append(stopped);

  const slider = element("input", { type: "range", min: 0, max: EPOCHS, step: 1, "aria-label": "epoch" });
  const said = element("output", { "aria-live": "off" });
  const move = (atRest) => {
    stop();
    kit.set({ epoch: slider.valueAsNumber }, atRest);
  };
  slider.addEventListener("input", () => move(false));
  slider.addEventListener("change", () => move(true));
  const play = element("button", { type: "button", class: "lb-tool lb-main" }, "Train");
  play.addEventListener("click", () => (playing ? rest() : begin()));
  const nets = { one: "One layer, SiLU", two: "Two layers, tanh" };
  const choose = Object.entries(nets).map(([net, name]) => {
    const made = element("button", { type: "button", class: "lb-tool" }, name);
    made.addEventListener("click", () => {
      stop();
      foretell.again();
      kit.go({ net, epoch: 0 });
    });
    return { net, made };
  });
  const seed = element("select", {}, ...[0, 1, 2, 3, 4].map((value) => element("option", { value }, String(value))));
  seed.addEventListener("change", () => {
    stop();
    foretell.again();
    kit.go({ seed: Number(seed.value), epoch: 0 });
  });
  const another = element("button", { type: "button", class: "lb-tool" }, "Another digit");
  another.addEventListener("click", () => kit.go({ digit: (kit.state.digit + 1) % images.length }));

  function begin() {
    need(kit.state);
    if (kit.state.epoch === EPOCHS) kit.set({ epoch: 0 });
    let { epoch } = kit.state;
    const stops = () => !paused && kit.state.net === PAUSE.net && epoch <= PAUSE.epoch;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      const pause = stops() && epoch < PAUSE.epoch;
      paused ||= pause;
      kit.set({ epoch: pause ? PAUSE.epoch : EPOCHS }, true);
      return;
    }
    playing = setInterval(() => {
      const have = (runOf(kit.state)?.length ?? 0) - 1;
      const elsewhere = kit.state.epoch !== epoch; // a link has led there: that is what the reader wants to see
      const goesOn = !elsewhere && epoch < have;
      if (goesOn) kit.set({ epoch: (epoch += 1) });
      const pause = goesOn && stops() && epoch === PAUSE.epoch;
      paused ||= pause;
      if (elsewhere || pause || epoch === EPOCHS) rest();
    }, BETWEEN);
    kit.repaint();
  }
  function stop() {
    clearInterval(playing);
    playing = 0;
  }
  function rest() {
    stop();
    kit.set({}, true);
  }

  const stage = element(
    "div",
    { class: "lb-workshop" },
    element("style", {}, STYLE),
    foretell.element,
    element(
      "div",
      { class: "lb-live lb-run" },
      ...choose.map(({ made }) => made),
      element("label", { class: "lb-seed" }, "seed ", seed),
      another,
      play,
      element("label", { class: "lb-epoch" }, element("span", {}, "epoch"), slider, said),
    ),
    panes.root,
    element("div", { class: "lb-live lb-run" }, ...kit.tools()),
  );

  const shown = Object.fromEntries(Object.entries(SHAPES).map(([net, shape]) => [net, new Vae(shape)])); // with the weights of the epoch that is seen
  let built = false;
  const untrained = new Map(); // before anything is trained, the first networks are seen all the same
  function firstOf(state) {
    const key = keyOf(state);
    if (!untrained.has(key)) {
      const vae = Vae.untrained(SHAPES[state.net], new Random(state.seed));
      const there = { weights: vae.weights };
      untrained.set(key, there);
      there.known = measure(vae, heldOut.subarray(0, 60 * 64), 60, QUICK).then((found) => {
        there.measured = { at: 0, ...found };
        if (built) kit.repaint();
      });
    }
    return untrained.get(key);
  }

  function paint(state) {
    if (state.epoch > 0) need(state);
    const run = runOf(state) ?? [];
    const at = Math.min(state.epoch, Math.max(0, run.length - 1));
    const moment = run[at] ?? firstOf(state);
    const { weights, measured } = moment;
    const vae = shown[state.net];
    vae.weights.set(weights);
    const key = keyOf(state);
    furthest.set(key, Math.max(at, furthest.get(key) ?? 0));
    const points = (run.length ? run.slice(0, furthest.get(key) + 1) : [firstOf(state)]).map((there) => there.measured).filter(Boolean);
    const { q, gap: between, numbers } = panes.paint(vae, state.digit, points, at, moment);
    atlas.show((moment.atlas ??= atlasOf(vae)), { x: 0, y: 0, width: TILES, height: TILES });
    slider.value = state.epoch;
    seed.value = state.seed;
    for (const { net, made } of choose) made.setAttribute("aria-pressed", net === state.net);
    const waiting = at < state.epoch ? `${at} so far` : String(at);
    write(said, waiting);
    slider.setAttribute("aria-valuetext", measured ? `epoch ${waiting}, gap ${numbers[2]} nats` : `epoch ${waiting}`);
    write(play, playing ? "Pause" : state.epoch > 0 && state.epoch < EPOCHS ? "Go on" : run.length > EPOCHS ? "Play" : "Train");
    panes.name(`Epoch ${at}: the ellipse of this image is at ${number(q.mean[0], 1)}, ${number(q.mean[1], 1)}, its gap is ${gap(between)} nats.`);
    const here = paused && !playing && state.net === PAUSE.net && at === PAUSE.epoch;
    write(stopped, here ? `The film has stopped on purpose, at epoch ${at}. The gap is small: is the model good? Look at the 25 places, and press “Go on”.` : "");
    const judged = at >= ASKED && QUESTION.judge(run[0].measured, run[ASKED].measured);
    foretell.paint(judged, judged, here ? "" : playing ? "Watch the gap." : `Now press “${play.textContent}”, and see.`);
    if (!playing && measured) kit.say(`Epoch ${at}: loss ${numbers[0]}, gap ${numbers[2]} nats.`);
  }

  const tiles = Float64Array.from({ length: 2 * TILES * TILES }, (_, n) => {
    const [tile, axis] = [n >> 1, n & 1];
    const [column, row] = [tile % TILES, Math.floor(tile / TILES)];
    return axis ? 2 - (4 * row) / (TILES - 1) : (4 * column) / (TILES - 1) - 2;
  });

  function atlasOf(vae) {
    const logits = vae.decoder.forward(tiles, TILES * TILES);
    return bitmap(9 * TILES, 9 * TILES, (c, r) => {
      const [u, v] = [c % 9, r % 9];
      const tile = Math.floor(r / 9) * TILES + Math.floor(c / 9);
      return u > 7 || v > 7 ? 0 : sigmoid(logits[64 * tile + 8 * v + u]);
    });
  }

  await firstOf(kit.state).known;
  built = true;
  return { stage, paint, stop: () => (stop(), trainer.stop()) };
}

/** The same settings in torch, as far as this epoch: other random numbers, so another run of the same kind. */
function python({ net, seed, epoch }) {
  const hidden = net === "one" ? "64" : "64, 64";
  const activation = net === "one" ? "nn.SiLU" : "nn.Tanh";
  return `"""A run of the same kind: torch draws other random numbers, so it goes another way than the film."""

from torch import nn

from lowerbound import VAE, Bernoulli, digits, fit, mlp

data = digits()
encoder = mlp(64, ${hidden}, 4, seed=${2 * seed}, activation=${activation})
decoder = mlp(2, ${hidden}, 64, seed=${2 * seed + 1}, activation=${activation})
vae = VAE(encoder, decoder, Bernoulli()).double()
watch = {"held out": data.held_out[:60]}
history = fit(vae, data.train, epochs=${EPOCHS}, seed=${seed}, watch=watch, every=5, exact=True)
for row in history.rows:
    print(f"epoch {row.epoch}: loss {-row.elbo:.2f}, -log p(x) {-row.log_evidence:.2f}, gap {row.gap:.2f}")
${epoch ? `# The film stood at epoch ${epoch}.\n` : ""}`;
}

export const start = instrument({ schema, load, build, python });
