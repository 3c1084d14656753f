import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from align.cli.export import _FORMATS
from align.cli.main import main
from align.export import FORMATS
from tests.export.stub_hub import stub_hub
from tests.runs import Run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return Run().write(tmp_path_factory.mktemp("run")).path


@pytest.fixture
def beads(tmp_path):
    line = {"source_indices": [0], "target_indices": [0], "shape": "1-1", "score": 0.5}
    texts = [("Le port est fermé.", "The port is closed."), ("Le port  est fermé.", "The PORT is closed.")]
    lines = [{**line, "source": [source], "target": [target]} for source, target in texts]
    (tmp_path / "beads.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(tmp_path / "beads.jsonl")


def export(source, out, *more, format="jsonl"):
    return main(["export", str(source), "--format", format, "--out", str(out), *more])


def test_the_command_offers_the_formats_that_there_are():
    assert set(_FORMATS) == set(FORMATS)


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_every_format_takes_a_run_and_a_file_of_beads(finished, beads, tmp_path, capsys, format):
    assert export(finished, tmp_path / "run", format=format) == 0
    assert export(beads, tmp_path / "beads", format=format) == 0
    assert capsys.readouterr().err.endswith(f"2 pairs -> {tmp_path / 'beads'}\n")


def test_duplicates_and_parts_are_counted_on_stderr(finished, beads, tmp_path, capsys):
    assert export(beads, tmp_path / "x", "--dedup", "--split", "1,0,0") == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'x' / 'align.train.jsonl'}\n"
    assert err.splitlines() == [
        "1 pairs left out: duplicate of a pair that is kept",
        "1 pairs in train",
        f"1 pairs -> {tmp_path / 'x'}",
    ]


def test_languages_of_beads_can_be_given(beads, tmp_path):
    assert export(beads, tmp_path, "--source-language", "fra", "--target-language", "sw", format="moses") == 0
    assert (tmp_path / "align.fr-sw.sw").read_text(encoding="utf-8") == "The port is closed.\nThe PORT is closed.\n"


def test_a_standoff_file_is_rebuilt_into_any_format(finished, tmp_path, capsys):
    assert export(finished, tmp_path / "off", format="standoff") == 0
    file = tmp_path / "off" / "align.standoff.jsonl"
    assert export(finished, tmp_path / "back", "--rebuild", str(file), format="moses") == 0
    assert export(finished, tmp_path / "direct", format="moses") == 0
    for path in (tmp_path / "direct").iterdir():
        assert (tmp_path / "back" / path.name).read_bytes() == path.read_bytes()
    run = Run()
    run.documents, run.pairs, run.translations = [], [], []
    theirs = run.write(tmp_path / "theirs").path
    capsys.readouterr()
    assert export(theirs, tmp_path / "none", "--rebuild", str(file)) == 0
    assert re.search(r"^\d+ pairs not rebuilt: source and target not in this run$", capsys.readouterr().err, re.M)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--split", "90,10"], "not the shares of a split"),
        (["--split", "a,b,c"], "--split: 'a,b,c'"),
        (["--split", "0,1,1"], "the first above 0"),
        (["--licence", "my own"], "not the identifier of a licence"),
        (["--push", "jane/news"], "--push uploads --format hf alone"),
        (["--source-language", "fr"], "go together"),
        (["--source-language", "fr", "--target-language", "en"], "is a folder"),
        (["--rebuild", "none.jsonl"], "none.jsonl: cannot read"),
        (["--role", "body", "--rebuild", "x"], "--role needs a run folder's own pairs"),
    ],
)
def test_options_that_do_nothing_end_with_2(finished, tmp_path, capsys, wrong, said):
    assert export(finished, tmp_path / "x", *wrong) == 2
    assert said in capsys.readouterr().err
    assert not [path for path in (tmp_path / "x").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--role", "body"], "--role needs a run folder"),
        (["--rebuild", "x"], "takes the texts from a run folder"),
        (["--source-language", "f!", "--target-language", "en"], "--source-language: not a language code: 'f!'"),
    ],
)
def test_options_that_a_file_of_beads_has_no_use_for_end_with_2(beads, tmp_path, capsys, wrong, said):
    assert export(beads, tmp_path / "x", *wrong) == 2
    assert said in capsys.readouterr().err


def push(finished, out, endpoint, *more, **environment):
    command = [sys.executable, "-m", "align", "export", str(finished), "--format", "hf", "--out", str(out), *more]
    given = {**os.environ, "HF_ENDPOINT": endpoint, "HF_TOKEN": "hf_stub", "HF_HOME": str(out / "home"), **environment}
    return subprocess.run(command, capture_output=True, text=True, env=given, cwd=ROOT, timeout=120)


def test_a_folder_is_uploaded_in_one_commit(finished, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret.txt").write_text("not ours to send")
    with stub_hub() as hub:
        done = push(finished, tmp_path / "out", hub.endpoint, "--push", "jane/news")
        assert done.returncode == 0, done.stderr
        assert f"{hub.endpoint}/datasets/jane/news/commit/abc" in done.stderr
        written = {
            path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
            for path in map(Path, done.stdout.splitlines())
        }
        assert hub.files == written
        assert "README.md" in hub.files
        assert hub.made[0]["type"] == "dataset"
        assert hub.made[0].get("private") is True or hub.made[0].get("visibility") == "private"
        assert hub.tokens - {None} == {"Bearer hf_stub"}  # the check of the card is asked without a login
        # the Hub checks the card's metadata when it takes a commit; a real one judges, this one keeps what it is shown
        assert all("license" in item["content"] for item in hub.checked)


def test_a_new_data_set_is_public_only_when_told(finished, tmp_path):
    with stub_hub() as hub:
        assert push(finished, tmp_path, hub.endpoint, "--push", "jane/news", "--public").returncode == 0
        assert not hub.made[0].get("private")
        assert hub.made[0].get("visibility", "public") == "public"


def test_an_upload_that_is_refused_leaves_the_export_and_ends_with_1(finished, tmp_path):
    with stub_hub() as hub:
        hub.refuse = 403
        done = push(finished, tmp_path, hub.endpoint, "--push", "jane/news")
    assert done.returncode == 1
    assert "align: jane/news: cannot upload: " in done.stderr
    assert "the export itself is complete in" in done.stderr
    assert (tmp_path / "README.md").exists()


def test_a_hub_that_is_not_there_is_told(finished, tmp_path):
    done = push(finished, tmp_path, "http://127.0.0.1:9", "--push", "jane/news")
    assert done.returncode == 1
    assert "align: jane/news: cannot upload: " in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_no_repository_is_refused_before_anything_is_written(finished, tmp_path, capsys):
    for name in ("news", "a/b/c", "../x", ""):
        code = export(finished, tmp_path / "x", "--push", name, format="hf") if name else 2
        assert code == 2
    assert "not a repository: 'news'; expected OWNER/NAME" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
