"""One side of a comparison, with everything that is read off it worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from align.language.content import content_stems
from align.language.numbers import Number
from align.language.tags import LANGUAGES
from align.reuse.reading.calendar import is_month, weekdays
from align.reuse.reading.names import CASED
from align.reuse.reading.sentences import Sentence
from align.text.shingles import shingles
from align.text.words import fold_word

__all__ = ["SMALL", "Count", "Side", "counted_numbers", "telling"]

Count = tuple[float, bool]
"""A value, and whether it is a share in a hundred."""

SMALL = 12
"""Up to here the same number comes up by chance."""

_COUNTED_WORDS = 4  # stems after a number that may say what it counts
_RUN = 3  # words
_MONTH = 32  # characters on either side of a number that are looked at for a month; its name is shorter


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
        return frozenset(shingles(self.words, _RUN))

    @cached_property
    def english_runs(self) -> frozenset[tuple[str, ...]]:
        """Runs of three stems of its English."""
        return frozenset(shingles(self.english_words, _RUN))

    @cached_property
    def numbers(self) -> list[Number]:
        """Numbers, in order."""
        return [number for sentence in self.sentences for number in sentence.numbers]

    @cached_property
    def counts(self) -> dict[Count, frozenset[str]]:
        """Each value that counts something, a share told from a count, with the stems that follow it."""
        counts: dict[Count, frozenset[str]] = {}
        for number in (number for sentence in self.sentences for number in counted_numbers(sentence)):
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
        cased = self.language in LANGUAGES and LANGUAGES[self.language].script in CASED
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


def counted_numbers(sentence: Sentence) -> list[Number]:
    """The numbers of a sentence that count something.

    One is left out, since it is mostly an article, and so are the days of dates.
    """
    return [number for number in sentence.numbers if number.value not in (0, 1) and not _in_date(number, sentence)]


def _in_date(number: Number, sentence: Sentence) -> bool:
    """Whether a number up to 31 stands beside a month: "6 October", "July 4"."""
    if not (number.value <= 31 and number.value == int(number.value)):
        return False
    begin = number.span.begin
    before = sentence.segment.text[max(begin - _MONTH, 0) : begin].split()[-1:]
    after = number.following[:_MONTH].split()[:1]
    return any(is_month(fold_word(word.strip(",.")), sentence.segment.language) for word in (*before, *after))


def telling(value: float) -> float:
    """How telling a value is by itself, 0.2 to 1.6: 212 more than 200, that more than 6, a year next to nothing."""
    if 1900 <= value <= 2100 and value == int(value):
        return 0.2
    if value <= SMALL and value == int(value):
        return 0.4 if value <= 2 else 0.7
    return 1.0 if value % 10 == 0 else 1.6
