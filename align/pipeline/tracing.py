"""The stage that traces rewrites, from the files of a run folder to its files."""

from __future__ import annotations

import csv
import io
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import TypeVar

import numpy as np

from align.config import Config
from align.pipeline.shelf import Shelf, plain_stories, told_documents
from align.pipeline.spool import Spool
from align.pipeline.stages import Progress
from align.records import Agreement, Encoder, Evidence, Passage, PassageMatch, Segment, Story, Translation
from align.reuse.families import gather_families
from align.reuse.ledgers.claims import claim_stories, with_claims
from align.reuse.ledgers.facts import facts, retold_stories
from align.reuse.ledgers.statements import Tellings, read_tellings
from align.reuse.ledgers.substitutions import substitutions
from align.reuse.trace import apply_threshold, trace
from align.runfolder import RunFolder, write_text

__all__ = ["trace_reuse", "write_traced"]


def trace_reuse(folder: RunFolder, config: Config, encoder: Encoder, progress: Progress) -> None:
    """`matches.jsonl`, `families.jsonl`, `substitutions.csv` and `facts.csv`."""
    place = folder.work / "tracing"
    shutil.rmtree(place, ignore_errors=True)  # of an attempt that was stopped
    place.mkdir(parents=True)
    found = Spool(place)
    sizes = _trace_into(found, place, folder, config, encoder, progress)
    write_traced(folder, found, sizes, config.reuse.threshold)
    shutil.rmtree(place)


def _trace_into(
    found: Spool, place: Path, folder: RunFolder, config: Config, encoder: Encoder, progress: Progress
) -> dict[str, int]:
    """All matches; returns how many compared sentences each story has, by id."""
    stories = plain_stories(folder)
    with Shelf(place, stories) as shelf:
        columns, windows = shelf.survey(_counted(told_documents(folder), progress), encoder)
        for matches in trace(columns, windows, stories, config.reuse, shelf):
            found.add(matches)
            progress("reuse", len(found), None)
    counts = np.bincount(columns.story, minlength=len(stories)).tolist()
    return {story.id: count for story, count in zip(stories, counts, strict=True) if count}


Kept = TypeVar("Kept")


def _counted(documents: Iterable[Kept], progress: Progress) -> Iterator[Kept]:
    for number, document in enumerate(documents, start=1):
        yield document
        progress("encode", number, None)


@dataclass(frozen=True, slots=True)
class _Decided:
    """Scored matches, flagged or not: read as often as one likes, in the order that they have, the best first.

    `flagged` has those that are, by id, without what is read again.
    """

    scored: Iterable[PassageMatch]
    flagged: Mapping[str, PassageMatch]
    threshold: float
    sizes: Mapping[str, int]

    def __iter__(self) -> Iterator[PassageMatch]:
        for match in self.scored:
            known = self.flagged.get(match.id)
            if known is None:
                yield apply_threshold([match], self.threshold, self.sizes)[0]
            else:
                yield replace(match, flagged=True, match_class=known.match_class, run=known.run)

    def likely(self) -> Iterator[PassageMatch]:
        """Those that reach the threshold, all that are flagged among them; the rest is not read."""
        return _reaching(self, self.threshold)


def _reaching(matches: Iterable[PassageMatch], threshold: float) -> Iterator[PassageMatch]:
    return takewhile(lambda match: match.score >= threshold, matches)


def write_traced(folder: RunFolder, scored: Iterable[PassageMatch], sizes: Mapping[str, int], threshold: float) -> None:
    """The files of `trace_reuse` for a threshold; `sizes` counts the compared sentences of each story.

    `scored` holds the matches in their final order, the best first, and is read several times; of those that are
    flagged all is held in memory but texts and evidence. Stories and what they state are read from the folder's
    stories, segments and translations; statements of such stories alone that a flagged match or a match with a member
    of a family concerns.
    """
    flagged = _flagged(scored, sizes, threshold)
    matches = _Decided(scored, {match.id: match for match in flagged}, threshold, sizes)
    families = gather_families(folder.read("stories", Story), flagged, sizes)
    _write_ledgers(folder, matches, flagged)
    tellings = _tellings(folder, claim_stories(families, matches))
    folder.write("families", with_claims(families, matches, tellings))
    del tellings
    folder.write("matches", matches)


def _write_ledgers(folder: RunFolder, matches: _Decided, flagged: Sequence[PassageMatch]) -> None:
    """`substitutions.csv` and `facts.csv`."""
    tellings = _tellings(folder, retold_stories(flagged))
    languages = tellings.languages()
    words = [
        ((line.outlet_a, line.outlet_b, line.words_a, line.words_b), line.count, line.matches)
        for line in substitutions(matches.likely(), languages)
    ]
    write_text(folder["substitutions"], _as_csv(("outlet_a", "outlet_b", "words_a", "words_b"), words))
    told = [
        ((line.outlet, line.other, line.kind, line.fact), line.count, line.matches) for line in facts(flagged, tellings)
    ]
    write_text(folder["facts"], _as_csv(("outlet", "other", "kind", "fact"), told))


def _tellings(folder: RunFolder, wanted: Iterable[str]) -> Tellings:
    stories = folder.read("stories", Story)
    return read_tellings(wanted, stories, folder.read("segments", Segment), folder.read("translations", Translation))


def _flagged(scored: Iterable[PassageMatch], sizes: Mapping[str, int], threshold: float) -> list[PassageMatch]:
    """The matches that are flagged, without their texts and with no other evidence than their class is made of."""
    likely = (match for match in _reaching(scored, threshold) if not match.boilerplate)
    return apply_threshold(_bare(likely), threshold, sizes)


def _bare(matches: Iterable[PassageMatch]) -> Iterator[PassageMatch]:
    known: dict[float, Evidence] = {}
    for match in matches:
        run = match.evidence.features["run"]
        if run not in known:
            known[run] = Evidence(0.0, 0.0, Agreement(), Agreement(), 0.0, 0.0, 0.0, {"run": run})
        yield replace(match, source=_place(match.source), target=_place(match.target), evidence=known[run])


def _place(passage: Passage) -> Passage:
    return replace(
        passage,
        document_id=sys.intern(passage.document_id),
        story_id=sys.intern(passage.story_id),
        outlet=passage.outlet and sys.intern(passage.outlet),
        text="",
        english="",
        segments=tuple(map(sys.intern, passage.segments)),
    )


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
