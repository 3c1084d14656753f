from hypothesis import given, settings
from hypothesis import strategies as st

from align.export import Treatment, export_pairs, export_run
from align.export.beads import read_pairs
from align.export.dedup import best_of_each, duplicate_key, only
from tests.export.nasty import LISTS, plain


def kept(*pairs):
    pairs = list(pairs)
    return [row.pair.id for row in only(pairs, best_of_each(pairs))]


def test_the_best_scored_is_kept_in_its_place():
    pairs = [plain("un", "one", name=name, score=score) for name, score in [("a", 0.1), ("b", 0.9), ("c", 0.5)]]
    assert kept(pairs[0], plain("deux", "two", name="x"), pairs[1], pairs[2]) == ["x", "b"]


def test_a_pair_without_a_score_goes_last_and_of_equals_the_first_is_kept():
    assert kept(plain("un", name="a", score=None), plain("un", name="b", score=0.0)) == ["b"]
    assert kept(plain("un", name="a"), plain("un", name="b")) == ["a"]
    assert kept(plain("un", name="a", score=None), plain("un", name="b", score=None)) == ["a"]


def test_scores_of_two_origins_are_never_compared():
    machine = plain("un", "one", name="mt", score=-0.1, origin="machine-translation")
    people = plain("un", "one", name="bitext", score=0.01)
    reuse = plain("un", "one", name="reuse", score=0.99, origin="reuse")
    assert kept(machine, people, reuse) == kept(reuse, people, machine) == ["bitext"]
    assert kept(reuse, machine) == ["mt"]


def test_case_spaces_and_compatible_letters_make_no_difference_but_words_do():
    one = duplicate_key(plain("Le  port\n", "The ﬁsh"))
    assert one == duplicate_key(plain("le port", "the FISH"))
    assert one != duplicate_key(plain("le ports", "the fish"))
    assert one != duplicate_key(plain("le port", "the fish", languages=("tr", "en")))
    assert duplicate_key(plain("a b", "c")) != duplicate_key(plain("a", "b c"))


@settings(max_examples=40)
@given(LISTS.flatmap(lambda pairs: st.permutations(pairs * 2)))
def test_one_of_each_is_left_and_it_is_the_best(pairs):
    left = list(only(pairs, best_of_each(pairs)))
    assert len(left) == len({duplicate_key(row) for row in pairs}) == len({duplicate_key(row) for row in left})
    for row in left:
        rivals = [o for o in pairs if duplicate_key(o) == duplicate_key(row) and o.pair.origin == row.pair.origin]
        assert all(o.pair.score is None or (row.pair.score or 0) >= o.pair.score for o in rivals if row.pair.score)


def test_what_was_removed_is_counted(run_folder, tmp_path):
    twice = [plain("un", "one", name="a"), plain("Un", "ONE", name="b", score=0.9), plain("deux", "two", name="c")]
    summary = export_pairs(iter(twice), "jsonl", tmp_path, treatment=Treatment(deduplicate=True))
    assert (summary.rows, summary.left_out) == (2, {"duplicate of a pair that is kept": 1})
    assert [row.pair.id for row in read_pairs(tmp_path / "align.jsonl")] == ["b", "c"]
    whole = export_run(run_folder, "jsonl", tmp_path)
    left = export_run(run_folder, "jsonl", tmp_path, treatment=Treatment(deduplicate=True))
    assert left.rows + sum(left.left_out.values()) == whole.rows
