// The trained model and the held-out digits, fetched once a page.

import { halves, images } from "../maths/numbers.js";
import { decoderFrom, encoderFrom } from "../maths/vae.js";

const kept = new Map();

export function fetched(name, read) {
  if (!kept.has(name)) {
    const found = fetch(new URL(`../data/${name}`, import.meta.url)).then(async (answer) => {
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return read(answer);
    });
    found.catch(() => kept.delete(name));
    kept.set(name, found);
  }
  return kept.get(name);
}

export const loadDecoder = () => fetched("decoder.bin", async (answer) => decoderFrom(halves(await answer.arrayBuffer())));
export const loadEncoder = () => fetched("encoder.bin", async (answer) => encoderFrom(halves(await answer.arrayBuffer())));
export const loadImages = () => fetched("held-out.bin", async (answer) => images(await answer.arrayBuffer()));
export const loadTrainingImages = () => fetched("train.bin", async (answer) => images(await answer.arrayBuffer()));
export const loadLabels = () => fetched("labels.json", (answer) => answer.json());
export const loadChosen = () => fetched("chosen.json", (answer) => answer.json());
export const loadCounts = () => fetched("pixel-counts.json", (answer) => answer.json());
export const loadGrey = () => fetched("grey.json", (answer) => answer.json());
