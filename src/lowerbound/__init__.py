"""Lower Bound: the ELBO and the KL divergence, exact and small.

Three worlds, one vocabulary: tables (`Joint`), linear-Gaussian models (`GaussianJoint`), and VAEs (`VAE`, with `Grid`
for the true posterior). Everything is in nats.
"""

from lowerbound.bounds import (
    Draws,
    Estimate,
    RateDistortion,
    draw,
    estimate,
    importance_weighted_bound,
    rate_distortion,
    reparameterization_surrogate,
    sampled_elbo,
    sampled_log_evidence,
    sampled_reconstruction,
    score_function_surrogate,
)
from lowerbound.data import Digits, digits
from lowerbound.encoder_joint import AggregatedPosterior, EncoderJoint, sampled_mutual_information
from lowerbound.encoders import Divide, MeanAndSpread
from lowerbound.fitted import factor_analysis, ppca
from lowerbound.gaussian import Gaussian, GaussianJoint, LinearGaussian
from lowerbound.grid import Grid, GridPosterior
from lowerbound.idx import fit_idx, read_idx
from lowerbound.inference import InferenceGaps, inference_gaps, optimal_q
from lowerbound.likelihoods import Bernoulli, Binomial, GaussianNoise, LearnedNoise, PixelNoise
from lowerbound.loaders import for_batches
from lowerbound.models import digits_vae, load, mlp, save, trained_digits
from lowerbound.quantities import elbo, entropy, kl, kl_each, mutual_information, reconstruction
from lowerbound.tables import Conditional, Distribution, Joint, outside_support
from lowerbound.training import History, fit, measure
from lowerbound.vae import VAE, DiagonalNormal, FullNormal, StandardNormal, kl_per_latent

__version__ = "0.1.0"

__all__ = [
    "VAE",
    "AggregatedPosterior",
    "Bernoulli",
    "Binomial",
    "Conditional",
    "DiagonalNormal",
    "Digits",
    "Distribution",
    "Divide",
    "Draws",
    "EncoderJoint",
    "Estimate",
    "FullNormal",
    "Gaussian",
    "GaussianJoint",
    "GaussianNoise",
    "Grid",
    "GridPosterior",
    "History",
    "InferenceGaps",
    "Joint",
    "LearnedNoise",
    "LinearGaussian",
    "MeanAndSpread",
    "PixelNoise",
    "RateDistortion",
    "StandardNormal",
    "digits",
    "digits_vae",
    "draw",
    "elbo",
    "entropy",
    "estimate",
    "factor_analysis",
    "fit",
    "fit_idx",
    "for_batches",
    "importance_weighted_bound",
    "inference_gaps",
    "kl",
    "kl_each",
    "kl_per_latent",
    "load",
    "measure",
    "mlp",
    "mutual_information",
    "optimal_q",
    "outside_support",
    "ppca",
    "rate_distortion",
    "read_idx",
    "reconstruction",
    "reparameterization_surrogate",
    "sampled_elbo",
    "sampled_log_evidence",
    "sampled_mutual_information",
    "sampled_reconstruction",
    "save",
    "score_function_surrogate",
    "trained_digits",
]
