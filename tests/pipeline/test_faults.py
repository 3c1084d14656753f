"""What faults leave behind: disks that are full, folders that others write, files that were damaged, other orders."""

import contextlib
import json
import os
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from align.cli.main import main
from align.errors import InputError, ModelUnavailableError, OutputError
from align.pipeline.rescore import rescore
from align.records import Rejected
from align.runfolder import FILES, RunFolder, appending, sole_writer, write_bytes, write_json, write_records, write_text
from tests.fakes import TrigramEncoder
from tests.pipeline.conftest import DUMP, tree

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def small_files(limit):
    """No file of this process may become larger, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def out(job, tmp_path):
    job.start(tmp_path / "out")
    return tmp_path / "out"


def everything(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


# -- full disks


def record(text):
    return Rejected("r", "read", "rule", text)


WRITERS = {
    "write_text": lambda path: write_text(path, "x" * 5000),
    "write_bytes": lambda path: write_bytes(path, b"x" * 5000),
    "write_json": lambda path: write_json(path, ["x" * 5000]),
    "write_records": lambda path: write_records(path, [record("x" * 500)] * 100),
}


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_a_file_that_does_not_fit_is_named_and_the_earlier_one_stays(tmp_path, name):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"earlier")
    with small_files(1000), pytest.raises(OutputError, match=r"x\.jsonl: cannot write: File too large; lift the limit"):
        WRITERS[name](path)
    assert everything(tmp_path) == {"x.jsonl": b"earlier"}
    WRITERS[name](path)
    assert path.stat().st_size > 1000


def test_a_line_that_does_not_fit_is_told_once(tmp_path):
    with (
        small_files(1000),
        pytest.raises(OutputError, match="part: cannot write"),
        appending(tmp_path / "part") as add,
    ):
        for _ in range(10):
            add("x" * 300)
    assert (tmp_path / "part").read_bytes().count(b"\n") == 3


@pytest.mark.parametrize("limit", [50, 500, 2000, 5000, 20_000])
def test_a_run_that_does_not_fit_goes_on_when_there_is_room(job, tmp_path, out, limit):
    with small_files(limit), pytest.raises(OutputError, match="cannot write"):
        job.start(tmp_path / "full")
    whole = everything(out)
    for name, data in everything(tmp_path / "full").items():
        assert name == FILES["manifest"] or data == whole[name]
    job.start(tmp_path / "full")
    assert tree(tmp_path / "full") == tree(out)


def test_the_command_line_says_what_to_do(out, capsys):
    with small_files(100):
        assert main(["report", str(out)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("align: ")
    assert "report.html: cannot write: File too large; lift the limit" in told
    assert main(["report", str(out)]) == 0


@pytest.mark.parametrize("format", ["moses", "tmx", "csv", "jsonl", "standoff", "xces"])
def test_an_export_that_does_not_fit_leaves_nothing(out, tmp_path, capsys, format):
    arguments = ["export", str(out), "--format", format, "--out", str(tmp_path / "exported")]
    with small_files(40):
        assert main(arguments) == 1
    assert "exported: cannot write the export: File too large; lift the limit" in capsys.readouterr().err
    assert [path for path in (tmp_path / "exported").rglob("*") if path.is_file()] == []
    assert main(arguments) == 0


# -- two at once


def test_one_file_has_one_writer(tmp_path):
    def while_another_writes():
        with pytest.raises(OutputError, match=r"x\.jsonl: another process is writing it"):
            write_text(tmp_path / "x.jsonl", "theirs")
        yield record("ours")

    assert write_records(tmp_path / "x.jsonl", while_another_writes()) == 1
    assert everything(tmp_path).keys() == {"x.jsonl"}
    assert b"ours" in (tmp_path / "x.jsonl").read_bytes()


def test_a_folder_has_one_writer(tmp_path):
    again = pytest.raises(OutputError, match="another process is writing into it")
    with sole_writer(tmp_path), again, sole_writer(tmp_path):
        raise AssertionError("never reached")
    with sole_writer(tmp_path):
        pass


@pytest.mark.parametrize("words", [["report"], ["reuse", "--threshold", "0.9", "--rescore"]])
def test_nothing_is_written_into_a_folder_that_a_run_holds(out, capsys, words):
    before = everything(out)
    with RunFolder(out).locked():
        assert main([*words, str(out)]) == 2
    assert "another run is writing this folder" in capsys.readouterr().err
    assert everything(out) == before


@pytest.mark.parametrize("words", [["report"], ["show"], ["export", "--format", "moses", "--out", "OUT"]])
@pytest.mark.parametrize("status", ["running", "rescoring", "replaced"])
def test_a_run_that_is_not_finished_is_not_read(out, tmp_path, capsys, words, status):
    manifest = RunFolder(out).manifest()
    write_json(out / FILES["manifest"], {**manifest, "status": status})
    words = [str(tmp_path / "exported") if word == "OUT" else word for word in words]
    assert main([words[0], str(out), *words[1:]]) == 2
    assert "not a finished run folder" in capsys.readouterr().err
    assert not (tmp_path / "exported").exists()


def test_an_export_of_a_run_that_changes_meanwhile_is_refused(out, tmp_path, monkeypatch, capsys):
    from align.export import formats

    select = formats.select_pairs

    def changing(*given, **named):
        yield from select(*given, **named)
        rescore(out, 0.99)

    monkeypatch.setattr(formats, "select_pairs", changing)
    assert main(["export", str(out), "--format", "moses", "--out", str(tmp_path / "exported")]) == 2
    assert "changed this run while it was read" in capsys.readouterr().err
    assert list((tmp_path / "exported").iterdir()) == []


def test_an_export_into_a_folder_that_another_writes_is_refused(out, tmp_path, capsys):
    (tmp_path / "exported").mkdir()
    with sole_writer(tmp_path / "exported"):
        assert main(["export", str(out), "--format", "moses", "--out", str(tmp_path / "exported")]) == 1
    assert "another process is writing into it" in capsys.readouterr().err
    assert list((tmp_path / "exported").iterdir()) == []


# -- damaged models


def test_a_damaged_encoder_is_told_before_anything_is_read(job, tmp_path):
    class Damaged(TrigramEncoder):
        @property
        def weights_sha256(self):
            raise ModelUnavailableError("weights.npz: not the encoder's file")

    with pytest.raises(ModelUnavailableError, match=r"weights\.npz"):
        job.start(tmp_path / "out", encoder=Damaged())
    assert not (tmp_path / "out").exists()


def test_other_weights_of_the_encoder_are_another_run(job, tmp_path):
    class Hashed(TrigramEncoder):
        weights_sha256 = "1" * 64

    job.start(tmp_path / "out", encoder=Hashed())
    told = RunFolder(tmp_path / "out").manifest()["models"][-1]
    assert (told["name"], told["weights_sha256"]) == ("trigrams", "1" * 64)
    Hashed.weights_sha256 = "2" * 64
    with pytest.raises(InputError, match="other inputs or settings"):
        job.start(tmp_path / "out", encoder=Hashed())


# -- other orders


def lines(out, name):
    return [json.loads(line) for line in (out / FILES[name]).read_bytes().split(b"\n")[:-1]]


def found(out):
    """Pairs of passages and families, by what their stories say, without numbers, sides and scores."""
    texts = {line["id"]: line["text"] for line in lines(out, "documents")}
    stories = {line["id"]: texts[line["document_id"]][line["begin"] : line["end"]] for line in lines(out, "stories")}
    sides = ("source", "target")
    passages = {
        frozenset((stories[line[side]["story_id"]], line[side]["begin"], line[side]["end"]) for side in sides): line
        for line in lines(out, "matches")
    }
    families = {frozenset(stories[item["story_id"]] for item in line["members"]) for line in lines(out, "families")}
    return passages, families


def shuffled(path, seed):
    dump = path.read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(seed).shuffle(dump)
    path.write_text("".join(dump), encoding="utf-8")


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_a_dump_s_lines_changes_numbers_alone(job, tmp_path, seed):
    more = [
        {**DUMP[number % 2], "url": f"https://x{number}.example/", "sitename": f"Paper {number}"} for number in (2, 3)
    ]
    job.inputs[1].write_text("".join(json.dumps(line) + "\n" for line in [*DUMP, *more]), encoding="utf-8")
    config = job.config(threshold=0.05)
    job.start(tmp_path / "given order", config)
    shuffled(job.inputs[1], seed)
    job.start(tmp_path / "another", config)
    ours, theirs = found(tmp_path / "given order"), found(tmp_path / "another")
    assert ours[0].keys() == theirs[0].keys()
    assert ours[1] == theirs[1]
    assert ours[0]


def test_files_in_another_order_give_the_same_records_in_another_order(job, tmp_path):
    job.start(tmp_path / "given order")
    job.inputs.reverse()
    job.start(tmp_path / "reversed")
    for name in ("documents", "stories", "segments", "translations"):
        ours, theirs = lines(tmp_path / "given order", name), lines(tmp_path / "reversed", name)
        assert ours != theirs
        assert sorted(map(json.dumps, ours)) == sorted(map(json.dumps, theirs))


def test_a_folder_is_its_files_in_sorted_order(job, tmp_path):
    names = sorted(path.name for path in job.inputs)
    job.inputs = [job.inputs[0].parent / name for name in names]
    job.start(tmp_path / "listed")
    only = tmp_path / "only"
    only.mkdir()
    for path in job.inputs:
        (only / path.name).write_bytes(path.read_bytes())
    job.inputs = [only]
    job.start(tmp_path / "folder")
    assert tree(tmp_path / "folder") == tree(tmp_path / "listed")


@pytest.mark.slow
def test_the_number_of_threads_does_not_show(tmp_path):
    """The sample, with the models that come along."""

    def start(threads):
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": str(threads),
            "ALIGN_HOME": str(tmp_path / f"home{threads}"),
            "PYTHONPATH": str(ROOT),
        }
        (tmp_path / str(threads)).mkdir()
        arguments = [sys.executable, "-m", "align", "run", str(ROOT / "corpora/sample"), "--out", "out"]
        subprocess.run(arguments, cwd=tmp_path / str(threads), env=environment, check=True)
        return everything(tmp_path / str(threads) / "out")

    one, two = start(1), start(2)
    for found in (one, two):
        found.pop(FILES["manifest"])  # it holds times
    assert one == two


@pytest.mark.slow
def test_the_order_of_the_sample_s_lines_changes_numbers_and_last_digits_alone(tmp_path):
    dump = tmp_path / "articles.jsonl"
    dump.write_bytes((ROOT / "corpora/sample/articles.jsonl").read_bytes())
    assert main(["run", str(dump), "--out", str(tmp_path / "given order"), "--quiet"]) == 0
    shuffled(dump, 2)
    assert main(["run", str(dump), "--out", str(tmp_path / "another"), "--quiet"]) == 0
    ours, theirs = found(tmp_path / "given order"), found(tmp_path / "another")
    assert ours[0].keys() == theirs[0].keys()
    assert ours[1] == theirs[1]
    for passages, match in ours[0].items():
        assert match["flagged"] == theirs[0][passages]["flagged"]
        assert match["score"] == pytest.approx(theirs[0][passages]["score"], abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["kill", "readonly", "encoder", "models"])
def test_faults_in_real_runs_are_survived(kind):
    command = [sys.executable, str(ROOT / "scripts/break_runs.py"), "--only", kind, "--kills", "2", "--times", "1"]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "| all |" in done.stdout
