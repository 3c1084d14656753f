import json

import pytest

from align.errors import InputError
from align.evaluate.reuse import QuotePair, judge, read_quote_pairs
from align.records import Agreement, Evidence, Passage, PassageMatch, Span

DAM, GATE, CHOIR = "The old dam broke before nine.", "The gate gave way by nine.", "A choir sang in the park."
TEXTS = {"p": f"{DAM} {CHOIR}", "q": f"{CHOIR} {GATE}", "r": f"{DAM} Nobody saw it. {DAM}"}
EVIDENCE = Evidence(0.5, 0.0, Agreement(), Agreement(), 0.0, 0.0, 0.0)


def passage(document, quote, *, cut=0, after=0):
    text = TEXTS[document]
    begin = text.index(quote, after)
    span = Span(begin, begin + len(quote) - cut)
    return Passage(document, f"{document}:s0", None, span, span.of(text), span.of(text))


def match(source, target, score=0.8, name="m"):
    return PassageMatch(name, source, target, score, score >= 0.5, "rewrite", EVIDENCE)


def judged(matches, first=DAM, second=GATE):
    (found,) = judge(matches, TEXTS, [QuotePair(first, second, "rewrite", "")])
    return found


@pytest.mark.parametrize("turned", [False, True])
def test_a_pair_is_found_either_way_round(turned):
    sides = passage("p", DAM), passage("q", GATE)
    found = judged([match(*(sides[::-1] if turned else sides))])
    assert found.score == 0.8
    assert judged([match(*sides)], GATE, DAM).score == 0.8


def test_the_best_of_several_matches_is_taken():
    sides = passage("p", DAM), passage("q", GATE)
    found = judged([match(*sides, 0.3, "a"), match(*sides, 0.7, "b"), match(*sides, 0.7, "a"), match(*sides, 0.1, "c")])
    assert (found.match.id, found.score) == ("b", 0.7)


def test_a_match_that_holds_one_quotation_alone_is_none():
    found = judged([match(passage("p", DAM), passage("q", CHOIR)), match(passage("p", CHOIR), passage("q", GATE))])
    assert (found.match, found.score) == (None, 0.0)


def test_both_quotations_on_one_side_are_none():
    whole = Passage("p", "p:s0", None, Span(0, len(TEXTS["p"])), TEXTS["p"], TEXTS["p"])
    assert judged([match(whole, passage("q", GATE))], DAM, CHOIR).match is None


@pytest.mark.parametrize(("cut", "held"), [(0, True), (14, True), (len(DAM) - 3, True), (len(DAM), False)])
def test_half_of_the_shorter_is_enough(cut, held):
    source = passage("p", DAM, cut=cut) if cut < len(DAM) else passage("p", CHOIR)
    assert (judged([match(source, passage("q", GATE))]).match is not None) is held


def test_a_part_of_a_sentence_may_be_quoted():
    assert judged([match(passage("p", DAM), passage("q", GATE))], "old dam broke", "gate").score == 0.8


def test_less_than_half_of_the_quotation_is_too_little():
    source = Passage("p", "p:s0", None, Span(len(DAM) - 8, len(TEXTS["p"])), "", "")
    assert judged([match(source, passage("q", GATE))]).match is None


def test_the_same_words_in_several_places_are_found_in_each():
    twice = passage("r", DAM, after=10)
    assert twice.span.begin > 20
    assert judged([match(passage("p", DAM), twice)], DAM, DAM).score == 0.8
    assert judged([match(twice, passage("q", GATE))]).score == 0.8


def test_a_quotation_with_signs_is_taken_as_it_stands():
    with pytest.raises(InputError):
        judged([], "The .ld dam", GATE)


def test_a_quotation_in_no_document_is_refused():
    with pytest.raises(InputError, match=r"no document of the run holds the quotation 'The weir broke"):
        judged([], "The weir broke before nine.")


def test_no_pairs_no_judgements():
    assert judge([], TEXTS, []) == []


@pytest.fixture
def gold(tmp_path):
    def write(content):
        path = tmp_path / "gold.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


WHOLE = {"a": {"quote": DAM}, "b": {"quote": GATE}, "label": "rewrite", "why": "one communiqué"}


def test_a_gold_file_is_read(gold):
    bare = {name: value for name, value in WHOLE.items() if name != "why"}
    assert read_quote_pairs(gold({"pairs": [WHOLE, bare], "more": 1})) == [
        QuotePair(DAM, GATE, "rewrite", "one communiqué"),
        QuotePair(DAM, GATE, "rewrite", ""),
    ]


@pytest.mark.parametrize("missing", ["a", "b", "label"])
def test_a_pair_that_lacks_something_is_named(gold, missing):
    broken = {name: value for name, value in WHOLE.items() if name != missing}
    with pytest.raises(InputError, match=rf"gold\.json: pair 2 lacks '{missing}'; expected a\.quote, b\.quote"):
        read_quote_pairs(gold({"pairs": [WHOLE, broken]}))


@pytest.mark.parametrize("pair", [{**WHOLE, "a": {}}, {**WHOLE, "a": DAM}, "a pair", None, 3, [WHOLE]])
def test_a_pair_of_another_shape_is_named(gold, pair):
    with pytest.raises(InputError, match=r"gold\.json: pair 1 lacks"):
        read_quote_pairs(gold({"pairs": [pair]}))


@pytest.mark.parametrize("quote", ["", "  ", None, 7, ["x"]])
def test_an_empty_quotation_would_be_found_anywhere_and_is_refused(gold, quote):
    with pytest.raises(InputError, match="pair 1: not a quotation"):
        read_quote_pairs(gold({"pairs": [{**WHOLE, "b": {"quote": quote}}]}))


@pytest.mark.parametrize("content", ["", "no json", "[]", "{}", '{"pairs": null}', '{"pairs": {}}', '"pairs"'])
def test_what_is_no_gold_file_is_refused(gold, content):
    with pytest.raises(InputError, match=r"gold\.json: not a gold file.*expected"):
        read_quote_pairs(gold(content))


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="not a gold file"):
        read_quote_pairs(tmp_path / "nowhere.json")


def test_a_quotation_is_looked_for_only_where_the_gold_has_it():
    first, gate = ("r", Span(0, len(DAM))), ("q", passage("q", GATE).span)
    second = ("r", passage("r", DAM, after=5).span)
    found = match(passage("r", DAM, after=5), passage("q", GATE))

    def judged_at(*places):
        (item,) = judge([found], TEXTS, [QuotePair(DAM, GATE, "rewrite", "", places)])
        return item.match

    assert judged_at(first, gate) is None
    assert judged_at(second, gate) is judged_at(None, gate) is judged_at(second, None) is found


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("four", Span(0, 5)), "the run has no document 'four', which the gold quotes"),
        (("one", Span(1, 1 + len(DAM))), "does not stand at 1 to"),
        (("one", Span(900, 905)), "one: .* does not stand at 900 to 905"),
    ],
)
def test_a_quotation_that_is_elsewhere_is_refused(place, said):
    pair = QuotePair(DAM, GATE, "rewrite", "", (place, None))
    with pytest.raises(InputError, match=said):
        judge([], {"one": DAM, "two": GATE}, [pair])
