// The decoder's steps while all ellipses are held where a shuffle has moved them.

import { codeAt, steadyNoise } from "./draws.js";
import { Network } from "./network.js";
import { moved } from "./shuffle.js";
import { PIXELS, decoderFrom } from "./vae.js";

/** The places that the shuffled decoder decodes for images with these answers: one draw of each moved ellipse, (n, 2). */
export function places(answers, shuffle) {
  const noise = steadyNoise(answers.length);
  return Float64Array.from(answers.flatMap((q, i) => shuffle.move(codeAt(moved(q, shuffle), noise[i]))));
}

/**
 * Steps of one length, in the space of the decoder's weights, straight down the gradient of -log p(x|z), an average over
 * the images x, (n, pixels), with the places z held. `costs` holds that average before each step.
 */
export class Steps {
  constructor(decoder, x, z, length) {
    const { weight1, bias1, weight2, bias2 } = decoder;
    this.weights = Float64Array.from([...weight1, ...bias1, ...weight2, ...bias2]);
    this.network = new Network([2, decoder.hidden, PIXELS], "silu", this.weights);
    Object.assign(this, { x, z, length, n: z.length / 2, costs: [], decoders: [decoder] });
    this.costs.push(this.#cost());
  }

  /** The decoder after so many steps. */
  decoder(count) {
    while (this.decoders.length <= count) {
      const gradient = new Float64Array(this.weights.length);
      this.network.backward(this.z, this.n, this.slopes, gradient);
      const slope = Math.hypot(...gradient);
      for (let i = 0; i < gradient.length; i++) this.weights[i] -= (this.length * gradient[i]) / slope;
      this.decoders.push(decoderFrom(this.weights));
      this.costs.push(this.#cost());
    }
    return this.decoders[count];
  }

  /** The average cost as the weights are now, and its slopes by the logits. */
  #cost() {
    const { x, z, n } = this;
    const logits = this.network.forward(z, n);
    this.slopes = new Float64Array(n * PIXELS);
    let cost = 0;
    for (let i = 0; i < n * PIXELS; i++) {
      const a = logits[i];
      const small = Math.exp(-Math.abs(a));
      cost += Math.max(a, 0) + Math.log1p(small) - x[i] * a;
      this.slopes[i] = ((a < 0 ? small : 1) / (1 + small) - x[i]) / n;
    }
    return cost / n;
  }
}
