"""The SentencePiece vocabulary of a Marian model: text to pieces and back, the same for every engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import sentencepiece

from align.errors import ModelUnavailableError

__all__ = ["END", "TARGET_CODES", "Vocabulary"]

END = "</s>"
TARGET_CODES = (">>eng<<", ">>en<<")
"""How models with several target languages are told to write English."""

_VOCABULARIES = ("vocab.json", "shared_vocabulary.json", "source_vocabulary.json")


class Vocabulary:
    """`source.spm`, `target.spm` and the piece list of a model folder, in its transformers or CTranslate2 form.

    SentencePiece is called directly, not through a tokenizer, which would take ">>fra<<" or "</s>" in a text for a
    command.
    """

    def __init__(self, folder: Path) -> None:
        """Read the files. Raises ModelUnavailableError for one that is missing or damaged."""
        self._source, self._target = (_processor(folder / name) for name in ("source.spm", "target.spm"))
        self._known = _pieces(folder)
        self.prefix = [code for code in TARGET_CODES if code in self._known][:1]

    def encode(self, text: str) -> list[str]:
        """The pieces of a source text, with its target code and the end mark."""
        return [*self.prefix, *self._source.encode(text, out_type=str), END]

    def decode(self, pieces: Sequence[str]) -> str:
        """The text that output pieces spell."""
        return str(self._target.decode_pieces(list(pieces))).strip()

    def unknown(self, text: str) -> list[str]:
        """The pieces of a source text that the model has never seen, each as it is written, in order."""
        pieces = self._source.encode(text, out_type=str)
        return [piece.replace("\u2581", "") for piece in pieces if piece not in self._known]


def _processor(path: Path) -> sentencepiece.SentencePieceProcessor:
    try:
        return sentencepiece.SentencePieceProcessor(model_proto=path.read_bytes())
    except (OSError, RuntimeError) as error:
        raise ModelUnavailableError(f"{path}: cannot read the model's vocabulary: {error}") from error


def _pieces(folder: Path) -> frozenset[str]:
    path = next((folder / name for name in _VOCABULARIES if (folder / name).is_file()), None)
    if path is None:
        raise ModelUnavailableError(f"model folder {str(folder)!r} lacks its vocabulary: {' or '.join(_VOCABULARIES)}")
    try:
        pieces = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(f"{path}: cannot read the model's vocabulary: {error}") from error
    if not isinstance(pieces, dict | list) or not all(isinstance(piece, str) for piece in pieces):
        raise ModelUnavailableError(f"{path}: expected a JSON list of pieces or an object of piece and number")
    return frozenset(pieces)
