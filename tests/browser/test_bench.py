import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench_report.py"


@pytest.mark.browser
def test_a_made_report_is_opened_and_used(chromium, tmp_path):
    spec = importlib.util.spec_from_file_location("bench_report", SCRIPT)
    bench = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = bench
    spec.loader.exec_module(bench)
    figures = bench.measure(4, tmp_path, chromium)
    assert figures.matches == 24
    assert all(seconds >= 0 for seconds in figures.times.values())
    assert str(figures).count("|") == 10
