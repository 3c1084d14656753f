import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.translate.protect import has_words, peel, protected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Voir https://baie.example/a_b?c=1.", ["https://baie.example/a_b?c=1"]),
        ("(www.baie.example/plan)", ["www.baie.example/plan"]),
        ("à quai.nord@baie.example, dit @Quai_Nord", ["quai.nord@baie.example", "@Quai_Nord"]),
        ("#Régate et #2021 et #Açık2", ["#Régate", "#Açık2"]),
        ("une image pic.twitter.com/aB3", ["pic.twitter.com/aB3"]),
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
