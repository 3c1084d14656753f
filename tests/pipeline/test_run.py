import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from align.config import Config, IdentifyConfig, IngestConfig, TranslateConfig
from align.errors import ConfigError, InputError, ModelUnavailableError
from align.pipeline import run as run_module
from align.pipeline import shelf, stages, tracing
from align.pipeline.parallel import ParallelText
from align.records import Pair, Rejected
from align.runfolder import FILES, RunFolder
from align.translate import route
from tests.pipeline.conftest import Job, tree

ERRORS = Path(__file__).parents[2] / "corpora" / "errors"
CONTRACT = {
    "documents": "id text url outlet title published published_precision language metadata sha256",
    "stories": "id document_id begin end title outlet outlet_evidence published published_precision",
    "segments": "id document_id story_id index begin end text role language language_score",
    "translations": "segment_id source_language target_language text outcome model revision score flags",
    "pairs": "id source_language target_language source target source_segments target_segments shape score origin",
    "matches": "id source target score flagged evidence",
    "families": "id members matches independent_origins origin",
}


class Killed(BaseException):
    """Stands for a signal: nothing may catch it and go on."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    job = Job(tmp_path_factory.mktemp("given"))
    out = tmp_path_factory.mktemp("out") / "run"
    return job, out, job.start(out)


@pytest.fixture
def small_units(monkeypatch):
    monkeypatch.setattr(route, "WORK_UNIT", 2)


def lines(folder, name):
    return [json.loads(line) for line in (folder / FILES[name]).read_bytes().split(b"\n")[:-1]]


def test_every_file_of_the_contract_is_there_and_nothing_else(finished):
    _, out, summary = finished
    assert {path.name for path in out.iterdir()} == set(FILES.values())
    assert summary.folder == out
    assert summary.report == out / "report.html"


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_lines_have_the_keys_of_the_contract_in_its_order(finished, name):
    found = lines(finished[1], name)
    assert found
    for line in found:
        contract = CONTRACT[name].split()
        assert [key for key in line if key in contract] == contract


def test_the_manifest_says_what_the_run_was_made_of(finished):
    _, out, summary = finished
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert [item["path"] for item in manifest["inputs"]] == ["page.txt", "dump.jsonl"]
    assert manifest["counts"] == {**summary.counts, "parallel_texts": 0}
    assert manifest["thresholds"] == {"match": 0.5}
    assert set(manifest["seconds"]) == {"read", "structure", "translate", "reuse", "align", "quarantine"}
    stated = [(item["stage"], item.get("language"), item["name"]) for item in manifest["models"]]
    assert stated == [
        ("translate", "fr", "dictionary"),
        ("translate", "tr", "dictionary"),
        ("encode", None, "trigrams"),
    ]


def test_every_character_of_a_document_lies_in_one_segment(finished):
    texts = {line["id"]: line["text"] for line in lines(finished[1], "documents")}
    covered = {name: [0] * len(text) for name, text in texts.items()}
    for line in lines(finished[1], "segments"):
        assert texts[line["document_id"]][line["begin"] : line["end"]] == line["text"]
        for place in range(line["begin"], line["end"]):
            covered[line["document_id"]][place] += 1
    for name, text in texts.items():
        counts = zip(text, covered[name], strict=True)
        assert all(count == 1 or (count == 0 and letter.isspace()) for letter, count in counts)


def test_the_same_run_elsewhere_writes_the_same_bytes(finished, tmp_path):
    job, out, _ = finished
    job.start(tmp_path / "again")
    assert tree(tmp_path / "again") == tree(out)


def test_a_finished_run_started_again_changes_nothing(finished):
    job, out, summary = finished
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in out.iterdir()}
    calls = len(job.translator.calls)
    assert job.start(out) == summary
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in out.iterdir()} == before
    assert len(job.translator.calls) == calls


def killed_after(function, count):
    """`function` until it has been called `count` times, then a kill."""
    calls = iter(range(count))

    def replacement(*arguments, **options):
        if next(calls, None) is None:
            raise Killed
        return function(*arguments, **options)

    return replacement


@pytest.mark.parametrize("count", [0, 3, 5])
@pytest.mark.parametrize("error", [Killed, KeyboardInterrupt, RuntimeError])
def test_a_run_killed_while_translating_goes_on_and_ends_with_the_same_bytes(job, tmp_path, small_units, count, error):
    job.start(tmp_path / "whole")
    told = [text for call in job.translator.calls for text in call]
    job.translator.calls.clear()
    translate = job.translator.translate

    def failing(texts, *, source):
        if len(job.translator.calls) >= count:
            raise error
        return translate(texts, source=source)

    job.translator.translate = failing
    with pytest.raises(error):
        job.start(tmp_path / "killed")
    assert not (tmp_path / "killed" / "translations.jsonl").exists()
    job.translator.translate = translate
    job.start(tmp_path / "killed")
    assert tree(tmp_path / "killed") == tree(tmp_path / "whole")
    again = [text for call in job.translator.calls for text in call]
    assert set(again) == set(told)
    assert len(again) < len(told) + route.WORK_UNIT  # no more is asked for again than the unit that was cut short


def test_units_of_another_size_would_be_seen_in_the_calls(job, tmp_path, small_units):
    job.start(tmp_path / "out")
    assert len(job.translator.calls) > 3
    assert max(map(len, job.translator.calls)) <= 2


@pytest.mark.parametrize("tail", [b'{"records": [{"kin', '{"records": [{"text": "é'.encode()[:-1]])
def test_a_torn_last_line_is_cut_off(job, tmp_path, small_units, monkeypatch, tail):
    job.start(tmp_path / "whole")
    monkeypatch.setattr(stages, "translate_unit", killed_after(route.translate_unit, 2))
    with pytest.raises(Killed):
        job.start(tmp_path / "killed")
    monkeypatch.undo()
    monkeypatch.setattr(route, "WORK_UNIT", 2)
    part = tmp_path / "killed" / ".work" / "translations.part"
    assert part.read_bytes().count(b"\n") == 2
    with part.open("ab") as file:
        file.write(tail)
    job.start(tmp_path / "killed")
    assert tree(tmp_path / "killed") == tree(tmp_path / "whole")


PLACES = [
    (stages, "read"),
    (stages, "structure"),
    (stages, "writing"),
    (shelf, "encode_windows"),
    (tracing, "apply_threshold"),
    (tracing, "gather_families"),
    (tracing, "write_text"),
    (stages, "_translated_pair"),
    (stages, "gather_quarantine"),
    (run_module, "describe_models"),
    (run_module, "build_report"),
    (run_module, "write_json"),
    (run_module.shutil, "rmtree"),
]


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize(("module", "name"), PLACES, ids=[name for _, name in PLACES])
def test_a_run_killed_anywhere_ends_with_the_same_bytes(finished, tmp_path, monkeypatch, module, name, count):
    job, out, _ = finished
    monkeypatch.setattr(module, name, killed_after(getattr(module, name), count))
    with contextlib.suppress(Killed):
        job.start(tmp_path / "killed")
    monkeypatch.undo()
    job.start(tmp_path / "killed")
    assert tree(tmp_path / "killed") == tree(out)
    assert RunFolder(tmp_path / "killed").manifest()["status"] == "complete"


@pytest.mark.parametrize("written", range(1, 9))
def test_a_run_killed_within_any_file_ends_with_the_same_bytes(finished, tmp_path, monkeypatch, written):
    """The file is left half-written under its temporary name, as `kill -9` leaves it."""
    job, out, _ = finished
    replace = Path.replace
    calls = iter(range(written))

    def interrupted(self, target):
        if next(calls, None) is None:
            shutil.copy(self, self.with_name("kept"))
            raise Killed
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(Killed):
        job.start(tmp_path / "killed")
    monkeypatch.undo()
    for kept in list((tmp_path / "killed").rglob("kept")):
        kept.unlink()
    for name in FILES.values():
        (tmp_path / "killed" / f"{name}.tmp").write_bytes(b'{"half')
    job.start(tmp_path / "killed")
    assert tree(tmp_path / "killed") == tree(out)


def test_a_run_whose_working_folder_was_deleted_still_quarantines_all(job, tmp_path, monkeypatch):
    job.inputs += [ERRORS / "empty.txt", ERRORS / "greek.jsonl"]
    job.start(tmp_path / "whole")
    monkeypatch.setattr(stages, "gather_quarantine", killed_after(stages.gather_quarantine, 0))
    with pytest.raises(Killed):
        job.start(tmp_path / "killed")
    monkeypatch.undo()
    shutil.rmtree(tmp_path / "killed" / ".work")
    job.start(tmp_path / "killed")
    assert tree(tmp_path / "killed") == tree(tmp_path / "whole")
    assert len(lines(tmp_path / "killed", "quarantine")) > 1


@pytest.mark.parametrize("name", ["stories", "families", "substitutions", "report", "quarantine", "translations"])
def test_a_file_that_was_deleted_is_written_again(job, tmp_path, name):
    job.inputs.append(ERRORS / "empty.txt")
    job.start(tmp_path / "out")
    before = tree(tmp_path / "out")
    (tmp_path / "out" / FILES[name]).unlink()
    job.start(tmp_path / "out")
    assert tree(tmp_path / "out") == before


SCRIPT = """
import sys, time
from pathlib import Path
from align.translate import route
from tests.pipeline.conftest import Job
route.WORK_UNIT = 2
job = Job(Path(sys.argv[1]))
translate = job.translator.translate
def slow(texts, *, source):
    if len(job.translator.calls) == 2:
        print("two units", flush=True)
        time.sleep(60)
    return translate(texts, source=source)
job.translator.translate = slow
job.start(Path(sys.argv[2]))
"""


def test_a_run_that_was_really_killed_goes_on(job, tmp_path, small_units):
    job.start(tmp_path / "whole")
    given = job.inputs[0].parent
    arguments = [sys.executable, "-c", SCRIPT, str(given), str(tmp_path / "killed")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout.readline() == b"two units\n"
        with pytest.raises(InputError, match="another run is writing this folder"):
            job.start(tmp_path / "killed")
        os.kill(process.pid, signal.SIGKILL)
    assert (tmp_path / "killed" / ".work" / "translations.part").stat().st_size > 0
    job.start(tmp_path / "killed")
    assert tree(tmp_path / "killed") == tree(tmp_path / "whole")


def test_other_inputs_or_settings_are_refused_and_replaced_when_told(job, tmp_path):
    out = tmp_path / "out"
    job.start(out)
    (out / "notes.md").write_text("mine", encoding="utf-8")
    before = tree(out)
    with pytest.raises(InputError, match=r"other inputs or settings.*--overwrite"):
        job.start(out, job.config(threshold=0.9))
    job.inputs = job.inputs[:1]
    with pytest.raises(InputError, match="other inputs or settings"):
        job.start(out)
    assert tree(out) == before
    assert not (out / ".work").exists()
    job.start(out, overwrite=True)
    job.start(tmp_path / "fresh")
    assert (out / "notes.md").read_text(encoding="utf-8") == "mine"
    (out / "notes.md").unlink()
    assert tree(out) == tree(tmp_path / "fresh")


def test_an_overwrite_that_was_killed_is_nobodys_run(job, tmp_path, monkeypatch):
    out = tmp_path / "out"
    job.start(out)
    monkeypatch.setattr(run_module, "write_json", killed_after(run_module.write_json, 1))
    with pytest.raises(Killed):
        job.start(out, job.config(threshold=0.9), overwrite=True)
    monkeypatch.undo()
    with pytest.raises(InputError, match="--overwrite"):
        job.start(out)
    job.start(out, overwrite=True)
    job.start(tmp_path / "fresh")
    assert tree(out) == tree(tmp_path / "fresh")


@pytest.mark.parametrize("name", ["manifest.json", "report.html", "documents.jsonl"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_files_of_somebody_else_are_never_deleted(job, tmp_path, name, overwrite):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text('{"name": "a web app"}', encoding="utf-8")
    with pytest.raises(InputError, match="belong to none"):
        job.start(tmp_path / "out", overwrite=overwrite)
    assert (tmp_path / "out" / name).read_text(encoding="utf-8") == '{"name": "a web app"}'
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_a_folder_with_other_things_in_it_can_be_used(job, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.md").write_text("mine", encoding="utf-8")
    job.start(tmp_path / "out", overwrite=True)
    assert (tmp_path / "out" / "notes.md").read_text(encoding="utf-8") == "mine"


def test_a_run_folder_inside_the_input_is_refused(job, tmp_path):
    job.inputs = [tmp_path / "given"]
    with pytest.raises(InputError, match="lies inside the input"):
        job.start(tmp_path / "given" / "run")
    assert not (tmp_path / "given" / "run").exists()


def test_an_input_inside_the_run_folder_is_refused(job, tmp_path):
    out = tmp_path / "out"
    job.start(out)
    job.inputs = [out / "documents.jsonl"]
    with pytest.raises(InputError, match="an input inside the run folder"):
        job.start(out, overwrite=True)
    assert (out / "documents.jsonl").stat().st_size > 0


QUARANTINED = {
    "empty.txt": ("read", "empty-file"),
    "binary.txt": ("read", "binary-file"),
    "truncated.jsonl": ("read", "bad-json"),
    "unknown-encoding.txt": ("read", "unknown-encoding"),
    "greek.jsonl": ("translate", "no-model"),
}


@pytest.mark.parametrize("name", sorted(QUARANTINED))
def test_what_cannot_be_processed_is_quarantined_and_the_rest_is_not(finished, tmp_path, name):
    job = Job(tmp_path)
    job.inputs.append(ERRORS / name)
    summary = job.start(tmp_path / "out")
    found = [(line["stage"], line["rule"]) for line in lines(tmp_path / "out", "quarantine")]
    assert set(found) == {QUARANTINED[name]}
    assert summary.counts["quarantined"] == len(found)
    if QUARANTINED[name][0] == "read":
        assert len(found) == 1
    clean = (finished[1] / "segments.jsonl").read_bytes()
    assert (tmp_path / "out" / "segments.jsonl").read_bytes().startswith(clean)


def test_a_run_in_which_everything_is_quarantined_still_ends_with_a_report(job, tmp_path):
    job.inputs = [ERRORS / "empty.txt", ERRORS / "binary.txt"]
    summary = job.start(tmp_path / "out")
    assert summary.counts["quarantined"] == 2
    assert summary.counts["documents"] == summary.counts["matches"] == 0
    assert summary.report.stat().st_size > 0


@pytest.mark.parametrize(
    ("config", "error", "message"),
    [
        (Config(translate=TranslateConfig(models={"fr": "no/such-folder"})), ModelUnavailableError, "no/such-folder"),
        (Config(translate=TranslateConfig(models={"klingon": "m"})), ConfigError, "translate.models: .*klingon"),
        (Config(identify=IdentifyConfig(languages=("fr", "zz"))), ConfigError, "identify.languages: .*'zz'"),
        (Config(ingest=IngestConfig(outlets="missing.toml")), (ConfigError, InputError), "missing.toml"),
    ],
)
def test_what_is_missing_is_told_before_anything_is_read(job, tmp_path, config, error, message):
    with pytest.raises(error, match=message):
        job.start(tmp_path / "out", config)
    assert not (tmp_path / "out").exists()


def test_the_threshold_is_applied_last(finished, tmp_path):
    job, out, _ = finished
    scored = lines(out, "matches")
    threshold = max(line["score"] for line in scored)
    job.start(tmp_path / "strict", job.config(threshold=threshold))
    job.start(tmp_path / "lax", job.config(threshold=0.0))
    strict, lax = lines(tmp_path / "strict", "matches"), lines(tmp_path / "lax", "matches")
    for found, limit in ((strict, threshold), (lax, 0.0)):
        assert [(line["id"], line["score"]) for line in found] == [(line["id"], line["score"]) for line in scored]
        assert [line["flagged"] for line in found] == [line["score"] >= limit for line in found]
    assert sum(line["flagged"] for line in strict) < sum(line["flagged"] for line in lax)


@pytest.fixture
def texts(tmp_path):
    for folder, words in (("a", "port"), ("b", "quai")):
        (tmp_path / folder).mkdir()
        for language in ("fr", "en"):
            text = f"The {words} of Valmer is closed.\nThe {words} will open again on Friday.\n"
            (tmp_path / folder / f"{language}.txt").write_text(text, encoding="utf-8")
    return [ParallelText(tmp_path / folder / "fr.txt", tmp_path / folder / "en.txt") for folder in "ab"]


def test_parallel_texts_become_pairs_with_ids_of_their_own(job, tmp_path, texts):
    job.parallel = texts
    summary = job.start(tmp_path / "out")
    pairs = list(RunFolder(tmp_path / "out").read("pairs", Pair))
    assert len({pair.id for pair in pairs}) == len(pairs) == summary.counts["pairs"]
    assert sum(pair.origin == "bitext" for pair in pairs) >= 2
    assert RunFolder(tmp_path / "out").manifest()["counts"]["parallel_texts"] == 2


def test_a_parallel_text_is_not_the_same_run_as_two_more_inputs(job, tmp_path, texts):
    job.parallel = texts[:1]
    job.start(tmp_path / "out")
    job.inputs += [texts[0].source, texts[0].target]
    job.parallel = ()
    with pytest.raises(InputError, match="other inputs or settings"):
        job.start(tmp_path / "out")


@pytest.mark.parametrize(("text", "message"), [(None, "cannot read"), ("", "no text"), (" \n\n", "no text")])
def test_a_parallel_text_without_text_is_refused_before_anything_is_read(job, tmp_path, texts, text, message):
    texts[0].target.unlink()
    if text is not None:
        texts[0].target.write_text(text, encoding="utf-8")
    job.parallel = texts
    with pytest.raises(InputError, match=rf"en\.txt: {message}"):
        job.start(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_encoder_is_another_run(job, tmp_path):
    job.start(tmp_path / "out")

    class Other(type(run_module.load_encoder(Config()))):
        name = "other"

    with pytest.raises(InputError, match="other inputs or settings"):
        job.start(tmp_path / "out", encoder=Other())


def test_a_command_of_bytes_that_are_no_text_does_not_stop_a_run(job, tmp_path):
    job.start(tmp_path / "out", command="align run caf\udce9.txt")
    assert RunFolder(tmp_path / "out").manifest()["command"] == "align run caf\udce9.txt"


def test_progress_is_told_and_reaches_the_end(job, tmp_path):
    told = []
    job.start(tmp_path / "out", progress=lambda *args: told.append(args))
    done, total = [(done, total) for stage, done, total in told if stage == "translate"][-1]
    assert done == total > 0
    assert {stage for stage, *_ in told} == {"read", "structure", "translate", "encode", "reuse", "align"}


def test_rejected_records_come_back_as_records(job, tmp_path):
    job.inputs.append(ERRORS / "empty.txt")
    job.start(tmp_path / "out")
    (rejected,) = RunFolder(tmp_path / "out").read("quarantine", Rejected)
    assert (rejected.record_id, rejected.rule) == ("empty.txt", "empty-file")
