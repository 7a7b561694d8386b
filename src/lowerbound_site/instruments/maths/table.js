// The table: how the KL of two joints splits, how encoder and decoder are trained on a part of it, and draws.

import { contribution, fromData, fromModel, kl, klEach, marginalX, marginalZ, mean, sum, term, transpose, xGivenZ, zGivenX } from "./joint.js";

export * from "./joint.js";

// KL(q(x,z)‖p(x,z)), and how it splits: by image into `images` and `gap`, by code into `codes` and `yours`.
export function parts(q, p) {
  return {
    joint: kl(q.flat(), p.flat()),
    images: kl(marginalX(q), marginalX(p)),
    gap: mean(marginalX(q), klEach(zGivenX(q), zGivenX(p))),
    codes: kl(marginalZ(q), marginalZ(p)),
    yours: mean(marginalZ(q), klEach(xGivenZ(q), xGivenZ(p))),
  };
}

// What instruments call these five.
export const named = ({ joint, images, gap, codes, yours }) => ({
  "KL(q(x,z)||p(x,z))": joint, "KL(q(x)||p(x))": images, gap, "KL(q(z)||p(z))": codes, yours,
});

// What each pair (x, z) adds to the KL of the joints: `whole` = `marginal` + `conditional`, three tables shaped like q.
// By image, marginal is q(x,z) log q(x)/p(x) and conditional q(x,z) log q(z|x)/p(z|x); by code, x and z change places.
export function slots(q, p, by) {
  if (by === "code") {
    const turned = slots(transpose(q), transpose(p), "image");
    return Object.fromEntries(Object.entries(turned).map(([name, table]) => [name, transpose(table)]));
  }
  const [qx, px] = [marginalX(q), marginalX(p)];
  const each = (value) => q.map((row, x) => row.map((prob, z) => value(prob, x, z)));
  return {
    whole: each((prob, x, z) => contribution(prob, p[x][z])),
    marginal: each((prob, x) => term(prob, qx[x], px[x])),
    conditional: each((prob, x, z) => term(prob, prob / qx[x], p[x][z] / px[x])),
  };
}

// -- training: encoder and decoder are tables of scores, and softmax makes probabilities of them -----------------------

export function softmax(scores) {
  const peak = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - peak));
  return weights.map((weight) => weight / sum(weights));
}

// The slope of f(softmax(scores)) in each score, from the slope of f in each probability.
const throughSoftmax = (prob, slope) => prob.map((p, i) => p * (slope[i] - mean(prob, slope)));

// The slopes of KL(q‖p) less `without`, in the scores of the encoder (a row for each x) and of the decoder (for each z).
// Without "images" it is the gap that is left, without "codes" the comparison of q(x|z) with p(x|z).
export function slopes({ data, prior, encoderScores, decoderScores }, without) {
  const [encoder, decoder] = [encoderScores.map(softmax), decoderScores.map(softmax)];
  const [q, p] = [fromData(data, encoder), fromModel(prior, decoder)];
  const [px, qz] = [marginalX(p), marginalZ(q)];
  const ofCodes = qz.map((prob, z) => (without === "codes" ? Math.log(prob / prior[z]) : 0));
  const ofImages = px.map((prob, x) => (without === "images" ? data[x] / prob : 0));
  return {
    encoder: encoder.map((row, x) =>
      throughSoftmax(row, row.map((_, z) => data[x] * (Math.log(q[x][z] / p[x][z]) - ofCodes[z]))),
    ),
    decoder: decoder.map((row, z) =>
      throughSoftmax(row, row.map((prob, x) => prior[z] * ofImages[x] - q[x][z] / prob)),
    ),
  };
}

// One step of gradient descent on the KL of the joints, or on what is left without one of its parts.
export function step(state, without, rate) {
  const slope = slopes(state, without);
  const moved = (scores, by) => scores.map((row, i) => row.map((score, j) => score - rate * by[i][j]));
  return {
    ...state,
    encoderScores: moved(state.encoderScores, slope.encoder),
    decoderScores: moved(state.decoderScores, slope.decoder),
  };
}

// -- bouncing: draw a code from p(z|x), an image from p(x|z), and so on ----------------------------------------------

// The same numbers in every language: each seed is 48271 times the last, modulo a prime.
export const LARGEST = 2 ** 31 - 1;
export const nextSeed = (seed) => (seed * 48271) % LARGEST;
const draw = (prob, seed) => {
  let left = seed / LARGEST;
  const at = prob.findIndex((p) => (left -= p) < 0);
  return at < 0 ? prob.findLastIndex((p) => p > 0) : at;
};

// The draws themselves: [{x, z}, ...], one for each round; z comes from the x before it, x from that z.
export function walk(joint, start, rounds, seed) {
  const [encode, decode] = [zGivenX(joint), xGivenZ(joint)];
  const path = [];
  let x = start;
  for (let round = 0; round < rounds; round += 1) {
    seed = nextSeed(seed);
    const z = draw(encode[x], seed);
    seed = nextSeed(seed);
    x = draw(decode[z], seed);
    path.push({ x, z });
  }
  return path;
}

// -- two machines: each draws one half of a pair, and then the other half given the first -----------------------------

const SCATTER = 1000003; // seeds that are neighbours begin far apart

// [[first, second], ...], one for each pair; `first` is a list of probabilities, `second` has a row for each of its values.
export function pairs(first, second, count, seed) {
  const made = [];
  let at = seed * SCATTER;
  for (let n = 0; n < count; n += 1) {
    at = nextSeed(at);
    const one = draw(first, at);
    at = nextSeed(at);
    made.push([one, draw(second[one], at)]);
  }
  return made;
}
