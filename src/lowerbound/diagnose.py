r"""What is wrong with a VAE, and by how much: `diagnose`.

It takes a `VAE` of this library, or anybody's networks and loss in an `AnyVAE`, and a batch of images:

    report = diagnose(vae, x)
    print(report)                        # one line a check, the worst first
    report.ok, report.wrong              # whether anything is wrong, and the names of what is
    report.to_dict()                     # the same as plain data; a notebook shows a table

The networks are measured in eval mode and in float64 where they can be, and are left as they were: weights, buffers,
modes and torch's random state.
"""

import html
import math
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from lowerbound import lossfit
from lowerbound.bounds import draw, estimate
from lowerbound.checks import at_least
from lowerbound.encoders import READINGS
from lowerbound.grid import Grid
from lowerbound.likelihoods import Bernoulli, Binomial, GaussianNoise, LearnedNoise, Likelihood
from lowerbound.lossfit import FORMS, MEAN, Fit
from lowerbound.psis import pareto_k
from lowerbound.quantities import elbo
from lowerbound.vae import VAE, DiagonalNormal, pixel_rows

WRONG, LOOK, FINE, SKIPPED = "wrong", "look", "fine", "not checked"  # verdicts, the worst first
LIKELIHOODS = ("bernoulli-logits", "bernoulli-probabilities", "gaussian")
PARTS = 10  # of the draws: each gives a bound of its own, and all of them its standard error
SITE = "http://127.0.0.1:8000/"  # where `make serve` puts the site

THRESHOLDS: Mapping[str, tuple[float, str]] = {  # what is compared, and where it comes from
    "beta": (0.02, "the fit finds planted weights within 0.01"),
    "batch": (0.02, "as for beta"),
    "mode": (1e-3, "rounding of float32 is a thousand times less"),
    "width": (math.log(torch.finfo(torch.float32).max) / 4, "a quarter of where exp overflows in float32"),
    "grey": (1e-3, "pixels that are neither 0 nor 1"),
    "used": (0.005, "nats: a mean of variance 0.01, as in Burda et al. 2016, at a width of 1"),
    "constant": (1e-6, "nats: rounding"),
    "listens": (0.01, "nats, chosen: a code that says less is none"),
    "drawn": (0.02, "as for beta"),
}


@dataclass(frozen=True, kw_only=True)
class AnyVAE:
    r"""Anybody's VAE, with $p(z) = \Normal(0, I)$: what `diagnose` needs to know, and nothing is guessed.

    Args:
        encode: x to a pair, the mean of q(z|x) and a second output, each of shape (n, L).
        spread: what the second output is: "logvar", "log_std", "std" or "var".
        decode: z, shape (n, L), to n images.
        likelihood: what these are: "bernoulli-logits", "bernoulli-probabilities" (a sigmoid comes last) or "gaussian".
        network: the module that holds all weights; of two modules `nn.ModuleList([encoder, decoder])`.
        loss: the loss as a function of (decoded, x, mean, second output), a number.
        step: instead of that, the loss as a function of x alone, a number, as in a training step.
        draw: the draw of z as a function of (mean, second output); a `step` has its own.
        sigma: for "gaussian", the standard deviation of a pixel that you have in mind. A squared error alone has none.
        beta: the weight of the KL that you have in mind.

    Raises:
        TypeError: no module.
        ValueError: an unknown name, no sigma where one is needed, both a loss and a step.

    >>> net = nn.ModuleList([nn.Linear(4, 2), nn.Linear(1, 4)])
    >>> AnyVAE(network=net, encode=lambda x: net[0](x).chunk(2, 1), spread="logvar",
    ...        decode=net[1], likelihood="bernoulli-logits").beta
    1.0
    """

    encode: Callable[[Tensor], Any]
    spread: str
    decode: Callable[[Tensor], Tensor]
    likelihood: str
    network: nn.Module
    loss: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor] | None = None
    step: Callable[[Tensor], Tensor] | None = None
    draw: Callable[[Tensor, Tensor], Tensor] | None = None
    sigma: float | None = None
    beta: float = 1.0

    def __post_init__(self) -> None:
        if self.spread not in READINGS:
            raise ValueError(f"spread: expected one of {tuple(READINGS)}, got {self.spread!r}")
        if self.likelihood not in LIKELIHOODS:
            raise ValueError(f"likelihood: expected one of {LIKELIHOODS}, got {self.likelihood!r}")
        if (self.likelihood == "gaussian") != (self.sigma is not None):
            raise ValueError(f"sigma: a number for 'gaussian' and for no other likelihood, got {self.sigma!r}")
        if not isinstance(self.network, nn.Module):
            raise TypeError(f"network: expected a torch.nn.Module, got {type(self.network).__name__}")
        if self.loss is not None and self.step is not None:
            raise ValueError("loss, step: one of the two is enough, and both could disagree")

    def log_std(self, second: Tensor) -> Tensor:
        """The second output as log standard deviations."""
        return READINGS[self.spread](second)

    def as_vae(self, dim: int) -> VAE:
        """The same model as a `VAE` of this library, in float64, without encoder; it calls the decoder as it is now."""
        like = next(self.network.parameters(), torch.empty(0))
        likelihood: Likelihood = Bernoulli() if self.sigma is None else GaussianNoise(self.sigma)

        def decoder(z: Tensor) -> Tensor:
            decoded = pixel_rows(self.decode(z.to(like))).double().cpu()
            return torch.logit(decoded, 1e-15) if self.likelihood == "bernoulli-probabilities" else decoded

        return VAE(nn.Identity(), _Called(decoder), likelihood, dim)


@dataclass(frozen=True)
class Check:
    """One line of a report.

    Attributes:
        name: what was looked at.
        verdict: "wrong", "look" (a person should), "fine" or "not checked".
        value: what was found, in words.
        threshold: what it was compared with, and where that comes from.
        advice: what to do; or why it was not checked.
        claim: the site's claim that shows it, or "".
        number: the value as a number, where it has one.
    """

    name: str
    verdict: str
    value: str = ""
    threshold: str = ""
    advice: str = ""
    claim: str = ""
    number: float | None = None

    def __str__(self) -> str:
        if self.verdict == SKIPPED:
            return f"{SKIPPED}: {self.name}, because {self.advice}"
        limit = f" [{self.threshold}]" if self.threshold else ""
        found = f": {self.value}{limit}" if self.value else ""
        advice = f". {self.advice[0].upper()}{self.advice[1:]}" if self.advice else ""
        see = f". Evidence: {self.claim}" if self.claim and self.verdict in (WRONG, LOOK) else ""
        return f"{self.verdict}: {self.name}{found}{advice}{see}"


@dataclass(frozen=True, eq=False)
class Images:
    r"""What was measured for each image, in nats, shapes (n,).

    Attributes:
        elbo: $\ELBO(x)$.
        elbo_error: its standard error; 0 where it was added up and not sampled.
        bound: the importance-weighted bound, which lies between the ELBO and $\log p(x)$.
        bound_error: its standard error.
        k_hat: how heavy the tail of the weights is, see `lowerbound.psis`.
        gap: $\KL(q(z \mid x) \,\|\, p(z \mid x))$, by `Grid`; None beyond two latent numbers.
    """

    elbo: Tensor
    elbo_error: Tensor
    bound: Tensor
    bound_error: Tensor
    k_hat: Tensor
    gap: Tensor | None

    def __str__(self) -> str:
        rows = {
            "ELBO": self.elbo.mean(),
            "importance-weighted bound": self.bound.mean(),
            "its standard error, image by image": self.bound_error.mean(),
            "Pareto k-hat, largest": self.k_hat.max(),
        }
        if self.gap is not None:
            rows |= {"gap": self.gap.mean(), "gap, largest": self.gap.max()}
        return "\n".join(f"{name} = {value:.3f}" for name, value in rows.items())


@dataclass(frozen=True, eq=False)
class Report:
    """What `diagnose` found.

    Attributes:
        checks: one for each thing that was looked at, the worst first.
        images: what was measured image by image, or None where that has no meaning.
        fit: what the loss is made of, or None.
        site: where links to claims lead.
    """

    checks: tuple[Check, ...]
    images: Images | None = None
    fit: Fit | None = None
    site: str = field(default=SITE, repr=False)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong. What was not checked, or needs a look, is not counted."""
        return not self.wrong

    @property
    def wrong(self) -> tuple[str, ...]:
        """The names of what is wrong."""
        return tuple(check.name for check in self.checks if check.verdict == WRONG)

    def __getitem__(self, name: str) -> Check:
        """One check by its name."""
        found = [check for check in self.checks if check.name == name]
        if not found:
            raise KeyError(f"{name!r}; there are {[check.name for check in self.checks]}")
        return found[0]

    def __str__(self) -> str:
        head = "nothing is wrong" if self.ok else f"wrong: {', '.join(self.wrong)}"
        lines = [head, "", *(str(check) for check in self.checks if check.verdict != SKIPPED)]
        skipped: dict[str, list[str]] = {}
        for check in self.checks:
            if check.verdict == SKIPPED:
                skipped.setdefault(check.advice, []).append(check.name)
        lines += [f"{SKIPPED}, because {why}: {', '.join(names)}" for why, names in skipped.items()]
        lines = [textwrap.fill(line, 100, subsequent_indent="    ") for line in lines]
        return "\n".join(lines if self.images is None else [*lines, "", str(self.images)])

    def _repr_html_(self) -> str:
        rows = []
        for check in self.checks:
            link = f'<a href="{self.site}ledger/#{check.claim}">{check.claim}</a>' if check.claim else ""
            cells = (check.verdict, check.name, check.value, check.threshold, check.advice)
            rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + f"<td>{link}</td>")
        names = ("verdict", "check", "found", "compared with", "what to do", "evidence")
        head = "".join(f"<th>{name}</th>" for name in names)
        images = "" if self.images is None else f"<pre>{html.escape(str(self.images))}</pre>"
        return f"<table><tr>{head}</tr><tr>{'</tr><tr>'.join(rows)}</tr></table>{images}"

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data: numbers, strings, lists."""
        measured = {} if self.images is None else vars(self.images)
        return {
            "ok": self.ok,
            "checks": [asdict(check) for check in self.checks],
            "images": {name: None if value is None else value.tolist() for name, value in measured.items()},
            "loss": None if self.fit is None else asdict(self.fit),
        }


def diagnose(
    vae: VAE | AnyVAE,
    x: Tensor,
    *,
    images: int = 16,
    draws: int = 1000,
    seed: int = 0,
    thresholds: Mapping[str, float] | None = None,
    site: str = SITE,
) -> Report:
    """Look for what is commonly wrong with a VAE and its loss, on some images.

    Args:
        vae: a `VAE`, or an `AnyVAE`.
        x: images as the encoder gets them, at least 8, better some hundreds; the mode that the networks are in is
            looked at too, so hand them over as you measure with them.
        images: how many are measured one by one.
        draws: draws of z for each of these.
        seed: of all that is drawn.
        thresholds: other values than those of `THRESHOLDS`, by name.
        site: where links to claims lead.

    Raises:
        ValueError: fewer than 8 images, unknown thresholds, settings out of range.

    >>> from lowerbound import digits, trained_digits
    >>> report = diagnose(trained_digits(), digits().held_out[:50], images=2, draws=100)
    >>> report.ok, report["widths far from overflow"].verdict
    (True, 'fine')
    """
    at_least(images, 1, "images")
    at_least(draws, 20, "draws")
    if unknown := set(thresholds or {}) - set(THRESHOLDS):
        raise ValueError(f"thresholds: there are {tuple(THRESHOLDS)}, got {sorted(unknown)}")
    if len(x) < 8:
        raise ValueError(f"x: expected at least 8 images, got {len(x)}")
    model = vae if isinstance(vae, AnyVAE) else _ours(vae)
    ours = vae if isinstance(vae, VAE) else None
    with torch.no_grad(), torch.random.fork_rng(devices=[]), _as_it_was(model.network):
        checks, measured, fit = _Diagnosis(model, ours, x, images, draws, seed, dict(thresholds or {})).run()
    order = [WRONG, LOOK, FINE, SKIPPED]
    return Report(tuple(sorted(checks, key=lambda check: order.index(check.verdict))), measured, fit, site)


class _Diagnosis:
    """One run of all checks."""

    def __init__(
        self, model: AnyVAE, ours: VAE | None, x: Tensor, images: int, draws: int, seed: int, limits: dict[str, float]
    ) -> None:
        self.model, self.ours, self.x, self.images, self.draws = model, ours, x, images, draws
        self.limits = {name: value for name, (value, _) in THRESHOLDS.items()} | limits
        self.seed, self.generator = seed, torch.Generator().manual_seed(seed)
        self.checks: list[Check] = []

    def add(self, name: str, verdict: str, value: str = "", key: str = "", **more: Any) -> None:
        limit = f"{self.limits[key]:.3g}: {THRESHOLDS[key][1]}" if key else ""
        self.checks.append(Check(name, verdict, value, limit, **more))

    def run(self) -> tuple[list[Check], Images | None, Fit | None]:
        if not self.finite() or not self.modes():
            rest = "what is wrong above would be in every number"
            self.add("everything else", SKIPPED, advice=rest)
            return self.checks, None, None
        self.model.network.eval()
        self.in_double()
        self.mu, self.second = self.encoded(self.x)
        self.log_std = self.model.log_std(self.second)
        fits = self.data_fit()
        self.widths()
        self.listening()
        fit = self.loss()
        if not fits:
            self.add("each image", SKIPPED, advice="the likelihood does not fit the data, so log p(x) has no meaning")
        return self.checks, self.each_image() if fits else None, fit

    # -- the networks ------------------------------------------------------------------------------------------------

    def finite(self) -> bool:
        """Whether all numbers are numbers, in the precision that is used."""
        name = "numbers are finite"
        mu, second = self.encoded(self.x)
        log_std = self.model.log_std(second)
        decoded = pixel_rows(self.model.decode(mu))
        if decoded.shape != pixel_rows(self.x).shape:
            shapes = tuple(decoded.shape), tuple(pixel_rows(self.x).shape)
            raise ValueError(f"decode: its images have the shape {shapes[0]}, x has {shapes[1]}")
        parts = {"x": self.x, "the mean": mu, "the second output": second, "log sigma": log_std, "decoded": decoded}
        bad = [part for part, value in parts.items() if not value.isfinite().all()]
        weights = [key for key, value in self.model.network.named_parameters() if not value.isfinite().all()]
        if not bad and not weights:
            self.add(name, FINE)
            return True
        if weights:
            advice = f"the weights themselves are not ({weights[0]}): start again from older ones, at a lower rate"
        elif bad[0] == "log sigma" and self.model.spread in ("std", "var"):
            advice = (
                f"a {self.model.spread} of 0 or below has no logarithm; end the encoder with softplus, or use logvar"
            )
        else:
            advice = "look at what comes before it: scale the images, and bound the second output"
        self.add(name, WRONG, f"NaN or infinite: {', '.join(bad + weights[:1])}", advice=advice)
        return False

    def encoded(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What encode returns, if it is what it should be."""
        pair = self.model.encode(x)
        if not isinstance(pair, tuple | list) or len(pair) < 2:
            raise TypeError(f"encode: expected a pair, the mean and the second output, got a {type(pair).__name__}")
        mu, second = pair[:2]
        if mu.dim() != 2 or mu.shape != second.shape or len(mu) != len(x):
            shapes = f"{tuple(mu.shape)} and {tuple(second.shape)}"
            raise ValueError(f"encode: expected two tensors of shape ({len(x)}, L), got {shapes}")
        return mu, second

    def modes(self) -> bool:
        """Whether an image's code depends on dice or on its neighbours, in the mode that the networks came in."""
        name = "eval mode"
        n = min(len(self.x), 16)
        first, again, alone = (self.code(self.x[:k]) for k in (n, n, n // 2))
        z = self.code(self.x[:n])[:, : first.shape[1] // 2]
        decoded = [pixel_rows(self.model.decode(part)) for part in (z, z, z[: n // 2])]
        size = [first.std().clamp(min=1e-6), decoded[0].std().clamp(min=1e-6)]
        dice = max(_largest(first - again) / size[0], _largest(decoded[0] - decoded[1]) / size[1])
        others = max(_largest(first[: n // 2] - alone) / size[0], _largest(decoded[0][: n // 2] - decoded[2]) / size[1])
        off = float(max(dice, others))
        if off <= self.limits["mode"]:
            self.add(name, FINE, f"outputs differ by {off:.1g} of their spread", "mode", number=off)
            return True
        why = "from call to call" if dice > self.limits["mode"] else "with the other images of the batch"
        kinds = {type(m).__name__ for m in self.model.network.modules() if m.training and not list(m.children())}
        layers = sorted(kind for kind in kinds if "Norm" in kind or "Dropout" in kind)
        left = f" ({', '.join(layers)} in training mode)" if layers else ""
        self.add(
            name,
            WRONG,
            f"outputs for one image differ {why}, by {off:.2g} of their spread{left}",
            "mode",
            advice="call .eval() before you measure; where encode draws, let it return mean and width",
            claim="mistakes-around-a-loss",
            number=off,
        )
        return False

    def code(self, x: Tensor) -> Tensor:
        return torch.cat(self.encoded(x), 1)

    def in_double(self) -> None:
        """Go on in float64, where the user's functions bear it."""
        try:
            self.model.network.double()
            x = self.x[:8].double()
            mu, second = self.encoded(x)
            decoded = self.model.decode(mu)
            if self.model.loss:
                self.model.loss(decoded, x, mu, second)
            if self.model.step:
                self.model.step(x)
            self.x = self.x.double()
        except Exception:  # whatever a user's own function may raise; if it is their mistake, it comes again
            self.model.network.to(self.x.dtype)

    def widths(self) -> None:
        log_var = float((2 * self.log_std).abs().max())
        near = log_var > self.limits["width"]
        advice = "scale the images to 0..1 before the encoder; or bound logvar, say to -10..10" if near else ""
        self.add(
            "widths far from overflow",
            WRONG if near else FINE,
            f"log sigma^2 reaches {float((2 * self.log_std).flatten()[(2 * self.log_std).abs().argmax()]):.1f}",
            "width",
            advice=advice,
            claim="mistakes-around-a-loss",
            number=log_var,
        )

    def listening(self) -> None:
        """What each code tells about x at most, and what the decoder makes of it."""
        std = self.log_std.exp()
        whole = self.mu.var(0, correction=0) + std.square().mean(0)
        told = 0.5 * whole.log() - self.log_std.mean(0)  # KL(q(z|x)‖the one normal nearest to all), for each number
        used, latent = int((told > self.limits["used"]).sum()), len(told)
        heard = self.heard()
        deaf = heard < self.limits["listens"]
        rates = f"{used} of {latent}; at most {float(told.sum()):.3g} nats about x"
        constant = float(told.max()) < self.limits["constant"]  # more than collapse: x has no way into the code
        collapsed = used == 0 and (deaf or not constant)
        self.add(
            "latent numbers in use",
            WRONG if collapsed else LOOK if used < latent else FINE,
            rates,
            "used",
            advice=(
                "posterior collapse: the KL weighs too much, or sigma is too wide, or the decoder needs no code"
                if collapsed
                else f"fine as long as you don't need {latent}: an unused number costs nothing"
                if used < latent
                else ""
            ),
            claim="mistakes-around-a-loss",
            number=float(used),
        )
        because = "no latent number is in use"
        if collapsed:
            for name in ("encoder listens to x", "decoder listens to z"):
                self.add(name, SKIPPED, advice=because)
            return
        advice = "every x has the same q(z|x): look for a detach, a constant, a wrong input, dead units"
        value = f"q(z|x) tells at most {float(told.sum()):.2g} nats about x"
        self.add("encoder listens to x", WRONG if constant else FINE, value, "constant", advice=advice * constant)
        advice = "z does not reach the output: look at what the last layers get, and at skip connections"
        value = f"two codes differ by {heard:.2g} nats in what they say of an image"
        self.add("decoder listens to z", WRONG if deaf else FINE, value, "listens", advice=advice * deaf)

    def heard(self) -> float:
        """The average KL between p(x|z) at two draws of z from the prior, in nats."""
        noise = torch.randn(2, 64, self.mu.shape[1], generator=self.generator).to(self.mu)
        one, other = (pixel_rows(self.model.decode(z)).double() for z in noise)
        if self.model.likelihood == "gaussian":
            return float((one - other).square().sum(1).mean() / (2 * (self.model.sigma or 1) ** 2))
        if self.model.likelihood == "bernoulli-probabilities":
            one, other = (torch.logit(p.clamp(0, 1), 1e-12) for p in (one, other))
        kl = one.sigmoid() * (one - other) - nn.functional.softplus(one) + nn.functional.softplus(other)
        return float(kl.sum(1).mean()) * getattr(getattr(self.ours, "likelihood", None), "total", 1)

    # -- the likelihood ----------------------------------------------------------------------------------------------

    def data_fit(self) -> bool:
        """Whether the likelihood is one, for these data and for what the decoder puts out."""
        z = torch.randn(64, self.mu.shape[1], generator=self.generator).to(self.mu)
        out = torch.cat([pixel_rows(self.model.decode(part)) for part in (self.mu, z, 3 * z, 10 * z)])
        low, high = float(out.min()), float(out.max())
        within, span = low >= 0 and high <= 1, f"[{round(low, 3):.4g}, {round(high, 3):.4g}]"
        said = self.model.likelihood
        once = "sigmoid once"
        if said == "gaussian":
            self.add(once, SKIPPED, advice="a Gaussian needs none")
        elif within != (said == "bernoulli-probabilities"):
            twice = said == "bernoulli-logits"
            self.add(
                once,
                WRONG,
                f"the decoder's outputs lie in {span}",
                advice=(
                    "these are probabilities already, and a loss with logits takes their sigmoid again: drop the "
                    "decoder's, or use the loss without logits"
                    if twice
                    else "these are no probabilities: use the loss with logits, or end the decoder with a sigmoid"
                ),
                claim="mistakes-in-a-loss",
            )
        else:
            self.add(once, FINE, f"the decoder's outputs lie in {span}")
        x, name = pixel_rows(self.x), "likelihood fits the data"
        if isinstance(getattr(self.ours, "likelihood", None), Binomial) and said != "gaussian":
            return self.counts(name)
        inside = f"x lies in [{float(x.min()):.3g}, {float(x.max()):.3g}]"
        if said == "gaussian":
            reach = self.reach(x, within)
            if reach:
                self.add(name, WRONG, f"{inside}, the decoder in {span}", advice=reach)
            else:
                self.add(name, FINE, inside)
            return True
        grey = float(((x != 0) & (x != 1)).double().mean())
        fits = grey <= self.limits["grey"]
        outside = bool(((x < 0) | (x > 1)).any())
        self.add(
            name,
            FINE if fits else WRONG,
            f"{inside}, {grey:.2g} of the pixels neither 0 nor 1",
            "grey",
            advice=(
                ""
                if fits
                else "outside 0..1 the cross-entropy has no lower end, and falls below 0: scale x, or use a Gaussian"
                if outside
                else "cross-entropy on greys is no -log p(x|z), it does not sum to 1: binarise, or use a Binomial of "
                "the counts, or a Gaussian. As a loss it trains, but no log p(x) can be read from it"
            ),
            claim="cross-entropy-on-grey-does-not-sum-to-one",
            number=grey,
        )
        return fits

    def counts(self, name: str) -> bool:
        """Whether this library's own likelihood takes the data."""
        assert self.ours is not None
        try:
            self.ours.likelihood.check(pixel_rows(self.x))
        except ValueError as error:
            claim = "cross-entropy-on-grey-does-not-sum-to-one"
            self.add(name, WRONG, str(self.ours.likelihood), advice=str(error), claim=claim)
            return False
        self.add(name, FINE, str(self.ours.likelihood))
        return True

    def reach(self, x: Tensor, within: bool) -> str:
        beyond = float(((x < -0.01) | (x > 1.01)).double().mean())
        if within and beyond > self.limits["grey"]:
            return f"{beyond:.2g} of the pixels lie outside 0..1, where the decoder's sigmoid never gets: scale x"
        return ""

    # -- the loss ----------------------------------------------------------------------------------------------------

    def loss(self) -> Fit | None:
        names: tuple[str, ...]
        names = ("reconstruction in the loss", "sign and form of the KL", "width is read as it is", "noise of the draw")
        names += ("beta", "same in every batch size", "same in every image size")
        if self.model.loss is None and self.model.step is None:
            because = "no loss was given"
            if self.ours is not None:
                because = "the loss of fit is -log p(x|z) + beta KL, with the beta that you passed"
            for name in names:
                self.add(name, SKIPPED, advice=because)
            return None
        try:
            fit, smaller = (self.fitted(batch) for batch in (8, 4))
        except Exception as error:  # whatever a user's own function may raise
            for name in names:
                self.add(name, SKIPPED, advice=f"the loss raised {type(error).__name__}: {error}")
            return None
        self.draws_of(fit)
        if not self.form(fit):
            for name in names[4:]:
                self.add(name, SKIPPED, advice="the loss has another fault that comes first")
            return fit
        self.weights(fit, smaller)
        return fit

    def fitted(self, batch: int) -> Fit:
        if self.model.step is not None:
            fit = lossfit.of_step(self.model, self.x, batch, self.generator, self.model.network)
        else:
            fit = lossfit.of_function(self.model, self.x, batch, self.generator)
        return self.in_units(fit)

    def in_units(self, fit: Fit) -> Fit:
        """Squared errors charged as the Gaussian that was said."""
        factor = 2 * (self.model.sigma or 1) ** 2 if fit.cost == "gaussian" else 1.0
        return Fit(fit.cost, fit.read, fit.drawn, fit.a * factor, fit.terms, fit.left)

    def form(self, fit: Fit) -> bool:
        """Whether the loss is a (-log p(x|z)) + b KL at all; each thing that is not gets its line."""
        before = len([check for check in self.checks if check.verdict == WRONG])
        name = "reconstruction in the loss"
        if fit.left >= lossfit.EXPLAINED:
            left = (
                f"{fit.left:.1g} of its changes stay unexplained as a (-log p(x|z)) + b KL, the best being {fit.cost}"
            )
            advice = "free bits, a perceptual or adversarial part, noise from numpy, another prior: see how it differs"
            self.add(name, LOOK, left, advice=advice)
            for other in ("sign and form of the KL", "width is read as it is"):
                self.add(other, SKIPPED, advice="the loss is of another form")
            return False
        said = self.model.likelihood
        if fit.cost == said:
            self.add(name, FINE if fit.a > 0 else WRONG, f"{fit.cost}, times {fit.a:.4g}", advice=_sign(fit.a))
        elif {fit.cost, said} <= {"bernoulli-logits", "bernoulli-probabilities"}:
            done = (
                "takes the sigmoid of probabilities" if fit.cost == "bernoulli-logits" else "takes logits as they are"
            )
            advice = "use the loss without logits, or a decoder without sigmoid"
            self.checks = [check for check in self.checks if check.name != "sigmoid once"]
            self.add("sigmoid once", WRONG, f"the loss {done}", advice=advice, claim="mistakes-in-a-loss")
            self.add(name, SKIPPED, advice="of the sigmoid")
        else:
            cost = {"gaussian": "squared error"}.get(fit.cost, fit.cost)
            self.add(name, WRONG, f"{cost}, but you said {said}", advice="name what the loss has, or change it")
        reads, name = "width is read as it is", "sign and form of the KL"
        if fit.read in FORMS:
            right = "KL = 1/2 sum(mu^2 + sigma^2 - 1 - log sigma^2)"
            self.add(name, WRONG, FORMS[fit.read], advice=right, claim="mistakes-in-a-loss")
        elif fit.read != self.model.spread:
            self.add(
                reads,
                WRONG,
                f"the KL reads the second output as {fit.read}, you said {self.model.spread}",
                advice=f"write the KL for {self.model.spread}",
                claim="mistakes-in-a-loss",
            )
            self.add(name, SKIPPED, advice="of how the width is read")
        else:
            self.add(reads, FINE, f"as {fit.read}")
            self.shape(fit)
        return len([check for check in self.checks if check.verdict == WRONG]) == before

    def shape(self, fit: Fit) -> None:
        """The three terms of the KL."""
        name, claim = "sign and form of the KL", "mistakes-in-a-loss"
        shares = [round(c / abs(fit.a), 4) + 0.0 for c in fit.terms]  # 0.0 takes the sign off a zero
        found = "mu^2 {:.3g}, sigma^2 {:.3g}, -log sigma^2 {:.3g}".format(*shares)
        if fit.whole and fit.b * fit.a >= 0:
            self.add(name, FINE, f"a KL, times {fit.b:.4g}")
        elif fit.whole:
            self.add(name, WRONG, f"the KL is subtracted: {found}", advice="add it to -log p(x|z)", claim=claim)
        else:
            advice = "the three weights should be one: KL = 1/2 sum(mu^2 + sigma^2 - 1 - log sigma^2)"
            self.add(name, WRONG, f"its terms have the weights {found}", advice=advice, claim=claim)

    def draws_of(self, fit: Fit) -> None:
        name, claim = "noise of the draw", "mistakes-in-a-loss"
        drawn: str | None = fit.drawn
        if self.model.draw is not None:
            drawn = self.reading_of(lossfit.drawn_width(self.model.draw, self.mu, self.second))
        elif self.model.step is None or fit.left >= lossfit.EXPLAINED:
            advice = "no draw was given" if self.model.step is None else "the loss is of another form"
            self.add(name, SKIPPED, advice=advice)
            return
        if drawn == MEAN and self.model.step is not None:
            self.model.network.train()
            if lossfit.responds(self.model.step, self.x[:8]):
                self.model.network.eval()
                self.add(name, SKIPPED, advice="in eval mode the step decodes the mean; pass draw")
                return
            self.model.network.eval()
        if drawn == self.model.spread:
            self.add(name, FINE, f"one sigma, reading {drawn}")
        elif drawn == MEAN:
            advice = "decode mean + sigma * noise, with sigma from the encoder and noise from randn_like"
            self.add(name, WRONG, "no noise: the mean is decoded", advice=advice, claim="noise-is-a-price-on-slope")
        else:
            found = "none of the readings" if drawn is None else drawn
            advice = f"with {self.model.spread}, sigma is {_SIGMA[self.model.spread]}"
            value = f"it reads the second output as {found}, you said {self.model.spread}"
            self.add(name, WRONG, value, advice=advice, claim=claim)

    def reading_of(self, width: Tensor) -> str | None:
        """Which reading of the second output gives these standard deviations."""
        if float(width.abs().max()) == 0:
            return MEAN
        said = self.model.spread
        for read in (said, *(other for other in READINGS if other != said)):
            std = READINGS[read](self.second).exp()
            if std.isfinite().all() and float((width / std - 1).abs().median()) < self.limits["drawn"]:
                return read
        return None

    def weights(self, fit: Fit, smaller: Fit) -> None:
        """The hidden beta, what made it, and what it depends on."""
        beta, in_smaller = fit.b / fit.a, smaller.b / smaller.a
        moves = abs(beta - in_smaller) > self.limits["batch"] * max(abs(beta), abs(in_smaller))
        made = self.made_of(fit, smaller)
        name = "same in every batch size"
        if moves:
            value = f"beta is {in_smaller:.4g} in batches of 4 and {beta:.4g} in batches of 8: {made}"
            advice = "sum both parts over pixels and latent numbers, then average both over the batch"
            self.add(name, WRONG, value, "batch", advice=advice, claim="what-a-mean-does-to-beta", number=beta)
            self.add("beta", SKIPPED, advice="it depends on the batch")
        else:
            scale = math.log2(fit.a / smaller.a)
            whole = ", the loss itself grows with it (a step of Adam hardly notices)" if abs(scale) > 0.5 else ""
            self.add(name, FINE, f"beta is the same in batches of 4 and of 8{whole}", "batch")
            self.add(
                "beta",
                *self.judged(beta, made),
                "beta",
                advice="" if self.near(beta) else self.mend(beta),
                claim="what-a-mean-does-to-beta",
                number=beta,
            )
        self.sizes(fit, beta)

    def near(self, beta: float) -> bool:
        return abs(beta - self.model.beta) <= self.limits["beta"] * max(abs(self.model.beta), 1e-9)

    def judged(self, beta: float, made: str) -> tuple[str, str]:
        verdict = FINE if self.near(beta) else WRONG
        return verdict, f"{beta:.4g} where {self.model.beta:g} was meant: {made}"

    def mend(self, beta: float) -> str:
        if beta == 0:
            return "the loss has no KL: a plain autoencoder"
        advice = "sum over pixels and over latent numbers; if this beta is wanted, pass beta to AnyVAE"
        if self.model.sigma is not None and self.model.beta > 0:
            sigma = self.model.sigma * math.sqrt(beta / self.model.beta)
            advice += f". It is the bound of sigma = {sigma:.4g} in place of {self.model.sigma:g}"
        return advice

    def made_of(self, fit: Fit, smaller: Fit) -> str:
        """The factors and reductions behind the two coefficients, in words."""
        pixels, latent = pixel_rows(self.x).shape[1], self.mu.shape[1]
        raw = 1.0 if fit.cost != "gaussian" else 1 / (2 * (self.model.sigma or 1) ** 2)
        cost = "squared error" if fit.cost == "gaussian" else "cross-entropy"
        mean, half = f"a mean over {pixels} pixels", "half the "
        first = {f"{cost}, summed": 1.0, f"{cost}, {mean}": 1 / pixels}
        if fit.cost == "gaussian":
            first |= {f"{half}{cost}, summed": 0.5, f"{half}{cost}, {mean}": 0.5 / pixels}
        second = {"KL, summed": 1.0, f"KL, a mean over {latent} latent numbers": 1 / latent}
        second |= {"KL, without its 1/2": 2.0, f"KL, divided by {pixels} pixels": 1 / pixels}
        return " and ".join(
            (
                _named(fit.a * raw, smaller.a * raw, first),
                _named(fit.b, smaller.b, second) if fit.b else "no KL",
            )
        )

    def sizes(self, fit: Fit, beta: float) -> None:
        name, pixels = "same in every image size", pixel_rows(self.x).shape[1]
        if self.model.step is not None or pixels < 4:
            self.add(name, SKIPPED, advice="a step takes images of one size")
            return
        try:
            half = self.in_units(lossfit.of_function(self.model, self.x, 8, self.generator, pixels // 2))
        except Exception as error:  # a loss that reshapes to its own size
            self.add(name, SKIPPED, advice=f"on half of each image the loss raised {type(error).__name__}")
            return
        other = half.b / half.a
        if half.left >= lossfit.EXPLAINED:
            self.add(name, SKIPPED, advice="on half of each image the loss has another form")
        elif abs(other - beta) > self.limits["batch"] * max(abs(beta), abs(other)):
            value = f"on half of each image beta is {other:.4g}, on the whole {beta:.4g}"
            self.add(name, LOOK, value, "batch", advice="a mean over pixels, or a number of pixels typed by hand")
        else:
            self.add(name, FINE, "beta is the same on half of each image", "batch")

    # -- each image --------------------------------------------------------------------------------------------------

    def each_image(self) -> Images | None:
        latent, n = self.mu.shape[1], min(self.images, len(self.x))
        if self.ours is not None:
            vae, x = self.ours, self.x[:n]
            q = vae.encode(x)
        else:
            vae, x = self.model.as_vae(latent), pixel_rows(self.x[:n]).double().cpu()
            q = DiagonalNormal(self.mu[:n].double().cpu(), self.log_std[:n].double().cpu())
        generator = torch.Generator(x.device).manual_seed(self.seed)
        log_weight = draw(vae, q, x, k=self.draws, generator=generator).log_weight.cpu()
        bound = estimate(log_weight[: self.draws // PARTS * PARTS].unflatten(0, (PARTS, -1)).logsumexp(1))
        bound = bound._replace(value=bound.value - math.log(self.draws // PARTS))
        k_hat = torch.tensor([pareto_k(column) for column in log_weight.T])
        (exact, error), gap = estimate(log_weight), None
        if latent <= 2:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # for single images off by more than a thousandth of a nat
                exact, error, gap = elbo(vae, q, x).cpu(), torch.zeros(n), Grid(vae).gap(q, x)
        limit = min(1 - 1 / math.log10(self.draws), 0.7)
        heavy = float((k_hat > limit).double().mean())
        self.checks.append(
            Check(
                "importance weights",
                LOOK if heavy else FINE,
                f"k-hat is above for {heavy:.0%} of {n} images, largest {float(k_hat.max()):.2f}",
                f"{limit:.2f}: Vehtari et al. 2024, for {self.draws} draws",
                "for these, don't trust log p(x) from weights: q is narrower somewhere than p(z|x)" if heavy else "",
                "k-hat-sees-too-narrow-only",
                float(k_hat.max()),
            )
        )
        return Images(exact, error, bound.value, bound.standard_error, k_hat, gap)


_SIGMA = {"logvar": "exp(logvar / 2)", "log_std": "exp(log_std)", "std": "std itself", "var": "sqrt(var)"}


class _Called(nn.Module):
    """A function as a module, without weights."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, batch: Tensor) -> Tensor:
        return self.function(batch)


def _ours(vae: VAE) -> AnyVAE:
    """A VAE of this library as anybody's; with a tilted q(z|x), the widths along the axes."""
    kind = type(vae.likelihood).__name__
    sigma = float(vae.likelihood.sigma) if isinstance(vae.likelihood, GaussianNoise | LearnedNoise) else None

    def encode(x: Tensor) -> tuple[Tensor, Tensor]:
        q = vae.encode(x)
        return q.mean, q.scale_tril.square().sum(-1).log() / 2

    said = "gaussian" if sigma is not None else "bernoulli-logits"
    if kind not in ("Bernoulli", "Binomial", "GaussianNoise", "LearnedNoise"):
        raise TypeError(f"vae: its likelihood {vae.likelihood!r} is none that diagnose knows; use AnyVAE")
    return AnyVAE(encode=encode, spread="log_std", decode=vae.decode, likelihood=said, network=vae, sigma=sigma)


@contextmanager
def _as_it_was(network: nn.Module) -> Iterator[None]:
    """Inside anything may happen to weights, buffers and modes; afterwards they are what they were."""
    modes = [(module, module.training) for module in network.modules()]
    weights = [(weight, weight.data, weight.data.clone()) for weight in network.parameters()]
    buffers = [
        (module, name, value, value.clone())
        for module in network.modules()
        for name, value in module._buffers.items()
        if value is not None
    ]
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
        for weight, data, values in weights:
            weight.data = data.copy_(values)
        for module, name, value, values in buffers:
            module._buffers[name] = value.copy_(values)


def _largest(difference: Tensor) -> Tensor:
    return difference.abs().max()


def _sign(a: float) -> str:
    return "" if a > 0 else "it is subtracted: a loss that is to fall has -log p(x|z)"


def _named(coefficient: float, smaller: float, options: Mapping[str, float]) -> str:
    """A coefficient in batches of 8, and in batches of 4, in words."""
    power = round(math.log2(abs(coefficient / smaller))) if smaller else 0
    over = {0: "", 1: ", summed over the batch", -1: ", divided by the batch once more"}.get(power, "")
    plain = coefficient / 8.0**power
    for words, factor in options.items():
        if abs(plain / factor - 1) < 0.01:
            return words + over
    return f"{next(iter(options))}{over}, times {plain:.4g}"
