"""Checks on the networks, and on what they are said to put out."""

import math

import torch
from torch import Tensor

from lowerbound.diagnose.anyvae import BERNOULLIS, NotChecked, skip_if
from lowerbound.diagnose.measured import LIMITS, Measured
from lowerbound.diagnose.report import FINE, LOOK, WRONG, Check, judged
from lowerbound.likelihoods import Binomial


def finite(m: Measured) -> Check:
    """All numbers are numbers, in the precision that is used."""
    parts = {"x": m.x, "the mean": m.mu, "the second output": m.second, "log sigma": m.log_std, "decoded": m.decoded}
    bad = [part for part, value in parts.items() if not value.isfinite().all()]
    weights = [name for name, value in m.model.network.named_parameters() if not value.isfinite().all()][:1]
    advice = "look at what comes before it: scale the images, and bound the second output"
    if bad[:1] == ["log sigma"]:
        advice = f"a {m.model.spread} of 0 or below has no logarithm; end the encoder with softplus, or use logvar"
    if weights:
        advice = f"the weights themselves are not ({weights[0]}): start again from older ones, at a lower rate"
    found = f"NaN or infinite: {', '.join(bad + weights)}" if bad or weights else ""
    return judged(bool(found), found, advice)


def eval_mode(m: Measured) -> Check:
    """An image's code depends neither on dice nor on its neighbours, in the mode that the networks came in."""
    skip_if(finite(m).verdict == WRONG, "not all numbers are finite")
    both = torch.cat([m.mu, m.second], 1), m.decoded
    spread = torch.cat([part.std().clamp(min=1e-6).expand(part.shape[1]) for part in both])

    def outputs(k: int) -> Tensor:
        """Of both networks, for the first k images."""
        return torch.cat([*m.model.encoded(m.x[:k]), m.model.decoded(m.mu[:k])], 1) / spread

    n = min(len(m.x), 16)
    first, again, alone = (outputs(k) for k in (n, n, n // 2))
    dice, others = float((first - again).abs().max()), float((first[: n // 2] - alone).abs().max())
    off, limit = max(dice, others), LIMITS["mode"]
    why = " from call to call" if dice > limit else " with the other images of the batch" if others > limit else ""
    kinds = {type(module).__name__ for module in m.model.network.modules() if module.training}
    layers = ", ".join(sorted(kind for kind in kinds if "Norm" in kind or "Dropout" in kind))
    left = f" ({layers} in training mode)" if layers else ""
    advice = "call .eval() before you measure; where encode draws, let it return mean and width"
    return judged(off > limit, f"outputs for one image differ{why} by {off:.2g} of their spread{left}", advice, off)


def widths(m: Measured) -> Check:
    """Every exponential of a log variance is far from overflow."""
    log_var = 2 * m.log_std.flatten()
    largest = float(log_var[log_var.abs().argmax()])
    advice = "scale the images to 0..1 before the encoder; or bound logvar, say to -10..10"
    return judged(abs(largest) > LIMITS["width"], f"log sigma^2 reaches {largest:.1f}", advice, abs(largest))


# -- what a code says --------------------------------------------------------------------------------------------------


def in_use(m: Measured) -> Check:
    """Codes differ from image to image."""
    used, latent, told = int((m.told > LIMITS["used"]).sum()), len(m.told), float(m.told.sum())
    nothing = _collapsed(m) or told < LIMITS["next to nothing"]
    advice = f"fine as long as you don't need {latent}: an unused number costs nothing"
    if nothing:
        advice = "posterior collapse, or next to it: too heavy a KL, too wide a sigma, or a decoder that needs no code"
    verdict = WRONG if _collapsed(m) else LOOK if nothing or used < latent else FINE
    return judged(verdict, f"{used} of {latent}; at most {told:.3g} nats about x", advice, float(used))


def encoder_listens(m: Measured) -> Check:
    """x has a way into the code: not every image has exactly the same."""
    skip_if(_collapsed(m), "no latent number is in use")
    most, found = float(m.told.max()), f"q(z|x) tells at most {float(m.told.sum()):.2g} nats about x"
    advice = "every x has the same q(z|x): look for a detach, a constant, a wrong input, dead units"
    return judged(most < LIMITS["constant"], found, advice, most)


def decoder_listens(m: Measured) -> Check:
    """The code has a way into the image."""
    skip_if(_collapsed(m), "no latent number is in use")
    found = f"two codes differ by {m.heard:.2g} nats in what they say of an image"
    advice = "z does not reach the output: look at what the last layers get, and at skip connections"
    return judged(m.heard < LIMITS["listens"], found, advice, m.heard)


def _collapsed(m: Measured) -> bool:
    """Both do without a code. Where the encoder says nothing at all and the decoder listens, x has no way into it."""
    most, deaf = float(m.told.max()), m.heard < LIMITS["listens"]
    return most <= LIMITS["used"] and (deaf or most >= LIMITS["constant"])


# -- the likelihood ----------------------------------------------------------------------------------------------------


def _probabilities(m: Measured) -> bool:
    return m.reach[0] >= 0 and m.reach[1] <= 1


def _span(m: Measured) -> str:
    return "[{:.4g}, {:.4g}]".format(*(round(end, 3) for end in m.reach))


def sigmoid_once(m: Measured) -> Check:
    """Logits become probabilities once, in the decoder or in the loss."""
    said, logits = m.model.likelihood, m.model.likelihood.endswith("logits")
    skip_if(said == "gaussian", "a Gaussian needs none")
    if not isinstance(m.loss, NotChecked) and m.loss[0].explains and {m.loss[0].cost, said} == set(BERNOULLIS):
        done = "takes logits as they are" if logits else "takes the sigmoid of probabilities"
        return judged(WRONG, f"the loss {done}", "use the loss without logits, or a decoder without sigmoid")
    advice = "these are no probabilities: use the loss with logits, or end the decoder with a sigmoid"
    if logits:
        advice = "these are probabilities already, and a loss with logits takes their sigmoid again: drop the decoder's"
        advice += ", or use the loss without logits"
    return judged(_probabilities(m) == logits, f"the decoder's outputs lie in {_span(m)}", advice)


def has_a_likelihood(m: Measured) -> bool:
    """Whether log p(x) has a meaning: any pixel has a density under a Gaussian, but not under the others."""
    return m.model.likelihood == "gaussian" or likelihood_fits(m).verdict != WRONG


def likelihood_fits(m: Measured) -> Check:
    """The likelihood is one for these data: it can give them, and over all data it sums to 1."""
    found, likelihood = "x lies in [{:.3g}, {:.3g}]".format(*m.pixels.aminmax()), m.vae.likelihood
    if not isinstance(likelihood, Binomial):  # a Gaussian has a density for any x
        beyond = float(((m.pixels < -0.01) | (m.pixels > 1.01)).double().mean())
        if not _probabilities(m) or beyond <= LIMITS["beyond"]:
            off = float((m.decoded - m.pixels).square().mean().sqrt())
            return judged(FINE, f"{found}; a decoded pixel is off by {off:.3g}, sigma is {m.model.sigma:.3g}")
        advice = f"{beyond:.2g} of the pixels lie outside 0..1, where the decoder's sigmoid never gets: scale x"
        return judged(WRONG, f"{found}, the decoder in {_span(m)}", advice)
    grey = float((m.pixels != m.pixels.round().clamp(0, likelihood.total)).double().mean())
    found += f", {grey:.2g} of the pixels are no whole number from 0 to {likelihood.total}"
    advice = "cross-entropy of these is no -log p(x|z): it does not sum to 1, and outside that range it falls below 0 "
    advice += "without end. It may train, but no log p(x) can be read from it: scale or binarise x, or use a Binomial "
    advice += "of the counts, or a Gaussian"
    return judged(grey > 0, found, advice, claim="cross-entropy-on-grey-does-not-sum-to-one")


def importance_weights(m: Measured) -> Check:
    """No tail of the weights is so heavy that log p(x) can't be had from them."""
    skip_if(not has_a_likelihood(m), "the likelihood does not fit the data, so log p(x) has no meaning")
    k_hat, limit = m.images.k_hat, min(1 - 1 / math.log10(m.draws), 0.7)
    heavy, largest = float((k_hat > limit).double().mean()), float(k_hat.max())
    value = f"k-hat is above for {heavy:.0%} of {len(k_hat)} images, largest {largest:.2f}"
    advice = "for these, don't trust log p(x) from weights: q is narrower somewhere than p(z|x)"
    source = f"{limit:.2f}: Vehtari et al. 2024, for {m.draws} draws"
    return judged(LOOK if heavy else FINE, value, advice, largest, threshold=source)
