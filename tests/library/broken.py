"""VAEs as people write them, sound ones and broken ones, each with the check of `diagnose` that should catch it.

The broken ones follow public reports where one is named: repository and number.
"""

import copy
import functools
from dataclasses import replace

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy as bce
from torch.nn.functional import binary_cross_entropy_with_logits as bce_with_logits
from torch.nn.functional import mse_loss

import lowerbound as lb
from lowerbound.diagnose import AnyVAE

D, L = 64, 3


class Tutorial(nn.Module):
    """The VAE of most tutorials: two linear layers each way, and two outputs of the encoder."""

    def __init__(self, last=None, middle=None, latent=L):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(D, 32), middle or nn.Identity(), nn.ReLU())
        self.mean, self.second = nn.Linear(32, latent), nn.Linear(32, latent)
        self.decode = nn.Sequential(nn.Linear(latent, 32), nn.ReLU(), nn.Linear(32, D), last or nn.Identity())

    def encode(self, x):
        hidden = self.first(x.flatten(1))
        return self.mean(hidden), self.second(hidden)

    def draw(self, mu, logvar):
        return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)

    def step(self, x):
        mu, logvar = self.encode(x)
        return right(self.decode(self.draw(mu, logvar)), x.flatten(1), mu, logvar)


def each_kl(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def right(decoded, x, mu, logvar):
    """The loss as it should be, for logits."""
    return (bce_with_logits(decoded, x, reduction="none").sum(1) + each_kl(mu, logvar)).mean()


@functools.cache
def data(kind="binary"):
    held = lb.digits(binary=kind == "binary").held_out[:128].float()
    return held if kind == "binary" else held / 16


def trained(network, loss, x, draw=None, steps=40, rate=5e-3):
    """The same network after some steps, so that its codes say something."""
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    for _ in range(steps):
        mu, second = network.encode(x)
        value = loss(network.decode((draw or network.draw)(mu, second)), x.flatten(1), mu, second)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return network.eval()


def tutorial(seed, last=None, loss=right, x=None, **network):
    torch.manual_seed(seed)
    return trained(Tutorial(last, **network), loss, data() if x is None else x)


@functools.cache
def plain(seed):
    return tutorial(seed)


def sound(seed=0, **changed):
    """One that is right; what is changed makes others of it."""
    network = changed.pop("net", None) or copy.deepcopy(plain(seed))
    parts = {"network": network, "encode": network.encode, "decode": network.decode, "draw": network.draw}
    parts |= {"spread": "logvar", "likelihood": "bernoulli-logits", "loss": right}
    return AnyVAE(**(parts | changed))


# -- sound -------------------------------------------------------------------------------------------------------------


def with_probabilities(seed):
    """pytorch/examples: a sigmoid at the end, everything summed over the batch."""

    def loss(recon_x, x, mu, logvar):
        return bce(recon_x, x, reduction="sum") + each_kl(mu, logvar).sum()

    net = tutorial(seed, nn.Sigmoid(), lambda *of: loss(*of) / 128)
    return sound(net=net, likelihood="bernoulli-probabilities", loss=loss), data()


def with_softplus(seed):
    """A standard deviation from softplus, and torch's own distributions."""

    class Positive(Tutorial):
        def encode(self, x):
            mu, raw = super().encode(x)
            return mu, nn.functional.softplus(raw) + 1e-4

        def draw(self, mu, std):
            return torch.distributions.Normal(mu, std).rsample()

    def loss(decoded, x, mu, std):
        q, prior = torch.distributions.Normal(mu, std), torch.distributions.Normal(0.0, 1.0)
        log_p = torch.distributions.Bernoulli(logits=decoded).log_prob(x).sum(1)
        return (torch.distributions.kl_divergence(q, prior).sum(1) - log_p).mean()

    torch.manual_seed(seed)
    net = trained(Positive(), loss, data())
    return sound(net=net, spread="std", loss=loss), data()


def with_narrow_noise(seed):
    """Greys under a Gaussian: the loss is negative, and rightly so."""

    def loss(decoded, x, mu, logvar):
        return (each_kl(mu, logvar) - torch.distributions.Normal(decoded, 0.1).log_prob(x).sum(1)).mean()

    net = tutorial(seed, loss=loss, x=data("grey"))
    return sound(net=net, likelihood="gaussian", sigma=0.1, loss=loss), data("grey")


def with_a_sampled_kl(seed):
    """As in Lightning: a training step, with log q - log p at the draw in place of the formula."""
    net = copy.deepcopy(plain(seed))

    def step(x):
        mu, logvar = net.encode(x)
        q, prior = torch.distributions.Normal(mu, (logvar / 2).exp()), torch.distributions.Normal(0.0, 1.0)
        z = q.rsample()
        kl = (q.log_prob(z) - prior.log_prob(z)).sum(1)
        return (bce_with_logits(net.decode(z), x, reduction="none").sum(1) + kl).mean()

    return sound(net=net, loss=None, draw=None, step=step), data()


def with_batch_norm(seed):
    """Convolutions and batch normalisation, in eval mode, with images that keep their shape."""

    class Images(Tutorial):
        def __init__(self):
            super().__init__(middle=nn.Dropout(0.2))
            self.first = nn.Sequential(
                nn.Conv2d(1, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(128, 32)
            )
            self.decode = nn.Sequential(
                *(nn.Linear(L, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, D), nn.Unflatten(1, (1, 8, 8)))
            )

        def encode(self, x):
            hidden = self.first(x)
            return self.mean(hidden), self.second(hidden)

    def loss(decoded, x, mu, logvar):
        return right(decoded.flatten(1), x.flatten(1), mu, logvar)

    torch.manual_seed(seed)
    x = data().unflatten(1, (1, 8, 8))
    return sound(net=trained(Images(), loss, x), loss=loss), x


def with_a_weight_that_is_meant(seed):
    """A beta-VAE whose author says so, with a code that it hardly uses."""

    def loss(decoded, x, mu, logvar):
        return (bce_with_logits(decoded, x, reduction="none").sum(1) + 2 * each_kl(mu, logvar)).mean()

    return sound(net=tutorial(seed, loss=loss), loss=loss, beta=2.0), data()


def with_a_label(seed):
    """A conditional VAE, handed over for one class."""

    class Conditional(Tutorial):
        def __init__(self):
            super().__init__()
            self.label = nn.Embedding(10, L)

        def encode(self, x, y):
            mu, logvar = super().encode(x)
            return mu + self.label(y), logvar

        def decode_one(self, z, y):
            return self.decode(z - self.label(y))

    torch.manual_seed(seed)
    net = Conditional()

    def threes(batch):
        return torch.full((len(batch),), 3)

    part = {"encode": lambda x: net.encode(x, threes(x)), "decode": lambda z: net.decode_one(z, threes(z))}
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(40):
        mu, logvar = part["encode"](data())
        value = right(part["decode"](net.draw(mu, logvar)), data(), mu, logvar)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return sound(net=net.eval(), **part), data()


def with_a_learned_sigma(seed):
    """As in sigma-vae-pytorch: the loss has a sigma of its own, which is passed as it is now."""
    x, log_sigma = data("grey").unflatten(1, (1, 8, 8)), torch.tensor(-1.2)

    def loss(decoded, x, mu, logvar):
        off = (x.flatten(1) - decoded) / log_sigma.exp()
        return ((0.5 * off**2 + log_sigma + 0.9189).sum() + each_kl(mu, logvar).sum()) / len(x)

    net = tutorial(seed, nn.Sigmoid(), lambda d, x, *of: loss(d, x, *of), x=x)
    return sound(net=net, likelihood="gaussian", sigma=log_sigma.exp().item(), loss=loss), x


def with_codes_that_are_images(seed):
    """As in autoencoders of latent diffusion: a code of 2 x 2 x 2 numbers, in a step."""
    torch.manual_seed(seed)
    encoder = nn.Sequential(nn.Conv2d(1, 16, 3, 2, 1), nn.SiLU(), nn.Conv2d(16, 4, 3, 2, 1))
    decoder = nn.Sequential(nn.ConvTranspose2d(2, 16, 4, 2, 1), nn.SiLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1))

    def step(x):
        mu, logvar = encoder(x).chunk(2, 1)
        decoded = decoder(mu + torch.randn_like(mu) * (0.5 * logvar).exp())
        kl = 0.5 * torch.sum(mu**2 + logvar.exp() - 1 - logvar, dim=[1, 2, 3])
        return ((decoded - x).square().flatten(1).sum(1) + kl).mean()

    net, x = nn.ModuleList([encoder, decoder]), data("grey").unflatten(1, (1, 8, 8))
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(40):
        optimizer.zero_grad()
        step(x).backward()
        optimizer.step()
    return AnyVAE(
        network=net,
        encode=lambda x: [part.flatten(1) for part in encoder(x).chunk(2, 1)],
        spread="logvar",
        decode=lambda z: decoder(z.unflatten(1, (2, 2, 2))),
        likelihood="gaussian",
        sigma=0.5**0.5,
        step=step,
    ), x


def of_the_library(seed):
    vae = lb.digits_vae(hidden=16, seed=seed).double()
    lb.fit(vae, lb.digits().train[:512], epochs=4, progress=False, seed=seed)
    return vae, lb.digits().held_out[:64]


def of_the_library_with_counts(seed):
    vae = lb.VAE(lb.mlp(D, 16, 6, seed=seed), lb.mlp(3, 16, D, seed=seed), lb.Binomial(16), 3).double()
    lb.fit(vae, lb.digits(binary=False).train[:512], epochs=4, progress=False, seed=seed)
    return vae, lb.digits(binary=False).held_out[:64]


SOUND = (
    with_probabilities,
    with_softplus,
    with_narrow_noise,
    with_a_sampled_kl,
    with_batch_norm,
    with_a_weight_that_is_meant,
    with_a_label,
    with_a_learned_sigma,
    with_codes_that_are_images,
    of_the_library,
    of_the_library_with_counts,
)


# -- broken ------------------------------------------------------------------------------------------------------------


def loss_of(recon, kl):
    """A loss from two functions: of (decoded, x), and of (mu, second)."""
    return lambda decoded, x, mu, second: recon(decoded, x) + kl(mu, second)


def summed(decoded, x):
    return bce_with_logits(decoded, x, reduction="none").sum(1).mean()


def mean_of_everything():
    """AntixK/PyTorch-VAE 11: the mean over all pixels, and a small weight for the KL."""
    loss = loss_of(mse_loss, lambda mu, logvar: 0.00025 * each_kl(mu, logvar).mean())
    return sound(likelihood="gaussian", sigma=1.0, loss=loss), data()


def mean_over_latent_numbers():
    """keras-team/keras-io 270: K.mean where K.sum belongs."""
    loss = loss_of(summed, lambda mu, logvar: -0.5 * torch.mean(1 + logvar - mu**2 - logvar.exp()))
    return sound(loss=loss), data()


def kl_over_the_whole_batch():
    """pytorch/examples 290: a mean for the pixels, a sum over the batch for the KL."""
    return sound(loss=loss_of(bce_with_logits, lambda mu, logvar: each_kl(mu, logvar).sum())), data()


class Counting(Tutorial):
    """Its loss counts its calls, and raises the weight of the KL with them."""

    calls = 0

    def loss(self, decoded, x, mu, logvar):
        self.calls += 1
        return summed(decoded, x) + min(1, self.calls / 500) * each_kl(mu, logvar).mean()


def warm_up_by_a_counter():
    """AntixK/PyTorch-VAE, beta_vae.py: `self.num_iter += 1` inside the loss. It passed as a loss of another form."""
    torch.manual_seed(0)
    net = Counting()
    trained(net, net.loss, data())
    return sound(net=net, loss=net.loss), data()


def squared_error_without_sigma():
    """A summed squared error and a sum for the KL, where a sigma of 0.3 is meant."""
    loss = loss_of(lambda d, x: (d - x).square().sum(1).mean(), lambda mu, logvar: each_kl(mu, logvar).mean())
    return sound(likelihood="gaussian", sigma=0.3, loss=loss), data("grey")


def no_kl():
    """A plain autoencoder: rounding in place of a KL is no KL that changes with the batch."""
    return sound(loss=lambda decoded, x, mu, logvar: summed(decoded, x)), data()


def kl_subtracted():
    """AntixK/PyTorch-VAE 68, the sign."""
    return sound(loss=loss_of(summed, lambda mu, logvar: -each_kl(mu, logvar).mean())), data()


def log_sigma_squared():
    """FluxML/model-zoo PR 76: (log sigma)^2 where log(sigma^2) belongs."""

    def kl(mu, logvar):
        log_std = logvar / 2
        return 0.5 * torch.sum(torch.exp(2 * log_std) + mu**2 - 1 - log_std**2, 1).mean()

    return sound(loss=loss_of(summed, kl)), data()


def log_sigma_added():
    """FluxML/model-zoo PR 147: the sign of one term."""
    kl = loss_of(summed, lambda mu, logvar: 0.5 * torch.sum(logvar.exp() + mu**2 - 1 + logvar, 1).mean())
    return sound(loss=kl), data()


def variance_drawn():
    """keras-team/keras PR 9972: the noise is multiplied by the variance."""
    return sound(draw=lambda mu, logvar: mu + logvar.exp() * torch.randn_like(mu)), data()


def kl_of_a_log_variance():
    """vae_tacotron2 3: the draw has a log standard deviation, the KL reads it as a log variance."""
    draw = lambda mu, log_std: mu + log_std.exp() * torch.randn_like(mu)  # noqa: E731
    return sound(spread="log_std", draw=draw), data()


def variance_drawn_in_a_step():
    """twairball/keras_lstm_vae 4, inside a training step."""
    net = copy.deepcopy(plain(0))

    def step(x):
        mu, logvar = net.encode(x)
        return right(net.decode(torch.normal(mu, logvar.exp())), x, mu, logvar)

    return sound(net=net, loss=None, draw=None, step=step), data()


def noise_too_small():
    """keras-team/keras PR 4211: epsilon_std = 0.01."""
    return sound(draw=lambda mu, logvar: mu + 0.01 * (logvar / 2).exp() * torch.randn_like(mu)), data()


def bytes_go_in():
    """AntixK/PyTorch-VAE 92: a KL that explodes, because nobody divided by 255."""

    class Bytes(Tutorial):
        def encode(self, x):
            return super().encode(255 * x)

    torch.manual_seed(0)
    return sound(net=Bytes().eval()), data()


def width_without_logarithm():
    """synthcity 331: NaN, from the logarithm of a width that may be below 0."""
    loss = loss_of(summed, lambda mu, std: -0.5 * torch.sum(1 + 2 * std.log() - mu**2 - std**2, 1).mean())
    return sound(spread="std", loss=loss), data()


def collapsed():
    """vae-lagging-encoder 5: the KL is 0, and nobody uses the code."""
    net = copy.deepcopy(plain(0))
    with torch.no_grad():
        for layer in (net.mean, net.second, net.decode[0]):
            layer.weight.mul_(1e-4)
            layer.bias.mul_(0)
    return sound(net=net), data()


def greys_with_cross_entropy():
    """pytorch/examples 460: which likelihood is this?"""
    return sound(net=tutorial(0, x=data("grey"))), data("grey")


def one_grey_pixel():
    """A single pixel that a Bernoulli can't give: this raised an error, where a few were allowed."""
    x = data().clone()
    x[0, 0] = 0.5
    return sound(), x


def standardised_with_cross_entropy():
    """alibi-detect 316: a negative loss, because images have mean 0 and variance 1."""
    return sound(), (data("grey") - 0.3) / 0.3


def dropout_left_on():
    """vaal 35: measured in training mode."""
    net = tutorial(0, middle=nn.Dropout(0.3))
    return sound(net=net.train()), data()


def batch_norm_left_on():
    """Lr-LiVAE 4: an image's code depends on its neighbours."""
    net = tutorial(0, middle=nn.BatchNorm1d(32))
    return sound(net=net.train()), data()


def sigmoid_twice():
    """Probabilities into a loss that wants logits: all images are grey."""
    return sound(net=tutorial(0, nn.Sigmoid())), data()


def sigmoid_twice_said_otherwise():
    """The same, by an author who names the output rightly and takes the wrong loss."""
    return sound(net=tutorial(0, nn.Sigmoid()), likelihood="bernoulli-probabilities"), data()


def mean_decoded():
    """No noise: an autoencoder with a penalty."""
    net = copy.deepcopy(plain(0))
    return sound(
        net=net, loss=None, draw=None, step=lambda x: right(net.decode(net.encode(x)[0]), x, *net.encode(x))
    ), data()


def other_way_round():
    """kl_divergence with its arguments exchanged."""

    def kl(mu, logvar):
        q, prior = torch.distributions.Normal(mu, (logvar / 2).exp()), torch.distributions.Normal(0.0, 1.0)
        return torch.distributions.kl_divergence(prior, q).sum(1).mean()

    return sound(loss=loss_of(summed, kl)), data()


def squared_error_said_to_be_cross_entropy():
    loss = loss_of(lambda d, x: (d - x).square().sum(1).mean(), lambda mu, logvar: each_kl(mu, logvar).mean())
    return sound(loss=loss), data()


def deaf_encoder():
    """All units of a ReLU layer are dead: every image has the same code."""
    net = copy.deepcopy(plain(0))
    with torch.no_grad():
        net.first[0].bias.fill_(-100)
    return sound(net=net), data()


def deaf_decoder():
    """The decoder's first layer is multiplied by 0; the encoder still says much."""
    net = copy.deepcopy(plain(0))
    with torch.no_grad():
        net.decode[0].weight.zero_()
    return sound(net=net), data()


BROKEN = {
    mean_of_everything: "beta",
    mean_over_latent_numbers: "beta",
    no_kl: "beta",
    warm_up_by_a_counter: "beta",
    squared_error_without_sigma: "beta",
    kl_over_the_whole_batch: "same in every batch size",
    kl_subtracted: "sign and form of the KL",
    log_sigma_squared: "sign and form of the KL",
    log_sigma_added: "sign and form of the KL",
    other_way_round: "sign and form of the KL",
    variance_drawn: "noise of the draw",
    variance_drawn_in_a_step: "noise of the draw",
    noise_too_small: "noise of the draw",
    mean_decoded: "noise of the draw",
    kl_of_a_log_variance: "width is read as it is",
    bytes_go_in: "widths far from overflow",
    width_without_logarithm: "numbers are finite",
    collapsed: "latent numbers in use",
    deaf_encoder: "encoder listens to x",
    deaf_decoder: "decoder listens to z",
    greys_with_cross_entropy: "likelihood fits the data",
    one_grey_pixel: "likelihood fits the data",
    standardised_with_cross_entropy: "likelihood fits the data",
    dropout_left_on: "eval mode",
    batch_norm_left_on: "eval mode",
    sigmoid_twice: "sigmoid once",
    sigmoid_twice_said_otherwise: "sigmoid once",
    squared_error_said_to_be_cross_entropy: "reconstruction in the loss",
}


# -- planted reductions ------------------------------------------------------------------------------------------------

KL = {
    "sum": lambda mu, logvar: each_kl(mu, logvar).mean(),
    "mean": lambda mu, logvar: each_kl(mu, logvar).mean() / mu.shape[1],
    "no half": lambda mu, logvar: 2 * each_kl(mu, logvar).mean(),
    "by pixels": lambda mu, logvar: each_kl(mu, logvar).mean() / D,
    "0.1": lambda mu, logvar: 0.1 * each_kl(mu, logvar).mean(),
    "over the batch": lambda mu, logvar: each_kl(mu, logvar).sum(),
}
PIXELS = {
    "sum": summed,
    "mean": bce_with_logits,
    "over the batch": lambda d, x: bce_with_logits(d, x, reduction="sum"),
    "mean times 784": lambda d, x: 784 * bce_with_logits(d, x),
}
SQUARES = {
    "sum": lambda d, x: (d - x).square().sum(1).mean(),
    "half": lambda d, x: 0.5 * (d - x).square().sum(1).mean(),
    "mean": mse_loss,
}
PLANTED = {  # (cost, KL), and the beta that they make
    **{("cross-entropy", "sum", kl): beta for kl, beta in zip(KL, (1, 1 / L, 2, 1 / D, 0.1), strict=False)},
    **{("cross-entropy", "mean", kl): D * beta for kl, beta in zip(KL, (1, 1 / L, 2, 1 / D, 0.1), strict=False)},
    ("cross-entropy", "over the batch", "over the batch"): 1.0,
    ("cross-entropy", "mean times 784", "sum"): D / 784,
    ("squares", "sum", "sum"): 0.5,
    ("squares", "half", "sum"): 1.0,
    ("squares", "mean", "sum"): D / 2,
    ("squares", "mean", "by pixels"): 0.5,
}


def planted(kind, cost, kl):
    base = sound() if kind == "cross-entropy" else replace(sound(), likelihood="gaussian", sigma=1.0)
    loss = loss_of({"cross-entropy": PIXELS, "squares": SQUARES}[kind][cost], KL[kl])
    return replace(base, loss=loss), data()
