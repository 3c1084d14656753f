import pytest

from align.report import build_report
from tests.runs import Run


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return Run().write(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def page(folder):
    return build_report(folder)
