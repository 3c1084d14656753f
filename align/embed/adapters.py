"""Any model of the `sentence-transformers` library, behind the encoder's protocol."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from align.errors import InputError, MissingDependencyError, ModelUnavailableError

if TYPE_CHECKING:
    from align.records import Vectors

__all__ = ["SentenceTransformerEncoder"]

REQUIREMENT = "sentence-transformers>=5.0"


class SentenceTransformerEncoder:
    """A model in the layout of `sentence-transformers`: a local folder, or a hub id that is in the local cache.

    Nothing is downloaded and no code that comes with a model is run. The model is loaded when the first text comes.
    A text longer than the model's window is cut into pieces that fit, at a space near the middle, and has the mean of
    their vectors, weighted by their tokens; so nothing is left out. `languages` is what the caller says it was
    trained on; the model's files do not tell.

    Raises MissingDependencyError when the library is not installed, ModelUnavailableError when the model is not here.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        languages: Iterable[str] = (),
        device: str = "cpu",
        batch_size: int = 32,
    ) -> None:
        self.name = Path(model).name if os.path.isdir(model) else str(model)  # noqa: PTH112 - a hub id is no path
        self.languages = frozenset(languages)
        self._reference, self._device, self._batch_size = str(model), device, batch_size
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, d), rows of length 1; a row of zeros for a text of white space. Equal texts are encoded once."""
        if isinstance(texts, str):
            raise InputError(f"expected a sequence of texts, got one text: {texts[:40]!r}; put it into a list")
        model = self._loaded()
        pieces = {text: _pieces(text, _counter(model)) for text in dict.fromkeys(texts)}
        distinct = list(dict.fromkeys(piece for found in pieces.values() for piece, _ in found))
        given = distinct or ["."]  # some text, to learn the width from
        vectors = np.asarray(
            model.encode(given, batch_size=self._batch_size, show_progress_bar=False, convert_to_numpy=True),
            np.float64,
        )
        row = dict(zip(given, vectors, strict=True))
        whole = {text: _mean(row, found, vectors.shape[1]) for text, found in pieces.items()}
        return np.array([whole[text] for text in texts], np.float32).reshape(len(texts), vectors.shape[1])

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = _load(self._reference, self._device)
        return self._model


def _load(reference: str, device: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingDependencyError(
            f"encoder {reference!r} needs a library that is not installed; remedy: pip install '{REQUIREMENT}'"
        ) from error
    try:
        return SentenceTransformer(reference, device=device, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        said = " ".join(str(error).split())[:200]
        raise ModelUnavailableError(
            f"encoder {reference!r}: no model that is here: {said}; allowed: the folder of a saved model, or "
            "a hub id that is in the local cache (hf download ID); nothing is downloaded by a run"
        ) from error


def _counter(model: Any) -> tuple[Callable[[str], int], int] | None:
    """How the model counts tokens, and its window; None for a model without one."""
    window, tokenizer = getattr(model, "max_seq_length", None), getattr(model, "tokenizer", None)
    if not window or not callable(tokenizer):
        return None
    return (lambda text: len(tokenizer(text, truncation=False, verbose=False)["input_ids"])), int(window)


def _pieces(text: str, counter: tuple[Callable[[str], int], int] | None) -> list[tuple[str, int]]:
    """The parts of a text that the model reads whole, with their tokens; none of a text of white space."""
    text = text.strip()
    if not text:
        return []
    if counter is None:
        return [(text, 1)]
    count, window = counter
    tokens = count(text)
    if tokens <= window or len(text) < 2:
        return [(text, tokens)]
    middle = len(text) // 2
    spaces = (text.rfind(" ", 0, middle), text.find(" ", middle))
    cut = min((at for at in spaces if at > 0), key=lambda at: abs(at - middle), default=middle)
    return _pieces(text[:cut], counter) + _pieces(text[cut:], counter)


def _mean(row: dict[str, Any], pieces: Sequence[tuple[str, int]], width: int) -> Any:
    return _unit(sum((tokens * _unit(row[piece]) for piece, tokens in pieces), np.zeros(width)))


def _unit(vector: Any) -> Any:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
