"""The stage that traces rewrites, from the files of a run folder to its files."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from align.config import Config
from align.pipeline.shelf import Shelf, told_documents
from align.pipeline.spool import Spool
from align.pipeline.stages import Progress
from align.records import Encoder, PassageMatch, Segment, Story, Translation
from align.reuse.claims import claim_stories, with_claims
from align.reuse.facts import facts, retold_stories
from align.reuse.families import gather_families
from align.reuse.statements import read_tellings
from align.reuse.substitutions import substitutions
from align.reuse.trace import apply_threshold, trace
from align.runfolder import RunFolder, write_text

__all__ = ["trace_reuse", "write_traced"]


def trace_reuse(folder: RunFolder, config: Config, encoder: Encoder, progress: Progress) -> None:
    """`matches.jsonl`, `families.jsonl`, `substitutions.csv` and `facts.csv`."""
    place = folder.work / "tracing"
    shutil.rmtree(place, ignore_errors=True)  # of an attempt that was stopped
    place.mkdir(parents=True)
    stories = list(folder.read("stories", Story))
    found = Spool(place)
    with Shelf(place, stories) as shelf:
        columns, windows = shelf.survey(_counted(told_documents(folder), progress), encoder)
        numbers = Counter(columns.story.tolist())
        sizes = {stories[number].id: count for number, count in numbers.items()}
        for matches in trace(columns, windows, stories, config.reuse, shelf):
            found.add(matches)
            progress("reuse", len(found), None)
    write_traced(folder, stories, found, sizes, config.reuse.threshold)
    shutil.rmtree(place)


Kept = TypeVar("Kept")


def _counted(documents: Iterable[Kept], progress: Progress) -> Iterator[Kept]:
    for number, document in enumerate(documents, start=1):
        yield document
        progress("encode", number, None)


@dataclass(frozen=True, slots=True)
class _Decided:
    """Scored matches, flagged or not: read as often as one likes, in the order that they have."""

    scored: Iterable[PassageMatch]
    flagged: Mapping[str, PassageMatch]
    threshold: float
    sizes: Mapping[str, int]

    def __iter__(self) -> Iterator[PassageMatch]:
        for match in self.scored:
            flagged = self.flagged.get(match.id)
            yield flagged or apply_threshold([match], self.threshold, self.sizes)[0]


def write_traced(
    folder: RunFolder,
    stories: Sequence[Story],
    scored: Iterable[PassageMatch],
    sizes: Mapping[str, int],
    threshold: float,
) -> None:
    """The files of `trace_reuse` for a threshold; `sizes` counts the compared sentences of each story.

    `scored` holds the matches in their final order and is read several times; those that are flagged are held in
    memory. What stories state is read from the folder's segments and translations, of those stories alone that a
    flagged match or a match with a member of a family concerns.
    """
    likely = (match for match in scored if match.score >= threshold and not match.boilerplate)
    flagged = apply_threshold(likely, threshold, sizes)
    matches = _Decided(scored, {match.id: match for match in flagged}, threshold, sizes)
    families = gather_families(stories, flagged, sizes)
    wanted = claim_stories(families, matches) | retold_stories(flagged)
    segments, translations = folder.read("segments", Segment), folder.read("translations", Translation)
    tellings = read_tellings(wanted, stories, segments, translations)
    languages = {line.id: line.language for telling in tellings.values() for line in telling.lines}
    words = [
        ((line.outlet_a, line.outlet_b, line.words_a, line.words_b), line.count, line.matches)
        for line in substitutions(flagged, languages)
    ]
    write_text(folder["substitutions"], _as_csv(("outlet_a", "outlet_b", "words_a", "words_b"), words))
    told = [
        ((line.outlet, line.other, line.kind, line.fact), line.count, line.matches) for line in facts(flagged, tellings)
    ]
    write_text(folder["facts"], _as_csv(("outlet", "other", "kind", "fact"), told))
    folder.write("families", with_claims(families, matches, tellings))
    folder.write("matches", matches)


def _as_csv(names: Sequence[str], lines: Iterable[tuple[Sequence[str], int, Sequence[str]]]) -> str:
    """A ledger as CSV. A cell that a spreadsheet would run as a formula is led by an apostrophe."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([*names, "count", "matches"])
    for cells, count, matches in lines:
        writer.writerow([*map(_defused, cells), count, " ".join(matches)])
    return table.getvalue()


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
