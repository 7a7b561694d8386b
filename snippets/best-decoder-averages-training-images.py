"""With independent pixels, the average image under q(x|z) beats a trained decoder, which comes close to it.

Kind: computation
Break it: average = weight @ images -> average = images.mean(0).expand(len(z), 64)
"""

from torch.special import xlogy

from lowerbound import digits, trained_digits

vae, data = trained_digits(), digits()
images = data.train
q = vae.encode(images)
z = vae.encode(data.held_out).mean  # 360 codes to look at

weight = q.log_prob(z[:, None, :]).softmax(1)  # q(x|z), one row for each z
average = weight @ images  # of all training images, as likely as they are given z
decoded = vae.decode(z).sigmoid()  # the picture of the trained decoder


def score(picture):
    """E_q(x|z)[log p(x|z)] when the decoder answers with this picture."""
    on, off = weight @ images, weight @ (1 - images)
    return (xlogy(on, picture) + xlogy(off, (1 - picture).clamp(min=0))).sum(1)


apart = (average - decoded).abs().mean()
blank = (average - images.mean(0)).abs().mean()
surest = weight.max(1).values.mean()
print(f"probability of the likeliest image, average = {surest:.0%}")
print(f"score of the average = {score(average).mean():.1f}")
print(f"score of the trained decoder = {score(decoded).mean():.1f}")
print(f"score of one picture for every z = {score(images.mean(0)).mean():.1f}")
print(f"distance of average and trained decoder, per pixel = {apart:.2f}")
print(f"distance of average and one picture for every z, per pixel = {blank:.2f}")
ahead = (score(average) - score(decoded)).min()
assert ahead >= 0, (
    f"the average should score best for every code; for one it is {-ahead:.1f} nats behind"
)
assert apart < blank / 3, (
    f"the decoder should be within {blank / 3:.3f} a pixel of the average, not {apart:.3f}"
)
