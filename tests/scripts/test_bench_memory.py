import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "bench_memory.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("bench_memory", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_more_articles_are_more_days_and_no_other_articles(bench):
    few, many = list(bench.articles(120)), list(bench.articles(500))
    assert many[:120] == few
    assert len({article["url"] for article in many}) == 500
    assert set(Counter(article["date"] for article in many).values()) == {bench.PER_DAY}
    assert sum(" la " in article["text"] or article["text"].startswith("Le ") for article in many) < 50


def test_some_articles_of_a_day_copy_each_other(bench):
    day = list(bench.articles(bench.PER_DAY))
    ends = Counter(article["text"].rpartition(". ")[2] for article in day)
    assert sum(count > 1 for count in ends.values()) >= 2


def test_a_process_is_measured_stage_by_stage(bench, tmp_path):
    program = (
        "import sys, time, pathlib\n"
        "held = bytearray(60_000_000); time.sleep(0.2); del held\n"
        "pathlib.Path(sys.argv[1], 'one').touch(); time.sleep(0.3)\n"
        "pathlib.Path(sys.argv[1], 'two').touch(); time.sleep(0.1)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    measured = bench.measure(command, {"one": tmp_path / "one", "two": tmp_path / "two"})
    assert measured.peak == measured.peaks["one"] > 60
    assert measured.peaks["two"] > 1
    assert measured.seconds >= 0
    (row,) = bench.rows(10, [("run", measured)])
    assert row.startswith("| run | 10 |")


def test_a_command_that_fails_is_told(bench):
    with pytest.raises(bench.subprocess.CalledProcessError):
        bench.measure([sys.executable, "-c", "raise SystemExit(1)"], {})
