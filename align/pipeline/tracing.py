"""The stage that traces rewrites, from the files of a run folder to its files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from align.config import Config
from align.pipeline.stages import Progress
from align.records import Document, Encoder, PassageMatch, Segment, Story, Substitution, Translation
from align.reuse.families import gather_families
from align.reuse.sentences import read_sentences
from align.reuse.substitutions import substitutions
from align.reuse.trace import apply_threshold, score_passages
from align.reuse.windows import encode_windows
from align.runfolder import RunFolder, write_text

__all__ = ["trace_reuse", "write_traced"]


def trace_reuse(folder: RunFolder, config: Config, encoder: Encoder, progress: Progress) -> None:
    """`matches.jsonl`, `families.jsonl` and `substitutions.csv`."""
    stories = list(folder.read("stories", Story))
    segments = list(folder.read("segments", Segment))
    texts = {document.id: document.text for document in folder.read("documents", Document)}
    translations = {item.segment_id: item for item in folder.read("translations", Translation)}
    sentences = read_sentences(segments, translations)
    progress("encode", 0, len(sentences))
    windows = encode_windows([sentence.segment.text for sentence in sentences], encoder)
    progress("encode", len(sentences), len(sentences))
    scored = score_passages(sentences, stories, windows, config.reuse, texts=texts)
    sizes = Counter(sentence.segment.story_id for sentence in sentences)
    progress("reuse", len(scored), len(scored))
    languages = {segment.id: segment.language for segment in segments}
    write_traced(folder, stories, scored, sizes, languages, config.reuse.threshold)


def write_traced(
    folder: RunFolder,
    stories: Sequence[Story],
    scored: Iterable[PassageMatch],
    sizes: Mapping[str, int],
    languages: Mapping[str, str],
    threshold: float,
) -> None:
    """The three files of `trace_reuse` for a threshold; `sizes` counts the compared sentences of each story."""
    matches = apply_threshold(scored, threshold, sizes)
    write_text(folder["substitutions"], _as_csv(substitutions(matches, languages)))
    folder.write("families", gather_families(stories, matches, sizes))
    folder.write("matches", matches)


def _as_csv(lines: Sequence[Substitution]) -> str:
    """The ledger as CSV. A cell that a spreadsheet would run as a formula is led by an apostrophe."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["outlet_a", "outlet_b", "words_a", "words_b", "count", "matches"])
    for line in lines:
        words = [line.outlet_a, line.outlet_b, line.words_a, line.words_b]
        writer.writerow([*map(_defused, words), line.count, " ".join(line.matches)])
    return table.getvalue()


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
