import itertools

from hypothesis import given
from hypothesis import strategies as st

from align.text.sentences import split_sentences
from tests.cases import cases


@cases("text/sentences.json")
def test_sentences(case):
    found = [span.of(case["input"]) for span in split_sentences(case["input"])]
    assert found == case["expected"]


pieces = st.sampled_from(
    [
        "M.",
        "T.C.",
        "3.",
        "…",
        "...",
        "»",
        "«",
        '"',
        "\n",
        "\n\n",
        " ",
        "\u00a0",
        "le",
        "Le",
        "İ",
        "@a",
        "。",
        "?!",
        "U.S.",
        "(",
        ")",
    ]
)


@given(st.lists(st.one_of(pieces, st.text(max_size=5))).map("".join))
def test_spans_hold_every_character_once(text):
    spans = split_sentences(text)
    assert all(len(span) for span in spans)
    assert all(a.end <= b.begin for a, b in itertools.pairwise(spans))
    assert all(span.of(text) == span.of(text).strip() for span in spans)
    kept = "".join(span.of(text) for span in spans)
    assert "".join(kept.split()) == "".join(text.split())
