"""What speaks for and against two passages having one source. Every part is kept and shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from align.language.content import content_stems
from align.language.numbers import Number
from align.language.tags import LANGUAGES
from align.records import Agreement, Evidence
from align.reuse.names import same_name
from align.reuse.sentences import Sentence
from align.text.shingles import containment, longest_run

__all__ = ["FEATURES", "Rarities", "Rarity", "Side", "collect_evidence", "telling"]

# What enters the score, and the sign that each may have: a trait that speaks for one source can never count against.
FEATURES: Mapping[str, int] = {
    "cosine": 1,
    "margin": 1,
    "clause": 1,
    "clause_margin": 1,
    "lexical": 1,
    "run": 1,
    "numbers_same": 1,
    "numbers_different": -1,
    "numbers_missing": -1,
    "names_same": 1,
    "names_missing": -1,
    "quote": 1,
    "same_claimant": 1,
    "other_claimant": -1,
    "order": 1,
    "story": 1,
}
_COUNTED_WORDS = 4  # stems after a number that may say what it counts
_CASED = frozenset({"Latn", "Cyrl", "Grek"})
_COMMON_NAME = 2.0  # nats of rarity up to which a name says nothing: everybody in this input writes of it
_SMALL = 12  # up to here the same number comes up by chance
_SHORT_RUN, _LONG_RUN = 3, 9  # words in a row that any two texts share, and that leave no doubt


class Rarity:
    """How telling a stem is in this input: its smoothed inverse sentence frequency, in nats."""

    def __init__(self, texts: Iterable[Collection[str]]) -> None:
        frequency: Counter[str] = Counter()
        self._total = 0
        for stems in texts:
            frequency.update(set(stems))
            self._total += 1
        self._frequency = frequency

    def __call__(self, stem: str) -> float:
        """The weight of one stem, > 0."""
        return math.log((self._total + 2) / (self._frequency[stem] + 1))

    def share(self, first: Collection[str], second: Collection[str]) -> float:
        """The rarity-weighted Dice coefficient of two sets of stems, in [0, 1]."""
        one, other = set(first), set(second)
        both = self._sum(one) + self._sum(other)
        return 2 * self._sum(one & other) / both if both else 0.0

    def _sum(self, stems: Iterable[str]) -> float:
        return math.fsum(self(stem) for stem in sorted(stems))


@dataclass(frozen=True, slots=True)
class Rarities:
    """How telling a stem of a text's own language, a stem of its English, and a name are in this input."""

    own: Rarity
    english: Rarity
    names: Rarity

    @classmethod
    def of(cls, sentences: Sequence[Sentence]) -> Rarities:
        """Count over all sentences that are compared."""
        return cls(
            own=Rarity(sentence.stems for sentence in sentences),
            english=Rarity(sentence.english_stems for sentence in sentences),
            names=Rarity(sentence.names | sentence.english_names for sentence in sentences),
        )


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a run of neighbouring sentences of one story, taken as one text."""

    sentences: tuple[Sentence, ...]

    @property
    def language(self) -> str:
        """The language of all its sentences."""
        return self.sentences[0].segment.language

    @property
    def english(self) -> str:
        """Its sentences in English, those without a translation left out."""
        return " ".join(sentence.english for sentence in self.sentences if sentence.english)

    @property
    def words(self) -> list[str]:
        """Folded words, in order."""
        return [word for sentence in self.sentences for word in sentence.words]

    @property
    def stems(self) -> list[str]:
        """Stems in its own language, in order."""
        return [stem for sentence in self.sentences for stem in sentence.stems]

    @property
    def english_stems(self) -> list[str]:
        """Stems of its English, in order."""
        return [stem for sentence in self.sentences for stem in sentence.english_stems]

    @property
    def numbers(self) -> list[Number]:
        """Numbers, in order."""
        return [number for sentence in self.sentences for number in sentence.numbers]

    def union(self, part: str) -> frozenset[str]:
        """The union of a set-valued part (`names`, `english_names`, `quoted`, `claimant` ...) over the sentences."""
        return frozenset().union(*(getattr(sentence, part) for sentence in self.sentences))


def collect_evidence(
    first: Side,
    second: Side,
    *,
    cosine: float,
    margin: float,
    clause: float,
    clause_margin: float,
    order: float,
    story: float,
    rarity: Rarities,
) -> Evidence:
    """Hold two passages against each other.

    `margin` is the cosine less the mean cosine to either side's other neighbours (Artetxe & Schwenk 2019, section
    3.2, as a difference). `clause` is the best cosine between parts of the two, `clause_margin` its margin likewise.
    `order` is the support of neighbouring pairs and `story` that of the two stories' best other pairs, both in
    [0, 1]. `rarity` says how telling a stem or a name is in this input.
    """
    alike = first.language == second.language
    if alike:
        lexical = rarity.own.share(first.stems, second.stems)
    else:
        lexical = rarity.english.share(first.english_stems, second.english_stems)
    numbers = _numbers(first, second)
    first_names, second_names = _names_of(first, alike), _names_of(second, alike)
    names = _names(first_names, second_names)
    attribution = _attribution(first, second, alike)
    features = {
        "cosine": cosine,
        "margin": margin,
        "clause": clause,
        "clause_margin": clause_margin,
        "lexical": lexical,
        "run": _run(first, second, alike),
        "numbers_same": 1 - math.exp(-0.7 * math.fsum(_weight(item, alike) for item in numbers.same)),
        "numbers_different": float(min(len(numbers.different), 2)),
        "numbers_missing": _share_missing(numbers, first.numbers, second.numbers),
        "names_same": 1 - math.exp(-math.fsum(max(rarity.names(name) - _COMMON_NAME, 0) / 2 for name in names.same)),
        "names_missing": _share_missing(names, first_names, second_names),
        "quote": rarity.own.share(first.union("quoted"), second.union("quoted")) if alike else 0.0,
        "same_claimant": max(0.0, attribution),
        "other_claimant": max(0.0, -attribution),
        "order": order,
        "story": story,
    }
    return Evidence(
        cosine=cosine,
        lexical=lexical,
        numbers=numbers,
        names=names,
        order=order,
        quote=features["quote"],
        attribution=attribution,
        features=features,
    )


def _run(first: Side, second: Side, alike: bool) -> float:
    """How much stands there word for word: the longest run, or the share of three-word runs, whichever says more."""
    one, other = (first.words, second.words) if alike else (first.english_stems, second.english_stems)
    longest = (longest_run(one, other) - _SHORT_RUN) / (_LONG_RUN - _SHORT_RUN)
    return max(min(max(longest, 0.0), 1.0), containment(one, other, 3))


def _share_missing(agreement: Agreement, first: Collection[object], second: Collection[object]) -> float:
    """The share of items that only one side has; 0 where a side has none, since a retelling may leave them out."""
    if not first or not second:
        return 0.0
    missing = len(agreement.missing)
    total = 2 * len(agreement.same) + 2 * len(agreement.different) + missing
    return missing / total if total else 0.0


def _attribution(first: Side, second: Side, alike: bool) -> float:
    """1 when both name one claimant, -1 when each names another, 0 when a side names none."""
    part = "claimant" if alike else "english_claimant"
    one, other = first.union(part), second.union(part)
    if not one or not other:
        return 0.0
    return 1.0 if one & other else -1.0


def _names_of(side: Side, alike: bool) -> frozenset[str]:
    """A side's names as it writes them; across languages, or without capitals to tell them by, those in English too."""
    if alike and side.language in LANGUAGES and LANGUAGES[side.language].script in _CASED:
        return side.union("names")
    return side.union("names") | side.union("english_names")


def _names(first: frozenset[str], second: frozenset[str]) -> Agreement:
    same = sorted(name for name in first if any(same_name(name, other) for other in second))
    rest = [
        *(name for name in first if not any(same_name(name, other) for other in second)),
        *(name for name in second if not any(same_name(name, other) for other in first)),
    ]
    return Agreement(same=tuple(same), missing=tuple(sorted(rest)))


def _numbers(first: Side, second: Side) -> Agreement:
    """Numbers of both sides: the same value; the same thing counted differently; or on one side only.

    Values alone agree, since what is counted is worded freely ("soldats", "militaires"). Two different values clash
    only where the same word follows both, and neither value stands on the other side.
    """
    ours, theirs = _counts(first), _counts(second)
    same = [value for value in ours if value in theirs]
    left = [value for value in ours if value not in theirs]
    right = [value for value in theirs if value not in ours]
    different = []
    for value in list(left):
        rival = next((other for other in right if ours[value] & theirs[other]), None)
        if rival is not None:
            different.append(f"{_plain(value)} / {_plain(rival)} {sorted(ours[value] & theirs[rival])[0]}")
            left.remove(value)
            right.remove(rival)
    return Agreement(
        same=tuple(_spoken(value, ours[value] & theirs[value]) for value in same),
        different=tuple(different),
        missing=tuple(_plain(value) for value in [*left, *right]),
    )


def _counts(side: Side) -> dict[float, frozenset[str]]:
    """Each value with the stems that follow it; one is left out, since it is mostly an article."""
    counts: dict[float, frozenset[str]] = {}
    for number in side.numbers:
        if number.value not in (0, 1):
            following = number.following.split(".")[0].split(",")[0]
            counts[number.value] = frozenset(content_stems(following, side.language)[:_COUNTED_WORDS])
    return counts


def _spoken(value: float, counted: frozenset[str]) -> str:
    return f"{_plain(value)} {' '.join(sorted(counted))}".strip()


def _plain(value: float) -> str:
    """A value with all its digits: 1250000, not 1.25e+06."""
    return f"{value:.15g}"


def _weight(item: str, alike: bool) -> float:
    """How telling a number in common is, by its value and by what it counts.

    In one language, a small number that counts other things on each side ("cinq chars", "cinq blessés") says nearly
    nothing; across languages what is counted cannot be held together, and the value speaks alone.
    """
    value, _, counted = item.partition(" ")
    if alike and not counted and float(value) <= _SMALL:
        return 0.1
    return telling(float(value)) + (0.3 if counted else 0.0)


def telling(value: float) -> float:
    """How telling a value is by itself, 0.2 to 1.6: 212 more than 200, that more than 6, a year next to nothing."""
    if 1900 <= value <= 2100 and value == int(value):
        return 0.2
    if value <= _SMALL and value == int(value):
        return 0.4 if value <= 2 else 0.7
    return 1.0 if value % 10 == 0 else 1.6
