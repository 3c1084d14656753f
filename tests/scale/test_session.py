"""What `--engine spark` needs, and what it says where that is missing. No Spark is started."""

import sys

import pytest

from align.cli.main import main
from align.errors import MissingDependencyError, ModelUnavailableError
from align.scale.session import check_java, open_session, pyspark_version, told_by_workers


def java(folder, line, code=0):
    """A JAVA_HOME whose java tells its version in such a line."""
    (folder / "bin").mkdir()
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho '{line}' >&2\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize("line", ['openjdk version "17.0.15" 2025-04-15', 'java version "21" 2023-09-19 LTS'])
def test_java_that_is_new_enough(tmp_path, monkeypatch, line):
    monkeypatch.setenv("JAVA_HOME", java(tmp_path, line))
    check_java()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('openjdk version "11.0.2" 2019-01-15', "is '11'"),
        ('java version "1.8.0_292"', "is '8'"),
        ("no version at all", "is 'no version at all'"),
    ],
)
def test_java_that_is_not(tmp_path, monkeypatch, line, told):
    monkeypatch.setenv("JAVA_HOME", java(tmp_path, line))
    with pytest.raises(MissingDependencyError, match=f"Java 17 or later.*{told}.*remedy: install Java 17"):
        check_java()


def test_java_that_does_not_start(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", java(tmp_path, "broken", code=1))
    with pytest.raises(MissingDependencyError, match="cannot be started"):
        check_java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(MissingDependencyError, match="cannot be started"):
        check_java()


def test_no_java(tmp_path, monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependencyError, match=r"no java was found.*remedy.*JAVA_HOME"):
        check_java()


def test_no_pyspark(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingDependencyError, match=r"remedy: pip install 'wire-align\[spark\]'"):
        pyspark_version()
    with pytest.raises(MissingDependencyError), open_session("local[2]"):
        pass


@pytest.mark.parametrize("command", ["run", "reuse"])
def test_the_command_line(tmp_path, monkeypatch, capsys, command):
    page = tmp_path / "page.txt"
    page.write_text("The port of Valmer closed on Thursday after the loss of twelve containers.", encoding="utf-8")
    given = [command, str(page), "--out", str(tmp_path / "out")]
    assert main([*given, "--engine", "spark"]) == 2
    assert "expected --master too" in capsys.readouterr().err
    assert main([*given, "--master", "local[2]"]) == 2
    assert "goes with --engine spark alone" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert main([*given, "--engine", "spark", "--master", "local[2]"]) == 1
    assert "pip install 'wire-align[spark]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_a_worker_raised_on_purpose_is_told():
    traceback = (
        "An exception\nTraceback:\n  File ...\nalign.errors.ModelUnavailableError: models/x: not here\n\n\tat java"
    )
    with pytest.raises(ModelUnavailableError, match="in a Spark worker: models/x: not here"), told_by_workers():
        raise RuntimeError(traceback)
    for other in ("align.errors.annotations: none", "ValueError: odd"):
        with pytest.raises(RuntimeError), told_by_workers():
            raise RuntimeError(other)
