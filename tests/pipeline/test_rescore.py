import json

import pytest

from align.cli.main import main
from align.errors import ConfigError, InputError
from align.pipeline.rescore import rescore, write_passim
from align.records import PassageMatch
from align.runfolder import RunFolder
from tests.pipeline.conftest import Job

CHANGING = ("matches.jsonl", "families.jsonl", "substitutions.csv", "facts.csv", "pairs.jsonl")


@pytest.fixture
def job(tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    return Job(given)


def held(out):
    return {name: (out / name).read_bytes() for name in CHANGING}


def test_another_threshold_is_what_a_run_with_it_writes(job, tmp_path):
    job.start(tmp_path / "low", job.config(threshold=0.05))
    job.start(tmp_path / "high", job.config(threshold=0.9))
    assert held(tmp_path / "low") != held(tmp_path / "high")
    summary = rescore(tmp_path / "low", 0.9)
    assert held(tmp_path / "low") == held(tmp_path / "high")
    flagged = [match.flagged for match in RunFolder(tmp_path / "low").read("matches", PassageMatch)]
    assert summary.counts["flagged"] == sum(flagged)


def test_the_manifest_says_so_and_the_first_threshold_gives_the_first_signature_back(job, tmp_path):
    out = tmp_path / "run"
    job.start(out, job.config(threshold=0.5))
    folder = RunFolder(out)
    first, report = folder.manifest(), (out / "report.html").read_bytes()
    rescore(out, 0.1)
    changed = folder.manifest()
    assert changed["thresholds"]["match"] == changed["config"]["reuse"]["threshold"] == 0.1
    assert changed["signature"] != first["signature"]
    assert changed["status"] == "complete"
    rescore(out, 0.5)
    assert folder.manifest() == first
    assert (out / "report.html").read_bytes() == report


def test_a_folder_without_a_run_and_a_threshold_that_is_none(job, tmp_path):
    with pytest.raises(InputError, match="no finished run"):
        rescore(tmp_path / "nowhere", 0.5)
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(ConfigError, match="no probability"):
        rescore(tmp_path, 1.5)


def test_families_go_out_as_clusters(job, tmp_path):
    out = tmp_path / "run"
    job.start(out, job.config(threshold=0.05))
    count = write_passim(out, tmp_path / "passim.json")
    lines = [json.loads(line) for line in (tmp_path / "passim.json").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == count
    assert all(
        {"uid", "cluster", "size", "id", "series", "date", "begin", "end", "text"} <= set(line) for line in lines
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reuse"], "expected ARTICLES and --out"),
        (["reuse", "--rescore", "run"], "takes --threshold"),
        (["reuse", "page.txt", "--rescore", "run", "--threshold", "0.5"], "takes --threshold"),
        (["reuse", "page.txt", "--out", "run", "--window", "soon"], "no span of time"),
        (["reuse", "--rescore", "nowhere", "--threshold", "0.5"], "no finished run"),
    ],
)
def test_slips_of_the_pen_are_told(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("window", "days"), [("3d", 3), ("3", 3), ("2w", 14), ("0", 0), (" 7D ", 7)])
def test_windows(window, days):
    from align.cli.reuse import _days

    assert _days(window) == days
