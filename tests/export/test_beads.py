import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from align.errors import InputError
from align.export import Recipe
from align.export.beads import read_pairs
from align.export.jsonl import write_jsonl
from tests.export.nasty import LISTS

BEADS = [
    {"source_indices": [0], "target_indices": [0, 1], "shape": "1-2", "score": 0.75, "source": ["Le port est fermé."],
     "target": ["The port", "is closed."], "method": "vectors"},
    {"source_indices": [1], "target_indices": [], "shape": "1-0", "score": 0.5, "source": ["Rien."], "target": []},
    {"source_indices": [2], "target_indices": [2], "shape": "1-1", "score": None,
     "source": ["Le bateau est parti hier soir."], "target": ["The ship left last night."]},
]  # fmt: skip


PAIR = (
    '{"id": "p", "source_language": "fr", "target_language": "en", "source": "un", "target": "one", "shape": "1-1", '
    '"source_segments": [], "target_segments": [], "score": 0.5, "origin": "bitext"}'
)


@pytest.fixture
def file(tmp_path):
    def write(*lines):
        path = tmp_path / "valmer.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        return path

    return write


def test_beads_become_pairs(file):
    first, second = read_pairs(file(*BEADS), ("fr", "en"))
    assert (first.pair.id, second.pair.id) == ("bitext:valmer:0", "bitext:valmer:2")
    assert (first.pair.source, first.pair.target) == ("Le port est fermé.", "The port is closed.")
    assert first.target_sentences == ("The port", "is closed.")
    assert first.pair.target_segments == ("valmer.target:0", "valmer.target:1")
    assert (first.pair.shape, first.pair.score, second.pair.score) == ("1-2", 0.75, None)
    assert first.pair.origin == "bitext"


def test_languages_are_those_given_else_those_stated_else_those_it_looks_like(file):
    def languages(path, given=None):
        return {(row.pair.source_language, row.pair.target_language) for row in read_pairs(path, given)}

    stated = [{**line, "source_language": "it", "target_language": "de"} for line in BEADS]
    assert languages(file(*stated)) == {("it", "de")}
    assert languages(file(*stated), ("fr", "en")) == {("fr", "en")}
    assert languages(file(*BEADS)) == {("fr", "en")}


def test_a_language_that_cannot_be_told_is_asked_for(file):
    empty = {**BEADS[0], "source": ["…"]}
    with pytest.raises(InputError, match="cannot tell the language of the source side; remedy: --source-language"):
        list(read_pairs(file(empty)))


@settings(max_examples=50)
@given(LISTS)
def test_pairs_come_back_with_their_provenance(pairs):
    with TemporaryDirectory() as folder:
        write_jsonl(pairs, Path(folder), Recipe())
        assert list(read_pairs(Path(folder) / "align.jsonl")) == pairs


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[]", "not a JSON object"),
        ("{", "not JSON Lines"),
        ("{}", "neither a bead"),
        (json.dumps({**BEADS[0], "target": "one"}), "`target` and `target_indices` are not two lists"),
        (json.dumps({**BEADS[0], "target_indices": [0]}), "not two lists of one length"),
        (json.dumps({**BEADS[0], "source": [3]}), "must hold texts"),
        (json.dumps({**BEADS[0], "source_indices": ["0"]}), "whole numbers"),
        (json.dumps({**BEADS[0], "score": "high"}), "not a score: 'high'"),
        (json.dumps({**BEADS[0], "score": float("nan")}), "not a score: nan"),
        (json.dumps({**BEADS[0], "score": float("-inf")}), "not a score: -inf"),
        (json.dumps({**BEADS[0], "score": 10**400}), "not a score: 1"),
        (PAIR.replace("0.5", "1" + "0" * 400), "not a score: 1"),
        (json.dumps({**BEADS[0], "score": True}), "not a score: True"),
        (PAIR.replace("0.5", "NaN"), "not a score: nan"),
        (json.dumps({"source_segments": []}), "not a Pair"),
    ],
)
def test_bad_lines_are_named(tmp_path, line, said):
    path = tmp_path / "x.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"x\.jsonl:2: .*{said}"):
        list(read_pairs(path, ("fr", "en")))
