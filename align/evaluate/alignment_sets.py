"""Hand-aligned documents: read from a folder, joined, and damaged on purpose with their gold kept right."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from align.errors import InputError
from align.evaluate.beads import IndexBead, read_gold

__all__ = ["AlignedDocument", "damaged", "join_documents", "read_documents"]

_SHARE = 0.4  # of the target that a partial document lacks
_DROPPED = 0.2  # of the target's sentences that are left out here and there
_INSERTED = 1000  # sentences of other documents
_BLOCK = 25  # target sentences in a block that changes place
_FOREIGN_LETTERS = 0x10A0  # a script that hardly any encoder was trained on (Georgian capitals, 38 letters)


@dataclass(frozen=True, slots=True)
class AlignedDocument:
    """Two texts and the beads that are right; `name` is "SET/DOCUMENT"."""

    name: str
    source: list[str]
    target: list[str]
    gold: list[IndexBead]


def read_documents(folder: Path) -> list[AlignedDocument]:
    """The documents of all sets in `folder`, sorted by name.

    A set is a folder with DOCUMENT.LANGUAGE (one sentence a line, twice) and DOCUMENT.gold. Of the two languages the
    one that fits the gold's left side is the source. Raises InputError where files are missing or fit in neither order.
    """
    return [_read_document(path) for path in sorted(folder.glob("*/*.gold"))]


def _read_document(path: Path) -> AlignedDocument:
    gold = read_gold(path)
    sides = [other for other in sorted(path.parent.glob(f"{path.stem}.*")) if other != path]
    if len(sides) != 2:
        raise InputError(f"{path}: {len(sides)} texts beside the gold; expected two, {path.stem}.LANGUAGE")
    texts = [side.read_text(encoding="utf-8").removesuffix("\n").split("\n") for side in sides]
    ends = [max((index + 1 for bead in gold for index in bead[side]), default=0) for side in (0, 1)]
    fits = [order for order in (texts, texts[::-1]) if all(len(t) >= end for t, end in zip(order, ends, strict=True))]
    if not fits:
        raise InputError(f"{path}: the gold ends at {ends}, the texts have {len(texts[0])} and {len(texts[1])} lines")
    source, target = min(fits, key=lambda order: sum(map(abs, (len(order[0]) - ends[0], len(order[1]) - ends[1]))))
    return AlignedDocument(f"{path.parent.name}/{path.stem}", source, target, gold)


def join_documents(name: str, documents: Iterable[AlignedDocument]) -> AlignedDocument:
    """One document after the other."""
    source: list[str] = []
    target: list[str] = []
    gold: list[IndexBead] = []
    for document in documents:
        i, j = len(source), len(target)
        gold += [(tuple(a + i for a in bead[0]), tuple(b + j for b in bead[1])) for bead in document.gold]
        source += document.source
        target += document.target
    return AlignedDocument(name, source, target, gold)


def damaged(document: AlignedDocument, others: Sequence[str]) -> dict[str, AlignedDocument]:
    """What texts meet in practice, done to the target; `others` are sentences of its language from elsewhere."""
    m, chance = len(document.target), random.Random(0)  # noqa: S311
    blocks = _blocks(document)
    half = min(range(1, len(blocks)), key=lambda at: abs(m - 2 * sum(map(len, blocks[:at]))), default=0)
    swapped = [block for at in range(0, len(blocks), 2) for block in reversed(blocks[at : at + 2])]
    kept: dict[str, list[int]] = {
        "first 40 % missing": list(range(int(_SHARE * m), m)),
        "middle 40 % missing": [*range(int((1 - _SHARE) / 2 * m)), *range(int((1 + _SHARE) / 2 * m), m)],
        "20 % dropped": [j for j in range(m) if chance.random() >= _DROPPED],
        "halves swapped": [j for block in (*blocks[half:], *blocks[:half]) for j in block],
        "25-sentence blocks swapped": [j for block in swapped for j in block],
    }
    cases = {name: _rearranged(document, order) for name, order in kept.items()}
    middle = m // 2
    inserted = list(others[:_INSERTED])
    shifted = _shifted(document.gold, lambda j: j + len(inserted) * (j >= middle))
    shifted += [((), (middle + j,)) for j in range(len(inserted))]
    target = [*document.target[:middle], *inserted, *document.target[middle:]]
    cases["1000 foreign inserted"] = AlignedDocument(document.name, document.source, target, shifted)
    unknown = [_in_unknown_script(text) for text in document.target]
    cases["unknown language"] = AlignedDocument(document.name, document.source, unknown, document.gold)
    return cases


def _blocks(document: AlignedDocument) -> list[range]:
    """The target in blocks of at least 25 sentences that cut no bead."""
    cuts, ends = [0], sorted(max(target) + 1 for _, target in document.gold if target)
    for end in ends:
        if end - cuts[-1] >= _BLOCK and all(max(t) < end or min(t) >= end for _, t in document.gold if t):
            cuts.append(end)
    m = len(document.target)
    if m - cuts[-1] < _BLOCK and len(cuts) > 1:
        cuts.pop()
    return [range(begin, end) for begin, end in zip(cuts, [*cuts[1:], m], strict=True)]


def _rearranged(document: AlignedDocument, order: Sequence[int]) -> AlignedDocument:
    """The document with only these target sentences, in this order."""
    place = {old: new for new, old in enumerate(order)}
    gold = _shifted(document.gold, place.get)
    return AlignedDocument(document.name, document.source, [document.target[j] for j in order], gold)


def _shifted(gold: Iterable[IndexBead], place: Callable[[int], int | None]) -> list[IndexBead]:
    """Gold with other target numbers; sentences that lost their partner stand one by one, as aligners give them."""
    beads: list[IndexBead] = []
    for source, target in gold:
        left = tuple(sorted(j for j in map(place, target) if j is not None))
        if source and left:
            beads.append((source, left))
        else:
            beads += [((i,), ()) for i in source] + [((), (j,)) for j in left]
    return beads


def _in_unknown_script(text: str) -> str:
    """Each Latin letter as a letter of another script, so that lengths and punctuation stay."""
    letters = (chr(_FOREIGN_LETTERS + (ord(c.lower()) * 7) % 38) if c.isalpha() else c for c in text)
    return "".join(letters)
