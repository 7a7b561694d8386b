"""Checks on the loss: on its form, and, where that is right, on its weights."""

import math
from collections.abc import Callable, Mapping
from itertools import product

from torch import Tensor

from lowerbound.diagnose.anyvae import BERNOULLIS, NotChecked, skip_if
from lowerbound.diagnose.lossfit import FORMS, MEAN, Fit, Noise, draws_in_training, fit_of
from lowerbound.diagnose.measured import LIMITS, Measured
from lowerbound.diagnose.report import FINE, LOOK, WRONG, Check, judged
from lowerbound.encoders import READINGS

RIGHT = "KL = 1/2 sum(mu^2 + sigma^2 - 1 - log sigma^2)"
SIGMA = {"logvar": "exp(logvar / 2)", "log_std": "exp(log_std)", "std": "std itself", "var": "sqrt(var)"}


def gives_a_number(m: Measured) -> Check:
    """The loss can be asked: called as was said, it returns one number."""
    if not isinstance(m.loss, NotChecked):
        return judged(FINE, "one for each batch")
    skip_if(m.model.vae is not None, str(m.loss))
    if m.model.loss is None and m.model.step is None:
        return judged(LOOK, str(m.loss), "pass loss or step: most faults are there")
    called = "step(x)" if m.model.step else "loss(decoded, x, mean, second output)"
    return judged(WRONG, str(m.loss), f"it is called as {called}, and has to return a tensor with one number")


# -- its form ----------------------------------------------------------------------------------------------------------


def noise_of_the_draw(m: Measured) -> Check:
    """z is drawn with the standard deviation that the encoder means."""
    said = m.model.spread
    if m.model.draw is not None:
        drawn = _reading(m, m.model.draw)
    elif m.fits and m.model.step is None:
        raise NotChecked("no draw was given")
    elif (drawn := m.fit.drawn) == MEAN and draws_in_training(m.model, m.x[:8]):
        raise NotChecked("in eval mode the step decodes the mean; pass draw")
    if drawn == said:
        return judged(FINE, f"one sigma, reading {drawn}")
    if drawn == MEAN:
        advice = "decode mean + sigma * noise, with sigma from the encoder and noise from randn_like"
        return judged(WRONG, "no noise: the mean is decoded", advice, claim="noise-is-a-price-on-slope")
    found = f"it reads the second output as {drawn or 'none of the readings'}, you said {said}"
    return judged(WRONG, found, f"with {said}, sigma is {SIGMA[said]}")


def _reading(m: Measured, draw: Callable[[Tensor, Tensor], Tensor]) -> str | None:
    """Which reading of the second output the draw has: what was said, if that is it.

    Its standard deviation is by how much z moves when the noise goes from 0 to 1.
    """
    with Noise(1.0):
        above = draw(m.mu, m.second)
    with Noise(0.0):
        width = above - draw(m.mu, m.second)
    if not width.any():
        return MEAN
    for read in sorted(READINGS, key=lambda read: read != m.model.spread):
        std = READINGS[read](m.second).exp()
        if (width / std - 1).abs().median() < LIMITS["beta"]:
            return read
    return None


def reconstruction(m: Measured) -> Check:
    """What is charged for pixels is -log p(x|z) of the likelihood that was said."""
    (fit, _), said = m.fits, m.model.likelihood
    if not fit.explains:
        unlike = f"{fit.left:.1g} of its changes stay unexplained as a (-log p(x|z)) + b KL, the best being {fit.cost}"
        advice = "free bits, a sigma of the batch, a perceptual or adversarial part, noise from numpy, another prior: "
        advice += "see how it differs"
        return judged(LOOK, unlike, advice)
    skip_if({fit.cost, said} == set(BERNOULLIS), "of the sigmoid")
    if fit.cost != said:
        cost = "squared error" if fit.cost == "gaussian" else fit.cost
        return judged(WRONG, f"{cost}, but you said {said}", "name what the loss has, or change it")
    advice = "it is subtracted: a loss that is to fall has -log p(x|z)"
    return judged(fit.a <= 0, f"{fit.cost}, times {fit.a:.4g}", advice)


def reading_of_the_width(m: Measured) -> Check:
    """The KL reads the encoder's second output as what it is."""
    read, said = m.fit.read, m.model.spread
    skip_if(read in FORMS, "the KL is none")
    found = f"as {read}" if read == said else f"the KL reads the second output as {read}, you said {said}"
    return judged(read != said, found, f"write the KL for {said}")


def form_of_the_kl(m: Measured) -> Check:
    """The three terms of the KL have one weight, and it is added."""
    fit = m.fit
    if fit.read in FORMS:
        return judged(WRONG, FORMS[fit.read], RIGHT)
    skip_if(fit.read != m.model.spread, "of how the width is read")
    weights = [round(c / abs(fit.a), 4) + 0.0 for c in fit.terms]  # 0.0 takes the sign off a zero
    found = "mu^2 {:.3g}, sigma^2 {:.3g}, -log sigma^2 {:.3g}".format(*weights)
    if not fit.whole:
        about = "" if fit.left < 1e-6 else "about "
        return judged(WRONG, f"its terms have {about}the weights {found}", f"the three weights should be one: {RIGHT}")
    if fit.beta < 0:
        return judged(WRONG, f"the KL is subtracted: {found}", "add it to -log p(x|z)")
    return judged(FINE, f"a KL, times {fit.b:.4g}")


# -- its weights -------------------------------------------------------------------------------------------------------


def same_in_every_batch_size(m: Measured) -> Check:
    """Beta is the same in batches of 4 and of 8, within a tenth."""
    fit, smaller = _weighed(m)
    if _differ(fit, smaller):
        found = f"beta is {smaller.beta:.4g} in batches of 4 and {fit.beta:.4g} in batches of 8: {_made_of(m)}"
        advice = "sum both parts over pixels and latent numbers, then average both over the batch"
        return judged(WRONG, found, advice, fit.beta)
    grows = abs(math.log2(fit.a / smaller.a)) > 0.5
    scale = ", the loss itself grows with it (a step of Adam hardly notices)" if grows else ""
    return judged(FINE, f"beta is the same in batches of 4 and of 8, within a tenth{scale}", number=fit.beta)


def weight_of_the_kl(m: Measured) -> Check:
    """Beta is the one that was meant."""
    fit, smaller = _weighed(m)
    skip_if(_differ(fit, smaller), "it depends on the batch")
    beta, meant, sigma, made = fit.beta, m.model.beta, m.model.sigma, _made_of(m)
    mend = ["sum over pixels and over latent numbers"] if "a mean over" in made or "divided" in made else []
    mend += [f"count the cross-entropy {m.model.total} times"] if "counted once" in made else []
    mend += ["divide the squared error by 2 sigma^2"] if sigma is not None and "sigma" not in made else []
    mend += ["take the factor out"] if "times" in made or not mend else []
    advice = f"{' and '.join(mend)}; if this beta is wanted, pass beta to AnyVAE"
    if sigma is not None and meant > 0:
        advice += f". It is the bound of sigma = {sigma * math.sqrt(beta / meant):.4g} in place of {sigma:g}"
    if beta == 0:
        advice = "the loss has no KL: a plain autoencoder"
    found = f"{beta:.4g} where {meant:g} was meant: {made}"
    return judged(abs(beta - meant) > LIMITS["beta"] * max(abs(meant), 1e-9), found, advice, beta)


def same_in_every_image_size(m: Measured) -> Check:
    """Beta is the same on half of each image, within a tenth."""
    skip_if(m.model.step is not None, "a step takes images of one size")
    fit, half = _weighed(m)[0], fit_of(m.model, m.x, 8, m.generator, m.pixels.shape[1] // 2)
    skip_if(not half.explains, "on half of each image the loss has another form")
    if not _differ(fit, half):
        return judged(FINE, "beta is the same on half of each image, within a tenth", number=half.beta)
    found = f"on half of each image beta is {half.beta:.4g}, on the whole {fit.beta:.4g}"
    return judged(LOOK, found, "a mean over pixels, or a number of pixels typed by hand", half.beta)


def _weighed(m: Measured) -> tuple[Fit, Fit]:
    """What the loss is made of in batches of 8 and of 4, if its form is right."""
    fit, _ = m.fits
    as_said = (fit.cost, fit.read) == (m.model.likelihood, m.model.spread)
    if not (fit.explains and as_said and fit.whole and fit.a > 0 and fit.b >= 0):
        raise NotChecked("the loss has another fault that comes first")
    return m.fits


def _differ(one: Fit, other: Fit) -> bool:
    return abs(one.beta - other.beta) > LIMITS["size"] * max(abs(one.beta), abs(other.beta))


def _made_of(m: Measured) -> str:
    """The factors and reductions behind the two coefficients, in words."""
    (fit, smaller), pixels, latent = m.fits, m.pixels.shape[1], m.mu.shape[1]
    sigma, total = m.model.sigma, m.model.total
    costs = {"cross-entropy": 1.0, "half the cross-entropy": 0.5}
    if total is not None:
        costs[f"cross-entropy of x / {total}, counted once"] = 1 / total
    if sigma is not None:
        costs = {"squared error / (2 sigma^2)": 1.0, "squared error": 2 * sigma**2, "half the squared error": sigma**2}
    reductions = {"summed": 1.0, f"a mean over {pixels} pixels": 1 / pixels}
    first = {f"{cost}, {how}": costs[cost] * reductions[how] for cost, how in product(costs, reductions)}
    second = {"KL, summed": 1.0, f"KL, a mean over {latent} latent numbers": 1 / latent}
    second |= {"KL, without its 1/2": 2.0, f"KL, divided by {pixels} pixels": 1 / pixels}
    kl = _named(fit.b, smaller.b, second) if fit.b else "no KL"
    return f"{_named(fit.a, smaller.a, first)} and {kl}"


def _named(coefficient: float, smaller: float, options: Mapping[str, float]) -> str:
    """A coefficient in batches of 8, and in batches of 4, in words."""
    power = round(math.log2(abs(coefficient / smaller))) if smaller else 0
    over = {1: ", summed over the batch", -1: ", divided by the batch once more"}.get(power, "")
    plain = coefficient / 8.0**power
    named = [words for words, factor in options.items() if abs(plain / factor - 1) < 0.01]
    return named[0] + over if named else f"{next(iter(options))}{over}, times {plain:.4g}"
