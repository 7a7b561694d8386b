"""What is said about a VAE: one check a line, what was measured image by image, and both as text, HTML and data."""

import html
import textwrap
from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor

from lowerbound.diagnose.lossfit import Fit

WRONG, LOOK, FINE, SKIPPED = VERDICTS = ("wrong", "look", "fine", "not checked")  # the worst first
SITE = "http://127.0.0.1:8000/"  # where `make serve` puts the site, with its claims


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
        number: what was compared with the threshold.
    """

    name: str
    verdict: str
    value: str = ""
    threshold: str = ""
    advice: str = ""
    claim: str = ""
    number: float | None = None

    def __str__(self) -> str:
        limit = f" [{self.threshold}]" if self.threshold else ""
        found = f": {self.value}{limit}" if self.value else ""
        advice = f". {self.advice[0].upper()}{self.advice[1:]}" if self.advice else ""
        see = f". Evidence: {self.claim}" if self.claim and self.verdict in (WRONG, LOOK) else ""
        return f"{self.verdict}: {self.name}{found}{advice}{see}"


def judged(verdict: str | bool, value: str, advice: str = "", number: float | None = None, **more: str) -> Check:
    """A check that a table names: of a verdict, or of whether something is wrong. What is fine needs no advice."""
    if isinstance(verdict, bool):
        verdict = WRONG if verdict else FINE
    return Check("", verdict, value, advice="" if verdict == FINE else advice, number=number, **more)


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
        rows = {"ELBO": self.elbo.mean(), "importance-weighted bound": self.bound.mean()}
        rows |= {"its standard error, image by image": self.bound_error.mean()}
        rows |= {"Pareto k-hat, largest": self.k_hat.max()}
        if self.gap is not None:
            rows |= {"gap": self.gap.mean(), "gap, largest": self.gap.max()}
        head = f"{len(self.elbo)} images, averages in nats an image:"
        return "\n".join([head, *(f"{name} = {value:.3f}" for name, value in rows.items())])


@dataclass(frozen=True, eq=False)
class Report:
    """What `diagnose` found.

    Attributes:
        checks: one for each thing that was looked at, the worst first.
        images: what was measured image by image, or None where that has no meaning.
        fit: what the loss is made of, or None.
    """

    checks: tuple[Check, ...]
    images: Images | None = None
    fit: Fit | None = None

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
        found = {check.name: check for check in self.checks}
        if name not in found:
            raise KeyError(f"{name!r}; there are {list(found)}")
        return found[name]

    def __str__(self) -> str:
        look = [check.name for check in self.checks if check.verdict == LOOK]
        fine = "nothing is wrong" + (f"; look at: {', '.join(look)}" if look else "")
        head = fine if self.ok else f"wrong: {', '.join(self.wrong)}"
        lines = [head, "", *(str(check) for check in self.checks if check.verdict != SKIPPED)]
        why = {check.name: check.advice for check in self.checks if check.verdict == SKIPPED}
        for because in dict.fromkeys(why.values()):  # what was not checked for one reason shares a line
            lines.append(f"{SKIPPED}, because {because}: {', '.join(name for name in why if why[name] == because)}")
        lines = [textwrap.fill(line, 100, subsequent_indent="    ") for line in lines]
        return "\n".join(lines if self.images is None else [*lines, "", str(self.images)])

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data: numbers, strings, lists."""
        measured = {} if self.images is None else vars(self.images)
        images = {name: None if value is None else value.tolist() for name, value in measured.items()}
        loss = None if self.fit is None else asdict(self.fit)
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks], "images": images, "loss": loss}

    def _repr_html_(self) -> str:
        rows = []
        for check in self.checks:
            link = f'<a href="{SITE}ledger/#{check.claim}">{check.claim}</a>' if check.claim else ""
            cells = (check.verdict, check.name, check.value, check.threshold, check.advice)
            rows.append("".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + f"<td>{link}</td>")
        names = ("verdict", "check", "found", "compared with", "what to do", "evidence")
        head = "".join(f"<th>{name}</th>" for name in names)
        images = "" if self.images is None else f"<pre>{html.escape(str(self.images))}</pre>"
        return f"<table><tr>{head}</tr><tr>{'</tr><tr>'.join(rows)}</tr></table>{images}"
