import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from align.cli.main import main
from align.translate.store import registry
from align.translate.store.resolve import COMPACT_MODEL, DOCUMENTED_MODELS, DRAFT_NOTICE
from tests.model_folders import ct2_folder, marian_folder
from tests.translate.stub_hub import COMMIT, StubHub, running


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def align(capsys, *arguments):
    """Exit code, rows of stdout, stderr."""
    code = main(["models", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, [line.split("\t") for line in out.splitlines()], err


@pytest.mark.parametrize("action", [[], ["list"]])
def test_alone_it_lists(capsys, action):
    code, rows, err = align(capsys, *action)
    assert code == 0
    assert [(row[0], row[1], row[4], row[6]) for row in rows] == [
        ("fr", COMPACT_MODEL, "transformers", "draft"),
        ("tr", COMPACT_MODEL, "transformers", "draft"),
    ]
    assert err == DRAFT_NOTICE + "\n"


def test_settings_name_models(capsys, tmp_path):
    folders = {tag: marian_folder(tmp_path / f"model-{tag}") for tag in ("fr", "tr")}
    lines = "".join(f'{tag} = "{folder}"\n' for tag, folder in {**folders, "ar": folders["fr"]}.items())
    Path("align.toml").write_text(f"[translate.models]\n{lines}", encoding="utf-8")
    listed = align(capsys, "--config", "align.toml")
    assert listed == align(capsys, "list", "--config", "align.toml")
    assert listed == align(capsys, "--config", "align.toml", "list")
    code, rows, err = listed
    assert (code, err) == (0, "")
    assert [(row[0], row[1], row[3], row[6]) for row in rows] == [
        ("ar", "model-fr", "unknown", "named"),
        ("fr", "model-fr", "unknown", "named"),
        ("fr", COMPACT_MODEL, "see MODEL_CARD.md", "draft"),
        ("tr", "model-tr", "unknown", "named"),
        ("tr", COMPACT_MODEL, "see MODEL_CARD.md", "draft"),
    ]


def test_settings_that_name_an_unknown_language_end_with_2(capsys):
    Path("align.toml").write_text('[translate.models]\nklingon = "m"\n', encoding="utf-8")
    assert align(capsys, "--config", "align.toml")[0] == 2


@pytest.mark.parametrize("arguments", [["--json"], ["list", "--json"], ["--json", "list"]])
def test_json_lines(capsys, arguments):
    assert main(["models", *arguments]) == 0
    offers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [offer["language"] for offer in offers] == ["fr", "tr"]
    assert all(offer["used"] and offer["state"] == "draft" and offer["size"] > 20_000_000 for offer in offers)


def test_added_listed_checked_removed(capsys, tmp_path, home):
    folder = ct2_folder(tmp_path / "mes modèles" / "à huit bits")
    code, rows, err = align(capsys, "add", folder, "--language", "russian", "--language", "uk")
    assert (code, rows) == (0, [])
    assert err.startswith("à-huit-bits: reads ru uk; revision ")
    assert err.endswith(f" licence unknown -> {home / 'models' / 'à-huit-bits'}\n")
    listed = [row for row in align(capsys)[1] if row[0] in ("ru", "uk")]
    assert [(row[1], row[4], row[6]) for row in listed] == [("à-huit-bits", "ctranslate2", "installed")] * 2
    assert align(capsys, "check") == (0, [["à-huit-bits", "ok"], [COMPACT_MODEL, "ok"]], "")
    assert align(capsys, "remove", "à-huit-bits") == (0, [], "")
    assert registry.names() == []


def test_another_name_and_a_link(capsys, tmp_path):
    folder = marian_folder(tmp_path / "m")
    assert align(capsys, "add", folder, "--language", "ru", "--name", "second", "--link", "--quiet")[0] == 0
    assert registry.read("second").path == folder


def test_a_damaged_model_ends_a_check_with_4(capsys, tmp_path):
    align(capsys, "add", marian_folder(tmp_path / "m"), "--language", "ru")
    weights = registry.read("m").path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    code, rows, err = align(capsys, "check")
    assert code == 4
    assert [row[:2] for row in rows] == [["m", "damaged"], [COMPACT_MODEL, "ok"]]
    assert "model.safetensors: " in rows[0][2]
    assert "1 damaged; `align models remove NAME`" in err
    code, rows, err = align(capsys)
    assert (code, rows[-2][6]) == (0, "damaged")
    assert "`align models check` says how" in err


WRONG = [
    (["add", "m", "--language", "klingon"], 2, "--language: unknown language 'klingon'"),
    (["add", "m", "--language", "en"], 2, "languages of a model: ['en']"),
    (["add", "m", "--language", "ru", "--name", "../x"], 2, "model name: not allowed: '../x'"),
    (["add", "none", "--language", "ru"], 4, "model 'none': no such folder"),
    (["add", ".", "--language", "ru"], 4, "lacks config.json"),
    (["fetch", "klingon"], 2, "LANGUAGE: unknown language 'klingon'"),
    (["fetch", "el"], 4, "no documented model for Greek (el)"),
    (["remove", "none"], 4, "model 'none' is not installed; installed: none"),
    (["remove", COMPACT_MODEL], 2, "comes with the package"),
    (["--config", "none.toml"], 2, "none.toml: cannot read the settings"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), WRONG)
def test_what_goes_wrong_is_told_on_one_line(capsys, tmp_path, arguments, code, message):
    marian_folder(tmp_path / "m")
    found, rows, err = align(capsys, *arguments)
    assert (found, rows) == (code, [])
    assert err.startswith("align: ")
    assert err.count("\n") == 1
    assert message in err
    assert registry.names() == []


@pytest.mark.parametrize("arguments", [["add", "m"], ["fetch"], ["remove"], ["mend"], ["add", "--language", "ru"]])
def test_what_the_parser_refuses_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as left:
        main(["models", *arguments])
    assert left.value.code == 2


def start(endpoint, home, *arguments):
    """`align models` in a process of its own, with a hub of its own."""
    hub = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home / "hub"), "HF_HUB_OFFLINE": ""}
    environment = {key: value for key, value in {**os.environ, **hub}.items() if value}
    command = [sys.executable, "-m", "align", "models", *arguments]
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # whoever runs these tests in the background may have it ignored, and a child inherits that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def started(endpoint, home, *arguments):
    """Exit code, stdout and stderr of one that has ended."""
    process = start(endpoint, home, *arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_fetching_is_allowed_what_nothing_else_is(tmp_path, home):
    folder = marian_folder(tmp_path / "served", licence="apache-2.0")
    with running(StubHub(folder, DOCUMENTED_MODELS["fr"])) as hub:
        code, out, err = started(hub.endpoint, home, "fetch", "fr", "fra")
        assert (code, out) == (0, ""), err
        assert err.startswith(f"opus-mt-fr-en: reads fr; revision {COMMIT}; licence apache-2.0 -> ")
        asked = len(hub.asked)
        for arguments in ([], ["list", "--json"], ["check"], ["add", DOCUMENTED_MODELS["tr"], "--language", "tr"]):
            started(hub.endpoint, home, *arguments)
        assert len(hub.asked) == asked


def test_an_unfinished_download_is_told_of_by_a_check_and_can_be_removed(tmp_path, home, capsys):
    folder = marian_folder(tmp_path / "served", b"x" * 2_000_000)
    with running(StubHub(folder, DOCUMENTED_MODELS["fr"])) as hub:
        hub.cut = "model.safetensors"
        failed, _, err = started(hub.endpoint, home, "fetch", "fr")
    assert failed == 4
    assert "cannot be fetched" in err
    code, rows, err = align(capsys, "check")
    assert (code, rows) == (0, [[COMPACT_MODEL, "ok"]])
    assert "opus-mt-fr-en: 0." in err or "opus-mt-fr-en: 1." in err
    assert "of an unfinished download" in err
    assert align(capsys, "remove", "opus-mt-fr-en")[0] == 0
    assert align(capsys, "check")[2] == ""


def test_an_interrupted_fetch_stops_at_once_and_goes_on_when_started_again(tmp_path, home):
    folder = marian_folder(tmp_path / "served", b"x" * 2_000_000)
    with running(StubHub(folder, DOCUMENTED_MODELS["fr"])) as hub:
        hub.stalled = "model.safetensors"
        process = start(hub.endpoint, home, "fetch", "fr")
        assert hub.half_sent.wait(30)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)  # the hub is still silent
        assert process.returncode == 130
        assert "start the same command again" in err
        assert registry.names() == []
        hub.stalled = None
        assert started(hub.endpoint, home, "fetch", "fr")[0] == 0
        assert hub.bytes_of("vocab.json") == 1
    assert registry.names() == ["opus-mt-fr-en"]
