"""A model can have KL(q(z|x)‖p(z|x)) = 0 for every x while its p(x) has nothing to do with the data.

Kind: computation
Break it: p.z_given_x.prob -> [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]
Figure: Three data sets, one below the other. Left, three pairs of bars for the images zero, one and seven: blue, how often
    the model makes it, is 0.4, 0.3 and 0.3 each time; green, how often it is in the data, is the same, then 0.2, 0.3 and
    0.5, then only ones. Right, the distance of the images grows from 0.00 to 0.12 to 1.20 nats, and the gap stays 0.00.
"""

from lowerbound import Joint, kl
from lowerbound.plots import DATA, GAP, P, subplots

prior = [0.5, 0.5]
decoder = [[0.76, 0.04, 0.2], [0.04, 0.56, 0.4]]  # p(x|z): a zero, a one, a seven
p = Joint.from_model(prior, decoder)
encoder = p.z_given_x.prob  # answers as this model does, for each image

datasets = {
    "as the model makes them": p.x.prob,
    "more sevens": [0.2, 0.3, 0.5],
    "ones only": [0.0, 1.0, 0.0],
}
figure, axes = subplots(3, 2, figsize=(4.6, 3.4), width_ratios=[1, 1.3], sharex="col")
for (name, data), (left, right) in zip(datasets.items(), axes, strict=True):
    q = Joint.from_data(data, encoder)
    images = kl(q.x, p.x).item()  # KL(q(x)||p(x))
    gap = kl(q.z_given_x, p.z_given_x).item()  # E_q(x) KL(q(z|x)||p(z|x))
    print(f"{name}: average KL(q(z|x)||p(z|x)) = {gap:z.2f}")
    print(f"{name}: KL(q(x)||p(x)) = {images:z.2f}")
    assert abs(gap) < 1e-12, (
        f"the gap should be 0 with data {name}, not {gap:.4f}: it is 0 for each image"
    )
    left.bar([-0.2, 0.8, 1.8], p.x.prob.tolist(), 0.38, color=P)
    left.bar([0.2, 1.2, 2.2], q.x.prob.tolist(), 0.38, color=DATA)
    left.set(xticks=range(3), ylim=(0, 1), yticks=[])
    left.set_xticklabels(["zero", "one", "seven"])
    right.barh([1, 0], [images, gap], 0.5, color=[P, GAP])
    right.text(images + 0.03, 1, f"images {images:z.2f}", color=P, va="center")
    right.text(0.03, 0, f"gap {gap:z.2f}", color=GAP, va="center")
    right.set(title=name, xlim=(0, 1.9), ylim=(-0.6, 1.6), yticks=[])

axes[0, 0].set_title("model, data")
axes[2, 1].set_xlabel("nats")
figure.savefig("title-kl-never-sees-data.svg")

print(f"KL of the joints, for the last data = {kl(q, p):.2f}")
assert kl(q, p) > 1, (
    f"the joint KL should notice the last data with over 1 nat, not {kl(q, p):.4f}"
)
