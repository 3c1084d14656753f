"""Which alignments are held against which gold: one file, a folder of them, or a parallel text of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from align.errors import InputError
from align.evaluate.beads import IndexBead, read_gold
from align.records import Pair
from align.runfolder import FILES, RunFolder

__all__ = ["beads_against_gold", "beads_of_run"]

Reader = Callable[[Path], Iterable[IndexBead]]


def beads_against_gold(
    given: Path, gold: Path, *, read: Reader = read_gold, text: int | None = None
) -> list[tuple[list[IndexBead], list[IndexBead]]]:
    """Beads and gold beads of each document.

    `given` is a file that `read` reads, a run folder, whose parallel text number `text` is taken, or a folder of
    files; `gold` is then a folder too, with a `NAME.gold` for each file `NAME.*` of `given`.

    Raises InputError when a file has no counterpart or cannot be read, or a run has no such text.
    """
    if not given.is_dir():
        return [(list(read(given)), read_gold(gold))]
    if (given / FILES["pairs"]).exists():
        return [(beads_of_run(RunFolder(given), text), read_gold(gold))]
    wanted = {path.stem: path for path in sorted(gold.glob("*.gold"))}
    files = {path.stem: path for path in sorted(given.iterdir()) if path.is_file() and path.suffix != ".gold"}
    if not wanted or set(wanted) != set(files):
        odd = sorted(set(wanted) ^ set(files))
        raise InputError(
            f"{given}: neither a run folder nor a folder of alignments with one NAME.gold each in {gold}; "
            f"without counterpart: {', '.join(odd) or 'everything'}"
        )
    return [(list(read(files[name])), read_gold(wanted[name])) for name in sorted(wanted)]


def beads_of_run(folder: RunFolder, text: int | None = None) -> list[IndexBead]:
    """The beads of a run's parallel text, counted from 1; the only one where `text` is null.

    A run keeps beads with both sides alone, so its precision is not brought down by deletions.

    Raises InputError when there is no such text, or several and none was chosen.
    """
    texts: dict[str, list[IndexBead]] = {}
    for pair in folder.read("pairs", Pair):
        if pair.origin == "bitext":
            sides = [tuple(map(_index, side)) for side in (pair.source_segments, pair.target_segments)]
            texts.setdefault(pair.id.split(":")[1], []).append((sides[0], sides[1]))
    wanted = str(text) if text is not None else next(iter(texts), None)
    if wanted not in texts or (text is None and len(texts) > 1):
        have = ", ".join(texts) or "none"
        raise InputError(f"{folder.path}: no single parallel text to evaluate; texts: {have}; remedy: --text NUMBER")
    return texts[wanted]


def _index(segment: str) -> int:
    number = segment.rpartition(":")[2]
    if not (number.isascii() and number.isdigit()):
        raise InputError(f"not a sentence of a parallel text: {segment!r}; expected FILE:INDEX")
    return int(number)
