import pytest

from align.translate.verbatim.unknown import unknown_words


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
