import pytest

from align.ingest.credits import dateline, named_in, photo_credits, self_references
from align.ingest.outlets import OutletTable
from tests.cases import cases

OUTLETS = OutletTable.load()


@cases("ingest/self_references.json")
def test_self_reference(case):
    found = self_references(case["input"], OUTLETS.find_names(case["input"], ambiguous=True))
    assert [[span.of(case["input"]), key] for span, key in found] == case["expected"]


@pytest.mark.parametrize(
    ("text", "opening", "key", "day"),
    [
        ("ISTANBUL, Oct 7 (Reuters) - A ship sailed.", "ISTANBUL, Oct 7 (Reuters) -", "reuters", "Oct 7"),
        ("KOZANLI (AA) - Baraj taştı.", "KOZANLI (AA) -", "aa", None),
        (
            "Valmer (Turquie), 12 avr. 2022 (AFP) – Le port",
            "Valmer (Turquie), 12 avr. 2022 (AFP) –",
            "afp",
            "12 avr. 2022",
        ),
        ("MOSCOW, October 8. /TASS/. The ship", "MOSCOW, October 8. /TASS/.", "tass", "October 8"),
        ("МОСКВА, 20 фев — РИА Новости. Корабль", "МОСКВА, 20 фев — РИА Новости.", "ria", "20 фев"),
        ("دمشق-سانا أخمدت فرق الإطفاء", None, None, None),
        ("دمشق-سانا: أخمدت فرق الإطفاء", "دمشق-سانا:", "sana", None),
        ("بيروت (رويترز) - قال مسؤول", "بيروت (رويترز) -", "reuters", None),
        ("KABYLIE (TAMURT) – Le port", "KABYLIE (TAMURT) –", None, None),
        ("Ankara (AFP) a démenti.", None, None, None),
        ("Invité de BFM-TV mardi, le maire a démenti.", None, None, None),
        ("Il pleut.", None, None, None),
    ],
)
def test_dateline(text, opening, key, day):
    found = dateline(text, OUTLETS)
    assert (found and found.span.of(text)) == opening
    assert (found and (found.outlet, found.day)) == (opening and (key, day))


def test_a_partner_is_named_with_its_preposition():
    text = "Le Monde avec l’AFP et Reuters"
    assert [(span.of(text), key) for span, key in named_in(text, OUTLETS)] == [
        ("Le Monde", "lemonde"),
        ("avec l’AFP", "afp"),
        ("et Reuters", "reuters"),
    ]


def test_photo_credits():
    text = "Chasseurs © Sputnik / Ilia Verestov © Mairie de Valmer"
    assert [(span.of(text), key) for span, key in photo_credits(text, OUTLETS)] == [
        ("© Sputnik / Ilia Verestov", "sputnik"),
        ("© Mairie de Valmer", None),
    ]
