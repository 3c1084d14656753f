"""An explanation of a bead in one line."""

from __future__ import annotations

from collections import defaultdict

from align.bitext.explain import Explanation

__all__ = ["reason"]

_SHOWN = 3  # kinds of contributions that are named
_LEAST = 0.05  # less than this is not worth a word
# What a feature's name begins with, and in which words it is added up; the first that fits holds.
_KINDS = (
    ("cosine-over", "closer than other sentences"),
    ("margin", "closer than other sentences"),
    ("cosine", "close vectors"),
    ("length", "lengths"),
    ("is-", "shape"),
    ("size", "shape"),
    ("extension", "no sentence too many or too few"),
    ("over-", "no sentence too many or too few"),
    ("under-", "no sentence too many or too few"),
    ("same-end", "end marks"),
    ("other-end", "end marks"),
    ("open", "no partner"),
    ("extend", "no partner"),
    ("log-length", "no partner"),
    ("best-cosine", "closest sentence on the other side"),
)


def reason(explanation: Explanation) -> str:
    """What weighed most in a bead's log score, and how far ahead of the next best alignment it is, in one line.

    `close vectors +2.1, lengths -0.4, ...; 1.8 ahead of [3]:[4, 5]`. Contributions of one kind are added up; the
    largest come first, whichever their sign. It tells how the score came about, not that it is right.
    """
    kinds: defaultdict[str, float] = defaultdict(float)
    for name, value in explanation.contributions.items():
        kinds[_kind(name)] += value
    ordered = sorted(kinds.items(), key=lambda item: (-abs(round(item[1], 6)), item[0]))
    shown = [f"{name} {value:+.1f}" for name, value in ordered[:_SHOWN] if abs(value) >= _LEAST]
    rest = sum(value for _, value in ordered[len(shown) :])
    if shown and abs(rest) >= _LEAST:
        shown.append(f"all else {rest:+.1f}")
    return "; ".join([", ".join(shown) or "nothing weighed much", _lead(explanation)])


def _kind(feature: str) -> str:
    return next((words for begin, words in _KINDS if feature.startswith(begin)), feature.replace("-", " "))


def _lead(explanation: Explanation) -> str:
    if explanation.alternative is None:
        return "nothing else was possible"
    ours, theirs = (list(range(*side)) for side in explanation.alternative)
    return f"{explanation.margin:.1f} ahead of {ours}:{theirs}"
