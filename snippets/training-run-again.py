"""Trained again from its seed, a recorded run ends where the record says it ended, to a thousandth of a nat.

Kind: computation
Break it: seed=run["seed"] -> seed=run["seed"], beta=1.1
"""

from lowerbound import digits, digits_vae, fit
from lowerbound.models import recorded

runs = [r for r in recorded("gap-in-training") if r["data"] == "held out"]
run = runs[0]  # one SiLU layer, the first seed
which = run["architecture"], run["seed"], run["epochs"][-1]
assert which == ("one SiLU layer", 0, 100), f"another run stands first: {which}"

vae = digits_vae(seed=0).double()
data = digits()
history = fit(
    vae,
    data.train,
    epochs=100,
    seed=run["seed"],
    watch={"held out": data.held_out},
    every=100,
    exact=True,
    progress=False,
)
last = history.rows[-1]
print(f"ELBO, recorded = {run['elbo'][-1]:.3f}")
print(f"ELBO, trained again = {last.elbo:.3f}")
print(f"log p(x), recorded = {run['log_evidence'][-1]:.3f}")
print(f"log p(x), trained again = {last.log_evidence:.3f}")
bound, evidence = run["elbo"][-1], run["log_evidence"][-1]
assert abs(last.elbo - bound) < 1e-3, (
    f"the ELBO should end at {bound:.3f} as recorded, not {last.elbo:.3f}"
)
assert abs(last.log_evidence - evidence) < 1e-3, (
    f"log p(x) should end at {evidence:.3f}, not {last.log_evidence:.3f}"
)
