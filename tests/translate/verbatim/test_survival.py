"""What a model of one's own does to signs, marks and quotations, end to end."""

import pytest

from align.translate.verbatim.repair import repair
from align.translate.verbatim.signs import bare
from align.translate.verbatim.split import fragments
from tests.translate.conftest import opened


@pytest.fixture(scope="module")
def translate(tiny_marian):
    translator = opened(tiny_marian, max_length=40)

    def one(piece):
        return repair(piece, translator.translate([bare(piece)], source="fr")[0].text)

    return lambda text: "".join(
        part.text if part.verbatim else one(part.text)
        for part in fragments(text, lambda piece: len(piece.split()) < 20)
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("🔴 Le port est fermé. 🇫🇷", "🔴 The port is closed. 🇫🇷"),
        ("- Le port est fermé.\n- Yol açık.", "- The port is closed.\n- The road is open."),
        ("1. Le port est fermé.\r\n2. Yol açık.\r\n", "1. The port is closed.\r\n2. The road is open.\r\n"),
        ("  — La ville est calme.\t", "  — The town is calm.\t"),
        ("a) Liman kapalı.", "a) The port is closed."),
        ("Le port est fermé. 🎉 La ville est calme.", "The port is closed. 🎉 The town is calm."),
        ("★ Le port est fermé. ★ La ville est calme.", "★ The port is closed. ★ The town is calm."),
        ("Le port 👏 est fermé.", "The port 👏 is closed."),
        ("Liman kapalı. 👉https://baie.example/a 🎉🎉", "The port is closed. 👉https://baie.example/a 🎉🎉"),
        ("Le port est fermé.\u2028Yol açık.", "The port is closed.\u2028The road is open."),
    ],
)
def test_what_needs_no_model_survives_it(translate, source, expected):
    assert translate(source) == expected
