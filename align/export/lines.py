"""Text as line-based and UTF-8 formats can hold it, and names of language pairs as file names."""

from __future__ import annotations

import functools
import hashlib
import re

from align.errors import InputError
from align.export.provenance import SourcedPair
from align.records import Pair

__all__ = ["encodable", "file_stem", "is_tag", "one_line", "pair_name", "safe_name", "stem_of"]

# everything that some reader takes for the end of a line or a field
_BREAKS = re.compile(r"[\t\n\v\f\r\x00\x1c-\x1f\x85\u2028\u2029]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_STEM = re.compile(r"\w[\w.-]*", re.ASCII)
_LONGEST_NAME = 80


def encodable(text: str) -> str:
    """The text with unpaired surrogates, which UTF-8 cannot hold, as U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The text on one line: each run of breaks, tabs and separators, with the spaces around it, is one space."""
    parts = (part.strip() for part in _BREAKS.split(encodable(text)))
    return " ".join(part for part in parts if part)


def pair_name(pair: Pair) -> str:
    """`fr-en` for a pair from French to English. Raises InputError for what is no language tag, hence no file name."""
    for tag in (pair.source_language, pair.target_language):
        if not is_tag(tag):
            raise InputError(f"pair {pair.id!r}: not a language tag: {tag!r}; expected BCP-47, such as 'fr'")
    return f"{pair.source_language}-{pair.target_language}"


@functools.lru_cache(maxsize=256)
def is_tag(tag: str) -> bool:
    """Whether it looks like a BCP-47 tag."""
    return _TAG.fullmatch(tag) is not None


def stem_of(name: str, sourced: SourcedPair) -> str:
    """The stem of the files that a pair goes to: `NAME.fr-en`, or `NAME.train.fr-en` where there is a split."""
    return ".".join(part for part in (name, sourced.split, pair_name(sourced.pair)) if part)


def file_stem(name: str) -> str:
    """`name` itself. Raises InputError when it is not a plain file name."""
    if not _STEM.fullmatch(name):
        raise InputError(f"not a file name: {name!r}; allowed: ASCII letters, digits, '_', '-' and '.'")
    return name


def safe_name(name: str) -> str:
    """A file name for any text: the text itself where it is one, else what can be kept of it and its hash."""
    kept = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).lstrip(".")[:_LONGEST_NAME]
    # names that differ in case alone are one file on some systems
    if kept == name and name == name.lower():
        return name
    return f"{kept}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
