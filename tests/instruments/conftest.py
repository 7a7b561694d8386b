from collections.abc import Iterator

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser

from lowerbound import VAE
from lowerbound.models import digits_vae
from lowerbound_site.trained.instrument_data import export
from lowerbound_site.writing.stage import staging

from .modules import Modules


@pytest.fixture(scope="session")
def stage() -> Iterator[str]:
    """The address of the stage: the instruments' sources as they are, on loopback."""
    with staging() as address:
        yield address


@pytest.fixture(scope="session")
def modules(browser: Browser, stage: str) -> Iterator[Modules]:
    """The modules, in one empty page of the browser."""
    page = browser.new_page()
    page.goto(stage)
    yield Modules(page)
    page.close()


@pytest.fixture(params=[200, pytest.param(1000, marks=pytest.mark.more)])
def states(request: pytest.FixtureRequest) -> int:
    """In how many random states an instrument meets the library: at each change, and at night."""
    return request.param


@pytest.fixture(scope="session")
def exported() -> VAE:
    """The trained model as it is exported for the browser."""
    vae = digits_vae()
    files = export()
    read = {part: np.frombuffer(files[f"data/{part}.bin"].read_bytes(), "<f2") for part in ("decoder", "encoder")}
    state, start = {}, dict.fromkeys(read, 0)
    for name, tensor in vae.state_dict().items():
        part = name.split(".")[0]
        numbers = read[part][start[part] : start[part] + tensor.numel()]
        state[name] = torch.from_numpy(numbers.astype(np.float64)).reshape(tensor.shape)
        start[part] += tensor.numel()
    assert all(start[part] == len(numbers) for part, numbers in read.items())
    vae = vae.double()
    vae.load_state_dict(state)
    return vae.eval().requires_grad_(False)
