import pytest

from align.errors import InputError
from align.export import PairFilter
from align.export.selection import select_pairs
from align.records import Document


def ids(folder, **conditions):
    chosen = PairFilter(**{name: _set(value) for name, value in conditions.items()})
    return [sourced.pair.id for sourced in select_pairs(folder, chosen)]


def _set(value):
    return frozenset(value) if isinstance(value, tuple) else value


def test_no_condition_keeps_every_pair_in_order(run_folder):
    everything = ids(run_folder)
    assert everything[:2] == ["p0", "p1"]
    assert everything[-5:] == ["b1", "r1", "r2", "r3", "r4"]


def test_origin_language_and_score(run_folder):
    assert ids(run_folder, origins=("reuse",)) == ["r1", "r2"]
    assert ids(run_folder, origins=("reuse",), languages=("tr",)) == ["r1"]
    assert ids(run_folder, origins=("bitext",), min_score=0.7) == ["b1"], "r3 has no score, so it reaches none"
    assert ids(run_folder, origins=("bitext",), min_score=0.71) == []


def test_role_holds_for_every_segment_of_the_pair(run_folder):
    assert ids(run_folder, roles=("post",)) == ["p8"]
    assert "r3" not in ids(run_folder, roles=("dateline",)), "its target is body text"
    assert "r3" in ids(run_folder, roles=("dateline", "body"))


def test_flags(run_folder):
    assert "p8" in ids(run_folder, without_flags=("repetition",))
    assert "p8" not in ids(run_folder, without_flags=("number-mismatch",))
    assert set(ids(run_folder)) - set(ids(run_folder, without_flags=("any",))) == {"p8"}


def test_provenance_is_joined(run_folder):
    rows = {sourced.pair.id: sourced for sourced in select_pairs(run_folder, PairFilter())}
    assert rows["p8"].flags == ("number-mismatch", "low-score")
    assert (rows["p8"].model, rows["p8"].revision) == ("compact", "r1")
    place = rows["p8"].source_place
    assert place[:4] == ("page-2", "liman", "https://liman.example/haber/17", "2021-03-05T06:30")
    text = next(document for document in run_folder.read("documents", Document) if document.id == "page-2")
    assert place.sha256 == text.sha256
    assert text.text[slice(*rows["p8"].source_span)] == rows["p8"].pair.source
    assert rows["p8"].target_place is None, "a machine wrote it"
    assert rows["r1"].target_place.outlet == "quai"
    assert rows["r1"].model is None


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"origins": frozenset({"bitxt"})}, "unknown origin 'bitxt'; allowed: machine-translation"),
        ({"roles": frozenset({"title"})}, "unknown role 'title'"),
        ({"min_score": 0.5}, "needs exactly one origin"),
        ({"min_score": float("nan"), "origins": frozenset({"reuse"})}, "not a score: nan"),
        ({"min_score": 0.5, "origins": frozenset({"bitext", "reuse"})}, "needs exactly one origin"),
    ],
)
def test_conditions_that_mean_nothing_are_refused(conditions, said):
    with pytest.raises(InputError, match=said):
        PairFilter(**conditions)
