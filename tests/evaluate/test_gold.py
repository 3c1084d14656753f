import copy

import pytest

from align.errors import InputError
from align.evaluate.gold import read_article_gold
from align.evaluate.reuse import read_quote_pairs
from align.records import Span
from tests.evaluate.event_run import gold, write_gold


@pytest.fixture
def changed(tmp_path):
    def write(change):
        content = copy.deepcopy(gold())
        change(content)
        return write_gold(tmp_path / "gold.json", content)

    return write


def test_sides_of_a_pair_are_put_in_order(changed):
    pair = read_article_gold(changed(lambda content: None)).pairs["a", "c"]
    assert (pair.a, pair.b, pair.label, pair.spans) == ("a", "c", "passage", ((Span(0, 10), Span(11, 21)),))


def test_a_gold_without_articles_has_none(changed):
    path = changed(lambda content: content.pop("article_pairs"))
    assert read_article_gold(path) is None
    assert len(read_quote_pairs(path)) == 6


def test_one_split(changed):
    path = changed(lambda content: None)
    assert set(read_article_gold(path, "test").documents) == {"g", "h"}
    assert read_article_gold(path, "test").boilerplate == (("h", Span(0, 10)),)
    assert [pair.label for pair in read_quote_pairs(path, "test")] == ["rewrite"]
    assert read_quote_pairs(path, "none") == []


@pytest.mark.parametrize(
    ("name", "index", "entry", "said"),
    [
        ("article_pairs", 1, {"class": "copy"}, "article pair 2: not a class: 'copy'; allowed: verbatim, rewrite"),
        ("article_pairs", 1, {"class": None}, "article pair 2: not a ArticlePair"),
        ("article_pairs", 0, {"b": "z"}, "article pair 1: no document 'z'; expected one that `documents` lists"),
        ("article_pairs", 0, {"passages": [{"a": [1, 3], "b": [1, 1]}]}, r"pair 1: no sentences \[1, 3\] in 'a'"),
        ("article_pairs", 0, {"passages": [{"a": [0, 1], "b": [1, 1]}]}, r"first and last, 1 to 2"),
        ("article_pairs", 0, {"passages": [{"a": [2, 1], "b": [1, 1]}]}, r"no sentences \[2, 1\]"),
        ("article_pairs", 0, {"passages": [{"a": [1], "b": [1, 1]}]}, r"no sentences \[1\]"),
        ("article_pairs", 0, {"passages": [{"a": [1, 1]}]}, "article pair 1: not a ArticlePair"),
        ("families", 1, {"members": ["g", "y"]}, "family 2: no document 'y'"),
        ("families", 0, {"members": "ab"}, "family 1: not a GoldFamily"),
        ("events", 1, {"dispatch": "x"}, "event 2: no document 'x'"),
        ("events", 0, {"independent_origins": "2"}, "event 1: not a GoldEvent"),
        ("documents", 2, {"sentences": [1, 2]}, "document 3: not a GoldDocument"),
        ("boilerplate", 0, {"places": [{"document": "w", "begin": 0, "end": 1}]}, "boilerplate 1: no document 'w'"),
        ("boilerplate", 1, {"places": [{"document": "a", "begin": 5, "end": 1}]}, "boilerplate 2: "),
    ],
)
def test_an_entry_that_is_wrong_is_named(changed, name, index, entry, said):
    with pytest.raises(InputError, match=said):
        read_article_gold(changed(lambda content: content[name][index].update(entry)))


@pytest.mark.parametrize("name", ["documents", "article_pairs", "families", "events", "boilerplate"])
def test_lists_are_lists_of_objects(changed, name):
    with pytest.raises(InputError, match=f"`{name}` is str; expected a list"):
        read_article_gold(changed(lambda content: content.update({name: "a"})))
    with pytest.raises(InputError, match="1: not an object: 'a'"):
        read_article_gold(changed(lambda content: content.update({name: ["a"]})))


@pytest.mark.parametrize(
    "place",
    [{"begin": 3}, {"end": 3}, {"begin": "0", "end": 3}, {"begin": 3, "end": 3}, {"begin": -1, "end": 3}],
)
def test_half_a_place_is_refused(changed, place):
    def change(content):
        side = content["pairs"][1]["a"]
        del side["begin"], side["end"]
        side.update(place)

    with pytest.raises(InputError, match="pair 2: not a place: 'a'"):
        read_quote_pairs(changed(change))


def test_a_place_needs_its_document(changed):
    with pytest.raises(InputError, match="pair 3: not a place: None"):
        read_quote_pairs(changed(lambda content: content["pairs"][2]["b"].pop("document")))
