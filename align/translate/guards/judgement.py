"""What a language detector and the model itself have to say about an output."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import regex

__all__ = ["Identify", "low_score", "wrong_language"]

Identify = Callable[[str, Sequence[str]], tuple[str, float]]

LOWEST_SCORE = -1.25  # mean log-probability: the model gives its own words about two chances in seven each
_SURE_LETTERS = 30
_SURE_LANGUAGE = 0.9
_LETTER = regex.compile(r"\p{L}")
_FOREIGN_SCRIPT = regex.compile(r"(?!\p{Latin})\p{L}")


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
    """The model itself was unsure: its mean token log-probability lies under -1.25.

    The scale differs a little from model to model; a small model is unsure more often, and rightly.
    """
    return score is not None and score < LOWEST_SCORE
