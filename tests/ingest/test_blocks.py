import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.ingest.blocks import cut_blocks
from align.ingest.outlets import OutletTable
from align.records import Document, Mark, Span

OUTLETS = OutletTable.load()


def cut(text, **fields):
    return [
        (block.span.of(text), block.paragraph, block.role)
        for block in cut_blocks(Document("d", text, **fields), OUTLETS)
    ]


def texts(text):
    return [part for part, _, _ in cut(text)]


def test_blank_lines_part_paragraphs():
    assert cut(" Un. \n\n\n \t\nDeux.\r\n\r\nTrois.") == [("Un.", 0, None), ("Deux.", 1, None), ("Trois.", 2, None)]


def test_lines_that_stand_alone_are_parted_without_blank_lines():
    text = "Un incendie ravage le port\nPar Lina Ardent\nLes pompiers ont éteint le feu.\nLa route est coupée."
    assert texts(text) == text.split("\n")


def test_lines_wrapped_by_hand_are_one_paragraph():
    text = (
        "Les pompiers ont éteint mardi à l'aube l'incendie qui ravageait deux\nentrepôts du port, et personne n'a été"
        " blessé selon la mairie. Une\nenquête est ouverte et la route côtière restera fermée jusqu'à jeudi\nmatin."
    )
    assert texts(text) == [text]


def test_a_line_that_plainly_runs_on_is_joined():
    assert texts("Les pompiers ont éteint le feu et\nla route est coupée.") == [
        "Les pompiers ont éteint le feu et\nla route est coupée."
    ]


def test_a_post_over_several_lines_is_one_block():
    text = "Mairie de Valmer\n@mairie_valmer\nLe feu est éteint.\nMerci à tous."
    assert texts(text) == [text]


def test_what_is_cut_off_a_paragraph_keeps_its_number():
    text = "VALMER (AFP) – Les pompiers ont éteint mardi l’incendie du port. Détails à suivre Source: Sputnik\n\nFin."
    assert cut(text) == [
        ("VALMER (AFP) –", 0, "dateline"),
        ("Les pompiers ont éteint mardi l’incendie du port.", 0, None),
        ("Détails à suivre", 0, "boilerplate"),
        ("Source: Sputnik", 0, "attribution"),
        ("Fin.", 1, None),
    ]


def test_a_date_before_something_else_at_the_head_of_a_page():
    text = " date 2021-03 Image d’archives\n\nLes pompiers ont éteint le feu."
    assert [(part, role) for part, _, role in cut(text)][:2] == [
        ("date 2021-03", "boilerplate"),
        ("Image d’archives", None),
    ]


def test_a_date_that_is_a_whole_block_is_not_cut_twice():
    assert cut("DATE 2000/1;", marks=(Mark(Span(11, 12), "heading"),)) == [
        ("DATE 2000/1", 0, None),
        (";", 1, "heading"),
    ]


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("Le feu est éteint. (AFP)", "(AFP)"),
        ("Le feu est éteint. (avec AFP et Reuters)", "(avec AFP et Reuters)"),
        ("The fire is out.--Reuters", "--Reuters"),
        ("The fire is out. Source TRTWorld and agencies", "Source TRTWorld and agencies"),
        ("The fire is out. (Source: Syrian Coalition)", "(Source: Syrian Coalition)"),
        ("The fire is out. Reporting by Ada Marsh; Editing by Jo Reed", "Reporting by Ada Marsh; Editing by Jo Reed"),
        ("Пожар потушен. Источник: РИА Новости", "Источник: РИА Новости"),
        ("Le feu est éteint. (Valmer)", None),
        ("Il habite (Reuters) à Londres.", None),
        ("La source : l’armée", None),
        ("The fire is out. - the army", None),
    ],
)
def test_a_credit_at_the_end(text, credit):
    parts = cut(text)
    assert [part for part, _, role in parts if role == "attribution"] == ([credit] if credit else [])


def test_marks_are_blocks_with_their_role():
    text = "avant LEGENDE après. Source: AFP"
    marks = (Mark(Span(6, 13), "caption"),)
    assert cut(text, marks=marks) == [
        ("avant", 0, None),
        ("LEGENDE", 1, "caption"),
        ("après.", 2, None),
        ("Source: AFP", 2, "attribution"),
    ]


def test_of_overlapping_marks_the_first_and_longest_is_kept():
    marks = (
        Mark(Span(0, 3), "byline"),
        Mark(Span(0, 9), "post"),
        Mark(Span(5, 12), "caption"),
        Mark(Span(3, 99), "body"),
    )
    assert cut("un deux trois quatre", marks=marks) == [("un deux t", 0, "post"), ("rois quatre", 1, None)]


TEXTS = (
    st.text()
    | st.text(alphabet="aB. \n\r\t\u2028«»()—-@:©1")
    | st.lists(
        st.sampled_from(
            ["Valmer –", "(AFP)", "Source: AFP", "\n\n", "\n", " ", "Un mot", "fin.", "date 2020-02", "@nom", "✔"]
        )
    ).map("".join)
)
SPANS = st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))
MARKS = st.lists(st.builds(Mark, SPANS, st.sampled_from(["body", "heading", "post", "caption"])), max_size=4).map(tuple)


@given(TEXTS, MARKS)
def test_every_character_lies_in_exactly_one_block(text, marks):
    blocks = cut_blocks(Document("d", text, marks=marks), OUTLETS)
    covered = [0] * len(text)
    for block in blocks:
        part = block.span.of(text)
        assert part
        assert part == part.strip()
        for position in range(block.span.begin, block.span.end):
            covered[position] += 1
    assert all(count <= 1 for count in covered)
    assert all(count == 1 for character, count in zip(text, covered, strict=True) if not character.isspace())
    assert [block.span for block in blocks] == sorted(block.span for block in blocks)
    assert [block.paragraph for block in blocks] == sorted(block.paragraph for block in blocks)
