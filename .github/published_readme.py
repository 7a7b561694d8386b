"""Before a release is built, put whole addresses into README.md in the place of links that lead within the repository.

PyPI shows the file by itself: there, a link such as docs/contributing.md leads nowhere.
"""

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
_LINK = re.compile(r"(?P<start>(?P<image>!?)\[[^\]]*\]\()(?P<path>(?!https?:|#)[^)\s]+)(?=\))")


def published(readme: str, repository: str, tag: str) -> str:
    """The text with links to what `repository` has at this tag."""

    def whole(link: re.Match[str]) -> str:
        way = "raw" if link["image"] else "blob"
        return f"{link['start']}{repository}/{way}/{tag}/{link['path']}"

    return _LINK.sub(whole, readme)


if __name__ == "__main__":
    README.write_text(published(README.read_text(encoding="utf-8"), *sys.argv[1:]), encoding="utf-8")
