"""Measure the library side by side with what a user would write or install instead: `make bench`.

Everything that is compared runs in one process and in turns, A B A B, so that a busy machine is busy for all of them;
what is reported is the median of the ratios. Writes result.json beside this file and the tables of docs/performance.md.
"""

import argparse
import datetime
import itertools
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "src"))
os.environ["PYTHONPATH"] = str(ROOT / "src")

import dit  # noqa: E402
import pyro  # noqa: E402
import torch  # noqa: E402
from page import as_markdown, with_tables  # noqa: E402
from pyro import distributions as dist  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import lowerbound as lb  # noqa: E402

RESULT = Path(__file__).with_name("result.json")
PAGE = ROOT / "docs" / "performance.md"
Run = Callable[[], Any]


def in_turns(runs: dict[str, Run], repeats: int) -> dict[str, list[float]]:
    """Seconds of each run, repeat by repeat, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for repeat in range(repeats + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if repeat:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def ratio(seconds: dict[str, list[float]], a: str, b: str) -> float:
    """Median of a / b, each from the same round."""
    return statistics.median(x / y for x, y in zip(seconds[a], seconds[b], strict=True))


def row(group: str, what: str, value: float, unit: str, target: float | None, at_least: bool = False) -> dict[str, Any]:
    value = float(value)  # dit answers with numpy's numbers, which JSON does not know
    met = None if target is None else (value >= target if at_least else value <= target)
    return {
        "group": group,
        "what": what,
        "value": value,
        "unit": unit,
        "target": target,
        "at_least": at_least,
        "met": met,
    }


# -- training --------------------------------------------------------------------------------------------------------


def networks(pixels: int, hidden: int, latent: int, seed: int = 0) -> tuple[nn.Sequential, nn.Sequential]:
    """Encoder and decoder with the first weights of `lb.digits_vae`."""
    return lb.mlp(pixels, hidden, 2 * latent, seed=2 * seed), lb.mlp(latent, hidden, pixels, seed=2 * seed + 1)


def by_hand(x: Tensor, hidden: int, latent: int, epochs: int, batch_size: int) -> None:
    """The loop that a user would write."""
    encoder, decoder = networks(x.shape[1], hidden, latent)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3, fused=True)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch_size):
            batch = x[rows]
            mean, log_std = encoder(batch).chunk(2, 1)
            z = mean + log_std.exp() * torch.randn_like(mean)
            cross_entropy = F.binary_cross_entropy_with_logits(decoder(z), batch, reduction="sum")
            kl = 0.5 * (mean.square() + (2 * log_std).exp() - 1 - 2 * log_std).sum()
            loss = (cross_entropy + kl) / len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def by_lowerbound(x: Tensor, hidden: int, latent: int, epochs: int, batch_size: int) -> lb.VAE:
    vae = lb.VAE(*networks(x.shape[1], hidden, latent), lb.Bernoulli(), latent)
    lb.fit(vae, x, epochs=epochs, batch_size=batch_size, progress=False)
    return vae


def by_pyro(
    x: Tensor,
    hidden: int,
    latent: int,
    epochs: int,
    batch_size: int,
    learning_rate: float = 1e-3,
    seed: int = 0,
) -> lb.VAE:
    """Pyro's SVI with Trace_ELBO, as in its VAE tutorial; the learning rate falls along a cosine as in `fit`."""
    pyro.clear_param_store()
    torch.manual_seed(seed)
    encoder, decoder = networks(x.shape[1], hidden, latent, seed)

    def model(batch: Tensor) -> None:
        pyro.module("decoder", decoder)
        with pyro.plate("data", len(batch)):
            z = pyro.sample("z", dist.Normal(torch.zeros(len(batch), latent), 1.0).to_event(1))
            pyro.sample("x", dist.Bernoulli(logits=decoder(z)).to_event(1), obs=batch)

    def guide(batch: Tensor) -> None:
        pyro.module("encoder", encoder)
        with pyro.plate("data", len(batch)):
            mean, log_std = encoder(batch).chunk(2, 1)
            pyro.sample("z", dist.Normal(mean, log_std.exp()).to_event(1))

    schedule = pyro.optim.CosineAnnealingLR(
        {"optimizer": torch.optim.Adam, "optim_args": {"lr": learning_rate}, "T_max": epochs}
    )
    svi = pyro.infer.SVI(model, guide, schedule, pyro.infer.Trace_ELBO())

    def step(batch: Tensor) -> None:
        """An SVI step on the mean over the batch, as `fit` takes it."""
        with pyro.poutine.scale(scale=1 / len(batch)):
            svi.step(batch)

    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch_size):
            step(x[rows])
        schedule.step()
    return lb.VAE(encoder, decoder, lb.Bernoulli(), latent)


def by_pythae(x: Tensor, hidden: int, latent: int, epochs: int, batch_size: int) -> None:
    """Pythae's trainer with networks of the same shapes; what it prints and writes goes to a folder that is removed."""
    import contextlib
    import io
    import logging
    import tempfile

    from pythae.data.datasets import BaseDataset
    from pythae.models import VAE, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    logging.disable(logging.CRITICAL)

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.net = networks(x.shape[1], hidden, latent)[0]

        def forward(self, batch: Tensor) -> ModelOutput:
            mean, log_var = self.net(batch).chunk(2, 1)
            return ModelOutput(embedding=mean, log_covariance=log_var)

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.net = networks(x.shape[1], hidden, latent)[1]

        def forward(self, z: Tensor) -> ModelOutput:
            return ModelOutput(reconstruction=self.net(z).sigmoid())

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        config = VAEConfig(input_dim=(x.shape[1],), latent_dim=latent, reconstruction_loss="bce")
        settings = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=epochs,
            per_device_train_batch_size=batch_size,
            learning_rate=1e-3,
            no_cuda=True,
        )
        data = BaseDataset(x, torch.zeros(len(x)))
        BaseTrainer(model=VAE(config, Encoder(), Decoder()), train_dataset=data, training_config=settings).train()


def training(repeats: int) -> list[dict[str, Any]]:
    generator = torch.Generator().manual_seed(0)
    small = lb.digits().train.float()
    large = (torch.rand(1280, 784, generator=generator) < 0.3).float()
    rows = []
    for name, x, hidden, latent, epochs, hand, faster in (
        ("64-128-2", small, 128, 2, 10, 0.98, 3.0),
        ("784-400-20", large, 400, 20, 3, 1.0, 1.8),
    ):
        makers: dict[str, Callable[..., Any]] = {"hand": by_hand, "lowerbound": by_lowerbound, "pyro": by_pyro}
        if latent == 2:
            makers["pythae"] = by_pythae
        seconds = in_turns(
            {key: partial(make, x, hidden, latent, epochs, 128) for key, make in makers.items()}, repeats
        )
        steps = epochs * math.ceil(len(x) / 128)
        per_step = 1e6 * statistics.median(seconds["lowerbound"]) / steps
        group = f"Training, `{name}`, batches of `128`"
        rows += [
            row(group, "time of a step", per_step, "µs", None),
            row(group, "over a hand-written loop with fused Adam", ratio(seconds, "lowerbound", "hand"), "×", hand),
            row(group, "faster than Pyro's Trace_ELBO", ratio(seconds, "pyro", "lowerbound"), "×", faster, True),
        ]
        if "pythae" in seconds:
            rows.append(
                row(group, "faster than pythae's trainer", ratio(seconds, "pythae", "lowerbound"), "×", 2.0, True)
            )
    return rows


def quality(repeats: int) -> list[dict[str, Any]]:
    """Seconds until the held-out ELBO is within 0.1 nat of what 500 epochs reach, both as averages over seeds.

    Library and Pyro get the same batches and learning rate, the best that a search found for the library.
    """
    data = lb.digits()
    x, held_out = data.train.float(), data.held_out.double()
    batch_size, learning_rate = 96, 2.5e-2

    def ours(epochs: int, seed: int = 0, **settings: Any) -> lb.VAE:
        vae = lb.digits_vae(seed=seed)
        lb.fit(vae, x, epochs=epochs, seed=seed, progress=False, **settings)
        return vae

    def fast(epochs: int, seed: int = 0) -> lb.VAE:
        return ours(epochs, seed, batch_size=batch_size, learning_rate=learning_rate)

    def pyros(epochs: int, seed: int = 0) -> lb.VAE:
        return by_pyro(x, 128, 2, epochs, batch_size, learning_rate, seed)

    def reached(train: Callable[[int, int], lb.VAE], epochs: int) -> float:
        """The average over seeds of the held-out ELBO."""
        return statistics.mean(lb.measure(train(epochs, seed).double(), held_out).elbo for seed in range(5))

    goal = reached(ours, 500)
    candidates = (40, 50, 60, 70, 80, 100, 120, 160, 200)
    needed = {
        name: next(epochs for epochs in candidates if reached(train, epochs) >= goal - 0.1)
        for name, train in {"lowerbound": fast, "pyro": pyros}.items()
    }
    seconds = in_turns(
        {"lowerbound": lambda: fast(needed["lowerbound"]), "pyro": lambda: pyros(needed["pyro"])}, max(2, repeats // 3)
    )
    group = "Time to quality, digits VAE, one core"
    return [
        row(group, "held-out ELBO after `500` epochs, mean of `5` seeds", goal, "nats", None),
        row(group, "epochs to within `0.1` nats of it", needed["lowerbound"], "", None),
        row(group, "seconds for these", statistics.median(seconds["lowerbound"]), "s", 3.0),
        row(group, "epochs that Pyro needs", needed["pyro"], "", None),
        row(group, "of Pyro's time to the same quality", ratio(seconds, "lowerbound", "pyro"), "×", 0.2),
    ]


# -- log p(x) of all digits ------------------------------------------------------------------------------------------


def all_digits() -> Tensor:
    data = lb.digits()
    return torch.cat([data.train, data.held_out])


def broadcast(vae: lb.VAE, x: Tensor, points: int = 144, limit: float = 7.0) -> Tensor:
    """What a user would write first: a torch distribution broadcast over images and grid points."""
    axis = torch.linspace(-limit, limit, points, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    with torch.no_grad():
        likelihood = torch.distributions.Bernoulli(logits=vae.decode(z))
        prior = torch.distributions.Normal(torch.zeros(2, dtype=torch.float64), 1.0).log_prob(z).sum(-1)
        log_cell = 2 * math.log(2 * limit / (points - 1))
        return torch.stack([(likelihood.log_prob(one).sum(-1) + prior).logsumexp(0) + log_cell for one in x])


def evidence(repeats: int) -> list[dict[str, Any]]:
    torch.set_num_threads(2)
    vae, x = lb.trained_digits(), all_digits()
    truth = lb.Grid(vae, points=240, limit=8.5).log_evidence(x)
    off = (lb.Grid(vae).log_evidence(x) - truth).abs().max().item()
    part = x[:40]
    natural, constant = torch.randn(64, 144**2, dtype=torch.float64), torch.randn(144**2, dtype=torch.float64)

    def bare() -> None:
        for some in x.split(200):
            torch.addmm(constant, some, natural).mul_(1e-3).exp_()

    assert (broadcast(vae, part) - truth[:40]).abs().max() < 1e-8
    seconds = in_turns(
        {
            "lowerbound": lambda: lb.Grid(vae).log_evidence(x),
            "broadcast": lambda: broadcast(vae, part),
            "bare": bare,
        },
        repeats,
    )
    group = "log p(x) of all digits, two cores"
    times_slower = ratio(seconds, "broadcast", "lowerbound") * len(x) / len(part)
    return [
        row(group, "largest error", off, "nats", 1e-8),
        row(group, "seconds", statistics.median(seconds["lowerbound"]), "s", 0.5),
        row(group, "memory beyond the imports", memory(), "MB", 300),
        row(group, f"faster than broadcasting (timed on `{len(part)}` digits)", times_slower, "×", 100, True),
        row(group, "over its matrix product and exponentials", ratio(seconds, "lowerbound", "bare"), "×", 3.0),
    ]


def memory() -> float:
    """Peak memory of log p(x) of all digits in a fresh process, beyond what it held just before, in MB (Linux)."""
    program = """
import torch, lowerbound as lb
torch.set_num_threads(2)
data = lb.digits(); x = torch.cat([data.train, data.held_out]); vae = lb.trained_digits()
def status(key):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(key))
open("/proc/self/clear_refs", "w").write("5")  # the peak counts from here
before = status("VmRSS")
lb.Grid(vae).log_evidence(x)
print((status("VmHWM") - before) / 1024)
"""
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)


# -- imports and tables ----------------------------------------------------------------------------------------------


def imports(repeats: int) -> list[dict[str, Any]]:
    program = (
        "import time; a = time.perf_counter(); import torch; b = time.perf_counter(); import lowerbound; "
        "c = time.perf_counter(); print(b - a, c - b)"
    )

    def once() -> tuple[float, float]:
        out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        alone, more = map(float, out.split())
        return alone, more

    once()
    found = [once() for _ in range(repeats)]
    return [
        row("Import", "import torch", statistics.median(alone for alone, _ in found), "s", None),
        row("Import", "import lowerbound after it", statistics.median(more for _, more in found), "s", 0.15),
    ]


def tables(repeats: int) -> list[dict[str, Any]]:
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)

    def random_joint() -> Tensor:
        table = torch.rand(1000, 1000, generator=generator, dtype=torch.float64)
        return table / table.sum()

    p, q = lb.Joint(random_joint()), lb.Joint(random_joint())

    def everything() -> None:
        q_again, p_again = lb.Joint._of(q.log_prob), lb.Joint._of(p.log_prob)  # nothing kept from the last round
        along_x = lb.kl(q_again.x, p_again.x) + lb.kl(q_again.z_given_x, p_again.z_given_x)
        along_z = lb.kl(q_again.z, p_again.z) + lb.kl(q_again.x_given_z, p_again.x_given_z)
        assert abs(along_x - along_z) < 1e-12

    seconds = in_turns({"everything": everything, "one": lambda: lb.kl(q, p)}, repeats)
    group = "Tables, `1000 × 1000`"
    return [
        row(group, "one KL over the table", 1e3 * statistics.median(seconds["one"]), "ms", None),
        row(group, "all eight distributions and both splits over that", ratio(seconds, "everything", "one"), "×", 5.0),
    ]


# -- agreement -------------------------------------------------------------------------------------------------------


def agreement() -> list[dict[str, Any]]:
    """The exact ELBO of a table against Pyro's enumeration, KL and information against dit (in bits)."""
    torch.manual_seed(0)
    prior, likelihood = torch.rand(4).double(), torch.rand(4, 5).double()
    encoder = torch.rand(5, 4).double()
    prior, likelihood, encoder = (
        prior / prior.sum(),
        likelihood / likelihood.sum(1, True),
        encoder / encoder.sum(1, True),
    )
    p, q = lb.Joint.from_model(prior, likelihood), lb.Joint.from_data([0.2] * 5, encoder)

    def model(x: Tensor) -> None:
        z = pyro.sample("z", dist.Categorical(prior))
        pyro.sample("x", dist.Categorical(likelihood[z]), obs=x)

    def guide(x: Tensor) -> None:
        pyro.sample("z", dist.Categorical(encoder[x]), infer={"enumerate": "parallel"})

    exact = pyro.infer.TraceEnum_ELBO(max_plate_nesting=0)
    enumerated = torch.tensor([-exact.loss(model, guide, torch.tensor(x)) for x in range(5)], dtype=torch.float64)
    cells = list(itertools.product("abcde", "wxyz"))

    def as_dit(joint: lb.Joint) -> dit.Distribution:
        return dit.Distribution(["".join(cell) for cell in cells], joint.prob.flatten().tolist())

    divergence = dit.divergences.kullback_leibler_divergence(as_dit(q), as_dit(p)) * math.log(2)
    information = dit.shannon.mutual_information(as_dit(q), [0], [1]) * math.log(2)
    group = "Agreement, largest difference"
    return [
        row(
            group,
            "ELBO of a table: Pyro's TraceEnum_ELBO",
            (enumerated - lb.elbo(p, q.z_given_x)).abs().max().item(),
            "nats",
            4e-15,
        ),
        row(group, "KL of the joints: dit", abs(divergence - lb.kl(q, p).item()), "nats", 6e-16),
        row(group, "mutual information: dit", abs(information - lb.mutual_information(q).item()), "nats", 6e-16),
    ]


# -- the record ------------------------------------------------------------------------------------------------------


def machine() -> dict[str, str]:
    names = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    packages = ("torch", "numpy", "pyro-ppl", "pythae", "dit")
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores",
        "load": f"{os.getloadavg()[0]:.1f} processes running or waiting to run at the start",
        "versions": ", ".join(
            [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)]
        ),
    }


def write(result: dict[str, Any]) -> None:
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_tables(page, result), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--only", help="one group, printed and not recorded")
    arguments = parser.parse_args()
    groups: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "training": lambda: training(arguments.repeats),
        "quality": lambda: quality(arguments.repeats),
        "evidence": lambda: evidence(arguments.repeats),
        "imports": lambda: imports(arguments.repeats),
        "tables": lambda: tables(arguments.repeats),
        "agreement": agreement,
    }
    result: dict[str, Any] = {"machine": machine(), "rows": []}
    for name, measure in groups.items():
        if arguments.only in (None, name):
            torch.set_num_threads(1)
            result["rows"] += measure()
            print(f"{name} measured", file=sys.stderr)
    print(as_markdown(result))
    if arguments.only is None:
        write(result)


if __name__ == "__main__":
    main()
