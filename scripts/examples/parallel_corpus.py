"""A parallel corpus from a folder of pages in two languages: copy it and change it.

    python scripts/examples/parallel_corpus.py PAGES fr en --out out/corpus

PAGES holds each page twice, as `NAME.fr.html` and `NAME.en.html` (or .txt). Pages are read as `align run` reads them,
their sentences aligned, and pairs of enough confidence written as TMX and as Moses files, without duplicates and cut
into train, validation and test between pages.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from align.bitext.sentences import align_sentences
from align.config import IngestConfig
from align.embed.use import UseM3
from align.export import Place, SourcedPair, Split, Treatment, export_pairs
from align.ingest.readers import read
from align.records import Document, Encoder, Pair
from align.text.sentences import split_sentences


def pages(folder: Path, language: str) -> dict[str, Document]:
    """The documents `NAME.LANGUAGE.*` of a folder, by NAME."""
    records = (record for record in read([folder], IngestConfig()) if isinstance(record, Document))
    named = ((record.id.rsplit(".", 2), record) for record in records)
    return {parts[0]: record for parts, record in named if len(parts) == 3 and parts[1] == language}


def pairs_of(
    name: str, ours: Document, theirs: Document, tags: tuple[str, str], encoder: Encoder
) -> Iterator[SourcedPair]:
    """The pairs of one page, each with the place that it stands in."""
    source, target = (list(split_sentences(document.text)) for document in (ours, theirs))
    beads = align_sentences(
        [span.of(ours.text) for span in source], [span.of(theirs.text) for span in target], encoder=encoder
    )
    for number, bead in enumerate(beads):
        left, right = source[slice(*bead.source)], target[slice(*bead.target)]
        if left and right:
            texts = [span.of(ours.text) for span in left], [span.of(theirs.text) for span in right]
            yield SourcedPair(
                Pair(
                    f"{name}:{number}",
                    *tags,
                    " ".join(texts[0]),
                    " ".join(texts[1]),
                    tuple(f"{ours.id}:{index}" for index in range(*bead.source)),
                    tuple(f"{theirs.id}:{index}" for index in range(*bead.target)),
                    bead.shape,
                    bead.score,
                    "bitext",
                ),
                Place(ours.id, ours.outlet, ours.url, ours.published, ours.sha256),
                Place(theirs.id, theirs.outlet, theirs.url, theirs.published, theirs.sha256),
                source_sentences=tuple(texts[0]),
                target_sentences=tuple(texts[1]),
            )


def build(folder: Path, tags: tuple[str, str], out: Path, least: float, encoder: Encoder) -> int:
    """Write the corpus, say what was done, and return how many pairs it has."""
    ours, theirs = pages(folder, tags[0]), pages(folder, tags[1])
    both = sorted(set(ours) & set(theirs))
    print(f"{len(both)} pages in both languages; in one alone: {', '.join(sorted(set(ours) ^ set(theirs))) or 'none'}")
    found = [pair for name in both for pair in pairs_of(name, ours[name], theirs[name], tags, encoder)]
    kept = [sourced for sourced in found if (sourced.pair.score or 0) >= least]
    print(f"{len(found)} pairs, {len(kept)} with a confidence of at least {least}")
    treatment = Treatment(deduplicate=True, split=Split((90, 5, 5)))
    for format in ("tmx", "moses"):
        summary = export_pairs(kept, format, out / format, name=folder.name, treatment=treatment)
        print(f"{format}: {summary.rows} pairs, {dict(summary.splits)}, left out: {dict(summary.left_out) or 'none'}")
    return summary.rows


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("source", help="language of one side, as in the files' names")
    parser.add_argument("target")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--min-score", type=float, default=0.6, help="confidence from which a pair is kept")
    given = parser.parse_args()
    build(given.pages, (given.source, given.target), given.out, given.min_score, UseM3())


if __name__ == "__main__":
    main()
