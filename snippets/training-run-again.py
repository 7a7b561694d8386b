"""Trained again from its seed, a recorded run ends where the record says it ended, to a thousandth of a nat.

Kind: computation
Break it: seed=run["seed"] -> seed=run["seed"], beta=1.1
"""

from lowerbound import digits, digits_vae, fit
from lowerbound.models import recorded

runs = [r for r in recorded("gap-in-training") if r["data"] == "held out"]
run = runs[0]  # one SiLU layer, the first seed
assert (run["architecture"], run["seed"], run["epochs"][-1]) == (
    "one SiLU layer",
    0,
    100,
)

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
assert abs(last.elbo - run["elbo"][-1]) < 1e-3
assert abs(last.log_evidence - run["log_evidence"][-1]) < 1e-3
