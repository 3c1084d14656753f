"""Pairs whose texts and ids mean harm to every format."""

from hypothesis import strategies as st

from align.export import Place, SourcedPair
from align.records import Pair

TEXTS = [
    "",
    " \t ",
    "plain",
    "a\tb\nc\r\nd\re",
    "she said \"no\", then 'yes'; x,y",
    '"',
    '=HYPERLINK("http://x.example";"y")',
    "'=1+1",
    " +1",
    "\t=1",
    "@SUM(A1)",
    "＝1+1",
    "- Oui.",
    "\\t is no tab \\",
    "خبر\u202e‮12‬ مرحبا",
    "שלום",
    "😀👨‍👩‍👧 \U0010ffff",
    "\x00nul \x07bell \x1b[31m \x7f \x9f",
    "\x85 \u2028 \u2029 \x0b \x0c \x1c \x1d \x1e",
    "half \ud800 pair \udfff",
    "\ufffe\uffff not characters \ufeff",
    "<seg>&amp; ]]> <!-- --> <?x?> &#0;",
    "e\u0301 é ﬁ",
    "NA",
    "null",
    "long " * 5000,
]
ANY = st.one_of(st.sampled_from(TEXTS), st.text(st.characters(), max_size=20))
IDS = st.one_of(st.sampled_from(["doc 1:0", "a/b%20:1", "page:12", ":", "x;y:3", "\ud800:0", "long:7"]), ANY)
SPANS = st.one_of(st.none(), st.tuples(st.integers(0, 9), st.integers(10, 99)))
PLACES = st.one_of(st.none(), st.builds(Place, IDS, st.none() | ANY, st.none() | ANY, st.none() | ANY, st.none()))
PAIRS = st.builds(
    Pair,
    id=IDS,
    source_language=st.sampled_from(["fr", "tr", "zh-Hant"]),
    target_language=st.sampled_from(["en", "fr"]),
    source=ANY,
    target=ANY,
    source_segments=st.lists(IDS, max_size=3).map(tuple),
    target_segments=st.lists(IDS, max_size=3).map(tuple),
    shape=st.sampled_from(["1-1", "2-1"]),
    score=st.none() | st.floats(-9, 1).map(lambda score: round(score, 6)),
    origin=st.sampled_from(["bitext", "machine-translation", "reuse"]),
)
SOURCED = st.builds(
    SourcedPair,
    PAIRS,
    PLACES,
    PLACES,
    st.none() | ANY,
    st.none() | ANY,
    st.lists(st.sampled_from(["repetition", "low-score"]), unique=True).map(tuple),
    SPANS,
    SPANS,
    split=st.just(None),
)
LISTS = st.lists(SOURCED, max_size=6)


def plain(source, target="target", *, name="p1", languages=("fr", "en"), **more):
    """A pair that is nothing but its texts."""
    fields = {"source_segments": (), "target_segments": (), "shape": "1-1", "score": 0.5, "origin": "bitext"} | more
    return SourcedPair(Pair(name, *languages, source, target, **fields))
