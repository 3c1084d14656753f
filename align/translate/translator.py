"""Marian models as a `records.Translator`: whole texts in, whole texts out, whatever decodes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from align.errors import ConfigError, UnsupportedLanguageError
from align.records import Translated
from align.translate.engine import Decoding, Engine, Hypothesis
from align.translate.verbatim.repair import repair
from align.translate.verbatim.signs import bare
from align.translate.verbatim.split import Fragment, fragments
from align.translate.verbatim.unknown import unknown_words
from align.translate.vocabulary import Vocabulary

__all__ = ["MarianTranslator"]

_RULES = 1  # raised when what is done to a text before and after the network changes
_SCORE_DECIMALS = 4  # with another number of threads, sums of single-precision numbers differ from the sixth on
_RETRY_NGRAM = 4  # what the safer retry does not say twice
_RETRY_BEAMS = 6
_RETRY_SHARE = 0.5  # of its length, to which a text is cut for the retry, at its own sentence and clause borders
_RETRY_SHORTEST = 12  # tokens
_UNREADABLE = 0.5  # share of letters unknown to the vocabulary from which the model does not read a text's script


@dataclass(frozen=True, slots=True)
class _Piece:
    """What the model made of one piece of a text."""

    text: str
    log_probability: float
    tokens: int
    ended: bool
    strange: bool  # holds words that were put back without the model's knowing them


class MarianTranslator:
    """A loaded Marian network with its vocabulary.

    The score of a text is the mean log-probability of its output tokens, the end mark included: it means the same for
    greedy and beam search, and for both engines. A text without a word comes back as it is, with no score. A text
    longer than `max_length` tokens, or than the network has positions for, is cut at sentence and clause borders and
    joined again; line breaks stay where they are.

    Flags that only the engine can see: `truncated` where an output ran into its limit, `wrong-language` where most
    letters of the source are unknown to the vocabulary, `unknown-word` where some of a word is: such words are put
    into the output as they are, at a place that is a guess, or are missing from it.
    """

    def __init__(
        self,
        engine: Engine,
        vocabulary: Vocabulary,
        *,
        model: str,
        revision: str,
        languages: Iterable[str],
        beams: int = 4,
        max_length: int = 200,
        recipe: str = "",
    ) -> None:
        """Put the parts together. Raises ConfigError for a number out of range.

        `recipe` names weights and engine exactly, for a cache to tell results apart.
        """
        for name, value, least in (("beams", beams, 1), ("max_length", max_length, 4)):
            if value < least:
                raise ConfigError(f"translate.{name}: not allowed: {value!r}; expected at least {least}")
        self.model, self.revision = model, revision
        self.languages = frozenset(languages)
        self.beams = beams
        self.recipe = f"{recipe or revision}|{beams}|{max_length}|{_RULES}"
        self._engine, self._vocabulary = engine, vocabulary
        # room is left for an output that is longer than its source
        self._max_source = min(max_length, engine.positions * 3 // 4)

    def translate(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """One result for each text, in order. Raises UnsupportedLanguageError for a language it does not serve."""
        self._check(source)
        plans = [self._plan(text, self._max_source) for text in texts]
        return self._translate(plans, Decoding(self.beams))

    def retry(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """Translate texts again whose result went wrong: in smaller pieces, with a wider search, no loops allowed."""
        self._check(source)
        plans = [self._plan(text, self._retry_length(text)) for text in texts]
        return self._translate(plans, Decoding(max(self.beams, _RETRY_BEAMS), _RETRY_NGRAM))

    def _check(self, source: str) -> None:
        if source not in self.languages:
            served = " ".join(sorted(self.languages))
            raise UnsupportedLanguageError(f"model {self.model!r} does not translate {source!r}; it serves: {served}")

    def _retry_length(self, text: str) -> int:
        share = int(len(self._vocabulary.encode(text)) * _RETRY_SHARE)
        return min(self._max_source, max(_RETRY_SHORTEST, share))

    def _plan(self, text: str, longest: int) -> list[Fragment]:
        def fits(part: str) -> bool:
            return len(self._vocabulary.encode(part)) <= longest

        return fragments(unicodedata.normalize("NFC", text), fits)

    def _translate(self, plans: Sequence[list[Fragment]], decoding: Decoding) -> list[Translated]:
        texts = [part.text for plan in plans for part in plan if not part.verbatim]
        strange = [unknown_words(text, self._vocabulary.unknown(bare(text))) for text in texts]
        asked = [self._vocabulary.encode(bare(text, words)) for text, words in zip(texts, strange, strict=True)]
        found = self._engine.decode(asked, decoding)
        pieces = iter([self._spelt(*item) for item in zip(texts, strange, found, strict=True)])
        return [self._joined(plan, [next(pieces) for part in plan if not part.verbatim]) for plan in plans]

    def _spelt(self, source: str, strange: Sequence[str], hypothesis: Hypothesis) -> _Piece:
        """An output as text, with what no model can say put back where the source has it."""
        text = repair(source, self._vocabulary.decode(hypothesis.pieces), strange)
        return _Piece(text, hypothesis.log_probability, hypothesis.tokens, hypothesis.ended, bool(strange))

    def _joined(self, plan: Sequence[Fragment], pieces: Sequence[_Piece]) -> Translated:
        """The pieces of one text put back between what was kept verbatim."""
        rest = iter(pieces)
        text = "".join(part.text if part.verbatim else next(rest).text for part in plan)
        if not pieces:
            return Translated(text, None)
        score = sum(piece.log_probability for piece in pieces) / sum(piece.tokens for piece in pieces)
        source = "".join(part.text for part in plan if not part.verbatim)
        flags = self._vocabulary_flags(source, text)
        if any(piece.strange for piece in pieces):
            flags.append("unknown-word")  # its place is a guess
        if not all(piece.ended for piece in pieces):
            flags.append("truncated")
        return Translated(text, round(score, _SCORE_DECIMALS), tuple(sorted(set(flags))))

    def _vocabulary_flags(self, source: str, output: str) -> list[str]:
        """What the source says in letters or signs that the model has never seen."""
        unknown = self._vocabulary.unknown(source)
        lost = sum(len(_letters(piece)) for piece in unknown)
        flags = ["unknown-word"] if any(piece not in output for piece in unknown) else []
        return [*flags, "wrong-language"] if lost > _UNREADABLE * len(_letters(source)) else flags


def _letters(text: str) -> list[str]:
    return [character for character in text if character.isalpha()]
