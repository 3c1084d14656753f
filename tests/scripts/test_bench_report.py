import importlib.util
import sys
from pathlib import Path

import pytest

from align.report import build_report

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench_report.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("bench_report", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_made_run_is_a_run_and_always_the_same(bench, tmp_path):
    folder = bench.Made(5).write(tmp_path / "one")
    again = bench.Made(5).write(tmp_path / "two")
    page = build_report(folder)
    assert page == build_report(again)
    assert 'id="family-5"' in page and 'id="match-30"' in page


@pytest.mark.slow
def test_two_thousand_families_stay_below_twenty_megabytes(bench, tmp_path):
    page = build_report(bench.Made(2000).write(tmp_path))
    assert len(page.encode()) < 20_000_000
    assert "are shown here; all of them are in <code>matches.jsonl" in page
