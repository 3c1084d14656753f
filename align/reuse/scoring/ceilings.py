"""The highest score that a pair could have, found cheaply for all pairs, so that most need not be looked at closely."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from align.reuse.scoring.evidence import NOT_ALONE, most_copied
from align.reuse.scoring.rarity import Rarities, Rarity
from align.reuse.scoring.score import ReuseModel
from align.reuse.search.candidates import Candidates
from align.reuse.search.columns import Columns
from align.reuse.search.ragged import Ragged, common
from align.reuse.search.surroundings import Surroundings

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Wording", "ceilings", "shared_words"]

_PAIRS = 2**14  # pairs whose words are in memory at once
_MOST_TELLING = 0.7 * 1.9  # what one number in common can add

Wording = tuple["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"]
"""Of each pair `lexical`; `run`, or the most that it can be; and how many numbers the two have in common."""


def shared_words(pairs: Candidates, columns: Columns, rarities: Rarities) -> Wording:
    """What all pairs have in common in words, in their own language where that is one, and in English otherwise."""
    lexical, run, counts = np.zeros(len(pairs)), np.zeros(len(pairs)), np.zeros(len(pairs))
    alike = columns.language[pairs.first] == columns.language[pairs.second]
    ways = (
        (alike, columns.ragged["stems"], columns.ragged["runs"], rarities.own),
        (~alike, columns.ragged["english_stems"], columns.ragged["english_runs"], rarities.english),
    )
    for chosen, stems, runs, rarity in ways:
        for part in _parts(np.flatnonzero(chosen)):
            rows = pairs.first[part], pairs.second[part]
            lexical[part] = _share(stems, rarity, *rows)
            shorter = np.minimum(runs.sizes(rows[0]), runs.sizes(rows[1]))
            run[part] = most_copied(_shared(runs, *rows), shorter)
    for part in _parts(np.arange(len(pairs))):
        counts[part] = _shared(columns.ragged["counts"], pairs.first[part], pairs.second[part])
    return lexical, run, counts


def _parts(places: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    return (places[at : at + _PAIRS] for at in range(0, len(places), _PAIRS))


def _shared(column: Ragged, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many values each pair of rows has in common."""
    _, owner = common(column.take(first), column.take(second))
    return np.bincount(owner, minlength=len(first))


def _share(column: Ragged, rarity: Rarity, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """`Rarity.share` of each pair of rows."""
    one, other = column.take(first), column.take(second)
    values, owner = common(one, other)
    both = sum(np.bincount(owners, rarity.weights(found), minlength=len(first)) for found, owners in (one, other))
    shared = 2 * np.bincount(owner, rarity.weights(values), minlength=len(first))
    return np.where(both > 0, shared / np.maximum(both, 1e-12), 0.0)


def ceilings(
    pairs: Candidates, columns: Columns, around: Surroundings, wording: Wording, model: ReuseModel
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The highest log-odds that each pair can have, whatever a closer look finds; and what is sure to be part of that.

    What a closer look at wording and at the two stories would put right comes second: the log-odds without `run`,
    `order`, `alone` and `story`.
    """
    crowd = np.maximum(around.crowd[pairs.first], around.crowd[pairs.second])
    clause_crowd = np.maximum(around.clause_crowd[pairs.first], around.clause_crowd[pairs.second])
    alike = columns.language[pairs.first] == columns.language[pairs.second]
    english = columns.ragged["english_stems"]
    unread = ~alike & ((english.sizes(pairs.first) == 0) | (english.sizes(pairs.second) == 0))
    lexical, run, counts = wording
    known: dict[str, NDArray[np.float64]] = {
        "cosine": pairs.cosine,
        "margin": pairs.cosine - crowd,
        "clause": around.clause,
        "clause_margin": around.clause - clause_crowd,
        "lexical": lexical,
        "best": around.best,
        "unread": unread.astype(np.float64),
        "numbers_same": 1 - np.exp(-_MOST_TELLING * counts),
    }
    order = 1 - np.exp(-around.support)
    bounds = {
        "run": run,
        "order": order,
        "alone": np.maximum(0.0, 1.0 - order / NOT_ALONE),
        "story": np.minimum(around.support / 3, 1.0),
    }
    base, most = np.zeros(len(pairs)), np.zeros(len(pairs))
    for chosen, weights in ((alike, model.within), (~alike, model.across)):
        rest = [weight for name, weight in weights.features.items() if name not in known | bounds and weight > 0]
        base[chosen] = weights.intercept + sum(rest)
        for name, values in known.items():
            base[chosen] += weights.features[name] * values[chosen]
        most[chosen] = base[chosen]
        for name, values in bounds.items():
            most[chosen] += weights.features[name] * values[chosen]
    return most, base
