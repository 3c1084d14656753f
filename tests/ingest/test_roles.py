import pytest

from align.ingest.blocks import cut_blocks
from align.ingest.outlets import OutletTable
from align.ingest.roles import assign_roles
from align.records import Document, Mark, Span
from tests.cases import cases


@pytest.fixture(scope="module")
def outlets():
    return OutletTable.load()


def roles_of(text, outlets, **fields):
    document = Document("d", text, **fields)
    return assign_roles(document, cut_blocks(document, outlets))


@cases("ingest/roles.json")
def test_case(case, outlets):
    assert roles_of("\n\n".join(case["input"]["blocks"]), outlets) == case["expected"]


def test_markup_is_believed_before_the_text(outlets):
    text = "Le port est fermé.\n\nUn incendie ravage les entrepôts du port de Valmer\n\nIl brûle encore."
    marks = (Mark(Span(0, 18), "caption"),)
    assert roles_of(text, outlets, marks=marks) == ["caption", "heading", "body"]


def test_a_block_that_repeats_the_title_is_a_heading(outlets):
    text = "Le port est fermé.\n\nIl le restera jusqu’à jeudi, a dit la mairie."
    assert roles_of(text, outlets) == ["body", "body"]
    assert roles_of(text, outlets, title="Le port est fermé") == ["heading", "body"]


def test_a_long_text_is_never_furniture_or_a_caption(outlets):
    text = "Lire aussi " + "et encore ce que disent les habitants du port de Valmer " * 10 + "."
    assert roles_of(text, outlets) == ["body"]
