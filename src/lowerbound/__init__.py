"""Lower Bound: the ELBO and the KL divergence, exact and small.

Three worlds, one vocabulary: tables (`Joint`), linear-Gaussian models (`GaussianJoint`), and VAEs (`VAE`, with `Grid`
for the true posterior). Everything is in nats.
"""

from lowerbound.bounds import draw, estimate, importance_weighted_bound, sampled_elbo
from lowerbound.data import digits
from lowerbound.encoder_joint import EncoderJoint
from lowerbound.encoders import Divide, MeanAndSpread
from lowerbound.gaussian import Gaussian, GaussianJoint, LinearGaussian, ppca
from lowerbound.grid import Grid
from lowerbound.inference import optimal_q
from lowerbound.likelihoods import Bernoulli, Binomial, GaussianNoise, LearnedNoise, PixelNoise
from lowerbound.loaders import for_batches
from lowerbound.models import digits_vae, mlp, trained_digits
from lowerbound.quantities import elbo, entropy, kl, kl_each, mutual_information, reconstruction
from lowerbound.tables import Distribution, Joint
from lowerbound.training import History, fit, measure
from lowerbound.vae import VAE, DiagonalNormal, FullNormal, kl_per_latent

__version__ = "0.1.0"

__all__ = [
    "VAE",
    "Bernoulli",
    "Binomial",
    "DiagonalNormal",
    "Distribution",
    "Divide",
    "EncoderJoint",
    "FullNormal",
    "Gaussian",
    "GaussianJoint",
    "GaussianNoise",
    "Grid",
    "History",
    "Joint",
    "LearnedNoise",
    "LinearGaussian",
    "MeanAndSpread",
    "PixelNoise",
    "digits",
    "digits_vae",
    "draw",
    "elbo",
    "entropy",
    "estimate",
    "fit",
    "for_batches",
    "importance_weighted_bound",
    "kl",
    "kl_each",
    "kl_per_latent",
    "measure",
    "mlp",
    "mutual_information",
    "optimal_q",
    "ppca",
    "reconstruction",
    "sampled_elbo",
    "trained_digits",
]
