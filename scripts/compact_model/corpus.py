"""Parallel text in: reading, cleaning and packing the training pairs.

A packed corpus is one xz-compressed TSV file, ``language TAB source TAB foreign TAB English``,
already cleaned and in a fixed order, so that it can travel to another machine on its own.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANGUAGES = ("fr", "tr")
DOCUMENTATION = frozenset({"msdocs", "php-docs", "python-docs", "libreoffice-help", "gnome-user-docs"})
SHORT = frozenset(
    {
        "tatoeba-manythings",
        "tatoeba-test-v2021-08-07",
        "laser-tatoeba",
        "multi30k",
        "stsb-multi-mt",
        "stsb-tr",
        "xquad",
    }
)
MAX_CHARACTERS = 700
_TOKENISED = frozenset({"transread-novels"})
_SPACE = re.compile(r"\s+")
_CODE = re.compile(r"[{}<>\\|=_`$#*~^@\[\]/]")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Pair:
    """One training pair: ``foreign`` text in ``language``, out of ``source``, and its English."""

    language: str
    source: str
    foreign: str
    english: str


def is_news(source: str) -> bool:
    """True for the shared-task news and news-comment test sets of past years."""
    return source.startswith("news")


def read_tsv(path: Path, language: str) -> Iterator[Pair]:
    """The pairs of one ``source TAB foreign TAB English`` file; lines of another shape are skipped.

    The file may be plain or zstd-compressed (by its ``.zst`` ending).
    """
    with path.open("rb") as raw:
        stream: Any = raw
        if path.suffix == ".zst":
            import pyarrow

            stream = pyarrow.CompressedInputStream(raw, "zstd")
        with io.TextIOWrapper(stream, encoding="utf-8", newline="\n") as lines:
            for line in lines:
                fields = line.rstrip("\n").split("\t")
                if len(fields) == 3:
                    yield Pair(language, *fields)


def tidy(text: str) -> str:
    """``text`` in NFC with runs of white space (no-break spaces too) as one space."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def glue_tokens(text: str, language: str) -> str:
    """Undo the spaces that a tokeniser put around punctuation: ``l' eau , là`` -> ``l'eau, là``."""
    text = re.sub(r" ([,.)\]…])", r"\1", text)
    text = re.sub(r"([(\[]) ", r"\1", text)
    if language == "en":
        text = re.sub(r" ([;:!?])", r"\1", text)
        text = re.sub(r" (n't|'(?:s|m|d|ll|re|ve|t))\b", r"\1", text)
        return re.sub(r'" ([^"]*?) "', r'"\1"', text)
    return re.sub(r"\b(\w+['’]) (?=\w)", r"\1", text)


def rejection(pair: Pair) -> str | None:
    """Why ``pair`` is not worth training on, or None when it is."""
    foreign, english = pair.foreign, pair.english
    if not foreign or not english:
        return "empty"
    if max(len(foreign), len(english)) > MAX_CHARACTERS:
        return "overlong"
    if max(len(foreign), len(english)) > 2.2 * min(len(foreign), len(english)) + 15:
        return "unequal length"
    if pair.source in DOCUMENTATION:
        if foreign.casefold() == english.casefold():
            return "untranslated"
        words = english.split()
        if len(words) < 4 or (len(words) < 8 and english[-1] not in ".?!:"):
            return "label"
        letters = sum(character.isalpha() or character == " " for character in english)
        if letters < 0.85 * len(english) or len(_CODE.findall(english)) > 2:
            return "code"
        if Counter(_NUMBER.findall(foreign)) != Counter(_NUMBER.findall(english)):
            return "unequal numbers"
    return None


def clean(pairs: Iterable[Pair], held_out: frozenset[str], counts: Counter[str]) -> Iterator[Pair]:
    """The usable pairs, tidied, each text pair once.

    ``held_out`` holds sentences (any language, as ``tidy`` returns them) that must not be trained
    on. ``counts`` receives how many were kept and why others were not, by ``source: reason``.
    """
    seen: set[bytes] = set()
    for pair in pairs:
        foreign, english = tidy(pair.foreign), tidy(pair.english)
        if pair.source in _TOKENISED:
            foreign, english = glue_tokens(foreign, pair.language), glue_tokens(english, "en")
        pair = Pair(pair.language, pair.source, foreign, english)
        reason = rejection(pair)
        key = hashlib.blake2b(f"{foreign}\t{english}".casefold().encode(), digest_size=8).digest()
        if reason is None and key in seen:
            reason = "repeated"
        if reason is None and (foreign in held_out or english in held_out):
            reason = "held out"
        counts[f"{pair.source}: {reason or 'kept'}"] += 1
        if reason is None:
            seen.add(key)
            yield pair


def pack(pairs: list[Pair], path: Path, *, documentation_limit: int, seed: int) -> str:
    """Write ``pairs`` as a packed corpus at ``path`` and return the SHA-256 of its plain content.

    At most ``documentation_limit`` pairs of each documentation source and language are kept, drawn
    by ``seed``.
    """
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((pair.language, pair.source), []).append(pair)
    digest = hashlib.sha256()
    part = path.with_name(path.name + ".part")
    with lzma.open(part, "wb", preset=3) as stream:
        for key in sorted(groups):
            group = groups[key]
            if key[1] in DOCUMENTATION and len(group) > documentation_limit:
                group = random.Random(f"{seed} {key}").sample(group, documentation_limit)
            for pair in group:
                fields = (pair.language, pair.source, pair.foreign, pair.english)
                line = ("\t".join(fields) + "\n").encode()
                digest.update(line)
                stream.write(line)
    part.replace(path)
    return digest.hexdigest()


def unpack(path: Path) -> tuple[list[Pair], str]:
    """The pairs of a packed corpus and the SHA-256 of its plain content."""
    pairs: list[Pair] = []
    with lzma.open(path) as stream:
        content = stream.read()
    for line in content.decode().split("\n"):
        fields = line.split("\t")
        if len(fields) == 4:
            pairs.append(Pair(*fields))
    return pairs, hashlib.sha256(content).hexdigest()


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 text file, without a last empty one."""
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")
