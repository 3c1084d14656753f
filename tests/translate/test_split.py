from hypothesis import given
from hypothesis import strategies as st

from align.translate.split import fragments
from tests.cases import cases

ALPHABET = st.sampled_from([*"aéİ ,;:.!\n\u00a0\u0301@#«»1-–", "Le ", "mot", "https://a.example/b", "@bc ", "。"])
TEXTS = st.lists(ALPHABET, max_size=60).map("".join)


@cases("translate/split.json")
def test_what_the_model_is_given(case):
    limit = case["input"]["words"]
    parts = fragments(case["input"]["text"], lambda text: len(text.split()) <= limit)
    assert [part.text for part in parts if not part.verbatim] == case["expected"]


@given(TEXTS, st.integers(1, 30))
def test_nothing_is_lost_and_every_piece_fits(text, limit):
    parts = fragments(text, lambda piece: len(piece) <= limit)
    assert "".join(part.text for part in parts) == text
    assert all(len(part.text) <= limit for part in parts if not part.verbatim)


@given(TEXTS)
def test_pieces_have_words_and_no_white_space_around_them(text):
    pieces = [part.text for part in fragments(text, lambda piece: len(piece) <= 12) if not part.verbatim]
    assert all(piece == piece.strip() and any(letter.isalpha() for letter in piece) for piece in pieces)
