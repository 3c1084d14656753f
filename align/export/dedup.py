"""Leaving out pairs that say the same thing again."""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from collections.abc import Iterable, Iterator

from align.export.provenance import SourcedPair

__all__ = ["best_of_each", "duplicate_key", "only"]

# what people wrote on both sides goes before what a machine wrote, and that before what need not be a translation
_PREFERENCE = {"bitext": 2, "machine-translation": 1, "reuse": 0}


def duplicate_key(sourced: SourcedPair) -> bytes:
    """The same for pairs of the same languages whose two texts are equal after NFKC, case and white space."""
    pair = sourced.pair
    parts = (pair.source_language, pair.target_language, _normal(pair.source), _normal(pair.target))
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def best_of_each(pairs: Iterable[SourcedPair]) -> bytearray:
    """One byte a pair: 1 for the one that is kept among its duplicates, 0 for the others.

    Scores are compared within one origin; across origins `bitext` goes before `machine-translation`, and that before
    `reuse`. A pair without a score goes last, and of equal ones the first is kept. About 200 bytes are held for each
    distinct pair.
    """
    keep = bytearray()
    best: dict[bytes, int] = {}
    scores, ranks = array("d"), bytearray()
    for index, sourced in enumerate(pairs):
        score, key = sourced.pair.score, duplicate_key(sourced)
        scores.append(float("-inf") if score is None else score)
        ranks.append(_PREFERENCE[sourced.pair.origin])
        other = best.setdefault(key, index)
        keep.append(other == index)
        if other != index and (ranks[index], scores[index]) > (ranks[other], scores[other]):
            keep[other], keep[index] = 0, 1
            best[key] = index
    return keep


def only(pairs: Iterable[SourcedPair], keep: bytearray) -> Iterator[SourcedPair]:
    """The pairs whose byte is 1."""
    return (sourced for sourced, kept in zip(pairs, keep, strict=True) if kept)
