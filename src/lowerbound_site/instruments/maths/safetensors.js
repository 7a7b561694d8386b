// Weights as a file that torch reads, with `safetensors.torch.load_model`: a JSON header and then the numbers.

/** vae: a `Vae`; its tensors get the names that they have in torch, and stay float64. */
export function safetensors(vae) {
  const header = {};
  let at = 0;
  for (const part of ["encoder", "decoder"]) {
    const { sizes } = vae[part];
    for (let layer = 1; layer < sizes.length; layer++) {
      // In torch an activation stands between two layers, and counts.
      for (const [name, shape] of [["weight", [sizes[layer], sizes[layer - 1]]], ["bias", [sizes[layer]]]]) {
        const bytes = 8 * shape.reduce((a, b) => a * b);
        header[`${part}.${2 * (layer - 1)}.${name}`] = { dtype: "F64", shape, data_offsets: [at, (at += bytes)] };
      }
    }
  }
  const text = JSON.stringify(header);
  const padded = new TextEncoder().encode(text.padEnd(8 * Math.ceil(text.length / 8)));
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(padded.length), true);
  return new Blob([length.buffer, padded, vae.weights], { type: "application/octet-stream" });
}
