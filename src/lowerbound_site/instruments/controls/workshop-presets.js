// Ways to train that each tell a story: what is changed, a question before, and how the run itself answers it.

import { number, gap } from "../draw/format.js";

const nats = (value) => `${gap(value)} nats`;
const change = (first, last, key) => last[key] - first[key];

/** The share of codes whose nearest other code is of the same digit. */
export function company(mean, labels) {
  let same = 0;
  labels.forEach((label, n) => {
    let [nearest, least] = [n, Infinity];
    for (let m = 0; m < labels.length; m++) {
      const distance = (mean[2 * m] - mean[2 * n]) ** 2 + (mean[2 * m + 1] - mean[2 * n + 1]) ** 2;
      if (m !== n && distance < least) [nearest, least] = [m, distance];
    }
    if (labels[nearest] === label) same++;
  });
  return same / labels.length;
}

/** How far the codes lie from the middle: 1 for draws from the prior. */
export const spread = (mean) => Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0) / mean.length);

const ofGap = [
  "at most half of what it was",
  "between half and twice",
  "more than twice what it was",
];
const judgeGap = ({ first, last }) => ({
  right: last.gap < first.gap / 2 ? 0 : last.gap <= 2 * first.gap ? 1 : 2,
  because: `Over the 60 digits of the curves, the gap was ${nats(first.gap)} before the first step, and is ${nats(last.gap)} now.`,
});

/**
 * `judge` gets the first and the last measurement of the held-out digits, and of the codes their spread and company:
 * {first, last}, each {loss, surprise, gap, spread, company}. It says which option came true, and what is said with it.
 */
export const PRESETS = [
  {
    name: "As the library trains",
    changes: {},
    question: "Before the first step the gap is small: the encoder agrees with a decoder that knows nothing. How large will it be when the decoder has learned to draw?",
    options: ofGap,
    judge: judgeGap,
  },
  {
    name: "Decoder held",
    changes: { train: "encoder", epochs: "20" },
    question: "Only the encoder learns; the decoder stays as it was drawn at random. Which number can move?",
    options: ["only −log p(x)", "only the gap", "both"],
    judge: ({ first, last }) => {
      const [line, between] = [Math.abs(change(first, last, "surprise")) > 0.005, Math.abs(change(first, last, "gap")) > 0.005];
      return {
        right: line && between ? 2 : line ? 0 : 1,
        because: `Over the 60 digits of the curves, −log p(x) went from ${number(first.surprise, 2)} to ${number(last.surprise, 2)}, the gap from ${nats(first.gap)} to ${nats(last.gap)}.`,
      };
    },
  },
  {
    name: "β = 20",
    changes: { beta: "20", epochs: "20" },
    question: "The KL to the prior counts twenty times. How large will the gap be, compared with its size before the first step?",
    options: ofGap,
    judge: judgeGap,
  },
  {
    name: "β = 0.1",
    changes: { beta: "0.1", epochs: "60" },
    question: "The KL to the prior counts a tenth. Where will the codes lie?",
    options: ["closer together than draws from the prior", "about as far apart", "further apart, many outside of the circle"],
    judge: ({ last }) => ({
      right: last.spread < 0.8 ? 0 : last.spread <= 1.25 ? 1 : 2,
      because: `The codes lie ${number(last.spread, 1)} from the middle (draws from the prior: 1.0, as a root mean square), and the gap of the 60 digits of the curves is ${nats(last.gap)}.`,
    }),
  },
  {
    name: "Without noise",
    changes: { noise: "off", epochs: "60" },
    question: "In training each image is decoded from the middle of its ellipse, without noise. How large will the gap be, compared with its size before the first step?",
    options: ofGap,
    judge: judgeGap,
  },
  {
    name: "A scrambled start",
    changes: { begin: "scrambled" },
    question: "The networks have been taught a map whose tiles were moved about. Will digits of one kind come to lie together again?",
    options: ["no, fewer than at the start", "as at the start", "yes, more than at the start"],
    judge: ({ first, last }) => {
      const moved = change(first, last, "company");
      return {
        right: moved < -0.05 ? 0 : moved <= 0.05 ? 1 : 2,
        because: `At the start ${number(100 * first.company, 0)} % of the codes had one of their own kind next to them, now ${number(100 * last.company, 0)} %; the loss of the 60 digits of the curves went from ${number(first.loss, 1)} to ${number(last.loss, 1)}.`,
      };
    },
  },
];
