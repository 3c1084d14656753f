"""The real encoder, loaded once."""

import pytest

from align.embed.use import UseM3


@pytest.fixture(scope="session")
def use_m3():
    return UseM3()
