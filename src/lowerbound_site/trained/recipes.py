"""The fingerprint of a recipe that stands in a file of its own, as the records have it."""

import tempfile
from pathlib import Path

from lowerbound_site.trained import model

LIBRARY = model.LIBRARY

# By what name a recipe imported this module when the records were made. A name decides nothing of what is trained, and
# the recipe's imports are in its fingerprint. Once everything has been trained anew, this and `fingerprint` can go.
_NAME, _RECORDED_AS = __name__, "lowerbound_site.train_models"


def fingerprint(recipe: Path) -> str:
    """A hash of everything that decides what a recipe trains; comments, docstrings and this module's name do not."""
    with tempfile.TemporaryDirectory() as folder:
        as_recorded = Path(folder, recipe.name)
        text = recipe.read_text(encoding="utf-8")
        as_recorded.write_text(text.replace(f"from {_NAME} import", f"from {_RECORDED_AS} import"), encoding="utf-8")
        return model.fingerprint(as_recorded)
