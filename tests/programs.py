"""Which programs are tried how, where a change waits for it. `make more` tries all of them in both ways."""

from lowerbound_site.evidence.claims import ROOT

NAMES = sorted(path.stem for path in (ROOT / "snippets").glob("*.py"))
# These train for seconds, and broken for seconds before they fail: more than half of the time that broken ones take.
LONG = {
    "a-batch-is-enough-for-the-loss-only",
    "best-ellipse-found-still-pays",
    "draws-from-the-prior-miss",
    "encoder-from-the-models-own-images",
    "encoder-steps-and-decoder-steps-digits",
    "few-of-many-latent-numbers",
    "gap-is-the-kl-digits",
    "holes-between-two-digits",
    "k-hat-sees-too-narrow-only",
    "one-call-finds-a-hidden-beta",
    "one-part-alone-on-digits",
    "reconstruction-alone-costs-the-evidence",
    "the-same-pictures-on-another-scale",
    "unseen-images-cost-the-encoder",
    "warm-up-moves-the-loss",
}
# On another machine, imitated, which is slower; the others alone, with the wheel.
IN_A_NOTEBOOK = set([name for name in NAMES if name not in LONG][::4])
