import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

import lowerbound_site
from lowerbound_site.build import build, serving

# Before anything imports matplotlib: figures are drawn as they were recorded, and need no screen.
os.environ["MATPLOTLIBRC"] = str(Path(lowerbound_site.__file__).with_name("matplotlibrc"))


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The whole site, built once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    site = shared / "site"
    with FileLock(shared / "site.lock"):
        if not (site / "sitemap.xml").exists():
            build(site)
    return site


@pytest.fixture(scope="session")
def site_address(built_site: Path) -> Iterator[str]:
    """Where the built site is served, on loopback, while the tests run."""
    with serving(built_site) as address:
        yield address
