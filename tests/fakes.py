"""Stand-ins for what a run plugs in: small, exact and quick."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from align.records import Translated


class DictionaryTranslator:
    """A Translator that looks whole texts up, and reads an unknown text word by word.

    A word that is in no entry comes out as it went in. `calls` holds what was asked, one list of texts a call.
    """

    def __init__(
        self,
        entries: Mapping[str, str],
        *,
        model: str = "dictionary",
        revision: str = "1",
        score: float = -0.25,
        flags: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.entries = dict(entries)
        self.model = model
        self.revision = revision
        self.score = score
        self.flags = dict(flags or {})
        self.calls: list[list[str]] = []

    def translate(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        self.calls.append(list(texts))
        return [Translated(self._read(text), self.score, self.flags.get(text, ())) for text in texts]

    def _read(self, text: str) -> str:
        if text in self.entries:
            return self.entries[text]
        return " ".join(self.entries.get(word.casefold(), word) for word in text.split())


class RetryingTranslator(DictionaryTranslator):
    """A DictionaryTranslator whose second try reads from other entries."""

    def __init__(self, entries: Mapping[str, str], second: Mapping[str, str]) -> None:
        super().__init__(entries)
        self.second = DictionaryTranslator(second)

    def retry(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        return self.second.translate(texts, source=source)


class TrigramEncoder:
    """An Encoder that knows no meaning: equal spelling lies close, by hashed runs of three letters."""

    name = "trigrams"
    languages = frozenset({"en", "fr"})

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 64), np.float32)
        for row, text in zip(rows, texts, strict=True):
            padded = f" {text.casefold()} "
            for start in range(len(padded) - 2):
                row[zlib.crc32(padded[start : start + 3].encode("utf-8", "replace")) % 64] += 1
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(lengths == 0, np.float32(1), lengths)


def empty_model(folder: Path) -> str:
    """A folder that passes for a Marian model until it is loaded; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    for name in ("source.spm", "target.spm", "vocab.json"):
        (folder / name).write_bytes(b"{}")
    (folder / "config.json").write_text('{"model_type": "marian"}', encoding="utf-8")
    return str(folder)
