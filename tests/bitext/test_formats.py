import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.bitext.bead_files import read_beads
from align.bitext.explain import Explanation
from align.bitext.formats import LINE_FORMATS, TextBead, one_line, text_beads
from align.bitext.reasons import reason
from align.errors import InputError
from align.records import Bead
from tests.strategies import TEXTS

SOURCE = ["Le port.", "Deux quais.", "Trois\tbateaux\nau large.", "Fin."]
TARGET = ["The port.", "It has two quays.", "Three boats off shore.", "Rain.", "The end."]
BEADS = [
    Bead((0, 1), (0, 1), 0.98765),
    Bead((1, 1), (1, 2), 0.5),
    Bead((1, 3), (2, 3), 0.75),
    Bead((3, 4), (3, 5), 1.0),
]
EXPLANATION = Explanation(
    BEADS[2],
    {"cosine": 1.0, "cosine-1-1": 1.14, "cosine-over-hub": 0.2, "length-deviation": -0.31, "is-larger": -1.2},
    1.84,
    None,
)


@pytest.fixture
def rows():
    return text_beads(BEADS, SOURCE, TARGET, "vectors")


def lines(name, rows):
    return list(LINE_FORMATS[name](rows))


def test_tsv_holds_indices_confidence_and_text_together(rows):
    assert lines("tsv", rows)[1:3] == [
        "[]\t[1]\t0.5000\t\tIt has two quays.",
        "[1, 2]\t[2]\t0.7500\tDeux quais. Trois bateaux au large.\tThree boats off shore.",
    ]


def test_jsonl_holds_every_sentence_and_what_decided(rows):
    assert json.loads(lines("jsonl", rows)[2]) == {
        "source_indices": [1, 2],
        "target_indices": [2],
        "shape": "2-1",
        "score": 0.75,
        "method": "vectors",
        "source": ["Deux quais.", "Trois\tbateaux\nau large."],
        "target": ["Three boats off shore."],
    }


def test_languages_stand_in_jsonl_where_somebody_said_them():
    (row,) = text_beads(BEADS[:1], SOURCE, TARGET, "lengths", languages=("fr", "en"))
    line = json.loads(lines("jsonl", [row])[0])
    assert (line["source_language"], line["target_language"], line["method"]) == ("fr", "en", "lengths")


def test_vecalign_writes_a_cost(rows):
    assert lines("vecalign", rows) == ["[0]:[0]:0.0123", "[]:[1]:0.5000", "[1, 2]:[2]:0.2500", "[3]:[3, 4]:0.0000"]


def test_a_ladder_has_a_rung_before_each_bead_and_one_at_the_end(rows):
    assert lines("ladder", rows) == [
        "0\t0\t0.9877",
        "1\t1\t0.5000",
        "1\t2\t0.7500",
        "3\t3\t1.0000",
        "4\t5\t0.0000",
    ]


def test_hunalign_keeps_the_sentences_of_a_side_apart(rows):
    assert lines("hunalign", rows)[2] == "Deux quais. ~~~ Trois bateaux au large.\tThree boats off shore.\t0.7500"


@pytest.mark.parametrize("beads", [[BEADS[0], BEADS[2]], [BEADS[1]], [Bead((1, 2), (0, 1), 1.0)]])
def test_a_ladder_refuses_beads_that_leave_a_sentence_out_or_cross(beads):
    with pytest.raises(InputError, match="a ladder holds every sentence, in order"):
        lines("ladder", text_beads(beads, SOURCE, TARGET, "vectors"))


def test_a_reason_names_what_weighed_most_and_how_far_ahead_it_is():
    assert reason(EXPLANATION) == (
        "close vectors +2.1, shape -1.2, lengths -0.3, all else +0.2; nothing else was possible"
    )
    other = Explanation(BEADS[0], {"a-new-feature": 0.4}, 0.26, ((0, 1), (0, 2)))
    assert reason(other) == "a new feature +0.4; 0.3 ahead of [0]:[0, 1]"
    small = Explanation(BEADS[0], {"cosine": 0.01}, 0.26, ((0, 1), (0, 2)))
    assert reason(small) == "nothing weighed much; 0.3 ahead of [0]:[0, 1]"


def test_every_feature_of_the_aligner_has_words_of_its_own():
    from align.bitext.cost import BEAD_FEATURES, GAP_FEATURES

    for feature in (*BEAD_FEATURES, *GAP_FEATURES):
        said = reason(Explanation(BEADS[0], {feature: 1.0}, 0.0, None))
        assert not said.startswith(feature.replace("-", " ") + " +") or feature in ("cosine",)


def test_an_explanation_is_a_column_and_a_field():
    (row,) = text_beads([BEADS[2]], SOURCE, TARGET, "vectors", [EXPLANATION])
    assert lines("tsv", [row])[0].split("\t")[5] == reason(EXPLANATION)
    explained = json.loads(lines("jsonl", [row])[0])["explanation"]
    assert explained == {
        "reason": reason(EXPLANATION),
        "contributions": {name: pytest.approx(value) for name, value in EXPLANATION.contributions.items()},
        "margin": 1.84,
        "alternative": None,
    }
    endless = Explanation(BEADS[2], {}, float("inf"), ((1, 2), (2, 2)))
    (row,) = text_beads([BEADS[2]], SOURCE, TARGET, "vectors", [endless])
    explained = json.loads(lines("jsonl", [row])[0])["explanation"]
    assert (explained["margin"], explained["alternative"]) == (None, [[1], []])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc\r\nd", "a b c d"),
        (" a \u2028 b\u2029c\x85d\x0be\x0cf\x1cg\x00h ", "a b c d e f g h"),
        ("« mot\u00a0»\u202f!", "« mot\u00a0»\u202f!"),  # the spaces of French print stay
        ("\ud800x", "\ufffdx"),
        ("خبر\u202e12 😀", "خبر\u202e12 😀"),
        ("\n\t", ""),
    ],
)
def test_a_text_is_brought_onto_one_line(text, expected):
    assert one_line(text) == expected


@st.composite
def alignments(draw):
    """Rows of nasty sentences, in order and covering both sides."""
    rows, i, j = [], 0, 0
    for x, y in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(any), min_size=1, max_size=6)):
        score = round(draw(st.floats(0, 1)), 4)
        texts = [tuple(draw(st.lists(TEXTS, min_size=count, max_size=count))) for count in (x, y)]
        rows.append(TextBead(tuple(range(i, i + x)), tuple(range(j, j + y)), score, *texts, "vectors"))
        i, j = i + x, j + y
    return rows


def written(folder, name, rows):
    """The rows in a file; it must have a line for each of them, whatever a reader takes for a line's end."""
    data = "".join(f"{line}\n" for line in LINE_FORMATS[name](rows)).encode()
    assert len(data.decode().splitlines()) == len(rows) + (name == "ladder")
    (folder / name).write_bytes(data)
    return folder / name


@given(rows=alignments())
def test_jsonl_comes_back_as_it_was(rows, tmp_path_factory):
    assert read_beads(written(tmp_path_factory.mktemp("beads"), "jsonl", rows)) == rows


@pytest.mark.parametrize("name", ["tsv", "vecalign", "ladder"])
@given(rows=alignments())
def test_indices_and_confidence_come_back_whatever_the_sentences_hold(name, rows, tmp_path_factory):
    found = read_beads(written(tmp_path_factory.mktemp("beads"), name, rows))
    key = [(row.source_indices, row.target_indices, row.score) for row in rows]
    assert [(row.source_indices, row.target_indices, pytest.approx(row.score, abs=1e-9)) for row in found] == key


@given(rows=alignments())
def test_columns_stay_columns(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("beads")
    for name, columns in (("tsv", 5), ("hunalign", 3)):
        for line in written(folder, name, rows).read_text(encoding="utf-8").split("\n")[:-1]:
            assert len(line.split("\t")) == columns


def test_beads_of_other_tools_are_read(tmp_path):
    (tmp_path / "v").write_text("[0]:[0]:0.139\n\n[1, 2]:[]:0.0\n[]:[1]\n", encoding="utf-8")
    found = read_beads(tmp_path / "v")
    assert [(row.source_indices, row.target_indices, row.score) for row in found] == [
        ((0,), (0,), pytest.approx(0.861)),
        ((1, 2), (), 1.0),
        ((), (1,), None),
    ]
    (tmp_path / "l").write_text("\ufeff0\t0\t-0.3\r\n1\t2\t1.7\r\n1\t3\t0.25\r\n1 3\r\n4\t4\n", encoding="utf-8")
    found = read_beads(tmp_path / "l")
    assert [(row.source_indices, row.target_indices, row.score) for row in found] == [
        ((0,), (0, 1), None),
        ((), (2,), None),
        ((1, 2, 3), (3,), None),
    ]


def test_an_empty_file_holds_no_bead(tmp_path):
    (tmp_path / "e").write_text("\n \n", encoding="utf-8")
    assert read_beads(tmp_path / "e") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hello\n", ":1: not a bead: 'Hello'; expected"),
        ("[0]:[0]\n0\t0\n", ":2: not a bead"),
        ("[0]:[0]\n\n[0]:[1]\n", ":3: source sentence 0 occurs twice, first at"),
        ("[0]:[1, 1]\n", ":1: target sentence 1 occurs twice"),
        ("[-1]:[0]\n", ":1: not a list of sentence numbers"),
        ("[0]:[0]:x\n", ":1: not a number: 'x'"),
        ("0 0\n1 1\nx\n", ":3: not a rung"),
        ("0 0\n2 1\n1 2\n", ":3: rung 1 2 lies below the one before it, 2 1"),
        ("{}\n", ":1: source_indices: expected a list of int, got None"),
        ("{\n", ":1: not JSON"),
        ('{"source_indices": [true], "target_indices": []}\n', ":1: source_indices: expected a list of int"),
        ('{"source_indices": [-1], "target_indices": []}\n', "below 0"),
        ('{"source_indices": [0], "target_indices": [], "score": "1"}\n', ":1: score: expected float"),
        ('{"source_indices": [], "target_indices": []}\n[]\n', ":2: not a JSON object"),
    ],
)
def test_a_line_that_is_no_bead_is_named(tmp_path, text, message):
    (tmp_path / "f").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_beads(tmp_path / "f")
    assert message in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match="none: cannot read the beads"):
        read_beads(tmp_path / "none")
    (tmp_path / "latin").write_bytes(b"[0]:[0]\n\xe9")
    with pytest.raises(InputError, match="latin: cannot read the beads"):
        read_beads(tmp_path / "latin")
