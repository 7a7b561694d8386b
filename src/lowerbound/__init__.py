"""Lower Bound: the ELBO and the KL divergence, exact and small.

Three worlds, one vocabulary: tables (`Joint`), linear-Gaussian models (`GaussianJoint`), and VAEs (`VAE`, with `Grid`
for the true posterior). Everything is in nats.
"""

from lowerbound.data import Digits, digits
from lowerbound.gaussian import Gaussian, GaussianJoint, LinearGaussian, ppca
from lowerbound.grid import Grid, GridPosterior
from lowerbound.likelihoods import Bernoulli, Binomial, GaussianNoise
from lowerbound.models import digits_vae, load, mlp, save, trained_digits
from lowerbound.quantities import elbo, entropy, kl, kl_each, mutual_information, reconstruction
from lowerbound.tables import Conditional, Distribution, Joint, outside_support
from lowerbound.training import History, fit, measure
from lowerbound.vae import VAE, DiagonalNormal, FullNormal, StandardNormal

__version__ = "0.1.0"

__all__ = [
    "VAE",
    "Bernoulli",
    "Binomial",
    "Conditional",
    "DiagonalNormal",
    "Digits",
    "Distribution",
    "FullNormal",
    "Gaussian",
    "GaussianJoint",
    "GaussianNoise",
    "Grid",
    "GridPosterior",
    "History",
    "Joint",
    "LinearGaussian",
    "StandardNormal",
    "digits",
    "digits_vae",
    "elbo",
    "entropy",
    "fit",
    "kl",
    "kl_each",
    "load",
    "measure",
    "mlp",
    "mutual_information",
    "outside_support",
    "ppca",
    "reconstruction",
    "save",
    "trained_digits",
]
