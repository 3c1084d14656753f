import pytest

from align.errors import InputError
from align.evaluate.articles import Detection
from align.evaluate.families import BasisScores, b_cubed
from align.evaluate.gold import read_article_gold
from align.evaluate.run_articles import score_run
from align.evaluate.run_reuse import LabelScores, score_against_gold
from tests.evaluate.event_run import (
    BOTH,
    FAMILIES,
    FIRST,
    MATCHES,
    SECOND,
    family,
    gold,
    match,
    write_gold,
    write_run,
)


@pytest.fixture
def scores(tmp_path):
    def make(split="dev", content=None, **records):
        path = write_gold(tmp_path / "gold.json", content or gold())
        return score_run(write_run(tmp_path / "run", **records), read_article_gold(path, split))

    return make


def test_articles_by_hand(scores):
    found = scores().articles
    assert (found.pairs, found.positives) == (5, 3)
    # flagged: a-b and a-c, which are right, and a-d, which is not; b-c is missed
    assert found.by_match == Detection(2 / 3, 2 / 3, pytest.approx(2 / 3))
    # one family: a-b is right, a-d and b-d are not, and of b-d nothing is listed
    assert found.by_family == Detection(1 / 3, 1 / 3, pytest.approx(1 / 3))
    assert (found.unlisted_by_match, found.unlisted_by_family) == (0, 1)
    # .9 .6 0 against .7 0: what boilerplate scores does not count
    assert found.roc_auc == pytest.approx((2 + 1 + 0.5) / 6)
    assert found.confusion["rewrite"] == {"verbatim": 0, "rewrite": 1, "passage": 0, "same-event": 0, "unrelated": 1}
    assert found.confusion["passage"]["passage"] == found.confusion["same-event"]["passage"] == 1
    assert found.confusion["unrelated"]["unrelated"] == 1
    assert "verbatim" not in found.confusion


def test_a_flag_on_a_pair_that_is_not_listed_is_false(scores):
    found = scores(matches=[*MATCHES, match("m7", "b", "e", 0.9, "rewrite")])
    assert found.articles.by_match.precision == 0.5
    assert found.articles.unlisted_by_match == 1
    assert found.passages.precision < 1


def test_another_split_is_not_counted(scores):
    found = scores("test")
    assert (found.articles.pairs, found.articles.by_match.f1, found.articles.roc_auc) == (1, 1.0, None)
    assert (found.families.f1, found.events.right) == (1.0, 1.0)


def test_without_a_split_everything_is_counted(scores):
    assert scores(None).articles.pairs == 6


def test_passages_by_hand(scores):
    # given: 9 letters on either side of a-b, a-c, a-d; right are those of a-b and of a-c
    # wanted: 18 on either side of a-b, 9 of a-c, 9 of b-c
    assert scores().passages == Detection(36 / 54, 36 / 72, pytest.approx(2 * 36 / (54 + 72)))


def test_a_match_must_meet_a_passage_on_both_sides(scores):
    assert scores(matches=[match("m1", "a", "c", 0.9, "rewrite", spans=(FIRST, FIRST))]).passages.f1 == 0.0


def test_letters_that_two_matches_cover_count_once(scores):
    twice = [match("m1", "a", "b", 0.9, "rewrite"), match("m2", "b", "a", 0.9, "rewrite", spans=(BOTH, BOTH))]
    found = scores(matches=twice).passages
    assert (found.precision, found.recall) == (1.0, 36 / 72)


def test_families_by_hand(scores):
    # a and b share two of three on either side, c is alone in the run, d alone in the gold, e and f in both
    found = scores().families
    assert found.precision == pytest.approx((2 / 3 + 2 / 3 + 1 + 1 / 3 + 1 + 1) / 6)
    assert found.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)


def test_b_cubed_of_everything_in_one_group_has_low_precision():
    assert b_cubed(["abcd"], ["ab", "cd"], "abcd") == Detection(0.5, 1.0, pytest.approx(2 / 3))
    assert b_cubed([], ["ab", "cd"], "abcd") == Detection(1.0, 0.5, pytest.approx(2 / 3))
    assert b_cubed(["abx"], ["ab"], "ab").f1 == 1.0
    assert b_cubed([], [], []) == Detection(0.0, 0.0, 0.0)


def test_origins_by_hand(scores):
    found = scores(None).origins
    assert (found.families, found.found) == (2, 2)
    # of the second the outlet alone is known, under the name that the run gives to articles of that outlet
    assert (found.right, found.right_basis) == (1.0, 0.5)
    assert found.by_basis == {"credit": BasisScores(2, 2, 2)}


@pytest.mark.parametrize(
    ("families", "found", "right"),
    [
        ([family("f", "abd", "b:s1", "b", "credit")], 1, 0.0),
        ([family("f", "abd", None, "agence", "credit")], 1, 0.0),
        ([family("f", "ad", "a:s1", "agence", "credit")], 0, 0.0),
        ([family("f", "ad", "d:s1", "d", "credit"), family("g", "bc", "a:s1", "agence", "credit")], 1, 1.0),
        ([], 0, 0.0),
    ],
)
def test_which_origin_is_right(scores, families, found, right):
    origins = scores(families=families).origins
    assert (origins.found, origins.right) == (found, right)


def test_the_wrong_outlet_is_wrong_where_the_gold_has_no_article(scores):
    assert scores("test", families=[family("f", "gh", None, "tass", "credit")]).origins.right == 0.0


def test_origins_of_events_by_hand(scores):
    # family-1 counts 2 and c is in no family, which makes 3 of 2
    found = scores().events
    assert (found.events, found.right, found.mean_error) == (1, 0.0, 1.0)


def test_an_event_without_families_has_as_many_origins_as_articles(scores):
    assert scores(families=[]).events.mean_error == 2.0


def test_boilerplate_by_hand(scores):
    found = scores().boilerplate
    # in dev: f's second sentence, marked by its role; e's first, marked by m6; b's second, in m2 and not marked
    assert (found.places, found.matched, found.marks) == (3, 3, 2)
    assert (found.precision, found.recall, found.flagged) == (1.0, pytest.approx(2 / 3), 0)


def test_flags_between_two_places_of_boilerplate_are_counted(scores):
    added = [
        match("m7", "b", "f", 0.9, "rewrite", spans=(SECOND, SECOND)),
        match("m8", "a", "c", 0.9, "rewrite", boilerplate=True),
    ]
    found = scores(matches=[*MATCHES, *added]).boilerplate
    assert (found.flagged, found.precision) == (1, pytest.approx(2 / 3))


def test_no_marks_no_figures(scores):
    found = scores("test", matches=[]).boilerplate
    assert (found.places, found.matched, found.marks, found.precision, found.recall) == (1, 0, 0, 0.0, 0.0)


def test_quotations_in_their_places_by_hand(tmp_path):
    path = write_gold(tmp_path / "gold.json", gold())
    found = score_against_gold(write_run(tmp_path / "run"), path, split="dev")
    # all articles have one text: were the words looked up, each pair would be in each match
    assert (found.pairs, found.positives, found.found) == (5, 3, 3)
    assert (found.precision, found.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert found.by_label == {
        "rewrite": LabelScores(3, 2, 2),
        "same-event": LabelScores(1, 1, 1),
        "unrelated": LabelScores(1, 0, 0),
    }
    assert (found.by_languages["same"].pairs, found.by_languages["same"].f1) == (2, 1.0)
    assert (found.by_languages["across"].pairs, found.by_languages["across"].recall) == (3, 0.5)
    # one pair a bin: .9 and .6 are right, .7 is not; of the two at 0 one is
    assert found.calibration_error == pytest.approx((0.1 + 0.4 + 0.7 + 0.5 + 0.5) / 5)
    assert found.calibration_error_found == pytest.approx((0.1 + 0.4 + 0.7) / 3)


def test_a_split_that_is_none_is_refused(tmp_path):
    path = write_gold(tmp_path / "gold.json", gold())
    with pytest.raises(InputError, match="no pair to evaluate against in the split 'Dev'"):
        score_against_gold(write_run(tmp_path / "run"), path, split="Dev")


def test_an_article_that_the_run_lacks_is_named(tmp_path):
    content = gold()
    content["documents"].append({"id": "z", "split": "dev"})
    path = write_gold(tmp_path / "gold.json", content)
    with pytest.raises(InputError, match="the run has no document 'z', which the gold lists"):
        score_run(write_run(tmp_path / "run"), read_article_gold(path))


def test_a_family_of_a_story_that_is_not_there_is_named(scores):
    with pytest.raises(InputError, match="family-9 has the story 'y:s1', which the run does not list"):
        scores(families=[*FAMILIES, family("family-9", "ay", None, None, "unknown")])
