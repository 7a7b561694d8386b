// Trains a VAE beside the page, and looks at it on the way. What the page says to it, and what it answers:
//
//     begin {settings, shape, train, heldOut, x, teacher}     an untrained VAE; a frame and a measurement, then "ready"
//     film {settings, shape, train, heldOut, digit}           trains to the end; weights and a measurement of every epoch,
//                                                             all codes, and what there is to know of one digit
//     steps {taken, moves, shape, weights, …}                 steps of one network at a time, from those taken on: weights
//                                                             after each, a measurement after some
//     run {until}      "step", "epoch" or "end"; frames on the way, measurements every fifth epoch, then "rested"
//     halt             rests; then all held-out digits are measured, too
//     look {x}         another image; a frame
//
// A frame is what is seen of the networks as they are at that moment: weights, codes, and all about the image x.

import { QUICK, costs, encodeAll, island, look, measure } from "../maths/measure.js";
import { Random } from "../maths/random.js";
import { scramble } from "../maths/scramble.js";
import { descend, Training, Vae } from "../maths/train.js";

const FEW = 60; // held-out digits that are measured while it trains
const THOROUGH = { points: 144, limit: 7 }; // as the library has it
const BETWEEN_FRAMES = 200; // milliseconds
const STEPS_BETWEEN = 4; // measurements
const AT_A_TIME = 25; // milliseconds of training before it listens again
const VIEWS = [3.5, 5, 8, 12, 20, 40]; // how far the plane may reach

let job;
let turn = 0; // grows whenever the page says something else: what was under way ends

let heard = 0; // the number of the last message from the page: it stands on every answer (trainer.js)
const tell = (told, moved = []) => postMessage({ heard, ...told }, moved);

class Interrupted extends Error {}

const { port1, port2 } = new MessageChannel();
const waiting = [];
port1.onmessage = () => waiting.shift()();
const breath = () => new Promise((listen) => (waiting.push(listen), port2.postMessage(0)));

/** A pause in which messages are heard; ends what is under way when one of them wants something else. */
function pauses() {
  const mine = ++turn;
  return async () => {
    await breath();
    if (mine !== turn) throw new Interrupted();
  };
}

const orders = {
  async begin({ settings, shape, train, heldOut, x, teacher }, pause) {
    const vae = Vae.untrained(shape, new Random(settings.seed));
    const training = new Training(vae, train, settings, new Random(settings.seed, 1));
    const count = heldOut.length / shape.pixels;
    job = { vae, training, heldOut, count, x, running: Boolean(teacher), framed: 0, sums: { loss: 0, n: 0 }, loss: NaN };
    if (teacher) {
      const from = new Vae(teacher.shape, teacher.weights);
      for (const epoch of scramble(vae, from, train, new Random(settings.seed, 2))) {
        tell({ say: "scrambling", epoch });
        await pause();
      }
    }
    job.running = false;
    frame();
    await few(pause);
    tell({ say: "ready" });
  },

  async film({ settings, shape, train, heldOut, digit }, pause) {
    const vae = Vae.untrained(shape, new Random(settings.seed));
    job = { vae, training: new Training(vae, train, settings, new Random(settings.seed, 1)), heldOut };
    const [count, x] = [heldOut.length / shape.pixels, heldOut.subarray(digit * shape.pixels, (digit + 1) * shape.pixels)];
    for (let epoch = 0; ; epoch++) {
      const found = await measure(vae, heldOut.subarray(0, FEW * shape.pixels), FEW, QUICK, pause);
      const seen = { mean: encodeAll(vae, heldOut, count).mean, looks: { [digit]: look(vae, x) } };
      tell({ say: "kept", epoch, moment: { weights: vae.weights.slice(), measured: { at: epoch, ...found }, ...seen } });
      if (epoch === settings.epochs) break;
      while (!job.training.step().over);
      await pause();
    }
  },

  async steps({ taken, known, moves, shape, weights, train, heldOut, seed, length }, pause) {
    const count = train.length / shape.pixels;
    const noise = new Random(seed, 1).normals(new Float64Array(count * shape.latent)); // the same at every step
    const vae = new Vae(shape, weights);
    const gradient = new Float64Array(weights.length);
    for (let start = known; ; start = false) {
      const next = moves[taken.length];
      // To measure takes longer than a step: it is done now and then, and where other steps begin or all are taken.
      const due = !start && (taken.length % STEPS_BETWEEN === 0 || next !== taken.at(-1));
      const found = due && (await measure(vae, heldOut.subarray(0, FEW * shape.pixels), FEW, QUICK, pause));
      if (!start) tell({ say: "stepped", taken, weights: vae.weights.slice(), measured: found && { at: taken.length, ...found } });
      if (!next) break;
      descend(vae, train, count, noise, next === "e" ? "encoder" : "decoder", length, gradient);
      taken += next;
      await pause();
    }
  },

  async run({ until }, pause) {
    const { training } = job;
    job.running = true;
    await few(pause); // where it starts: who is quick to press has cut that short
    while (training.epoch < training.settings.epochs) {
      const stepped = await some(until === "step", pause);
      if (stepped || until !== "end") break;
    }
    await rest(pause);
  },

  async halt(_, pause) {
    await rest(pause);
  },

  async look({ x }, pause) {
    job.x = x;
    frame();
    await rest(pause);
  },
};

/** Train to the end of this epoch, or one step; true when that was only a step. */
async function some(oneStep, pause) {
  const { training, sums } = job;
  for (;;) {
    const listen = performance.now() + AT_A_TIME;
    do {
      const { loss, n, over } = training.step();
      sums.loss += loss * n;
      sums.n += n;
      if (over) {
        job.loss = sums.loss / sums.n;
        sums.loss = sums.n = 0;
        if (performance.now() - job.framed > BETWEEN_FRAMES) frame();
        if (training.epoch <= 5 || training.epoch % 5 === 0) await few(pause);
        await pause();
        return false;
      }
      if (oneStep) return true;
    } while (performance.now() < listen);
    await pause();
  }
}

/** At rest there is time to measure all held-out digits; the few are measured all the same, for the curves are theirs. */
async function rest(pause) {
  const { training, vae, heldOut, count } = job;
  const over = training.epoch === training.settings.epochs;
  job.running = false;
  frame();
  tell({ say: "rested", over });
  await few(pause);
  const found = await measure(vae, heldOut, count, THOROUGH, pause);
  tell({ say: "measured", at: now(), count, ...found });
}

/** Measures the few, where that has not been done for these networks. */
async function few(pause) {
  const { vae, heldOut } = job;
  if (job.measured === now()) return;
  const found = await measure(vae, heldOut.subarray(0, FEW * vae.shape.pixels), FEW, QUICK, pause);
  job.measured = now();
  tell({ say: "measured", at: now(), count: FEW, ...found });
}

/** Epochs that are over, with the part of this one. */
const now = () => job.training.epoch + job.training.done / job.training.count;

function frame() {
  const { vae, training, heldOut, count, x } = job;
  job.framed = performance.now();
  const { mean } = encodeAll(vae, heldOut, count);
  const far = Float64Array.from(mean, Math.abs).sort()[Math.floor(0.98 * mean.length)];
  const limit = VIEWS.find((view) => view > far) ?? VIEWS.at(-1);
  const q = encodeAll(vae, x, 1);
  const posterior = island(vae, x, Math.max(QUICK.limit, limit));
  const image = { mean: q.mean, std: q.std, ...costs(vae, x, q.mean, q.std), surprise: -posterior.logEvidence };
  const weights = vae.weights.slice();
  const message = { say: "frame", at: now(), epoch: training.epoch, loss: job.loss, limit, mean, weights, image, island: posterior };
  tell(message, [weights.buffer, mean.buffer, posterior.logMass.buffer]);
}

onmessage = async ({ data }) => {
  heard = data.number;
  if (data.say === "look" && job.running) {
    job.x = data.x; // training goes on
    frame();
    return;
  }
  try {
    await orders[data.say](data, pauses());
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
};
