"""What is doubtful in a translation, told from source and output alone.

One pure function a guard, each true when its flag is due. They mark rows for a reader and for the one retry; nothing
is thrown away on their word. How often each speaks on outputs of good systems was measured; its docstring says where
it errs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import regex

from align.translate.numerals import number_mismatch
from align.translate.protect import has_words, protected

__all__ = [
    "FLAGS",
    "RETRIED",
    "empty",
    "flags_for",
    "length_ratio",
    "low_score",
    "number_mismatch",
    "repetition",
    "source_copied",
    "truncated",
    "url_mismatch",
    "wrong_language",
]

FLAGS = (
    "repetition",
    "source-copied",
    "empty",
    "truncated",
    "length-ratio",
    "number-mismatch",
    "url-mismatch",
    "wrong-language",
    "low-score",
)
RETRIED = frozenset({"repetition", "source-copied", "empty", "truncated"})

Identify = Callable[[str, Sequence[str]], tuple[str, float]]

LOWEST_SCORE = -1.6  # mean log-probability: the model gives its own words about a chance in five each
_LONGEST_LOOP = 8  # words
_LENGTH_RATIO = (0.45, 2.2)  # output characters a source character
_LENGTH_SLACK = 25  # characters
_DENSE_SCRIPT = 3.0  # English characters that a Chinese, Japanese or Thai character stands for
_SURE_LETTERS = 30
_SURE_LANGUAGE = 0.9
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_CHARACTER_LOOP = regex.compile(r"(?P<unit>\p{L}{1,6}?)(?P=unit){4,}")
_LETTER = regex.compile(r"\p{L}")
_FOREIGN_SCRIPT = regex.compile(r"(?!\p{Latin})\p{L}")
_CLOSED = regex.compile(r"[.!?…。！？؟۔][\s»”\"'’)\]]*$")
_BROKEN_OFF = regex.compile(r"(?:[\p{L}\p{N},]|\p{L}-)$")


def flags_for(
    source: str,
    output: str,
    *,
    source_language: str,
    target_language: str = "en",
    score: float | None = None,
    engine: Sequence[str] = (),
    identify: Identify | None = None,
) -> tuple[str, ...]:
    """Every flag that is due, in the order of FLAGS; `engine` holds what the translator itself saw.

    `identify` tells the language of a text, of the two that it is given, with a probability; without it
    `wrong-language` looks at the script alone.
    """
    due = {
        "repetition": repetition(source, output),
        "source-copied": source_copied(source, output),
        "empty": empty(source, output),
        "truncated": truncated(source, output),
        "length-ratio": length_ratio(source, output),
        "number-mismatch": number_mismatch(source, output, source_language),
        "url-mismatch": url_mismatch(source, output),
        "wrong-language": wrong_language(output, source_language, target_language, identify),
        "low-score": low_score(score),
    }
    return tuple(flag for flag in FLAGS if due[flag] or flag in engine)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def repetition(source: str, output: str) -> bool:
    """A loop: words or syllables said over and over, more often than the source says anything.

    Two signs, after Raunak et al. (2021) and Guerreiro et al. (2023): up to eight words that follow themselves at
    least three times (a single word four times), and a run of four words that the output has three times or more and
    at least twice more than the source's most frequent four. Both are held against the source, so that a chorus, a
    litany or "no, no, no" stays unflagged. A source whose own repetition is a list of different inflected forms can
    still be flagged.
    """
    said, given = _words(output), _words(source)
    for length in range(1, _LONGEST_LOOP + 1):
        least = 4 if length == 1 else 3
        if _loops(said, length) >= max(least, _longest_loop(given) + 2):
            return True
    if _most_frequent(said, 4) >= max(3, _most_frequent(given, 4) + 2):
        return True
    return _CHARACTER_LOOP.search(output) is not None and _CHARACTER_LOOP.search(source) is None


def _loops(words: Sequence[str], length: int) -> int:
    """How many times at most a run of `length` words follows itself, the first time counted."""
    most, matching = 0, 0
    for index in range(length, len(words)):
        matching = matching + 1 if words[index] == words[index - length] else 0
        most = max(most, matching // length)
    return most + 1 if most else 0


def _longest_loop(words: Sequence[str]) -> int:
    return max(_loops(words, length) for length in range(1, _LONGEST_LOOP + 1))


def _most_frequent(words: Sequence[str], length: int) -> int:
    runs = Counter(zip(*(words[start:] for start in range(length)), strict=False))
    return max(runs.values(), default=0)


def source_copied(source: str, output: str) -> bool:
    """The source, or a long part of it, came through untranslated.

    Only words that a translation should change count: no digits, addresses, handles, and no capitalized words, since
    names stay what they are. Flagged are an output that keeps at least three in five of four such words or more, and
    one that holds six words of the source in a row, three of them such. A title in the original inside quotation
    marks is too short for that; a source that is already English is flagged, and rightly: it was routed wrongly.
    """
    kept = set(_changeable(output))
    telling = _changeable(source)
    if len(telling) >= 2 and _words(source) == _words(output):
        return True
    if len(telling) >= 4 and sum(word in kept for word in telling) >= 0.6 * len(telling):
        return True
    return _copied_run(source, output, telling)


def _changeable(text: str) -> list[str]:
    """The words of a text that are neither names nor signs, of two letters or more."""
    bare = text
    for item in protected(text):
        bare = bare.replace(item, " ")
    return [word for word in _WORD.findall(bare) if len(word) > 1 and word.isalpha() and not word[0].isupper()]


def _copied_run(source: str, output: str, telling: Sequence[str]) -> bool:
    changeable = set(telling)
    given, said = _WORD.findall(source), _WORD.findall(output)
    runs = {tuple(said[start : start + 6]) for start in range(len(said) - 5)}
    for start in range(len(given) - 5):
        run = tuple(given[start : start + 6])
        if run in runs and sum(word in changeable for word in run) >= 3:
            return True
    return False


def empty(source: str, output: str) -> bool:
    """Words went in and none came out. A source without a word (stars, a date, an address) cannot be empty."""
    return has_words(source) and _WORD.search(output) is None


def truncated(source: str, output: str) -> bool:
    """The source is a closed sentence of some length; the output breaks off at a word or a comma.

    Systems that drop the last full stop of a sentence are flagged too, wrongly; a heading, which has none, never is.
    The engine's own word on an output that ran into its limit comes on top.
    """
    if len(_words(source)) < 6 or not _words(output):
        return False
    end = _closed(output)
    return _closed(source) and not end and _BROKEN_OFF.search(output.strip()) is not None


def _closed(text: str) -> bool:
    return _CLOSED.search(text) is not None


def length_ratio(source: str, output: str) -> bool:
    """The output is much shorter or longer than the source, by ratio and by at least 25 characters.

    Counted in characters; one of a Chinese, Japanese or Thai text counts as three. Lists of abbreviations that the
    output writes out are flagged wrongly.
    """
    expected = len(source.strip()) + (_DENSE_SCRIPT - 1) * len(_DENSE.findall(source))
    length = len(output.strip())
    low, high = _LENGTH_RATIO
    too_short = length < low * expected and expected - length > _LENGTH_SLACK
    too_long = length > high * expected and length - expected > _LENGTH_SLACK
    return too_short or too_long


def url_mismatch(source: str, output: str) -> bool:
    """An address, e-mail, @handle or #hashtag of the source is not in the output as it was, or a new one is.

    A hashtag that was translated is flagged although a reader might want it so.
    """
    return Counter(protected(source)) != Counter(protected(output))


def wrong_language(
    output: str, source_language: str, target_language: str = "en", identify: Identify | None = None
) -> bool:
    """The output is not in the target language: its script is another, or it reads as the source's language.

    Told by script when a third of at least six letters is not Latin (the target is written in Latin letters), and by
    `identify` between the two languages, from thirty letters on and when it is sure. Lists of foreign names read as
    the source's language now and then.
    """
    letters = len(_LETTER.findall(output))
    if letters >= 6 and len(_FOREIGN_SCRIPT.findall(output)) * 3 >= letters:
        return True
    if identify is None or letters < _SURE_LETTERS or source_language == target_language:
        return False
    tag, score = identify(output, (source_language, target_language))
    return tag != target_language and score >= _SURE_LANGUAGE


def low_score(score: float | None) -> bool:
    """The model itself was unsure: its mean token log-probability lies under -1.6.

    The scale differs a little from model to model; a small model is unsure more often, and rightly.
    """
    return score is not None and score < LOWEST_SCORE
