"""XCES alignments with their sentence files, in the layout of OPUS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from align.export.lines import pair_name, safe_name
from align.export.outputs import Outputs, outputs
from align.export.provenance import SourcedPair, document_of
from align.export.summary import ExportSummary, Recipe, Tally
from align.export.xml import attribute, content, is_clean
from align.records import Pair

__all__ = ["write_xces"]

_CHANGE = "control characters and lone surrogates, which XML cannot hold, became U+FFFD"
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<!DOCTYPE cesAlign PUBLIC "-//CES//DTD XML cesAlign//EN" "">\n'
    '<cesAlign version="1.0">\n'
)


@dataclass
class _Document:
    """The sentences of one document in one language, by id. `numbered` is the document whose segments they are."""

    id: str
    numbered: str
    sentences: dict[str, str] = field(default_factory=dict)


class _Corpus:
    """The sentence files and links of one part of the data. Texts are held in memory until the end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.documents: dict[tuple[str, str], _Document] = {}
        self.links: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = {}

    def add(self, sourced: SourcedPair) -> None:
        pair = sourced.pair
        pair_name(pair)  # tags become names of folders
        ours = document_of(sourced.source_place, pair.source_segments) or pair.id
        theirs = document_of(sourced.target_place, pair.target_segments) or pair.id
        theirs_segments = pair.target_segments
        if pair.origin == "machine-translation":
            # a document of its own, so that what a machine wrote never mixes with what an outlet did
            theirs, theirs_segments = f"{ours}.mt", pair.source_segments
        languages = pair.source_language, pair.target_language
        from_document = self._document(languages[0], ours, ours)
        to_document = self._document(languages[1], theirs, ours if theirs == f"{ours}.mt" else theirs)
        source = _take(from_document, pair.source_segments, sourced.source_sentences, pair.source)
        target = _take(to_document, theirs_segments, sourced.target_sentences, pair.target)
        group = self.links.setdefault(languages, {}).setdefault((ours, theirs), [])
        group.append(_link(pair, source, target))

    def _document(self, language: str, document_id: str, numbered: str) -> _Document:
        return self.documents.setdefault((language, document_id), _Document(document_id, numbered))

    def write(self, writing: Outputs) -> None:
        for (language, document_id), document in self.documents.items():
            path = f"{self.name}/raw/{_file(language, document_id)}"
            with writing.open(path) as file:
                file.writelines(_sentence_file(document, language))
        for languages, groups in self.links.items():
            with writing.open(f"{self.name}/xml/{'-'.join(languages)}.xml") as file:
                file.writelines(_alignment(languages, groups))


def write_xces(pairs: Iterable[SourcedPair], out: Path, recipe: Recipe) -> ExportSummary:
    """Write `NAME/xml/fr-en.xml` with the links of each language pair, `NAME/raw/fr/DOCUMENT.xml` with the sentences.

    A part of a split is a corpus of its own, `NAME.train`. `certainty` is the pair's score, the link's `id` the
    pair's. Sentences go by their number in the document, `s0`, `s1`; where only the text of a whole side is known, it
    stands as one sentence. A translation by machine is in a document called after its source's, with `.mt` behind.
    All texts are held in memory.
    """
    tally = Tally()
    with outputs(out) as writing:
        corpora: dict[str | None, _Corpus] = {}
        for sourced in pairs:
            pair = sourced.pair
            if not (pair.source.strip() and pair.target.strip()):
                tally.left_out["empty side"] += 1
                continue
            name = f"{recipe.name}.{sourced.split}" if sourced.split else recipe.name
            corpora.setdefault(sourced.split, _Corpus(name)).add(sourced)
            tally.take(sourced, None if is_clean(pair.source) and is_clean(pair.target) else _CHANGE)
        for corpus in corpora.values():
            corpus.write(writing)
    return tally.summary(writing.files)


def _take(document: _Document, segments: tuple[str, ...], sentences: tuple[str, ...], text: str) -> str:
    """Take one side of a pair into its document and give its ids as they stand in a link, such as `s1 s2`."""
    if len(sentences) != len(segments) or " ".join(sentences).split() != text.split():
        # the texts of the single sentences are not known: they stand as one
        segments, sentences = ("+".join(segments),), (text,)
    ids = []
    for segment, sentence in zip(segments, sentences, strict=True):
        sentence_id = _sentence_id(segment, document)
        if document.sentences.setdefault(sentence_id, sentence) != sentence:
            sentence_id = f"x{len(document.sentences) + 1}"
            document.sentences[sentence_id] = sentence
        ids.append(sentence_id)
    return " ".join(ids)


def _sentence_id(segment: str, document: _Document) -> str:
    document_id, _, number = segment.rpartition(":")
    number = number if document_id == document.numbered else ""
    return f"s{number}" if number.isascii() and number.isdigit() else f"x{len(document.sentences) + 1}"


def _link(pair: Pair, source: str, target: str) -> str:
    certainty = "" if pair.score is None else f' certainty="{round(pair.score, 6)}"'
    return f'<link{certainty} xtargets="{source};{target}" id={attribute(pair.id)}/>\n'


def _file(language: str, document_id: str) -> str:
    return f"{language}/{safe_name(document_id)}.xml"


def _alignment(languages: tuple[str, str], groups: dict[tuple[str, str], list[str]]) -> Iterator[str]:
    yield _HEAD
    for (ours, theirs), links in groups.items():
        documents = attribute(_file(languages[0], ours)), attribute(_file(languages[1], theirs))
        yield f'<linkGrp targType="s" fromDoc={documents[0]} toDoc={documents[1]}>\n'
        yield from links
        yield "</linkGrp>\n"
    yield "</cesAlign>\n"


def _sentence_file(document: _Document, language: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield f"<document id={attribute(document.id)} xml:lang={attribute(language)}>\n"
    for sentence_id in sorted(document.sentences, key=lambda name: (name[0], int(name[1:]))):
        yield f'<s id="{sentence_id}">{content(document.sentences[sentence_id])}</s>\n'
    yield "</document>\n"
