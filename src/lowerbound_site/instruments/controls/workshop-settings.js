// The workshop's settings: what the state in the address means to the trainer, to a reader, and to the library.

const ACTIVATIONS = { silu: "SiLU", tanh: "tanh", relu: "ReLU", sine: "sine, decoder only" };
const MODULES = { silu: "nn.SiLU", tanh: "nn.Tanh", relu: "nn.ReLU", sine: "nn.SiLU" };

/** What a run depends on. */
export const RUN = ["beta", "noise", "kl", "width", "activation", "rate", "train", "begin", "epochs", "seed"];

export const BATCH = 64; // images in a step of training

/** Each setting as a reader chooses it: its name and its words. */
export const CHOICES = {
  beta: { name: "β, weight of the KL", words: (value) => value },
  kl: { name: "KL to the prior", words: (value) => value },
  noise: { name: "noise on the codes", words: (value) => value },
  train: { name: "what learns", words: (value) => ({ both: "both networks", encoder: "the encoder only", decoder: "the decoder only" })[value] },
  begin: { name: "begins", words: (value) => value },
  width: { name: "hidden units", words: (value) => value },
  activation: { name: "activation", words: (value) => ACTIVATIONS[value] },
  rate: { name: "learning rate", words: (value) => value },
  epochs: { name: "epochs", words: (value) => value },
};

/** The shape of both networks, for `Vae`. A sine belongs to the decoder only: there it lets the map wind. */
export function shapeOf({ width, activation }) {
  const encoder = activation === "sine" ? "silu" : activation;
  return { pixels: 64, latent: 2, hidden: [Number(width)], encoder, decoder: activation };
}

/** For `Training`. */
export function settingsOf(state) {
  return {
    epochs: Number(state.epochs),
    batchSize: BATCH,
    rate: Number(state.rate),
    beta: state.kl === "on" ? Number(state.beta) : 0,
    noise: state.noise === "on",
    train: state.train,
    seed: state.seed,
  };
}

/** The settings in one line. */
export function inWords(state) {
  const parts = [
    state.kl === "on" ? `β = ${state.beta}` : "no KL",
    state.noise === "on" ? "noise" : "no noise",
    ...(state.train === "both" ? [] : [`${CHOICES.train.words(state.train)} learns`]),
    ...(state.begin === "scrambled" ? ["begins scrambled"] : []),
    `${state.width} hidden units, ${ACTIVATIONS[state.activation]}`,
    `learning rate ${state.rate}`,
    `${state.epochs} epochs`,
    `seed ${state.seed}`,
  ];
  return parts.join(", ");
}

/** How the loss that is trained on differs from the one that is measured, with β = 1 and noise; nothing where they agree. */
export function differs({ beta, kl, noise }) {
  const weight = kl === "off" ? "no KL" : beta === "1" ? "" : `β = ${beta}`;
  return [weight, noise === "off" ? "no noise" : ""].filter(Boolean).join(", ");
}

/** A program that trains these settings with the library, or reads the weights that were trained here. */
export function program(state, measured) {
  const { epochs, rate, beta, noise, train, seed } = settingsOf(state);
  const sine = state.activation === "sine";
  const grid = measured && (measured.points !== 144 || measured.limit !== 7) ? `, points=${measured.points}, limit=${measured.limit}` : "";
  const lines = [
    '"""The settings of the page, trained by the library: torch draws other random numbers, so it ends a little elsewhere."""',
    "",
    ...(state.begin === "scrambled" || sine ? ["import torch"] : []),
    "from safetensors.torch import load_model",
    "from torch import nn",
    "",
    "from lowerbound import VAE, Bernoulli, Grid, digits, elbo, fit, mlp" + (state.begin === "scrambled" ? ", trained_digits" : ""),
    "",
    ...(sine ? ["", "class Sine(nn.Module):", "    def forward(self, x):", "        return torch.sin(x)", "", ""] : []),
    "data = digits()",
    `encoder = mlp(64, ${state.width}, 4, seed=${2 * seed}, activation=${MODULES[state.activation]})`,
    `decoder = mlp(2, ${state.width}, 64, seed=${2 * seed + 1}, activation=${sine ? "Sine" : MODULES[state.activation]})`,
    ...(sine ? ["for weights in decoder[0].parameters():", "    weights.data.mul_(30)  # so that it can wind"] : []),
    "vae = VAE(encoder, decoder, Bernoulli()).double()",
    ...(state.begin === "scrambled" ? SCRAMBLED(seed) : []),
    ...(train === "both" ? [] : [`${train === "encoder" ? "decoder" : "encoder"}.requires_grad_(False)  # it does not learn`]),
    `fit(vae, data.train, epochs=${epochs}, learning_rate=${rate}, beta=${beta}, sample=${noise ? "True" : "False"}, seed=${seed})`,
    "# For the numbers of the page itself: save its weights there, and write in the place of the line above",
    '# load_model(vae, "workshop.safetensors")',
    "vae.requires_grad_(False)",
    "",
    "x = data.held_out",
    "bound = elbo(vae, vae.encode(x), x).mean()",
    `evidence = Grid(vae${grid}${sine ? ", refine=False" : ""}).log_evidence(x).mean()`, // refining what winds takes minutes
    'print(f"loss = {-bound:.2f}")',
    'print(f"-log p(x) = {-evidence:.2f}")',
    'print(f"gap = {evidence - bound:.2f}")',
  ];
  return `${lines.join("\n")}\n`;
}

const SCRAMBLED = (seed) => [
  "",
  "# The scrambled start: both networks learn the map of a trained model, with its 4 x 4 tiles in |z| < 2 moved about.",
  "teacher = trained_digits().encode(data.train)",
  `generator = torch.Generator().manual_seed(${seed})`,
  "order = torch.randperm(16, generator=generator)",
  "optimizer = torch.optim.Adam(vae.parameters(), lr=0.005)",
  "schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)",
  "for _ in range(20):",
  "    for rows in torch.randperm(len(data.train), generator=generator).split(64):",
  "        noise = torch.randn(len(rows), 2, generator=generator, dtype=torch.float64)",
  "        z = teacher.mean[rows] + teacher.log_std[rows].exp() * noise",
  "        tile = (z + 2).floor().long().clamp(0, 3)",
  "        to = order[tile[:, 0] * 4 + tile[:, 1]]",
  "        moved = torch.stack([to // 4, to % 4], 1) + z - tile",
  "        z = torch.where((z.abs() < 2).all(1, keepdim=True), moved, z)",
  "        x = data.train[rows]",
  "        optimizer.zero_grad()",
  "        (-vae.encode(x).log_prob(z) - vae.log_likelihood(x, z)).mean().backward()",
  "        optimizer.step()",
  "    schedule.step()",
  "",
];
