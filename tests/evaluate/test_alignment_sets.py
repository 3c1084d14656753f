"""Hand-aligned documents: which side is the source, and gold that stays right when texts are joined and damaged."""

from pathlib import Path

import pytest

from align.errors import InputError
from align.evaluate.alignment_sets import AlignedDocument, damaged, join_documents, read_documents


def write(folder: Path, gold: str, **sides: str) -> Path:
    (folder / "set").mkdir(parents=True, exist_ok=True)
    (folder / "set" / "doc.gold").write_text(gold, encoding="utf-8")
    for language, text in sides.items():
        (folder / "set" / f"doc.{language}").write_text(text, encoding="utf-8")
    return folder


def test_the_side_that_fits_the_gold_is_the_source(tmp_path: Path) -> None:
    folder = write(tmp_path, "[0]:[0, 1]\n[1]:[2]\n", en="a\nb\nc\n", fr="x\ny\n")
    (document,) = read_documents(folder)
    assert document == AlignedDocument("set/doc", ["x", "y"], ["a", "b", "c"], [((0,), (0, 1)), ((1,), (2,))])


@pytest.mark.parametrize(
    ("sides", "message"),
    [({"en": "a\n"}, "1 texts beside the gold"), ({"en": "a\n", "fr": "b\n"}, "the gold ends at \\[1, 2\\]")],
)
def test_files_that_do_not_fit_are_refused(sides: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        read_documents(write(tmp_path, "[0]:[0, 1]\n", **sides))


def document(beads: int) -> AlignedDocument:
    """1-1 and 1-2 beads in turn; a target sentence begins with its source sentence."""
    gold, target = [], []
    for i in range(beads):
        own = [f"s{i} {part}" for part in range(1 + i % 2)]
        gold.append(((i,), tuple(range(len(target), len(target) + len(own)))))
        target += own
    return AlignedDocument("set/doc", [f"s{i}" for i in range(beads)], target, gold)


def assert_right(found: AlignedDocument) -> None:
    """The gold names every sentence once, and only sentences that belong together."""
    for side, texts in enumerate((found.source, found.target)):
        assert sorted(index for bead in found.gold for index in bead[side]) == list(range(len(texts)))
    for source, target in found.gold:
        assert all(found.target[j].startswith(f"{found.source[i]} ") for i in source for j in target)


def test_joined_documents_keep_their_gold() -> None:
    joined = join_documents("all", [document(3), document(4)])
    assert len(joined.source) == 7
    assert_right(joined)


def test_every_damage_keeps_the_gold_right() -> None:
    cases = damaged(document(120), [f"other {i}" for i in range(50)])
    assert len(cases) == 7
    for name, case in cases.items():
        if name != "unknown language":
            assert_right(case)
    assert len(cases["first 40 % missing"].target) == 108
    assert cases["halves swapped"].target[0] != "s0 0"
    assert sorted(cases["25-sentence blocks swapped"].target) == sorted(document(120).target)
    assert not any(c.isascii() and c.isalpha() for text in cases["unknown language"].target for c in text)
