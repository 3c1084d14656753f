"""TMX 1.4, the exchange format of translation memories (LISA 2005)."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from align.export.lines import encodable, stem_of
from align.export.outputs import outputs
from align.export.provenance import Place, SourcedPair
from align.export.summary import ExportSummary, Recipe, Tally
from align.export.xml import attribute, content, is_clean

__all__ = ["tmx_head", "tmx_tail", "tmx_unit", "write_tmx"]

_CHANGE = "control characters and lone surrogates, which XML cannot hold, became U+FFFD"
_CHECKSUM_DIGITS = 16


def write_tmx(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `NAME.fr-en.tmx` for each language pair, or `NAME.train.fr-en.tmx` and so on where there is a split.

    The properties go by the names of ParaCrawl's releases where there is one: `source-document`, `checksum-seg`,
    `type` and a score that is named after its scale. A pair without text on one side is left out. One unit is held
    in memory.
    """
    tally = Tally()
    with outputs(out) as writing, ExitStack() as stack:
        files: dict[str, IO[str]] = {}
        for sourced in pairs:
            pair = sourced.pair
            if not (pair.source.strip() and pair.target.strip()):
                tally.left_out["empty side"] += 1
                continue
            stem = stem_of(recipe.name, sourced)
            if stem not in files:
                files[stem] = stack.enter_context(writing.open(f"{stem}.tmx"))
                files[stem].write(tmx_head(pair.source_language))
            files[stem].writelines(tmx_unit(sourced))
            tally.take(sourced, None if is_clean(pair.source) and is_clean(pair.target) else _CHANGE)
        for file in files.values():
            file.write(tmx_tail())
    return tally.summary(writing.files)


def tmx_head(source_language: str) -> str:
    """Everything before the first unit. No reference to a DTD: readers that follow one would look for the file."""
    facts = {
        "creationtool": "align",
        "creationtoolversion": _version(),
        "segtype": "sentence",
        "o-tmf": "align",
        "adminlang": "en",
        "srclang": source_language,
        "datatype": "plaintext",
    }
    header = " ".join(f"{name}={attribute(value)}" for name, value in facts.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n<header {header}/>\n<body>\n'


def _version() -> str:
    try:
        return importlib.metadata.version("wire-align")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def tmx_tail() -> str:
    """Everything after the last unit."""
    return "</body>\n</tmx>\n"


def tmx_unit(sourced: SourcedPair) -> Iterator[str]:
    """The lines of one unit: its own properties, then each side's with its text."""
    pair = sourced.pair
    # segtype says that more than a sentence stands here
    segtype = "" if pair.shape == "1-1" else ' segtype="block"'
    yield f"<tu tuid={attribute(pair.id)}{segtype}>\n"
    if pair.score is not None:
        yield _prop(f"score-{pair.origin}", f"{pair.score:.6f}".rstrip("0").rstrip("."))
    yield _prop("type", pair.shape.replace("-", ":"))
    yield _prop("origin", pair.origin)
    for name, value in (("model", sourced.model), ("revision", sourced.revision)):
        if value:
            yield _prop(name, value)
    for flag in sourced.flags:
        yield _prop("flag", flag)
    yield from _side(pair.source_language, pair.source, pair.source_segments, sourced.source_place)
    yield from _side(pair.target_language, pair.target, pair.target_segments, sourced.target_place)
    yield "</tu>\n"


def _side(language: str, text: str, segments: tuple[str, ...], place: Place | None) -> Iterator[str]:
    yield f"<tuv xml:lang={attribute(language)}>\n"
    if place is not None:
        yield _prop("source-document", place.url or place.document_id)
        if place.outlet:
            yield _prop("outlet", place.outlet)
    for segment in segments:
        yield _prop("segment", segment)
    digest = hashlib.sha256(encodable(text).encode("utf-8")).hexdigest()
    yield _prop("checksum-seg", digest[:_CHECKSUM_DIGITS])
    yield f"<seg>{content(text)}</seg>\n</tuv>\n"


def _prop(kind: str, value: str) -> str:
    return f"<prop type={attribute(kind)}>{content(value)}</prop>\n"
