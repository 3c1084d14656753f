import pytest

from align.records import Pair
from tests.runs import Run


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    run = Run()
    run.pairs += [
        Pair("b1", "fr", "en", "Un.\nDeux.", "One. Two.", ("page-1:0",), ("page-3:0",), "2-1", 0.7, "bitext"),
        Pair("r1", "tr", "fr", "Liman\tkapalı", "Port fermé", ("page-2:0",), ("page-1:0",), "1-1", 0.9, "reuse"),
        Pair("r2", "fr", "fr", "Le port", "Un port", ("page-1:0",), ("page-1:4",), "1-1", 0.9, "reuse"),
        Pair("r3", "fr", "en", " \t ", "nothing", ("page-1:1",), ("page-3:1",), "1-1", None, "bitext"),
        Pair("r4", "fr", "en", "demi \ud800 mot", "half a word", ("page-1:1",), ("page-3:1",), "1-1", 0.2, "bitext"),
    ]
    return run.write(tmp_path_factory.mktemp("run"))
