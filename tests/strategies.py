"""Hypothesis strategies for records, with text that means harm."""

from __future__ import annotations

from hypothesis import strategies as st

from align import records

NASTY = st.sampled_from(
    [
        "",
        "\ud800",
        "\udfff x",
        "\x00\x07\x1b",
        "\r\n\t",
        "\u2028\u2029\x85\x0b\x0c\x1c",
        "خبر\u202e‮12",
        "😀",
        '"\\{}',
        "]]>",
    ]
)
TEXTS = st.one_of(NASTY, st.text(st.characters(), max_size=12), st.text(max_size=12))
SCORES = st.floats(-99, 99, allow_nan=False).map(lambda number: round(number, 6))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def _spans(draw):
    begin, end = sorted((draw(st.integers(0, 10**6)), draw(st.integers(0, 10**6))))
    return records.Span(begin, end)


st.register_type_strategy(records.Span, _spans())
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(float, SCORES)

# the record types that a run folder holds
RECORDS = {
    "documents": st.builds(records.Document, metadata=st.dictionaries(TEXTS, JSON, max_size=3)),
    "stories": st.builds(records.Story),
    "segments": st.builds(records.Segment),
    "translations": st.builds(records.Translation),
    "pairs": st.builds(records.Pair),
    "matches": st.builds(records.PassageMatch),
    "families": st.builds(records.WireFamily),
    "quarantine": st.builds(records.Rejected),
}
