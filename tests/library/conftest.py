import pytest
import torch
from hypothesis import settings

import lowerbound as lb

# The same examples on every run: a red test is about the change at hand, never about luck.
settings.register_profile("library", derandomize=True, deadline=None, max_examples=60, print_blob=True)
settings.load_profile("library")


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="session")
def trained():
    return lb.trained_digits()


@pytest.fixture(scope="session")
def held_out():
    return lb.digits().held_out
