from hypothesis import given
from hypothesis import strategies as st

from align.translate.verbatim.edges import fit_edges
from align.translate.verbatim.protect import protected
from align.translate.verbatim.quotes import pair_quotes
from align.translate.verbatim.repair import repair
from tests.cases import cases

PARTS = st.sampled_from(
    [
        "Le ",
        "port ",
        "@port ",
        "@ port",
        "#port",
        "#Idlib",
        "+Idlib ",
        "https://a.example/b ",
        "https: //a.example/b ",
        "a@b.example",
        *'«»“”"„. ,a?',
        "👏",
        " ",
    ]
)
TEXTS = st.lists(PARTS, max_size=14).map("".join)


@cases("translate/repair.json")
def test_repair(case):
    assert repair(**case["input"]) == case["expected"]


@given(TEXTS, TEXTS)
def test_what_is_repaired_needs_no_repair(source, output):
    once = repair(source, output)
    assert protected(repair(source, once)).count("https://a.example/b") == protected(once).count("https://a.example/b")
    assert pair_quotes(source, pair_quotes(source, output)) == pair_quotes(source, output)


@given(TEXTS)
def test_a_faithful_copy_stays(text):
    assert repair(text, text) == text


@given(st.text("abcé 0123456789.,:;!?-'()\n", max_size=30), TEXTS)
def test_a_source_without_anything_to_copy_changes_nothing_but_the_edges(source, output):
    assert repair(source, output) == fit_edges(source, output)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_can_be_repaired(source, output):
    assert isinstance(repair(source, output), str)
