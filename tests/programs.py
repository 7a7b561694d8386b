"""Which programs are tried how, where a change waits for it. `make more` tries all of them in both ways."""

from lowerbound_site.evidence.claims import ROOT

NAMES = sorted(path.stem for path in (ROOT / "snippets").glob("*.py"))
IN_A_NOTEBOOK = set(NAMES[::4])  # on another machine, imitated; the others alone, with the wheel
# Broken, these train for seconds before they fail: more than half of the time that all broken programs take.
LONG_BROKEN = {
    "a-batch-is-enough-for-the-loss-only",
    "draws-from-the-prior-miss",
    "encoder-from-the-models-own-images",
    "few-of-many-latent-numbers",
    "gap-is-the-kl-digits",
    "holes-between-two-digits",
    "k-hat-sees-too-narrow-only",
    "one-call-finds-a-hidden-beta",
    "one-part-alone-on-digits",
    "reconstruction-alone-costs-the-evidence",
    "the-same-pictures-on-another-scale",
    "unseen-images-cost-the-encoder",
}
