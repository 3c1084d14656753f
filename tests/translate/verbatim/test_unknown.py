import pytest

from align.translate.verbatim.unknown import copy_unknown, unknown_words


@pytest.mark.parametrize(
    ("output", "words", "expected"),
    [
        ("The word ⁇  is Chinese.", ["港"], ("The word 港 is Chinese.", True)),
        ("⁇  ⁇ ", ["港口"], ("港口", True)),
        ("from ⁇  to ⁇ .", ["港", "口"], ("from 港 to 口.", True)),
        ("Mc ⁇ x spoke", ["Mc港x"], ("Mc港x spoke", True)),
        ("by ⁇ , he said", ["Ŋala"], ("by Ŋala, he said", True)),
        ("from ⁇ ", ["港", "口"], ("from ⁇ ", False)),
        ("from there", ["港"], ("from there", False)),
        ("from there", [], ("from there", True)),
    ],
)
def test_unknown_words_are_copied_in_order_or_not_at_all(output, words, expected):
    assert copy_unknown(output, words) == expected


@pytest.mark.parametrize(
    ("text", "pieces", "expected"),
    [
        ("Le mot 港口, dit-il, est chinois", ["港", "口"], ["港口"]),
        ("Le poète Nguyễn parle ici", ["ễ"], ["Nguyễn"]),
        ("Ma sœur est ici", ["œ"], []),
        ("мир дружба", ["мир", "дружба"], []),
        ("Le ½ port", ["⁄"], []),
        ("这是一个很长的句子", ["很"], []),
        ("Le port", [], []),
    ],
)
def test_which_words_can_only_be_copied(text, pieces, expected):
    assert unknown_words(text, pieces) == expected
