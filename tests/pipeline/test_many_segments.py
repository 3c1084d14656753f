"""Twenty thousand segments, killed in the middle: what was translated is not translated again."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.translate.conftest import tiny_marian  # noqa: F401 - a fixture

ARTICLES, SENTENCES = 400, 50
PLACES = ["port", "pont", "maire", "bateau", "convoi", "ministre", "camion", "soldat"]

# the first three stages, in a process that writes down every text that reaches the network
PROGRAM = """
import sys
from pathlib import Path
from align.config import load_config
from align.pipeline import stages
from align.runfolder import RunFolder
from align.translate.serving import translators
from align.translate.translator import MarianTranslator
dump, settings, out, log = map(Path, sys.argv[1:])
log = log.open("a", encoding="utf-8")
work = MarianTranslator.translate

def written(self, texts, *, source):
    results = work(self, texts, source=source)
    log.writelines(text + "\\n" for text in texts)
    log.flush()
    return results

MarianTranslator.translate = written
config, folder, silent = load_config(settings), RunFolder(out), lambda *progress: None
folder.work.mkdir(parents=True, exist_ok=True)
if not folder["segments"].exists():
    stages.read_inputs(folder, [dump], config, silent)
    stages.split_documents(folder, config, silent)
stages.translate_all(folder, config, translators(config.translate), silent)
"""


def sentence(article, place):
    return f"Le {PLACES[(article + place) % 8]} numéro {article * SENTENCES + place} est fermé."


@pytest.fixture
def dump(tmp_path):
    path = tmp_path / "dump.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for article in range(ARTICLES):
            lines = [sentence(article, place) for place in range(SENTENCES)]
            text = "\n\n".join(" ".join(lines[begin : begin + 10]) for begin in range(0, SENTENCES, 10))
            record = {"id": f"a{article}", "outlet": "Gazette", "language": "fr", "title": "", "text": text}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


@pytest.mark.slow
def test_a_run_killed_in_the_middle_translates_nothing_twice(dump, tiny_marian, tmp_path):  # noqa: F811
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[translate]\nbeams = 1\n[translate.models]\nfr = "{tiny_marian}"\n', encoding="utf-8")

    def start(name, log):
        environment = {**os.environ, "ALIGN_HOME": str(tmp_path / f"home of {name}")}
        files = [dump, settings, tmp_path / name, tmp_path / log]
        return subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, files)], env=environment)

    assert start("whole", "whole.log").wait(900) == 0
    killed = start("killed", "killed.log")
    while len(_lines(tmp_path / "killed.log")) < 10_000:
        assert killed.poll() is None
        time.sleep(0.05)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert len(_lines(tmp_path / "killed.log")) < 20_000
    assert start("killed", "again.log").wait(900) == 0

    whole = _lines(tmp_path / "whole.log")
    asked = _lines(tmp_path / "killed.log") + _lines(tmp_path / "again.log")
    assert len(whole) == len(set(whole)) == 20_000
    assert set(asked) == set(whole)
    assert len(asked) - len(set(asked)) <= 256  # at most the texts that were under way
    one, other = (tmp_path / name / "translations.jsonl" for name in ("whole", "killed"))
    assert one.read_bytes() == other.read_bytes()


def _lines(path):
    """The whole lines of a log; a process that is killed may leave a torn one at the end."""
    text = path.read_bytes() if path.exists() else b""
    return text[: text.rfind(b"\n") + 1].decode("utf-8").splitlines()
