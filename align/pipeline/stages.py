"""The stages of a run, each from files of the run folder to files of the run folder.

A stage reads what earlier stages wrote, never what they held in memory: so a run that goes on after a kill computes
from the same bytes as one that was never stopped.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from align.config import Config
from align.errors import InputError
from align.ingest.outlets import OutletTable
from align.ingest.readers import read
from align.ingest.segments import structure
from align.language.identify import identify, identify_segments
from align.language.tags import normalize_tag
from align.lookup import Lookup, batches
from align.pipeline.parallel import ParallelText, bitext_pairs
from align.records import (
    Document,
    Encoder,
    Pair,
    PassageMatch,
    Rejected,
    Segment,
    Translation,
    Translator,
)
from align.runfolder import RunFolder, appending, dump, from_json, read_records, to_json, writing
from align.translate.route import Memory, remember, translate_unit, work_units

__all__ = [
    "Progress",
    "gather_quarantine",
    "not_flagged",
    "pair_up",
    "read_inputs",
    "reuse_pairs",
    "split_documents",
    "translate_all",
    "with_translations",
]

Progress = Callable[[str, int, int | None], None]
"""Called as (stage, records done, records in all, or None where that is not known)."""

Kept = TypeVar("Kept")


_BATCH = 256  # matches whose languages are asked for at a time

REJECTING = ("read", "translate")
"""Stages that turn records away, in the order of the quarantine."""


def rejected_path(folder: RunFolder, stage: str) -> Path:
    """Where a stage keeps the records that it turned away, until the quarantine is written."""
    return folder.work / f"rejected-{stage}.jsonl"


def _write_split(folder: RunFolder, name: str, stage: str, records: Iterable[Kept | Rejected]) -> None:
    """Write what passed under its own name and what did not beside it; the former last, since it marks the end."""
    with writing(folder[name]) as keep, writing(rejected_path(folder, stage)) as reject:
        for record in records:
            (reject if isinstance(record, Rejected) else keep)(record)


def read_inputs(folder: RunFolder, inputs: Sequence[Path], config: Config, progress: Progress) -> None:
    """`documents.jsonl` from files and folders."""
    _write_split(folder, "documents", "read", _counted(read(inputs, config.ingest), "read", progress))


def split_documents(folder: RunFolder, config: Config, progress: Progress) -> None:
    """`stories.jsonl` and `segments.jsonl`, with a language for each segment."""
    outlets = OutletTable.load(Path(config.ingest.outlets) if config.ingest.outlets else None)
    with writing(folder["segments"]) as write_segment, writing(folder["stories"]) as write_story:
        for document in _counted(folder.read("documents", Document), "structure", progress):
            stories, cut = structure(document, outlets)
            for story in stories:
                write_story(story)
            for segment in identify_segments(cut, config.identify, normalize_tag(document.language)):
                write_segment(segment)


def translate_all(
    folder: RunFolder, config: Config, translator_of: Callable[[str], Translator], progress: Progress
) -> None:
    """`translations.jsonl`, unit by unit; a unit that was finished before a kill is not done again."""
    part = folder.work / "translations.part"
    finished = itertools.islice(_units(part), _whole_lines(part))
    total = folder.count("segments")
    memory: Memory = {}
    done = 0
    with appending(part) as add:
        for unit in work_units(folder.read("segments", Segment)):
            records = next(finished, None)
            if records is None:
                records = translate_unit(
                    unit,
                    translator_of,
                    target=config.translate.target,
                    identify=identify,
                    memory=memory,
                )
                # what goes on is what was written, so that a resumed run cannot differ in a last digit
                line = dump({"records": [_tagged(record) for record in records]})
                records = _untagged(line)
                add(line)
            remember(memory, unit, records)
            done += len(unit)
            progress("translate", done, total)
    _write_split(folder, "translations", "translate", itertools.chain.from_iterable(_units(part)))
    part.unlink()


def _tagged(record: Translation | Rejected) -> dict[str, Any]:
    return {"kind": type(record).__name__, **to_json(record)}


def _untagged(line: str) -> list[Translation | Rejected]:
    items = json.loads(line)["records"]
    return [from_json(Rejected, item) if item["kind"] == "Rejected" else from_json(Translation, item) for item in items]


def _whole_lines(part: Path) -> int:
    """How many units an earlier attempt wrote whole; a torn last line, which may end inside a letter, is cut off."""
    if not part.exists():
        return 0
    with part.open("rb+") as file:
        count = length = 0
        for line in file:
            if line.endswith(b"\n"):
                count, length = count + 1, length + len(line)
        file.truncate(length)
    return count


def _units(part: Path) -> Iterator[list[Translation | Rejected]]:
    """The records of each unit in turn."""
    with part.open("rb") as file:
        for line in file:
            yield _untagged(line.decode("utf-8"))


def pair_up(folder: RunFolder, parallel: Sequence[ParallelText], encoder: Encoder, progress: Progress) -> None:
    """`pairs.jsonl`: each segment with its translation, beads of given parallel texts, and flagged passages."""

    def pairs() -> Iterator[Pair]:
        for segment, translation in _counted(with_translations(folder), "align", progress):
            if translation is not None and translation.outcome == "translated":
                yield _translated_pair(segment, translation)
            languages.add(segment.id, segment.language)
        for number, text in enumerate(parallel, start=1):
            yield from bitext_pairs(text, encoder, number)
        yield from reuse_pairs(folder, languages)

    with Lookup() as languages:
        folder.write("pairs", pairs())


def with_translations(folder: RunFolder) -> Iterator[tuple[Segment, Translation | None]]:
    """Each segment with its translation, where it has one; both files are read in step, since they have one order.

    Raises InputError for a translation that is of no segment, or out of order.
    """
    translations = folder.read("translations", Translation)
    following = next(translations, None)
    for segment in folder.read("segments", Segment):
        if following is not None and following.segment_id == segment.id:
            yield segment, following
            following = next(translations, None)
        else:
            yield segment, None
    if following is not None:
        name = folder["translations"]
        raise InputError(f"{name}: {following.segment_id!r} is no segment, or not in the order of segments.jsonl")


def reuse_pairs(folder: RunFolder, languages: Lookup) -> Iterator[Pair]:
    """The flagged passages of `matches.jsonl` as pairs; `languages` has a segment's language by its id."""
    for matches in batches(folder.read("matches", PassageMatch, skip=not_flagged), _BATCH):
        firsts = (side.segments[0] for match in matches for side in (match.source, match.target))
        known = languages.find(firsts)
        yield from (_reuse_pair(match, known) for match in matches)


def not_flagged(line: Mapping[str, Any]) -> bool:
    """Whether a line of `matches.jsonl` is of a passage pair that is not flagged."""
    return line.get("flagged") is False


def _translated_pair(segment: Segment, translation: Translation) -> Pair:
    return Pair(
        id=f"mt:{segment.id}",
        source_language=translation.source_language,
        target_language=translation.target_language,
        source=segment.text,
        target=translation.text,
        source_segments=(segment.id,),
        target_segments=(),
        shape="1-1",
        score=translation.score,
        origin="machine-translation",
    )


def _reuse_pair(match: PassageMatch, languages: Mapping[str, str]) -> Pair:
    return Pair(
        id=f"reuse:{match.id}",
        source_language=languages[match.source.segments[0]],
        target_language=languages[match.target.segments[0]],
        source=match.source.text,
        target=match.target.text,
        source_segments=match.source.segments,
        target_segments=match.target.segments,
        shape=f"{len(match.source.segments)}-{len(match.target.segments)}",
        score=match.score,
        origin="reuse",
    )


def gather_quarantine(folder: RunFolder) -> int:
    """`quarantine.jsonl` from what each stage turned away; returns how many records there are."""
    stages = [path for path in (rejected_path(folder, name) for name in REJECTING) if path.exists()]
    return folder.write("quarantine", (record for path in stages for record in read_records(path, Rejected)))


def _counted(records: Iterable[Kept], stage: str, progress: Progress) -> Iterator[Kept]:
    for number, record in enumerate(records, start=1):
        yield record
        progress(stage, number, None)
