"""A VAE whose networks are linear: everything about it has a closed form, which the linear-Gaussian world knows."""

import torch
from torch import nn

import lowerbound as lb


def linear_world(latent_dim=2, pixels=5, posterior=lb.DiagonalNormal, n=7):
    """A VAE, the same model and encoder as `GaussianJoint` and `LinearGaussian`, and n points x."""
    generator = torch.Generator().manual_seed(latent_dim)

    def numbers(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    sigma = 0.7
    weight, bias = 0.6 * numbers(pixels, latent_dim), numbers(pixels)
    gain, offset = 0.3 * numbers(latent_dim, pixels), 0.2 * numbers(latent_dim)
    if posterior is lb.DiagonalNormal:
        constants = torch.linspace(-0.9, -0.3, latent_dim, dtype=torch.float64)
        tril = constants.exp().diag()
    else:
        below = 0.2 * numbers(latent_dim * (latent_dim - 1) // 2)
        log_diagonal = torch.linspace(-0.9, -0.3, latent_dim, dtype=torch.float64)
        constants = torch.cat([log_diagonal, below])
        tril = log_diagonal.exp().diag()
        tril[tuple(torch.tril_indices(latent_dim, latent_dim, -1))] = below
    encoder = linear(torch.cat([gain, torch.zeros(len(constants), pixels)]), torch.cat([offset, constants]))
    vae = lb.VAE(encoder, linear(weight, bias), lb.GaussianNoise(sigma), latent_dim, posterior)
    p = lb.GaussianJoint.from_model(
        lb.Gaussian(torch.zeros(latent_dim), 1.0), lb.LinearGaussian(weight, bias, sigma**2)
    )
    q = lb.LinearGaussian(gain, offset, tril @ tril.T)
    return vae.requires_grad_(False), p, q, numbers(n, pixels)


def linear(weight, bias):
    layer = nn.Linear(weight.shape[1], weight.shape[0], dtype=torch.float64)
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer
