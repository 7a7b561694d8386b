"""What the library offers by name."""

from types import ModuleType

import lowerbound


def offered():
    """The names that `import lowerbound` gives, but for its modules."""
    return {name for name, value in vars(lowerbound).items() if not (name[0] == "_" or isinstance(value, ModuleType))}
