import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from align.translate.verbatim.protect import SIGN
from align.translate.verbatim.signs import bare, put_back, sign_borders
from tests.cases import cases

SIGNS = regex.compile(SIGN, regex.V1)
PARTS = st.sampled_from(
    [*"aé .,!\u00a05", "mot ", "Mot ", "👏", "🇫🇷", "🇫", "👍🏽", "1️⃣", "→", "★", "™", "👨\u200d👩\u200d👧", "ş"]
)
TEXTS = st.lists(PARTS, max_size=30).map("".join)


@cases("translate/signs.json")
def test_taken_out_and_put_back(case):
    given_, expected = case["input"], case["expected"]
    unknown = given_.get("unknown", ())
    assert bare(given_["source"], unknown) == expected["bare"]
    assert put_back(given_["source"], given_["output"], unknown) == expected["output"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ouvert ! 🎉 Venez", ["Ouvert !", "Venez"]),
        ("Paris → Lyon", ["Paris", "Lyon"]),
        ("Le port est ouvert 🎉 La route reste fermée", ["Le port est ouvert", "La route reste fermée"]),
        ("Le ministre 🇫🇷 Dupont a parlé", ["Le ministre 🇫🇷 Dupont a parlé"]),
        ("Bravo 👏 les gars", ["Bravo 👏 les gars"]),
        ("Le prix de MarqueX™ Paris est connu hier", ["Le prix de MarqueX™ Paris est connu hier"]),
        ("ميناء مفتوح 🎉 والطريق مغلق", ["ميناء مفتوح 🎉 والطريق مغلق"]),
    ],
)
def test_where_signs_part_a_line(text, parts):
    begin, found = 0, []
    for signs in [*sign_borders(text), (len(text), len(text))]:
        found.append(text[begin : signs[0]])
        begin = signs[1]
    assert found == parts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("👨‍👩‍👧", 1),
        ("🇫🇷🇹🇷", 2),
        ("👍🏽", 1),
        ("1️⃣ #⃣", 2),
        ("❤️‍🔥", 1),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1),
        ("★→►✔™®©", 7),
        ("10 °C № 5 ½ 3 × 4 1 # * é ‼ \ufffd ㎞ ℃", 0),
    ],
)
def test_what_is_a_sign(text, count):
    assert len(SIGNS.findall(text)) == count


@given(TEXTS, TEXTS)
def test_no_sign_is_ever_lost(source, output):
    # what stands beside a sign may grow together with it to another sign (two halves of a flag): looked at as letters
    result = put_back(source, output)
    assert all(result.count(letter) >= source.count(letter) for letter in "👏★→™🏽")
    assert regex.sub(r"\s|" + SIGN, "", output, flags=regex.V1) in regex.sub(r"\s|" + SIGN, "", result, flags=regex.V1)


@given(TEXTS)
def test_the_model_is_given_no_sign_and_every_word(text):
    # a half of a flag may become whole beside another half
    assert "👏" not in bare(text)
    assert regex.findall(r"\p{L}", bare(text)) == regex.findall(r"\p{L}", SIGNS.sub("", text))


@given(st.text(max_size=40), st.text(max_size=40))
def test_an_output_of_a_source_without_signs_stays(source, output):
    if not SIGNS.search(source):
        assert put_back(source, output) == output
        assert bare(source) == source


def test_many_signs_do_not_cost_the_square():
    text = "mot 👏 " * 20_000
    assert put_back(text, bare(text)).count("👏") == 20_000
