"""What holds for every test."""

import os

import pytest
from hypothesis import settings

# the hub's library reads it when it is first imported, and the tests talk to a hub of their own
os.environ.pop("HF_HUB_OFFLINE", None)

# a loaded machine is no failure: the first call of many a function reads its tables
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session", autouse=True)
def align_home(tmp_path_factory):
    """A place for installed models, conversions and kept translations that is no user's own."""
    home = tmp_path_factory.mktemp("align-home")
    before = os.environ.get("ALIGN_HOME")
    os.environ["ALIGN_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["ALIGN_HOME"]
    else:
        os.environ["ALIGN_HOME"] = before
