"""A pair's log ratio is one number: image and answer add up to it, and so do code and source.

Kind: identity
Break it: q.x_given_z.prob.T / p.x_given_z.prob.T -> q.x_given_z.prob.T / p.x.prob[:, None]
"""

from lowerbound import Joint, kl

prior, data = [0.5, 0.5], [0.2, 0.3, 0.5]  # round, straight; zero, one, seven
p = Joint.from_model(prior, likelihood=[[0.76, 0.04, 0.2], [0.04, 0.56, 0.4]])
q = Joint.from_data(data, encoder=[[0.9, 0.1], [0.2, 0.8], [0.76, 0.24]])

whole = (q.prob / p.prob).log()  # log q(x,z) / p(x,z), for each of six pairs
images = (q.x.prob / p.x.prob).log()[:, None]
answers = (q.z_given_x.prob / p.z_given_x.prob).log()
codes = (q.z.prob / p.z.prob).log()
sources = (q.x_given_z.prob.T / p.x_given_z.prob.T).log()

for name, joint in {"q": q, "p": p}.items():  # of the first pair: a zero, and round
    print(f"{name}(zero) = {joint.x.prob[0]:.2f}")
    print(f"{name}(round|zero) = {joint.z_given_x.prob[0, 0]:.2f}")
    print(f"{name}(round) = {joint.z.prob[0]:.2f}")
    print(f"{name}(zero|round) = {joint.x_given_z.prob[0, 0]:.2f}")
    print(f"{name}(zero, round) = {joint.prob[0, 0]:.2f}")

print(f"log ratio of the pair = {whole[0, 0]:.3f}")
print(f"of the image = {images[0, 0]:.3f}")
print(f"of the answer = {answers[0, 0]:.3f}")
print(f"of the code = {codes[0]:.3f}")
print(f"of the source = {sources[0, 0]:.3f}")
for parts in images + answers, codes + sources:
    assert (parts - whole).abs().max() < 1e-12, (
        f"a zero and round should have {whole[0, 0]:.2f}, not {parts[0, 0]:.2f}"
    )
    assert abs((q.prob * parts).sum() - kl(q, p)) < 1e-12, (
        f"on average it should be {kl(q, p):.3f}, not {(q.prob * parts).sum():.3f}"
    )
