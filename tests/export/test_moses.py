from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.errors import InputError
from align.export import Recipe, SourcedPair, export_run
from align.export.lines import one_line
from align.export.moses import write_moses
from align.records import Pair
from tests.cases import cases


def pair(identity, source, target, languages=("fr", "en")):
    return SourcedPair(Pair(identity, *languages, source, target, (), (), "1-1", None, "bitext"), None)


def read(path):
    return path.read_text(encoding="utf-8").split("\n")[:-1]


@cases("export/one_line.json")
def test_one_line(case):
    assert one_line(case["input"]) == case["expected"]


def test_files_of_a_run(run_folder, tmp_path):
    summary = export_run(run_folder, "moses", tmp_path, name="valmer")
    names = {path.name for path in summary.files}
    assert {"valmer.fr-en.fr", "valmer.fr-en.en", "valmer.fr-en.ids", "valmer.tr-fr.tr", "valmer.ar-en.ar"} <= names
    assert dict(summary.left_out) == {"both sides in one language": 1, "empty side": 1}
    source, target, ids = (read(tmp_path / f"valmer.fr-en.{suffix}") for suffix in ("fr", "en", "ids"))
    assert (source[ids.index("b1")], target[ids.index("b1")]) == ("Un. Deux.", "One. Two.")
    assert source[ids.index("r4")] == "demi \ufffd mot"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=8))
def test_lines_stay_parallel_whatever_the_text(texts):
    with TemporaryDirectory() as folder:
        given = [pair(f"p{number}", *sides) for number, sides in enumerate(texts)]
        summary = write_moses(given, Path(folder), Recipe())
        assert summary.rows + sum(summary.left_out.values()) == len(texts)
        if summary.rows:
            sides = [(Path(folder) / f"align.fr-en.{suffix}").read_bytes().decode() for suffix in ("fr", "en", "ids")]
            # splitlines breaks at everything that some reader may break at
            assert {len(side.splitlines()) for side in sides} == {summary.rows}
            assert {side.count("\n") for side in sides} == {summary.rows}


@pytest.mark.parametrize("tag", ["../etc", "", "f", "fr/en", "fr.en"])
def test_a_language_that_is_no_tag_is_no_file_name(tmp_path, tag):
    with pytest.raises(InputError, match="pair 'p1': not a language tag"):
        write_moses([pair("p1", "un", "one", (tag, "en"))], tmp_path, Recipe())
    assert list(tmp_path.iterdir()) == []


def test_ids_lead_back_to_the_pairs(run_folder, tmp_path):
    export_run(run_folder, "moses", tmp_path)
    by_id = {pair.id: pair for pair in run_folder.read("pairs", Pair)}
    for identity, text in zip(read(tmp_path / "align.tr-en.ids"), read(tmp_path / "align.tr-en.tr"), strict=True):
        assert one_line(by_id[identity].source) == text
