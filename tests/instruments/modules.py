"""Call the instruments' modules from Python, as they are or with one change."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Page

from lowerbound_site.evidence.claims import ROOT
from lowerbound_site.pages.elements import folder
from lowerbound_site.writing.stage import MODULES, NOW, Stage

_NUMBERS = itertools.count()


class Modules:
    """The modules of one version, in a page of a browser."""

    def __init__(self, page: Page, version: str = NOW) -> None:
        self.page, self.version = page, version

    def run(self, body: str, argument: Any = None) -> Any:
        """Run JavaScript: `at("maths/vae.js")` imports a module, `states` is the argument, `return` gives the result.

        Numbers may be infinite or NaN both ways. One call with a thousand states is a thousand times as fast as a
        thousand calls.
        """
        return self.page.evaluate(
            f"async ([base, states]) => {{ const at = path => import(base + path); {body} }}",
            [f"/{MODULES}/{self.version}/", argument],
        )

    def changed(self, module: str, old: str, new: str) -> "Modules":
        """The modules with one change in one of them; `old` occurs there exactly once."""
        source = (folder(ROOT) / module).read_text()
        assert source.count(old) == 1, f"{module}: {old!r} occurs {source.count(old)} times"
        version = f"changed-{next(_NUMBERS)}"
        Stage.changes[version] = (module, source.replace(old, new))
        return Modules(self.page, version)


def survivors(modules: Modules, check: Callable[[Modules], None], changes: Sequence[tuple[str, str, str]]) -> list[str]:
    """The changes (module, old, new) that `check`, which fails by an assert or an error, does not notice."""
    check(modules)  # as they are, they pass
    return [
        f"{module}: {old} -> {new}" for module, old, new in changes if _passes(check, modules.changed(module, old, new))
    ]


def _passes(check: Callable[[Modules], None], modules: Modules) -> bool:
    try:
        check(modules)
    except Exception:  # an error in the page is noticed too
        return False
    return True
