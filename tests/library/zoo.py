"""Networks as people have them, each trained for a moment, and what they mean: the decoder at one z at a time."""

import copy

import torch
from torch import nn

import lowerbound as lb

SIDE = 4  # images of 4 x 4 pixels


class Views(nn.Module):
    """A decoder as in many tutorials: it knows one batch axis, and reshapes with view."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 8), nn.Linear(6, 8)

    def forward(self, z):
        hidden = torch.tanh(self.first(z)).view(z.size(0), 2, 4)
        pooled = torch.cat([hidden.mean(1), z], dim=1)
        return torch.addmm(self.second.bias, pooled, self.second.weight.t()).view(-1, 2, 4).repeat(1, 2, 1)


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def dense(*layers):
    """A decoder from 2 numbers to 16 pixels through 8 hidden ones, with layers in between."""
    return nn.Sequential(nn.Linear(2, 8), *layers, nn.SiLU(), nn.Linear(8, SIDE**2))


def upwards(*layers, channels=1):
    return nn.Sequential(
        nn.Linear(2, 16),
        nn.Unflatten(1, (4, 2, 2)),
        *layers,
        nn.SiLU(),
        nn.ConvTranspose2d(4, channels, 2, stride=2),
    )


def downwards(*layers, channels=1, outputs=4):
    return nn.Sequential(
        nn.Conv2d(channels, 4, 3, stride=2, padding=1), *layers, nn.SiLU(), nn.Flatten(), nn.Linear(16, outputs)
    )


def plain(*layers, outputs=4):
    return nn.Sequential(nn.Linear(SIDE**2, 8), *layers, nn.SiLU(), nn.Linear(8, outputs))


SIGNAL = (
    nn.Sequential(nn.Conv1d(1, 2, 4, stride=4), nn.SiLU(), nn.Flatten(), nn.Linear(8, 4)),
    nn.Sequential(nn.Linear(2, 8), nn.Unflatten(1, (2, 4)), nn.SiLU(), nn.ConvTranspose1d(2, 1, 4, stride=4)),
)
IMAGE, TILTED = (1, SIDE, SIDE), {"posterior": lb.FullNormal, "likelihood": lb.Binomial(1)}
PAIRS = {  # (encoder, decoder), the shape of one x, and whatever else the VAE is given
    "dense": ((plain(), dense()), (16,), {}),
    "flattened again": ((plain(), nn.Sequential(dense(), nn.Unflatten(1, IMAGE), nn.Flatten())), (16,), {}),
    "images out of rows": ((plain(), nn.Sequential(dense(), nn.Unflatten(1, IMAGE))), (16,), {}),
    "rows out of images": ((nn.Sequential(nn.Flatten(), *plain()), dense()), IMAGE, {}),
    "view": ((plain(), Views()), (16,), {}),
    "convolutions": ((downwards(), upwards()), IMAGE, {}),
    "colours, grey": (
        (downwards(channels=3), upwards(channels=3)),
        (3, SIDE, SIDE),
        {"likelihood": lb.GaussianNoise(0.5)},
    ),
    "counts, tilted": ((downwards(outputs=5), upwards()), IMAGE, TILTED),
    "a channel that is a batch of one": (SIGNAL, (1, 16), {}),
    "upsampled": ((downwards(), nn.Sequential(*upwards()[:2], nn.Conv2d(4, 1, 1), nn.Upsample(None, 2))), IMAGE, {}),
    "batch norm": ((plain(nn.BatchNorm1d(8)), dense(nn.BatchNorm1d(8))), (16,), {}),
    "batch norm of channels": ((downwards(nn.BatchNorm2d(4)), upwards(nn.BatchNorm2d(4))), IMAGE, {}),
    "layer norm": ((plain(nn.LayerNorm(8)), dense(nn.LayerNorm(8))), (16,), {}),
    "group norm": ((plain(nn.GroupNorm(2, 8)), dense(nn.GroupNorm(2, 8))), (16,), {}),
    "instance norm": ((downwards(nn.InstanceNorm2d(4)), upwards(nn.InstanceNorm2d(4))), IMAGE, {}),
    "dropout": ((plain(nn.Dropout(0.5)), dense(nn.Dropout(0.5))), (16,), {}),
    "dropout of channels": ((downwards(nn.Dropout2d(0.5)), upwards(nn.Dropout2d(0.5))), IMAGE, {}),
    "residual": ((plain(Residual(nn.Linear(8, 8))), dense(Residual(nn.Linear(8, 8), nn.Dropout(0.2)))), (16,), {}),
    "spectral norm by hooks": ((plain(), dense(nn.utils.spectral_norm(nn.Linear(8, 8)))), (16,), {}),
    "weight norm": ((plain(), dense(nn.utils.parametrizations.weight_norm(nn.Linear(8, 8)))), (16,), {}),
    "convolved": ((plain(), nn.Sequential(nn.Unflatten(1, (1, 2)), nn.Conv1d(1, 16, 2), nn.Flatten())), (16,), {}),
}  # fmt: skip


class OneByOne(nn.Module):
    """A network in eval mode that sees a single row, and nothing of the others."""

    def __init__(self, network, shape):
        super().__init__()
        self.network, self.shape = network, shape

    def forward(self, rows):
        self.network.eval()
        return torch.vmap(lambda row: self.network(row.reshape(1, *self.shape)).reshape(-1))(rows)


def trained_pair(name):
    """A VAE that has been trained, and is still in training mode; data; and the VAE that it stands for."""
    networks, shape, settings = PAIRS[name]
    twins, networks = copy.deepcopy(networks), copy.deepcopy(networks)
    kind = {"likelihood": lb.Bernoulli()} | settings
    generator = torch.Generator().manual_seed(0)
    x = (torch.rand(12, *shape, generator=generator) < 0.4).double()
    vae = lb.VAE(*networks, **kind).double()
    for parameter in vae.parameters():
        nn.init.normal_(parameter, std=0.4, generator=generator)
    with torch.no_grad():
        vae.encoder[-1].weight.mul_(0.2)  # so that q(z|x) stays where the prior is, and a grid sees it
        vae.encoder[-1].bias.mul_(0.2)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # of dropout
        lb.fit(vae, x, epochs=2, batch_size=6, progress=False)
    shapes = zip(twins, (shape, (2,)), strict=True)
    reference = lb.VAE(*(OneByOne(twin, shape) for twin, shape in shapes), **kind).double()
    reference.encoder.network.load_state_dict(vae.encoder.state_dict())
    reference.decoder.network.load_state_dict(vae.decoder.state_dict())
    return vae, x[:3], reference
