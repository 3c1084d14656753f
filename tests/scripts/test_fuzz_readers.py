import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from align.ingest.outlets import OutletTable
from align.ingest.readers import SUFFIXES

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz_readers.py"


@pytest.fixture(scope="module")
def fuzz():
    spec = importlib.util.spec_from_file_location("fuzz_readers", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_case_is_its_seed_and_number(fuzz):
    made = [fuzz.case(5, number) for number in range(60)]
    assert made == [fuzz.case(5, number) for number in range(60)]
    assert made != [fuzz.case(6, number) for number in range(60)]
    assert len({suffix for suffix, _, _ in made}) > len(SUFFIXES) / 2


def test_no_sound_record_is_lost(fuzz, tmp_path):
    outlets = OutletTable.load()
    cases = [number for number in range(60) if fuzz.case(5, number)[0] not in (".parquet", ".arrow")]
    results = [fuzz.tried(5, number, tmp_path, outlets) for number in cases[:30]]
    assert not any(result["lost"] for result in results)
    assert sum(result["found"] for result in results) > 30
    assert any(result["rules"] for result in results)


def test_a_loss_and_a_crash_would_be_seen(fuzz, tmp_path, monkeypatch):
    monkeypatch.setattr(fuzz, "case", lambda seed, number: (".txt", b"Un mot.", ["M1"]))
    assert fuzz.tried(1, 1, tmp_path, OutletTable.load())["lost"] == ["M1"]
    run = fuzz.Run(1)
    with subprocess.Popen([sys.executable, "-c", "import os; os.abort()"], stdout=subprocess.PIPE) as worker:
        run._listen(worker.stdout, float("inf"))
    assert (run.crashed, run.next) == ([0], 1)
    line = {
        "number": 1,
        "found": 2,
        "rules": {"no-text": 1},
        "lost": [],
        "seconds": 0.5,
        "memory": 2048,
        "suffix": ".txt",
    }
    run.results.append(json.loads(json.dumps(line)))
    assert "| crashes | 1 [0] |" in run.report() and "| `no-text` | 1 |" in run.report()
