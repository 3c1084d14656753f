import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from align.translate.verbatim.signs import bare
from align.translate.verbatim.split import fragments
from tests.cases import cases

ALPHABET = st.sampled_from(
    [
        *"aéİ ,;:.!\n\u00a0\u0301@#«»1-–",
        "Le ",
        "mot",
        "https://a.example/b",
        "@bc ",
        "。",
        "👏",
        "🇫🇷",
        "🇫",
        "👨\u200d👩",
        "★ ",
        "港",
        "\u200f",
        "\u2028",
        "- ",
        "2. ",
        "a) ",
        "“",
        "”",
        "ب",
        "، ",
        "ş",
        "\u0489",
    ]
)
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
    assert all(len(bare(part.text)) <= limit for part in parts if not part.verbatim)


@given(TEXTS)
def test_pieces_have_words_and_no_white_space_around_them(text):
    pieces = [part.text for part in fragments(text, lambda piece: len(piece) <= 12) if not part.verbatim]
    assert all(piece == piece.strip() and any(letter.isalpha() for letter in piece) for piece in pieces)


@given(st.text(max_size=80), st.integers(1, 20))
def test_any_text_at_all(text, limit):
    assert "".join(part.text for part in fragments(text, lambda piece: len(piece) <= limit)) == text


@given(TEXTS)
def test_no_character_as_a_reader_sees_it_is_cut(text):
    longest = max(map(len, regex.findall(r"\X", text)), default=1)
    borders, place = set(), 0
    for part in fragments(text, lambda piece: len(piece) <= longest):
        place += len(part.text)
        borders.add(place)
    # what stands beside a line break, a sign or white space is cut there, whatever it would combine with
    for match in regex.finditer(r"\p{L}\p{M}+", text):
        assert not any(match.start() < border < match.end() for border in borders)


@pytest.mark.parametrize(
    "unit", ["a", "mot ", "é, ", "港", "港。", "« a » ", "🇫🇷 a ", "x" + " " * 50, "e\u0301", "@ab ", "a\n", "("]
)
def test_a_very_long_line_takes_time_in_proportion(unit):
    def seconds(length):
        text = unit * (length // len(unit))
        begin = time.process_time()
        parts = fragments(text, lambda piece: len(piece) <= 600)
        assert "".join(part.text for part in parts) == text
        return time.process_time() - begin

    seconds(1_000)
    assert seconds(64_000) < 40 * max(seconds(8_000), 0.005)


def test_a_long_address_is_never_given_to_the_model():
    address = "https://baie.example/" + "a" * 500
    parts = fragments(f"Voir {address} pour tout", lambda piece: len(piece) <= 30)
    assert [part.text for part in parts if not part.verbatim] == ["Voir", "pour tout"]


def test_a_character_that_does_not_fit():
    with pytest.raises(ValueError, match="a single character does not fit: 'a'"):
        fragments("a", lambda piece: False)
