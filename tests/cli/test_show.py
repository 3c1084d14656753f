import re

import pytest

from align.cli.main import main
from tests.runs import Run


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return Run().write(tmp_path_factory.mktemp("run")).path


@pytest.fixture
def show(finished, capsys, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")

    def run(*arguments, columns=120, folder=finished):
        monkeypatch.setenv("COLUMNS", str(columns))
        assert main(["show", str(folder), *arguments]) == 0
        return capsys.readouterr().out

    return run


def widest(text):
    return max(len(line.rstrip()) for line in text.splitlines())


def test_families_are_listed(show):
    out = show()
    assert re.search(r"1 +\S.*liman.* 5 +1 +quai +4 March 2021", out)
    assert "0.95" in out


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(show, columns):
    for arguments in ([], ["--family", "1"], ["2"], ["m6"]):
        assert widest(show(*arguments, columns=columns)) <= columns


def test_a_pair_stands_side_by_side_where_there_is_room(show):
    wide, narrow = show("2"), show("2", columns=60)
    assert show("m1") == wide, "its id and its number are the same pair"
    assert re.search(r"quai +liman", wide)
    assert not re.search(r"quai +liman", narrow)
    for out in (wide, narrow):
        assert "French, as published" in out and "In English, by machine" in out
        assert "Numbers clash: 12 ≠ 14" in out
        assert "meaning 0.83" in out


def test_a_pair_below_the_threshold_can_be_shown(show):
    assert show("m6").startswith("unrelated  0.12  m6")


def test_passages_of_a_family_are_listed(show):
    lines = show("--family", "1").splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["1", "0.95"], ["2", "0.91"], ["3", "0.87"], ["4", "0.78"]]


def test_nothing_in_a_text_reaches_the_terminal_but_letters(show, tmp_path):
    run = Run()
    evil = "[bold]x[/bold] \x1b[31mred\x1b]0;title\x07 \u202egnirts"
    run.stories = [type(s)(s.id, s.document_id, s.span, evil, evil) for s in run.stories]
    run.matches = [_with(match, evil) for match in run.matches]
    run.families = [_renamed(family, evil) for family in run.families]
    folder = run.write(tmp_path).path
    for arguments in ([], ["--family", "1"], ["1"]):
        out = show(*arguments, folder=folder, columns=300)
        assert "[bold]x[/bold]" in out
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)


def _with(match, text):
    import dataclasses

    sides = {
        name: dataclasses.replace(getattr(match, name), text=text, english=text, outlet=text)
        for name in ("source", "target")
    }
    return dataclasses.replace(match, **sides)


def _renamed(family, text):
    import dataclasses

    members = tuple(dataclasses.replace(member, outlet=text) for member in family.members)
    return dataclasses.replace(family, members=members)


def test_a_run_without_families_says_so(show, tmp_path):
    assert show(folder=Run(matches=[]).write(tmp_path).path) == "No stories appear to share a source.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["nobody"], "no match 'nobody'; allowed: an id from matches.jsonl, or a number from 1 to 5"),
     (["6"], "no match '6'"), (["--family", "2"], "--family: 2 is no family of")],
)  # fmt: skip
def test_what_is_not_there_is_said(finished, capsys, arguments, said):
    assert main(["show", str(finished), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_without_a_run_is_refused(tmp_path, capsys):
    assert main(["show", str(tmp_path)]) == 2
    assert "not a finished run folder" in capsys.readouterr().err
