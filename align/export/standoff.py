"""Standoff: ids, offsets and hashes in place of texts that are not ours to pass on, and the way back to the texts.

Whoever holds copies of the documents makes a run of them and puts the pairs together again with `rebuilt_pairs`. A hash
tells whether a text is the same; it does not keep a short text secret, for anyone can guess and hash.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from align.errors import InputError
from align.export.jsonl import line_of, read_lines, stated_pair
from align.export.outputs import outputs
from align.export.provenance import Place, SourcedPair
from align.export.summary import SPLITS, ExportSummary, Recipe, Tally
from align.records import Document, Pair, Translation
from align.runfolder import RunFolder, dump

__all__ = ["Rebuilder", "text_hash", "write_standoff"]

_SIDES = ("source", "target")
_WORD_START = re.compile(r"(?<!\S)(?=\S)")


def text_hash(text: str) -> str:
    """SHA-256 of the text in UTF-8, lone surrogates as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def write_standoff(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `NAME.standoff.jsonl`, one pair a line without its texts, and `NAME.documents.jsonl`, what they stand in.

    A line has the keys of the export `jsonl` but `source` and `target`, and `source_sha256`, `target_sha256`,
    `source_characters`, `target_characters` in their place. A part of a split is named in the key `split`.
    """
    tally = Tally()
    documents: dict[str, Place] = {}
    with outputs(out) as writing, ExitStack() as stack:
        file = stack.enter_context(writing.open(f"{recipe.name}.standoff.jsonl"))
        for sourced in pairs:
            file.write(dump(_line(sourced)) + "\n")
            tally.take(sourced)
            for place in (sourced.source_place, sourced.target_place):
                if place is not None:
                    documents.setdefault(place.document_id, place)
        _write_documents(stack.enter_context(writing.open(f"{recipe.name}.documents.jsonl")), documents)
    return tally.summary(writing.files)


def _write_documents(file: IO[str], documents: Mapping[str, Place]) -> None:
    for name in sorted(documents):
        place = documents[name]
        line = {"id": name, "url": place.url, "published": place.published, "sha256": place.sha256}
        file.write(dump(line) + "\n")


def _line(sourced: SourcedPair) -> dict[str, Any]:
    line = line_of(sourced)
    for side in _SIDES:
        text = line.pop(side)
        line[f"{side}_sha256"] = text_hash(text)
        line[f"{side}_characters"] = len(text)
    if sourced.split:
        line["split"] = sourced.split
    return line


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a line says of one side: the hash and length of its text, and where it stood."""

    sha256: str
    characters: int
    document_id: str | None
    span: tuple[int, int] | None


class Rebuilder:
    """Puts the pairs of a standoff file together again from a run over the reader's own copies.

    `missing` counts the pairs that could not be, by reason, once `pairs` has been read through.
    """

    def __init__(self, standoff: Path, folder: RunFolder) -> None:
        self.missing: Counter[str] = Counter()
        self._standoff = standoff
        self._folder = folder

    def pairs(self) -> Iterator[SourcedPair]:
        """The pairs in the order of the standoff file, with the provenance that it states.

        A text is looked for where the file says, in the document of that hash, id or address; then anywhere in that
        document, from the start of a word on; then among the run's own translations and pairs. It is taken only
        when its hash is the one stated, so a rebuilt text is the very same.

        Raises InputError with `path:line` for a line that is no standoff pair.
        """
        self.missing.clear()
        known = self._known_texts()
        texts = self._documents()
        for where, line in read_lines(self._standoff):
            found = {}
            for side in _SIDES:
                wanted = _wanted(line, side, where)
                found[side] = known.get(wanted.sha256)
                if found[side] is None:
                    found[side] = _in_document(wanted, texts)
            if lost := [side for side in _SIDES if found[side] is None]:
                self.missing[f"{' and '.join(lost)} not in this run"] += 1
                continue
            if (split := line.get("split")) not in (None, *SPLITS):  # it becomes part of a file's name
                raise InputError(f"{where}: not a part of a split: {split!r}; allowed: {', '.join(SPLITS)}")
            yield replace(stated_pair({**line, **found}, where), split=split)

    def _known_texts(self) -> dict[str, str]:
        """The run's translations and the sides of its pairs that the file asks for, by hash."""
        asked = {str(line.get(f"{side}_sha256")) for _, line in read_lines(self._standoff) for side in _SIDES}
        texts: dict[str, str] = {}
        for translation in self._folder.read("translations", Translation):
            if (name := text_hash(translation.text)) in asked:
                texts[name] = translation.text
        for pair in self._folder.read("pairs", Pair):
            for text in (pair.source, pair.target):
                if (name := text_hash(text)) in asked:
                    texts[name] = text
        return texts

    def _documents(self) -> dict[str, str]:
        """The run's documents by id, by address and by the id that the standoff export's list gives their hash."""
        texts: dict[str, str] = {}
        by_hash: dict[str, str] = {}
        for document in self._folder.read("documents", Document):
            by_hash[document.sha256] = document.text
            for name in (document.url, document.id):
                if name is not None:
                    texts[name] = document.text
        stem = self._standoff.name.removesuffix(".standoff.jsonl")
        listed = self._standoff.with_name(f"{stem}.documents.jsonl")
        if listed.exists():
            for _, line in read_lines(listed):
                text = by_hash.get(str(line.get("sha256"))) or texts.get(str(line.get("url")))
                if text is not None:
                    texts[str(line.get("id"))] = text
        return texts


def _wanted(line: Mapping[str, Any], side: str, where: str) -> _Wanted:
    sha256, characters = line.get(f"{side}_sha256"), line.get(f"{side}_characters")
    if not isinstance(sha256, str) or type(characters) is not int:
        raise InputError(f"{where}: not a standoff pair: `{side}_sha256` or `{side}_characters` is missing")
    begin, end = line.get(f"{side}_begin"), line.get(f"{side}_end")
    span = (begin, end) if type(begin) is int and type(end) is int else None
    return _Wanted(sha256, characters, line.get(f"{side}_document_id"), span)


def _in_document(wanted: _Wanted, texts: Mapping[str, str]) -> str | None:
    text = texts.get(wanted.document_id) if wanted.document_id is not None else None
    if text is None:
        return None
    if wanted.span is not None and text_hash(piece := text[slice(*wanted.span)]) == wanted.sha256:
        return piece
    for start in _WORD_START.finditer(text):
        piece = text[start.start() : start.start() + wanted.characters]
        if text_hash(piece) == wanted.sha256:
            return piece
    return None
