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
from align.ingest.outlets import OutletTable
from align.ingest.readers import read
from align.ingest.segments import structure
from align.language.identify import identify, identify_segments
from align.language.tags import normalize_tag
from align.pipeline.parallel import ParallelText, bitext_pairs
from align.records import (
    Document,
    Encoder,
    Pair,
    PassageMatch,
    Rejected,
    Segment,
    Story,
    Translation,
    Translator,
)
from align.runfolder import RunFolder, dump, from_json, read_records, to_json, write_records
from align.translate.route import remember, translate_unit, work_units

__all__ = [
    "Progress",
    "gather_quarantine",
    "pair_up",
    "read_inputs",
    "reuse_pairs",
    "split_documents",
    "translate_all",
]

Progress = Callable[[str, int, int | None], None]
"""Called as (stage, records done, records in all, or None where that is not known)."""

Kept = TypeVar("Kept")


REJECTING = ("read", "translate")
"""Stages that turn records away, in the order of the quarantine."""


def rejected_path(folder: RunFolder, stage: str) -> Path:
    """Where a stage keeps the records that it turned away, until the quarantine is written."""
    return folder.work / f"rejected-{stage}.jsonl"


def _write_split(folder: RunFolder, name: str, stage: str, records: Iterable[Kept | Rejected]) -> None:
    """Write what passed under its own name and what did not beside it; the former last, since it marks the end."""
    rejected: list[Rejected] = []

    def passed() -> Iterator[Kept]:
        for record in records:
            if isinstance(record, Rejected):
                rejected.append(record)
            else:
                yield record
        write_records(rejected_path(folder, stage), rejected)

    folder.write(name, passed())


def read_inputs(folder: RunFolder, inputs: Sequence[Path], config: Config, progress: Progress) -> None:
    """`documents.jsonl` from files and folders."""
    _write_split(folder, "documents", "read", _counted(read(inputs, config.ingest), "read", progress))


def split_documents(folder: RunFolder, config: Config, progress: Progress) -> None:
    """`stories.jsonl` and `segments.jsonl`, with a language for each segment."""
    outlets = OutletTable.load(Path(config.ingest.outlets) if config.ingest.outlets else None)
    stories: list[Story] = []

    def segments() -> Iterator[Segment]:
        for document in _counted(folder.read("documents", Document), "structure", progress):
            found, cut = structure(document, outlets)
            stories.extend(found)
            yield from identify_segments(cut, config.identify, normalize_tag(document.language))
        folder.write("stories", stories)

    folder.write("segments", segments())


def translate_all(
    folder: RunFolder, config: Config, translator_of: Callable[[str], Translator], progress: Progress
) -> None:
    """`translations.jsonl`, unit by unit; a unit that was finished before a kill is not done again."""
    part = folder.work / "translations.part"
    finished = itertools.islice(_units(part), _whole_lines(part))
    total = sum(1 for _ in folder.read("segments", Segment))
    memory: Any = {}
    done = 0
    with part.open("a", encoding="utf-8") as file:
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
                file.write(line + "\n")
                file.flush()
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
    translations = {item.segment_id: item for item in folder.read("translations", Translation)}
    languages: dict[str, str] = {}

    def pairs() -> Iterator[Pair]:
        for segment in _counted(folder.read("segments", Segment), "align", progress):
            languages[segment.id] = segment.language
            translation = translations.get(segment.id)
            if translation is not None and translation.outcome == "translated":
                yield _translated_pair(segment, translation)
        for number, text in enumerate(parallel, start=1):
            yield from bitext_pairs(text, encoder, number)
        yield from reuse_pairs(folder, languages)

    folder.write("pairs", pairs())


def reuse_pairs(folder: RunFolder, languages: Mapping[str, str]) -> Iterator[Pair]:
    """The flagged passages of `matches.jsonl` as pairs; `languages` maps a segment's id to its language."""
    return (_reuse_pair(match, languages) for match in folder.read("matches", PassageMatch) if match.flagged)


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
