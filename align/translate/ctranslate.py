"""Decoding with CTranslate2 (Klein et al. 2020): eight-bit weights, no torch. The only module that imports it.

Activations are rounded to eight bits anew in every layer, so a difference in the last bit of a float can grow into
another word. Padding makes such differences: with the length of a batch's longest source, the grouping of the sums
changes. So the longest source of a batch always has the same length for the same text: the next multiple of eight, if
need be by means of a filler whose output nobody reads. Then, in eight bits, every output and score is the same to the
last bit, whatever else is translated beside it, on as many threads as there are; in float32, to the sixth digit of a
score.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from align.errors import ConfigError, ModelUnavailableError
from align.translate.engine import Decoding, Hypothesis, longest_output
from align.translate.vocabulary import END

__all__ = ["CTranslateEngine"]

_STEP = 8  # tokens; a padded length is a multiple of it
_FILLER = "."
_POSITIONS = 512  # of every Marian model that was published; a CTranslate2 folder does not state them


class CTranslateEngine:
    """A CTranslate2 folder as an `Engine`, on every core that this process may use."""

    def __init__(
        self,
        folder: Path,
        *,
        precision: str = "int8",
        device: str = "cpu",
        batch_tokens: int = 1024,
        positions: int = 0,
    ) -> None:
        """Load the model. Raises ModelUnavailableError, and ConfigError for a device that is not there.

        `positions` is how many the network has, where that is known.
        """
        import ctranslate2

        kind, _, number = device.partition(":")
        if kind not in ("cpu", "cuda") or (kind == "cuda" and not ctranslate2.get_cuda_device_count()):
            usable = "cpu, cuda" if ctranslate2.get_cuda_device_count() else "cpu"
            raise ConfigError(
                f"translate.device: {device!r} is not available to engine 'ctranslate2' here; available: {usable}"
            )
        try:
            self._network = ctranslate2.Translator(
                str(folder),
                device=kind,
                device_index=int(number or 0),
                compute_type=precision,
                inter_threads=_threads() if kind == "cpu" else 1,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelUnavailableError(f"model folder {str(folder)!r} cannot be loaded: {error}") from error
        self._batch_tokens = batch_tokens
        self._positions = positions or _POSITIONS

    @property
    def positions(self) -> int:
        """How many tokens the network has positions for."""
        return self._positions

    def decode(self, sources: Sequence[Sequence[str]], decoding: Decoding) -> list[Hypothesis]:
        """The best output for each source, in order; all batches are handed over at once, for the threads to share."""
        pending = [
            (batch, self._submit(_filled([list(sources[index]) for index in batch], length), length, decoding))
            for batch, length in self._batches([len(source) for source in sources])
        ]
        found: dict[int, Hypothesis] = {}
        for batch, results in pending:
            for index, result in zip(batch, results, strict=False):  # a filler comes last
                found[index] = _hypothesis(result.result())
        return [found[index] for index in range(len(sources))]

    def _batches(self, lengths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
        """Indices of sources of one padded length, longest first, and that length."""
        alike: dict[int, list[int]] = defaultdict(list)
        for index, length in enumerate(lengths):
            alike[-(-length // _STEP) * _STEP].append(index)
        for length in sorted(alike, reverse=True):
            size = max(1, self._batch_tokens // length)
            for begin in range(0, len(alike[length]), size):
                yield alike[length][begin : begin + size], length

    def _submit(self, sources: list[list[str]], length: int, decoding: Decoding) -> list[Any]:
        results: list[Any] = self._network.translate_batch(
            sources,
            asynchronous=True,
            beam_size=decoding.beams,
            no_repeat_ngram_size=decoding.no_repeat,
            max_input_length=0,
            max_decoding_length=longest_output(length, self._positions),
            return_scores=True,
            return_end_token=True,
        )
        return results


def _filled(sources: list[list[str]], length: int) -> list[list[str]]:
    """The sources of a batch, and a filler if none of them has the padded length."""
    if max(map(len, sources)) == length:
        return sources
    return [*sources, [_FILLER] * (length - 1) + [END]]


def _hypothesis(result: Any) -> Hypothesis:
    pieces, score = result.hypotheses[0], float(result.scores[0])
    ended = bool(pieces) and pieces[-1] == END
    length = max(1, len(pieces))
    return Hypothesis(tuple(pieces[:-1] if ended else pieces), min(0.0, score * length), length, ended)


def _threads() -> int:
    """The cores that this process may use, or fewer where OMP_NUM_THREADS asks for fewer."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(asked)) if asked.isdigit() and int(asked) > 0 else cores
