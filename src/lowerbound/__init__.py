"""Lower Bound: the ELBO and the KL divergence, exact and small.

Three worlds, one vocabulary: tables (`Joint`), linear-Gaussian models (`GaussianJoint`), and VAEs (`VAE`, with `Grid`
for the true posterior). Everything is in nats.
"""

from lowerbound.bounds import draw as draw
from lowerbound.bounds import estimate as estimate
from lowerbound.bounds import importance_weighted_bound as importance_weighted_bound
from lowerbound.bounds import sampled_elbo as sampled_elbo
from lowerbound.data import digits as digits
from lowerbound.encoder_joint import EncoderJoint as EncoderJoint
from lowerbound.encoders import Divide as Divide
from lowerbound.encoders import MeanAndSpread as MeanAndSpread
from lowerbound.gaussian import Gaussian as Gaussian
from lowerbound.gaussian import GaussianJoint as GaussianJoint
from lowerbound.gaussian import LinearGaussian as LinearGaussian
from lowerbound.gaussian import ppca as ppca
from lowerbound.grid import Grid as Grid
from lowerbound.inference import optimal_q as optimal_q
from lowerbound.likelihoods import Bernoulli as Bernoulli
from lowerbound.likelihoods import Binomial as Binomial
from lowerbound.likelihoods import GaussianNoise as GaussianNoise
from lowerbound.likelihoods import LearnedNoise as LearnedNoise
from lowerbound.likelihoods import PixelNoise as PixelNoise
from lowerbound.loaders import for_batches as for_batches
from lowerbound.models import digits_vae as digits_vae
from lowerbound.models import mlp as mlp
from lowerbound.models import trained_digits as trained_digits
from lowerbound.quantities import elbo as elbo
from lowerbound.quantities import entropy as entropy
from lowerbound.quantities import kl as kl
from lowerbound.quantities import kl_each as kl_each
from lowerbound.quantities import mutual_information as mutual_information
from lowerbound.quantities import reconstruction as reconstruction
from lowerbound.tables import Distribution as Distribution
from lowerbound.tables import Joint as Joint
from lowerbound.training import History as History
from lowerbound.training import fit as fit
from lowerbound.training import measure as measure
from lowerbound.vae import VAE as VAE
from lowerbound.vae import DiagonalNormal as DiagonalNormal
from lowerbound.vae import FullNormal as FullNormal
from lowerbound.vae import kl_per_latent as kl_per_latent

__version__ = "0.1.0"
