import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.reuse.reading.sides import Side
from align.reuse.scoring.evidence import FEATURES, collect_evidence, most_copied, shared_wording, words_in_common
from align.text.shingles import longest_run
from tests.cases import cases
from tests.reuse.stories import rarities, sentence

TEXTS = (
    "Vingt-deux barques ont coulé au large de Valmer, a indiqué la préfecture.",
    "Au large de Valmer, 22 barques ont sombré, selon la préfecture.",
    "Selon les pêcheurs, 19 barques ont coulé : « la digue a cédé » près d’Orvanne.",
    "The prefecture said 22 boats had gone down off Valmer.",
    "“The wall gave way”, said Captain Holt, who counted 1,250 sandbags.",
    "Valmer açıklarında 22 tekne battı, kıyıda 5 kamyon kaldı.",
    "У берега Валмера затонули 22 лодки.",
    "غرقت ٢٢ قاربا قبالة الساحل مساء أمس",
    "12 12 12 12",
    "… « » — a b c d",
)
LANGUAGES = ("fr", "fr", "fr", "en", "en", "tr", "ru", "ar", "fr", "fr")
SENTENCES = [sentence(text, language) for text, language in zip(TEXTS, LANGUAGES, strict=True)]
RARITIES = rarities(SENTENCES)
NUMERIC = {"cosine": 0.7, "margin": 0.1, "clause": 0.8, "clause_margin": 0.2, "best": 0.1, "order": 0.3, "story": 0.4}


def hold(first, second, **numeric):
    return collect_evidence(Side((first,)), Side((second,)), rarity=RARITIES, **{**NUMERIC, **numeric})


def held(case):
    return hold(*(sentence(**case["input"][side]) for side in ("first", "second")))


@cases("reuse/evidence/numbers.json")
def test_numbers(case):
    found = held(case).numbers
    assert {part: list(getattr(found, part)) for part in ("same", "different", "missing")} == case["expected"]


@cases("reuse/evidence/names.json")
def test_names(case):
    found = held(case).names
    assert {part: list(getattr(found, part)) for part in ("same", "different", "missing")} == case["expected"]


@cases("reuse/evidence/attribution.json")
def test_attribution(case):
    found = held(case)
    assert found.attribution == case["expected"]
    assert found.features["same_claimant"] == max(case["expected"], 0)
    assert found.features["other_claimant"] == max(-case["expected"], 0)


@pytest.mark.parametrize("first", SENTENCES, ids=range(len(SENTENCES)))
@pytest.mark.parametrize("second", SENTENCES, ids=range(len(SENTENCES)))
def test_every_feature_is_finite_and_within_its_range(first, second):
    features = hold(first, second).features
    assert set(features) == {*FEATURES, "across"}
    assert features["across"] == (first.segment.language != second.segment.language)
    assert all(math.isfinite(value) for value in features.values())
    bounded = set(FEATURES) - {*NUMERIC, "numbers_different"}
    assert all(0 <= features[name] <= 1 for name in bounded)
    assert features["numbers_different"] in (0, 1, 2)
    assert {name: features[name] for name in NUMERIC} == NUMERIC


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=2), st.lists(st.sampled_from(SENTENCES), min_size=1))
def test_wide_sides_stay_within_their_range_as_well(first, second):
    found = collect_evidence(Side(tuple(first)), Side(tuple(second)), rarity=RARITIES, **NUMERIC)
    assert all(0 <= value <= 2 for value in found.features.values())


REPEATS = st.lists(st.sampled_from(["no", "dam", "the", "broke", "14"]), min_size=4, max_size=14)


def copied(first, second):
    return shared_wording(Side((sentence(first),)), Side((sentence(second),)), RARITIES)["run"]


@given(REPEATS, REPEATS)
def test_what_is_copied_is_the_same_either_way_round_and_within_its_bound(first, second):
    one, other = (Side((sentence(" ".join(words)),)) for words in (first, second))
    found = copied(" ".join(first), " ".join(second))
    assert found == copied(" ".join(second), " ".join(first))
    common, shorter = len(one.runs & other.runs), min(len(one.runs), len(other.runs))
    assert 0 <= found <= 1
    assert found <= most_copied(np.array([common]), np.array([shorter]))[0] + 1e-12
    assert (found > 0) == (common > 0) if common != 1 else found <= 1 / shorter


@given(
    st.lists(st.sampled_from(["no", "dam", "the", "broke", "of", "at", "boats"]), min_size=4, unique=True), st.data()
)
def test_the_longest_run_counts_up_to_nine_words(words, data):
    text = "we heard there " + " ".join(data.draw(st.permutations(words))) + " of it on that day and others"
    longest = longest_run(" ".join(words).split(), text.split())
    assert copied(" ".join(words), text) >= min(max(longest - 3, 0) / 6, 1)


def test_a_word_that_is_repeated_is_no_long_run():
    found = copied("no no no no no no no no no dam broke today", "so no no no boats went to the old town of Valmer")
    assert found == pytest.approx(1 / 4)  # of the four runs that the first has


def test_words_to_compare_or_none():
    french, turkish = sentence("Le barrage a cédé.", "fr"), sentence("Eski baraj dün çöktü.", "tr", "The dam broke.")
    assert shared_wording(Side((french,)), Side((turkish,)), RARITIES)["unread"] == 1
    assert shared_wording(Side((french,)), Side((french,)), RARITIES)["unread"] == 0
    english = sentence("The dam broke at noon.")
    assert shared_wording(Side((turkish,)), Side((english,)), RARITIES)["unread"] == 0


def test_what_is_known_of_wording_is_not_worked_out_again():
    one, other = Side((SENTENCES[0],)), Side((SENTENCES[1],))
    whole = shared_wording(one, other, RARITIES)
    assert words_in_common(one, other, 0.25, copied=True) == {**whole, "lexical": 0.25}
    assert words_in_common(one, one, 0.25, copied=False)["run"] == 0
    given_ = {"lexical": 0.25, "run": 0.5, "unread": 1.0}
    found = collect_evidence(one, other, rarity=RARITIES, wording=given_, **NUMERIC)
    assert {name: found.features[name] for name in given_} == given_
    assert found.lexical == 0.25


@pytest.mark.parametrize("first", SENTENCES[:5], ids=range(5))
@pytest.mark.parametrize("second", SENTENCES[:5], ids=range(5))
def test_evidence_is_the_same_either_way_round(first, second):
    one, other = hold(first, second).features, hold(second, first).features
    assert one == pytest.approx(other, abs=1e-12)


def test_the_same_count_of_other_things_weighs_little_in_one_language():
    other = hold(sentence("On a vu cinq camions hier.", "fr"), sentence("On a vu cinq mouettes au large.", "fr"))
    same = hold(sentence("On a vu cinq camions hier.", "fr"), sentence("On a vu 5 camions en tout.", "fr"))
    assert other.numbers.same == ("5",)
    assert other.features["numbers_same"] < 0.1 < 0.4 < same.features["numbers_same"]


def test_the_same_small_count_weighs_more_across_languages_since_the_things_cannot_be_compared():
    across = hold(sentence("On a vu cinq camions hier.", "fr"), sentence("Dün beş tekne görüldü.", "tr"))
    assert across.features["numbers_same"] > 0.3


def test_a_clash_counts_and_is_capped():
    first = sentence("There were 12 boats, 14 trucks and 16 carts in town.")
    second = sentence("There were 13 boats, 15 trucks and 17 carts in town.")
    found = hold(first, second)
    assert len(found.numbers.different) == 3
    assert found.features["numbers_different"] == 2
    assert found.features["numbers_missing"] == 0


def test_what_one_side_leaves_out_altogether_does_not_count_against_it():
    found = hold(sentence("There were 12 boats off Valmer."), sentence("There were boats off the cape."))
    assert found.numbers.missing == ("12",)
    assert found.features["numbers_missing"] == found.features["names_missing"] == 0


def test_a_number_that_only_one_of_two_counting_sides_has_counts_against():
    found = hold(sentence("There were 12 boats and 40 men."), sentence("There were 12 boats and a dog."))
    assert found.features["numbers_missing"] == pytest.approx(1 / 3)


def test_a_name_that_everybody_writes_says_nothing():
    common = [sentence(f"The town of Valmer and the boat {number} went down.") for number in range(30)]
    rare = sentence("The town of Valmer heard of Orvanne at noon.")
    held = rarities([*common, rare, rare])
    one, other = (
        collect_evidence(Side((first,)), Side((second,)), rarity=held, **NUMERIC).features["names_same"]
        for first, second in ((common[0], common[1]), (rare, rare))
    )
    assert one == 0 < 0.15 < other


def test_quotations_are_held_together_in_one_language_only():
    first = sentence("Le maire a dit : « la digue tiendra jusqu’au matin ».", "fr")
    second = sentence("« La digue tiendra jusqu’au matin », a dit le maire.", "fr")
    other = sentence("Le maire a dit : « nous partirons tous demain ».", "fr")
    english = sentence("“The dyke will hold until morning”, said the mayor.")
    assert hold(first, second).quote == pytest.approx(1)
    assert hold(first, other).quote == 0
    assert hold(first, english).quote == 0
    assert hold(first, sentence("La digue tiendra jusqu’au matin.", "fr")).quote == 0


def test_word_for_word_is_seen_in_the_own_language_and_through_english():
    words = "the dam above the old town broke shortly before nine on monday"
    assert hold(sentence(words), sentence(f"Officials say {words} evening.")).features["run"] == 1
    french = sentence("Le barrage a cédé.", "fr", "The old dam above the town broke on Monday evening.")
    english = sentence("The old dam above the town broke on Monday evening.")
    assert hold(french, english).features["run"] == 1
    assert hold(sentence("Le barrage a cédé.", "fr"), english).features["run"] == 0


def test_a_share_is_no_count():
    first, second = sentence("Turnout reached 40 percent in Valmer."), sentence("In Valmer 40 boats went down.")
    assert hold(first, second).numbers.same == ()
    assert hold(first, sentence("Some 40 percent voted.")).numbers.same[0].startswith("40%")


def test_a_date_counts_nothing():
    first, second = sentence("On 6 October the weir broke."), sentence("The weir broke on October 6.")
    assert hold(first, second).numbers.same == ()
    assert hold(sentence("Some 6 boats went down."), sentence("Down went 6 boats.")).numbers.same


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("on Monday", "on Thursday", 1), ("on Monday", "on Monday", 0), ("on Monday", "that day", 0), ("", "", 0)],
)
def test_another_day_speaks_against(one, other, expected):
    first, second = (sentence(f"The weir at Valmer broke {day}.") for day in (one, other))
    assert hold(first, second).features["other_day"] == expected


def test_moscow_stands_for_russia():
    first = sentence("Two boats went down, Moscow said.")
    second = sentence("Russia said two boats went down.")
    assert hold(first, second).attribution == 1
