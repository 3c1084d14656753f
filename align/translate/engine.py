"""What decodes: pieces in, pieces out. Two engines keep this promise, CTranslate2 and transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Decoding", "Engine", "Hypothesis", "longest_output"]

_LONGEST_OUTPUT = 2.0  # output tokens a source token, before an output counts as running away
_SPARE_OUTPUT = 16


@dataclass(frozen=True, slots=True)
class Decoding:
    """How outputs are searched for: beam width (1: greedy), and how many tokens in a row come only once (0: any)."""

    beams: int = 4
    no_repeat: int = 0


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An output: its pieces without the end mark, the sum and number of its log-probabilities with it.

    `ended` is false for an output that ran into its limit.
    """

    pieces: tuple[str, ...]
    log_probability: float
    tokens: int
    ended: bool


class Engine(Protocol):
    """A loaded network.

    An output does not depend on the other texts of the call, nor on their number: to the last bit of its score in
    eight bits, to rounding in single precision.
    """

    @property
    def positions(self) -> int:
        """How many tokens the network has positions for, on either side."""
        ...

    def decode(self, sources: Sequence[Sequence[str]], decoding: Decoding) -> list[Hypothesis]:
        """The best output for each source, in order. A source is a list of pieces that ends with the end mark."""
        ...


def longest_output(source_tokens: int, positions: int) -> int:
    """The limit of an output in tokens, the end mark included: twice its source and a little, within the positions."""
    return min(positions - 1, int(_LONGEST_OUTPUT * source_tokens) + _SPARE_OUTPUT)
