"""What the benchmark of Spark measures with; no Spark is started."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import bench_spark as module

BUSY = "import time\nwhile time.process_time() < 0.4: pass\n"


def test_seconds_of_a_child_are_counted_after_its_end_too_though_nobody_waits_for_it():
    child = "import signal, subprocess, sys, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
    child += f"subprocess.Popen([sys.executable, '-c', {BUSY + 'time.sleep(0.5)'!r}])\ntime.sleep(2.5)\n"
    assert module.measure([sys.executable, "-c", child], {}).cpu >= 0.3


def test_a_command_is_measured_with_its_stages(tmp_path):
    done = tmp_path / "done"
    code = f"{BUSY}open({str(done)!r}, 'w').close()\ntime.sleep(0.5)\n"
    cost = module.measure([sys.executable, "-c", code], {"first": done, "never": tmp_path / "never"})
    assert cost.cpu >= 0.3
    assert cost.wall >= 0.8
    assert list(cost.ends) == ["first"]
    assert [row.split("|")[1].strip() for row in module.stage_rows(cost)] == ["first", "end"]
    with pytest.raises(subprocess.CalledProcessError):
        module.measure([sys.executable, "-c", "raise SystemExit(1)"], {})


def test_matches_are_compared(tmp_path):
    for name, scores in (("one", {"a": 0.5, "b": 0.25}), ("other", {"a": 0.500001, "c": 0.1})):
        folder = tmp_path / name
        folder.mkdir()
        lines = [json.dumps({"id": match, "score": score}) + "\n" for match, score in scores.items()]
        (folder / "matches.jsonl").write_text("".join(lines), encoding="utf-8")
        (folder / "families.jsonl").write_text(name, encoding="utf-8")
    told = module.same_matches(tmp_path / "one", tmp_path / "other")
    assert told == "1, 2 on one side alone, scores within 1e-06, families others"


def test_articles_for_passim(tmp_path):
    module.for_passim(tmp_path / "passim.jsonl", 3)
    lines = [json.loads(line) for line in (tmp_path / "passim.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 3
    assert all(set(line) == {"id", "series", "date", "text"} for line in lines)
