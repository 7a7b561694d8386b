"""Lower Bound: the ELBO and the KL divergence, exact and small.

Three worlds, one vocabulary: tables (`Joint`), linear-Gaussian models (`GaussianJoint`), and VAEs (`VAE`, with `Grid`
for the true posterior). Everything is in nats.
"""

from lowerbound.bounds import draw, estimate, importance_weighted_bound, sampled_elbo
from lowerbound.data import digits
from lowerbound.encoder_joint import EncoderJoint
from lowerbound.encoders import Divide, MeanAndSpread, Method
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

__all__ = ["Distribution", "Joint"]  # tables
__all__ += ["Gaussian", "GaussianJoint", "LinearGaussian", "ppca"]  # linear-Gaussian models
__all__ += ["VAE", "DiagonalNormal", "Divide", "FullNormal", "MeanAndSpread", "Method", "mlp"]  # VAEs
__all__ += ["Bernoulli", "Binomial", "GaussianNoise", "LearnedNoise", "PixelNoise"]  # their likelihoods
__all__ += ["EncoderJoint", "Grid", "optimal_q"]  # what is behind a VAE
__all__ += ["elbo", "entropy", "kl", "kl_each", "kl_per_latent", "mutual_information", "reconstruction"]  # computed
__all__ += ["draw", "estimate", "for_batches", "importance_weighted_bound", "sampled_elbo"]  # sampled
__all__ += ["History", "fit", "measure"]  # trained
__all__ += ["digits", "digits_vae", "trained_digits"]  # what the programs of the site share
