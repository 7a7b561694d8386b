// Trains one run beside the page, and tells of each of its steps (maths/one-part-training.js). For another there is another worker.

import { training } from "../maths/one-part-training.js";

onmessage = ({ data: { x, part, seed } }) => {
  for (const moment of training(x, part, seed)) postMessage(moment);
};
