import importlib.util
import json
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "break_runs.py"


@pytest.fixture(scope="module")
def faults():
    spec = importlib.util.spec_from_file_location("break_runs", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["break_runs"] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    yield module
    del sys.modules["break_runs"]


def test_a_torn_file_would_be_seen(faults):
    before, after = {"a.jsonl": b"1\n"}, {"a.jsonl": b"1\n2\n", "b.csv": b"x\n"}
    assert faults.torn({"a.jsonl": b"1\n", "b.csv": b"x\n"}, before, after) == []
    assert faults.torn({"a.jsonl": b"1\n2"}, before, after) == ["a.jsonl"]
    assert faults.torn({"c.jsonl": b""}, before, after) == ["c.jsonl"]
    assert faults.torn({"a.jsonl.tmp": b"1", ".work/lock": b"", "manifest.json": b"{"}, before, after) == []


def test_a_lost_record_would_be_counted(faults):
    expected = {"a.jsonl": b"1\n1\n2\n", "report.html": b"x"}
    assert faults.lost(expected, expected) == 0
    assert faults.lost(expected, {"a.jsonl": b"2\n1\n3\n"}) == 1
    assert faults.lost(expected, {}) == 3


def test_times_are_not_compared(faults, tmp_path):
    told = []
    for seconds in (1, 2):
        (tmp_path / "manifest.json").write_text(json.dumps({"status": "complete", "seconds": {"read": seconds}}))
        told.append(faults.bytes_of(tmp_path / "manifest.json"))
    assert told[0] == told[1]
    (tmp_path / "manifest.json").write_text('{"status": "running"}')
    assert faults.bytes_of(tmp_path / "manifest.json") != told[0]


@pytest.mark.parametrize(
    ("code", "said", "clear"),
    [
        (1, "align: x: cannot write: No space left on device\n", True),
        (4, "a notice\nalign: model 'x' is damaged\n", True),
        (0, "align: fine after all\n", False),
        (-9, "", False),
        (1, 'Traceback (most recent call last):\n  File "x"\nalign: ValueError\n', False),
        (2, "usage: align\n", False),
    ],
)
def test_what_a_clear_error_is(faults, code, said, clear):
    assert faults.Ended(code, said).clear == clear


def test_a_fault_that_was_not_survived_is_in_the_tally(faults, capsys):
    tally = faults.Tally()
    tally.note(faults.KILL, "read", True)
    tally.note("full disk", "run", True)
    tally.note("full disk", "report", False, 2, "torn")
    assert tally.failures == ["full disk / report: torn"]
    assert tally.report().splitlines()[2:] == [
        "| `kill -9` | read | 1 | 1 | 0 |",
        "| full disk | 2 places | 2 | 1 | 2 |",
        "| all | | 3 | 2 | 2 |",
    ]
    assert "NOT SURVIVED full disk / report: torn" in capsys.readouterr().err
