r"""What is wrong with a VAE, and by how much: `diagnose`.

It takes a `VAE` of this library, or anybody's networks and loss in an `AnyVAE`, and a batch of images:

    report = diagnose(vae, x)
    print(report)                        # one line a check, the worst first; a notebook shows a table
    report.ok, report.wrong              # whether anything is wrong, and the names of what is
    report.to_dict()                     # the same as plain data, to log or to compare

The networks are measured in eval mode and in float64 where they can be, and are left as they were: weights, buffers,
modes, attributes of their modules and torch's random state.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from lowerbound.checks import at_least, expect
from lowerbound.diagnose import loss, networks
from lowerbound.diagnose.anyvae import AnyVAE, NotChecked, as_any, as_it_was
from lowerbound.diagnose.lossfit import Fit, fit_of
from lowerbound.diagnose.measured import THRESHOLDS, Measured
from lowerbound.diagnose.report import SKIPPED, VERDICTS, WRONG, Check, Images, Report
from lowerbound.vae import VAE

__all__ = ["THRESHOLDS", "AnyVAE", "Check", "Fit", "Images", "Report", "diagnose"]


# The name of a check in a report, who makes it, the threshold that it compares with, and the claim that shows it.
Table = tuple[tuple[str, Callable[[Measured], Check], str, str], ...]
FIRST: Table = (  # what is wrong here would be in every other number
    ("numbers are finite", networks.finite, "", ""),
    ("eval mode", networks.eval_mode, "mode", "mistakes-around-a-loss"),
)
THEN: Table = (
    ("sigmoid once", networks.sigmoid_once, "", "mistakes-in-a-loss"),
    ("likelihood fits the data", networks.likelihood_fits, "", ""),
    ("widths far from overflow", networks.widths, "width", "mistakes-around-a-loss"),
    ("latent numbers in use", networks.in_use, "used", "mistakes-around-a-loss"),
    ("encoder listens to x", networks.encoder_listens, "constant", ""),
    ("decoder listens to z", networks.decoder_listens, "listens", ""),
    ("loss gives a number", loss.gives_a_number, "", ""),
    ("noise of the draw", loss.noise_of_the_draw, "", "mistakes-in-a-loss"),
    ("reconstruction in the loss", loss.reconstruction, "", ""),
    ("width is read as it is", loss.reading_of_the_width, "", "mistakes-in-a-loss"),
    ("sign and form of the KL", loss.form_of_the_kl, "", "mistakes-in-a-loss"),
    ("same in every batch size", loss.same_in_every_batch_size, "size", "what-a-mean-does-to-beta"),
    ("beta", loss.weight_of_the_kl, "beta", "what-a-mean-does-to-beta"),
    ("same in every image size", loss.same_in_every_image_size, "size", ""),
    ("importance weights", networks.importance_weights, "", "k-hat-sees-too-narrow-only"),
)


def diagnose(vae: VAE | AnyVAE, x: Tensor, *, images: int = 16, draws: int = 1000, seed: int = 0) -> Report:
    """Look for what is commonly wrong with a VAE and its loss, on some images.

    Args:
        vae: a `VAE`, or an `AnyVAE`.
        x: images as the encoder gets them, at least 8, better some hundreds; the mode that the networks are in is
            looked at too, so hand them over as you measure with them.
        images: how many are measured one by one.
        draws: draws of z for each of these.
        seed: of all that is drawn.

    Raises:
        TypeError: x is no tensor.
        ValueError: fewer than 8 images, settings out of range.

    >>> from lowerbound import digits, trained_digits
    >>> report = diagnose(trained_digits(), digits().held_out[:50], images=2, draws=100)
    >>> report.ok, report["widths far from overflow"].verdict
    (True, 'fine')
    """
    at_least(images, 1, "images")
    at_least(draws, 20, "draws")
    expect(x, Tensor, "x", "images as one tensor")
    if len(x) < 8:
        raise ValueError(f"x: expected at least 8 images, got {len(x)}")
    model, generator = as_any(vae) if isinstance(vae, VAE) else vae, torch.Generator().manual_seed(seed)
    with torch.no_grad(), torch.random.fork_rng(devices=[]), as_it_was(model.network):
        report = _all_checks(model, x, images, draws, generator)
    return replace(report, checks=tuple(sorted(report.checks, key=lambda check: VERDICTS.index(check.verdict))))


def _all_checks(model: AnyVAE, x: Tensor, images: int, draws: int, generator: torch.Generator) -> Report:
    checks = _checked(FIRST, Measured(model, x, torch.Generator()))
    model.network.eval()
    in_eval_mode = _checked(FIRST, Measured(model, x, torch.Generator()))
    if any(check.verdict == WRONG for check in in_eval_mode):
        because = "what is wrong above would be in every number"
        return Report((*in_eval_mode, Check("everything else", SKIPPED, advice=because)))
    m = Measured(model, _in_double(model, x), generator, images, draws)
    checks += _checked(THEN, m)
    fit = None if isinstance(m.loss, NotChecked) else m.loss[0]
    return Report(tuple(checks), m.images if networks.has_a_likelihood(m) else None, fit)


def _checked(table: Table, m: Measured) -> list[Check]:
    checks = []
    for name, function, limit, claim in table:
        try:
            check = function(m)
        except NotChecked as because:
            checks.append(Check(name, SKIPPED, advice=str(because)))
        else:
            of_table = "{:.3g}: {}".format(*THRESHOLDS[limit]) if limit and check.number is not None else ""
            checks.append(replace(check, name=name, threshold=check.threshold or of_table, claim=check.claim or claim))
    return checks


def _in_double(model: AnyVAE, x: Tensor) -> Tensor:
    """The images in float64, and the network too, where the user's functions bear it."""
    try:
        model.network.double()
        some = x[:8].double()
        model.decode(model.encoded(some)[0])
        if model.loss is not None or model.step is not None:
            fit_of(model, some, 8, torch.Generator())
    except Exception:  # whatever a user's own function may raise; if it is their mistake, it comes again
        model.network.to(x.dtype)
        return x
    return x.double()
