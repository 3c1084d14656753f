"""The real encoder, loaded once."""

import pytest

from align.embed.use import UseM3


@pytest.fixture(scope="session")
def use_m3() -> UseM3:
    return UseM3()


@pytest.fixture(scope="session")
def use_m3_bf16() -> UseM3:
    return UseM3("bfloat16")
