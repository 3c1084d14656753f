"""What speaks for and against two passages having one source. Every part is kept and shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from align.language.content import content_stems
from align.language.numbers import Number
from align.language.tags import LANGUAGES
from align.records import Agreement, Evidence
from align.reuse.calendar import is_month, weekdays
from align.reuse.names import known_name, may_be_in, name_keys, same_name
from align.reuse.sentences import Sentence
from align.text.shingles import longest_run, shingles
from align.text.words import fold

__all__ = ["FEATURES", "Rarities", "Rarity", "Side", "collect_evidence", "shared_wording", "telling"]

# What enters the score, and the sign that each may have: a trait that speaks for one source can never count against.
FEATURES: Mapping[str, int] = {
    "cosine": 1,
    "margin": 1,
    "clause": 1,
    "clause_margin": 1,
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
    "story": 1,
}
Count = tuple[float, bool]
"""A value, and whether it is a share in a hundred."""

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
        self._weights = {stem: math.log((self._total + 2) / (count + 1)) for stem, count in frequency.items()}
        self._unseen = math.log(self._total + 2)
        self._sums: dict[frozenset[str], float] = {}

    def __call__(self, stem: str) -> float:
        """The weight of one stem, > 0."""
        return self._weights.get(stem, self._unseen)

    def share(self, first: Collection[str], second: Collection[str]) -> float:
        """The rarity-weighted Dice coefficient of two sets of stems, in [0, 1]."""
        one, other = frozenset(first), frozenset(second)
        both = self._sum(one) + self._sum(other)
        common = one & other
        return 2 * math.fsum(map(self, common)) / both if common and both else 0.0

    def _sum(self, stems: frozenset[str]) -> float:
        """The sum over a set, remembered: a sentence is held against many. `fsum` does not depend on the order."""
        total = self._sums.get(stems)
        if total is None:
            total = self._sums[stems] = math.fsum(map(self, stems))
        return total


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


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a run of neighbouring sentences of one story, taken as one text.

    What is read off it is worked out once, since it is held against many others.
    """

    sentences: tuple[Sentence, ...]

    @cached_property
    def language(self) -> str:
        """The language of all its sentences."""
        return self.sentences[0].segment.language

    @cached_property
    def english(self) -> str:
        """Its sentences in English, those without a translation left out."""
        return " ".join(sentence.english for sentence in self.sentences if sentence.english)

    @cached_property
    def words(self) -> list[str]:
        """Folded words, in order."""
        return [word for sentence in self.sentences for word in sentence.words]

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems in its own language."""
        return self.union("stems")

    @cached_property
    def english_words(self) -> list[str]:
        """Stems of its English, in order."""
        return [stem for sentence in self.sentences for stem in sentence.english_stems]

    @cached_property
    def english_stems(self) -> frozenset[str]:
        """Stems of its English."""
        return frozenset(self.english_words)

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Runs of three words."""
        return frozenset(shingles(self.words, _SHORT_RUN))

    @cached_property
    def english_runs(self) -> frozenset[tuple[str, ...]]:
        """Runs of three stems of its English."""
        return frozenset(shingles(self.english_words, _SHORT_RUN))

    @cached_property
    def numbers(self) -> list[Number]:
        """Numbers, in order."""
        return [number for sentence in self.sentences for number in sentence.numbers]

    @cached_property
    def counts(self) -> dict[Count, frozenset[str]]:
        """Each value, a share told from a count, with the stems that follow it.

        One is left out, since it is mostly an article, and so are the days of dates.
        """
        counts: dict[Count, frozenset[str]] = {}
        for sentence in self.sentences:
            for number in sentence.numbers:
                if number.value not in (0, 1) and not _in_date(number, sentence):
                    following = number.following.split(".")[0].split(",")[0]
                    stems = frozenset(content_stems(following, self.language)[:_COUNTED_WORDS])
                    counts[number.value, number.percent] = stems
        return counts

    @cached_property
    def days(self) -> frozenset[int]:
        """The days of the week that it names."""
        return weekdays(self.words, self.language)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names as it writes them; all of them in English too where its script has no capitals to tell them by."""
        cased = self.language in LANGUAGES and LANGUAGES[self.language].script in _CASED
        return self.union("names") if cased else self.all_names

    @cached_property
    def all_names(self) -> frozenset[str]:
        """Names as it writes them, and those of its English."""
        return self.union("names") | self.union("english_names")

    @cached_property
    def claimant(self) -> frozenset[str]:
        """Who is said to have said it, in its own language."""
        return self.union("claimant")

    @cached_property
    def english_claimant(self) -> frozenset[str]:
        """The same, in English."""
        return self.union("english_claimant")

    @cached_property
    def quoted(self) -> frozenset[str]:
        """Stems between quotation marks."""
        return self.union("quoted")

    def union(self, part: str) -> frozenset[str]:
        """The union of a part (`names`, `english_names`, `quoted`, `claimant` ...) over the sentences."""
        if len(self.sentences) == 1:
            return frozenset(getattr(self.sentences[0], part))
        return frozenset().union(*(getattr(sentence, part) for sentence in self.sentences))


def _in_date(number: Number, sentence: Sentence) -> bool:
    """Whether a number up to 31 stands beside a month: "6 October", "July 4"."""
    if not (number.value <= 31 and number.value == int(number.value)):
        return False
    before = sentence.segment.text[: number.span.begin].split()[-1:]
    after = number.following.split()[:1]
    return any(is_month(fold(word.strip(",.")), sentence.segment.language) for word in (*before, *after))


def shared_wording(first: Side, second: Side, rarity: Rarities) -> dict[str, float]:
    """The features `lexical` and `run`, words in common in the language of both or else in English; and `unread`.

    That is 1 where there are no words to compare: in two languages, and one side without a translation.
    """
    alike = first.language == second.language
    if alike:
        lexical = rarity.own.share(first.stems, second.stems)
    else:
        lexical = rarity.english.share(first.english_stems, second.english_stems)
    unread = not alike and not (first.english_stems and second.english_stems)
    return {"lexical": lexical, "run": _run(first, second, alike), "unread": float(unread)}


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
    wording: Mapping[str, float] | None = None,
) -> Evidence:
    """Hold two passages against each other.

    `margin` is the cosine less the mean cosine to either side's other neighbours (Artetxe & Schwenk 2019, section
    3.2, as a difference). `clause` is the best cosine between parts of the two, `clause_margin` its margin likewise.
    `order` is the support of neighbouring pairs and `story` that of the two stories' best other pairs, both in
    [0, 1]. `rarity` says how telling a stem or a name is in this input. `wording` is what `shared_wording` says of the
    two, where that is known.
    """
    alike = first.language == second.language
    wording = wording or shared_wording(first, second, rarity)
    numbers = _numbers(first, second)
    first_names = first.names if alike else first.all_names
    second_names = second.names if alike else second.all_names
    names = _names(first_names, second_names)
    attribution = _attribution(first, second, alike)
    features = {
        "cosine": cosine,
        "margin": margin,
        "clause": clause,
        "clause_margin": clause_margin,
        "lexical": wording["lexical"],
        "run": wording["run"],
        "unread": wording["unread"],
        "numbers_same": 1 - math.exp(-0.7 * math.fsum(_weight(item, alike) for item in numbers.same)),
        "numbers_different": float(min(len(numbers.different), 2)),
        "numbers_missing": _share_missing(numbers, first.numbers, second.numbers),
        "names_same": 1 - math.exp(-math.fsum(max(rarity.names(name) - _COMMON_NAME, 0) / 2 for name in names.same)),
        "names_missing": _share_missing(names, first_names, second_names),
        "quote": rarity.own.share(first.quoted, second.quoted) if alike else 0.0,
        "same_claimant": max(0.0, attribution),
        "other_claimant": max(0.0, -attribution),
        "other_day": float(bool(first.days and second.days) and first.days.isdisjoint(second.days)),
        "order": order,
        "story": story,
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


def _run(first: Side, second: Side, alike: bool) -> float:
    """How much stands there word for word: the longest run, or the share of three-word runs, whichever says more."""
    runs, others = (first.runs, second.runs) if alike else (first.english_runs, second.english_runs)
    common = len(runs & others)
    if not common:
        return 0.0  # nor is there a longer run
    one, other = (first.words, second.words) if alike else (first.english_words, second.english_words)
    longest = (longest_run(one, other) - _SHORT_RUN) / (_LONG_RUN - _SHORT_RUN)
    return max(min(longest, 1.0), common / min(len(runs), len(others)))


def _share_missing(agreement: Agreement, first: Collection[object], second: Collection[object]) -> float:
    """The share of items that only one side has; 0 where a side has none, since a retelling may leave them out."""
    if not first or not second:
        return 0.0
    missing = len(agreement.missing)
    total = 2 * len(agreement.same) + 2 * len(agreement.different) + missing
    return missing / total if total else 0.0


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


def _names(first: frozenset[str], second: frozenset[str]) -> Agreement:
    left, right = first - second, second - first
    if not (left or right):
        return Agreement(same=tuple(sorted(first)))
    near = _alike_among(left, second)
    far = right - _alike_among(right, first)
    return Agreement(same=tuple(sorted((first & second) | near)), missing=tuple(sorted([*(left - near), *far])))


def _alike_among(names: frozenset[str], others: frozenset[str]) -> set[str]:
    """Those of `names` that are the same name as one of `others`."""
    keys = name_keys(others)
    return {name for name in names if may_be_in(name, keys) and any(same_name(name, other) for other in others)}


def _numbers(first: Side, second: Side) -> Agreement:
    """Numbers of both sides: the same value; the same thing counted differently; or on one side only.

    Values alone agree, since what is counted is worded freely ("soldats", "militaires"). Two different values clash
    only where the same word follows both, and neither value stands on the other side.
    """
    ours, theirs = first.counts, second.counts
    if not (ours or theirs):
        return Agreement()
    same = [value for value in ours if value in theirs]
    left = [value for value in ours if value not in theirs]
    right = [value for value in theirs if value not in ours]
    different = []
    for value in list(left):
        rival = next((other for other in right if value[1] == other[1] and ours[value] & theirs[other]), None)
        if rival is not None:
            different.append(f"{_plain(value)} / {_plain(rival)} {sorted(ours[value] & theirs[rival])[0]}")
            left.remove(value)
            right.remove(rival)
    return Agreement(
        same=tuple(_spoken(value, ours[value] & theirs[value]) for value in same),
        different=tuple(different),
        missing=tuple(_plain(value) for value in [*left, *right]),
    )


def _spoken(count: Count, counted: frozenset[str]) -> str:
    return f"{_plain(count)} {' '.join(sorted(counted))}".strip()


def _plain(count: Count) -> str:
    """A value with all its digits: 1250000, not 1.25e+06; a share with its sign."""
    return f"{count[0]:.15g}{'%' if count[1] else ''}"


def _weight(item: str, alike: bool) -> float:
    """How telling a number in common is, by its value and by what it counts.

    In one language, a small number that counts other things on each side ("cinq chars", "cinq blessés") says nearly
    nothing; across languages what is counted cannot be held together, and the value speaks alone.
    """
    value, _, counted = item.partition(" ")
    if value.endswith("%"):
        return telling(float(value[:-1])) + 0.3
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
