// What the encoder answers, where its answers are needed and not the encoder.

import { fetched } from "./data.js";
import { upright } from "../maths/normal.js";

/** The encoder's answer to each held-out digit, in steps of 2^-29: a third of what the encoder weighs. */
export const loadAnswers = () => fetched("answers.bin", async (answer) => {
  const numbers = Float64Array.from(new Int32Array(await answer.arrayBuffer()), (steps) => steps / 2 ** 29);
  return Array.from({ length: numbers.length / 4 }, (_, k) => {
    const [m1, m2, s1, s2] = numbers.subarray(4 * k, 4 * k + 4);
    return upright(m1, m2, Math.exp(s1), Math.exp(s2));
  });
});
