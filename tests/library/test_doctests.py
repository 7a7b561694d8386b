"""The examples in the docstrings print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import lowerbound

MODULES = sorted(module.name for module in pkgutil.iter_modules(lowerbound.__path__, "lowerbound."))


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    found = {name: sum(len(test.examples) for test in finder.find(importlib.import_module(name))) for name in MODULES}
    assert sum(found.values()) > 30
    assert all(found[f"lowerbound.{name}"] for name in ("tables", "gaussian", "bounds", "likelihoods", "models"))
