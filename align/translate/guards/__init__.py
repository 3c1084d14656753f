"""What is doubtful in a translation, told from source and output alone.

One pure function a guard, each true when its flag is due. They mark rows for a reader and for the one retry; nothing
is thrown away on their word. How often each speaks on outputs of good systems was measured; its docstring says where
it errs.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from align.translate.guards.copies import source_copied
from align.translate.guards.judgement import Identify, low_score, wrong_language
from align.translate.guards.lengths import empty, length_ratio, truncated
from align.translate.guards.loops import repetition
from align.translate.guards.marks import unknown_word, unpaired_quotes, url_mismatch
from align.translate.guards.numbers import number_mismatch

__all__ = [
    "BROKEN",
    "FLAGS",
    "RETRIED",
    "Identify",
    "empty",
    "flags_for",
    "length_ratio",
    "low_score",
    "number_mismatch",
    "repetition",
    "source_copied",
    "truncated",
    "unknown_word",
    "unpaired_quotes",
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
    "unknown-word",
    "unpaired-quotes",
    "wrong-language",
    "low-score",
)
BROKEN = frozenset({"repetition", "source-copied", "empty", "truncated"})
"""Flags of outputs that say little of what their sources say."""

RETRIED = frozenset(FLAGS) - {"low-score", "unknown-word"}
"""Flags that a second try may cure: with other words in other pieces, a number is often right again."""


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
    `wrong-language` looks at the script alone. HTML entities are read as what they stand for.
    """
    source, output = html.unescape(source), html.unescape(output)
    due = {
        "repetition": repetition(source, output),
        "source-copied": source_copied(source, output),
        "empty": empty(source, output),
        "truncated": truncated(source, output),
        "length-ratio": length_ratio(source, output, source_language),
        "number-mismatch": number_mismatch(source, output, source_language),
        "url-mismatch": url_mismatch(source, output),
        "unknown-word": unknown_word(source, output),
        "unpaired-quotes": unpaired_quotes(source, output),
        "wrong-language": wrong_language(output, source_language, target_language, identify),
        "low-score": low_score(score),
    }
    return tuple(flag for flag in FLAGS if due[flag] or flag in engine)
