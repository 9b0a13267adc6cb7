"""The law as it is packaged, read once."""

import pytest

from calculators.law import Law


@pytest.fixture(scope="session")
def law() -> Law:
    return Law.load()
