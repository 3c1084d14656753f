import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from align.cli.main import main
from align.pipeline import run as run_module
from align.runfolder import FILES, RunFolder
from tests.fakes import TrigramEncoder
from tests.pipeline.conftest import Job
from tests.runs import Run

ROOT = Path(__file__).parents[2]
ERRORS = ROOT / "corpora" / "errors"


@pytest.fixture
def job(tmp_path, monkeypatch):
    (tmp_path / "given").mkdir()
    job = Job(tmp_path / "given")
    monkeypatch.setattr(run_module, "translators", lambda config, *, cache: job.translator_of)
    monkeypatch.setattr(run_module, "load_encoder", lambda config: TrigramEncoder())
    monkeypatch.chdir(tmp_path)
    return job


@pytest.fixture
def asked(job):
    """The arguments of a run that ends well."""
    chosen = [part for tag, folder in job.models.items() for part in ("--model", f"{tag}={folder}")]
    return ["run", *map(str, job.inputs), "--out", "out", *chosen]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return Run().write(tmp_path_factory.mktemp("run")).path


def told(capsys):
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_a_run_that_ends_well_says_so_on_one_line_of_stderr(asked, capsys):
    assert main(asked) == 0
    out, err = told(capsys)
    assert out == ""
    number = r"\d+"
    found = rf"{number} stor(y|ies), {number} outlets?, {number} passages? appears? to share a source"
    assert re.fullmatch(rf"{found}, 0 records quarantined -> {re.escape(str(Path('out/report.html')))}\n", err)
    assert {path.name for path in Path("out").iterdir()} == set(FILES.values())
    command = RunFolder(Path("out")).manifest()["command"]
    assert command.startswith("align run ")


def test_the_command_is_kept_so_that_a_shell_reads_it_again(asked, job, tmp_path, capsys):
    spaced = tmp_path / "two words.txt"
    spaced.write_text("The port of Valmer is closed.\n", encoding="utf-8")
    assert main(["run", str(spaced), *asked[1:]]) == 0
    assert f"'{spaced}'" in RunFolder(Path("out")).manifest()["command"]


def test_a_run_with_quarantined_records_ends_with_3(asked, capsys):
    assert main(["run", str(ERRORS / "empty.txt"), *asked[1:]]) == 3
    out, err = told(capsys)
    assert out == ""
    assert ", 1 record quarantined -> " in err


WRONG = [
    (["--model", "fr"], "--model: 'fr' is not LANGUAGE=MODEL, as in fr=models/opus-mt-fr-en"),
    (["--model", "fr="], "--model: 'fr=' is not LANGUAGE=MODEL"),
    (["--model", "klingon=m"], "--model: unknown language 'klingon'; known: "),
    (["--model", "=m"], "--model: unknown language ''"),
    (["--threshold", "1.5"], "--threshold: 1.5 is no probability; allowed: 0 to 1"),
    (["--threshold", "nan"], "--threshold: nan is no probability"),
    (["--config", "none.toml"], "none.toml: cannot read the settings"),
    (["--outlets", "none.toml"], "none.toml"),
    (["--parallel", "none.fr", "none.en"], "none.fr: cannot read"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_wrong_usage_ends_with_2_before_anything_is_written(asked, capsys, wrong, message):
    assert main([*asked, *wrong]) == 2
    out, err = told(capsys)
    assert out == ""
    assert err.startswith("align: ")
    assert err.count("\n") == 1
    assert message in err
    assert not Path("out").exists()


def test_an_input_that_does_not_exist_ends_with_2(asked, capsys):
    assert main(["run", "no-such-file.txt", *asked[1:]]) == 2
    out, err = told(capsys)
    assert out == ""
    assert err.startswith("align: no-such-file.txt: cannot be read: no such file")
    assert not Path("out").exists()


@pytest.mark.parametrize("arguments", [[], ["trace"], ["run"], ["run", "x"], ["export", "x", "--format", "pdf"]])
def test_what_the_parser_refuses_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    out, err = told(capsys)
    assert out == ""
    assert "usage: align" in err


def test_a_model_that_is_not_installed_ends_with_4(asked, capsys):
    assert main([*asked, "--model", "ru=no/such-model"]) == 4
    out, err = told(capsys)
    assert out == ""
    assert "model 'no/such-model' for Russian (ru): no such folder" in err
    assert "hf download" in err
    assert not Path("out").exists()


def test_another_run_is_refused_with_2_and_replaced_when_told(asked, capsys):
    assert main(asked) == 0
    assert main([*asked, "--threshold", "0.9"]) == 2
    assert "--overwrite to replace it" in told(capsys)[1]
    assert main([*asked, "--threshold", "0.9", "--overwrite"]) == 0
    assert RunFolder(Path("out")).manifest()["thresholds"] == {"match": 0.9}


def test_options_go_before_the_settings_file(asked, capsys):
    Path("align.toml").write_text("[reuse]\nthreshold = 0.7\nneighbours = 5\n", encoding="utf-8")
    assert main([*asked, "--config", "align.toml", "--threshold", "0.8", "--same-outlet"]) == 0
    settings = RunFolder(Path("out")).manifest()["config"]["reuse"]
    assert (settings["threshold"], settings["neighbours"], settings["same_outlet"]) == (0.8, 5, True)


def test_help_and_version_go_to_stdout(capsys):
    for option in ("--help", "--version"):
        with pytest.raises(SystemExit) as left:
            main([option])
        assert left.value.code == 0
    out, err = told(capsys)
    assert "exit codes: 0 done; 1 failed; 2 wrong usage" in out
    assert err == ""


@pytest.mark.parametrize("format", ["hf", "jsonl", "moses"])
def test_an_export_lists_its_files_and_says_how_many_pairs(finished, tmp_path, capsys, format):
    assert main(["export", str(finished), "--format", format, "--out", str(tmp_path / "x")]) == 0
    out, err = told(capsys)
    written = {path for path in (tmp_path / "x").rglob("*") if path.is_file()}
    assert {Path(line) for line in out.splitlines()} == written != set()
    assert re.search(rf"^\d+ pairs -> {re.escape(str(tmp_path / 'x'))}\n\Z", err, re.MULTILINE)


def test_an_export_says_what_it_left_out_and_why(tmp_path, capsys):
    run = Run()
    first = run.pairs[0]
    run.pairs.append(type(first)("same", "fr", "fr", "Un.", "Un.", (), (), "1-1", 0.5, "reuse"))
    run.write(tmp_path / "run")
    assert main(["export", str(tmp_path / "run"), "--format", "moses", "--out", str(tmp_path / "x")]) == 0
    assert "1 pairs left out: both sides in one language\n" in told(capsys)[1]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (["--language", "klingon"], "--language: unknown language 'klingon'"),
        (["--origin", "guess"], "unknown origin 'guess'"),
        (["--min-score", "0.5"], "needs exactly one origin"),
        (["--name", "../x"], "not a file name"),
    ],
)
def test_an_export_of_something_unknown_ends_with_2(finished, tmp_path, capsys, wrong, message):
    assert main(["export", str(finished), "--format", "jsonl", "--out", str(tmp_path / "x"), *wrong]) == 2
    assert message in told(capsys)[1]


@pytest.mark.parametrize("command", ["report", "export"])
def test_a_folder_without_a_run_ends_with_2(tmp_path, capsys, command):
    more = ["--format", "jsonl", "--out", str(tmp_path / "x")] if command == "export" else []
    assert main([command, str(tmp_path), *more]) == 2
    assert told(capsys)[0] == ""


def test_a_report_is_written_anew(tmp_path, capsys):
    folder = Run().write(tmp_path)
    assert main(["report", str(tmp_path)]) == 0
    assert told(capsys) == ("", f"{folder['report']}\n")
    assert "<html" in folder["report"].read_text(encoding="utf-8")


def test_translations_are_scored_line_by_line(tmp_path, capsys):
    text = "the port of Valmer was closed\u2028 on Thursday\nnobody was hurt in the\x85 accident\n"
    for name in ("hyp", "ref"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "ref").write_text(text.replace("\u2028", ""), encoding="utf-8")
    assert main(["evaluate", "mt", str(tmp_path / "hyp"), str(tmp_path / "ref")]) == 0
    out, err = told(capsys)
    figures = dict(line.split("\t") for line in out.splitlines())
    assert set(figures) == {"bleu", "bleu_signature", "chrf2", "chrf2_signature"}
    assert float(figures["bleu"]) == 100
    assert err == ""


@pytest.mark.parametrize(
    ("hypothesis", "message"), [("a\nb\n", "2 hypotheses for 1"), ("", "0 hypotheses"), (None, "cannot read")]
)
def test_translations_that_do_not_match_end_with_2(tmp_path, capsys, hypothesis, message):
    (tmp_path / "ref").write_text("a\n", encoding="utf-8")
    if hypothesis is not None:
        (tmp_path / "hyp").write_text(hypothesis, encoding="utf-8")
    assert main(["evaluate", "mt", str(tmp_path / "hyp"), str(tmp_path / "ref")]) == 2
    assert message in told(capsys)[1]


def test_a_reader_that_goes_away_is_not_told_of(finished, tmp_path):
    code = (
        "import sys; from align.cli import main as m; from align.cli.main import entry_point\n"
        "def action(options):\n    while True: print('x' * 10000)\n"
        "options = type('Options', (), {'action': staticmethod(action)})()\n"
        "m._parser = lambda: type('Parser', (), {'parse_args': lambda self, given: options})()\n"
        "entry_point()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        process.stdout.read(100)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_data_is_utf8_whatever_the_terminal_speaks(finished, tmp_path):
    out = tmp_path / "café"
    done = subprocess.run(
        [sys.executable, "-m", "align", "export", str(finished), "--format", "jsonl", "--out", str(out)],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        cwd=ROOT,
        check=True,
    )
    (written,) = out.iterdir()
    assert done.stdout.decode("utf-8") == f"{written}\n"


def test_an_interrupted_run_says_how_to_go_on(capsys, monkeypatch):
    from align.cli import main as main_module

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(main_module, "main", interrupted)
    with pytest.raises(SystemExit) as left:
        main_module.entry_point()
    assert left.value.code == 130
    assert told(capsys) == ("", "align: stopped; start the same command again to go on\n")
