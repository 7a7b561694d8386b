"""The Markdown pages build with Zensical, too, so that the site has somewhere to go when Material ends."""

import pytest
from filelock import FileLock

from lowerbound_site.measure import zensical


@pytest.mark.more
def test_every_markdown_page_builds_with_zensical() -> None:
    zensical.HOME.mkdir(parents=True, exist_ok=True)
    with FileLock(zensical.HOME / "lock"):
        try:
            site = zensical.build()
        except zensical.NotInstallable as reason:
            pytest.skip(str(reason))
        assert zensical.complaints(site) == []
