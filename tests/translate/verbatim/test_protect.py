import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.translate.verbatim.protect import has_words, peel, protected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Voir https://baie.example/a_b?c=1.", ["https://baie.example/a_b?c=1"]),
        ("(www.baie.example/plan)", ["www.baie.example/plan"]),
        ("à quai.nord@baie.example, dit @Quai_Nord", ["quai.nord@baie.example", "@Quai_Nord"]),
        ("#Régate et #2021 et #Açık2", ["#Régate", "#Açık2"]),
        ("une image pic.twitter.com/aB3", ["pic.twitter.com/aB3"]),
        ("#حلب et @quai@masto.example, #İdlib'de", ["#حلب", "@quai@masto.example", "#İdlib"]),
        ("👉https://baie.example/a🎉", ["https://baie.example/a"]),
        ("اقرأ https://baie.example/a، ثم", ["https://baie.example/a"]),
        ("C# et &#233; et x@y", []),
        ("rien à voir ici @ 5 # 7", []),
    ],
)
def test_protected(text, expected):
    assert protected(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RT @baie: Le port ouvre. #port https://t.co/x1", ("RT @baie: ", "Le port ouvre.", " #port https://t.co/x1")),
        ("Le port ouvre, dit @baie.", ("", "Le port ouvre, dit @baie.", "")),
        ("@baie annonce la régate", ("", "@baie annonce la régate", "")),
        ("@baie @quai", ("", "", "@baie @quai")),
        ("RT @baie: le port ouvre", ("RT @baie: ", "le port ouvre", "")),
        ("- 🔴 Le port ouvre 🎉🎉 ", ("- 🔴 ", "Le port ouvre", " 🎉🎉 ")),
        ("Voir https://baie.example/a.", ("", "Voir", " https://baie.example/a.")),
        ("Il vend KıyıX™", ("", "Il vend KıyıX™", "")),
        ("A. Dupont", ("", "A. Dupont", "")),
    ],
)
def test_peel(text, expected):
    assert peel(text) == expected


@given(st.text(max_size=60))
def test_peel_loses_nothing(text):
    assert "".join(peel(text)) == text


@pytest.mark.parametrize(("text", "expected"), [("12.30 – ***", False), ("@baie #port", False), ("à 12.30", True)])
def test_has_words(text, expected):
    assert has_words(text) is expected


@pytest.mark.parametrize("unit", ["a", " ", "@ab ", "#a ", "🇫", "RT @ab: ", "a@b", "https://., ", "www."])
def test_peeling_takes_time_in_proportion(unit):
    assert "".join(peel("x" + unit * 20_000 + "x")) == "x" + unit * 20_000 + "x"


@given(st.text("ab@#/ .:é1", max_size=30))
def test_words_are_what_is_left_without_protected_strings(text):
    rest = text
    for item in protected(text):
        rest = rest.replace(item, " ", 1)
    assert has_words(text) == any(letter.isalpha() for letter in rest)
