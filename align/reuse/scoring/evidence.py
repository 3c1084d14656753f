"""What speaks for and against two passages having one source. Every part is kept and shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from align.records import Evidence
from align.reuse.reading.names import known_name
from align.reuse.reading.sides import Side
from align.reuse.scoring.agreement import compare_names, compare_numbers, number_weight, share_missing
from align.reuse.scoring.rarity import Rarities
from align.text.shingles import longest_stretch

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FEATURES", "NOT_ALONE", "aloneness", "collect_evidence", "most_copied", "shared_wording", "words_in_common"]

# What enters the score, and the sign that each may have: a trait that speaks for one source can never count against.
FEATURES: Mapping[str, int] = {
    "cosine": 1,
    "margin": 1,
    "clause": 1,
    "clause_margin": 1,
    "best": 1,
    "lexical": 1,
    "run": 1,
    "unread": 1,
    "numbers_same": 1,
    "numbers_different": -1,
    "numbers_missing": -1,
    "names_same": 1,
    "names_missing": -1,
    "quote": 1,
    "same_claimant": 1,
    "other_claimant": -1,
    "other_day": -1,
    "order": 1,
    "alone": -1,
    "story": 1,
}
NOT_ALONE = 0.25
"""Support from neighbours from which a pair is not `alone` at all."""

_COMMON_NAME = 2.0  # nats of rarity up to which a name says nothing: everybody in this input writes of it
_SHORT_RUN, _LONG_RUN = 3, 9  # words in a row that any two texts share, and that leave no doubt


def shared_wording(first: Side, second: Side, rarity: Rarities) -> dict[str, float]:
    """The features `lexical` and `run`, words in common in the language of both or else in English; and `unread`.

    That is 1 where there are no words to compare: in two languages, and one side without a translation.
    """
    if first.language == second.language:
        lexical = rarity.own.share(first.stems, second.stems)
    else:
        lexical = rarity.english.share(first.english_stems, second.english_stems)
    return words_in_common(first, second, lexical, copied=True)


def words_in_common(first: Side, second: Side, lexical: float, *, copied: bool) -> dict[str, float]:
    """The same where `lexical` is known, and perhaps that no three words in a row are `copied`."""
    alike = first.language == second.language
    unread = not alike and not (first.english_stems and second.english_stems)
    run = _run(first, second, alike) if copied else 0.0
    return {"lexical": lexical, "run": run, "unread": float(unread)}


def collect_evidence(
    first: Side,
    second: Side,
    *,
    cosine: float,
    margin: float,
    clause: float,
    clause_margin: float,
    best: float,
    order: float,
    story: float,
    rarity: Rarities,
    wording: Mapping[str, float] | None = None,
) -> Evidence:
    """Hold two passages against each other.

    `margin` is the cosine less the mean cosine to either side's other neighbours (Artetxe & Schwenk 2019, section
    3.2, as a difference). `clause` is the best cosine between parts of the two, `clause_margin` its margin likewise.
    `best` is how far the cosine lies above those of the other candidates of either sentence between the two stories.
    `order` is the support of neighbouring pairs and `story` that of the two stories' best other pairs, both in
    [0, 1]. `rarity` says how telling a stem or a name is in this input. `wording` is what `shared_wording` says of the
    two, where that is known.
    """
    alike = first.language == second.language
    wording = wording or shared_wording(first, second, rarity)
    numbers = compare_numbers(first, second)
    first_names = first.names if alike else first.all_names
    second_names = second.names if alike else second.all_names
    names = compare_names(first_names, second_names)
    attribution = _attribution(first, second, alike)
    features = {
        "cosine": cosine,
        "margin": margin,
        "clause": clause,
        "clause_margin": clause_margin,
        "best": best,
        "lexical": wording["lexical"],
        "run": wording["run"],
        "unread": wording["unread"],
        "numbers_same": 1 - math.exp(-0.7 * math.fsum(number_weight(item, alike) for item in numbers.same)),
        "numbers_different": float(min(len(numbers.different), 2)),
        "numbers_missing": share_missing(numbers, first.numbers, second.numbers),
        "names_same": 1 - math.exp(-math.fsum(max(rarity.names(name) - _COMMON_NAME, 0) / 2 for name in names.same)),
        "names_missing": share_missing(names, first_names, second_names),
        "quote": rarity.own.share(first.quoted, second.quoted) if alike else 0.0,
        "same_claimant": max(0.0, attribution),
        "other_claimant": max(0.0, -attribution),
        "other_day": float(bool(first.days and second.days) and first.days.isdisjoint(second.days)),
        "order": order,
        "alone": aloneness(order),
        "story": story,
        "across": float(not alike),
    }
    return Evidence(
        cosine=cosine,
        lexical=wording["lexical"],
        numbers=numbers,
        names=names,
        order=order,
        quote=features["quote"],
        attribution=attribution,
        features=features,
    )


def aloneness(order: float) -> float:
    """The feature `alone` of the feature `order`, in [0, 1]: 1 where no neighbour matches, 0 where some do."""
    return max(0.0, 1.0 - order / NOT_ALONE)


def _run(first: Side, second: Side, alike: bool) -> float:
    """How much stands there word for word: the longest run, or the share of three-word runs, whichever says more."""
    runs, others = (first.runs, second.runs) if alike else (first.english_runs, second.english_runs)
    common = runs & others
    if not common:
        return 0.0
    texts = (first.words, second.words) if alike else (first.english_words, second.english_words)
    # of a word that is repeated, a stretch may be longer than all that the two have in common
    longest = min(len(common) + _SHORT_RUN - 1, *(longest_stretch(text, common, _SHORT_RUN) for text in texts))
    by_length = (longest - _SHORT_RUN) / (_LONG_RUN - _SHORT_RUN)
    return max(min(by_length, 1.0), len(common) / min(len(runs), len(others)))


def most_copied(common: NDArray[np.int64], shorter: NDArray[np.int64]) -> NDArray[np.float64]:
    """The most that `run` can be where so many three-word runs are `common` and the shorter text has `shorter`."""
    by_length = np.clip((common - 1) / (_LONG_RUN - _SHORT_RUN), 0.0, 1.0)
    return np.where(common == 0, 0.0, np.maximum(by_length, common / np.maximum(shorter, 1)))


def _attribution(first: Side, second: Side, alike: bool) -> float:
    """1 when both name one claimant, -1 when each names another, 0 when a side names none."""
    one = first.claimant if alike else first.english_claimant
    other = second.claimant if alike else second.english_claimant
    if not one or not other:
        return 0.0
    if one & other:
        return 1.0
    known = {number for word in one if (number := known_name(word)) is not None}
    return 1.0 if any(known_name(word) in known for word in other) else -1.0
