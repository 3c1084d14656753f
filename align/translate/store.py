"""Which model serves which language, told from what is on this machine; nothing here uses the network."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from align.config import TranslateConfig
from align.errors import ModelUnavailableError, UnsupportedLanguageError
from align.language.tags import language as language_entry

__all__ = [
    "COMPACT_FOLDER",
    "COMPACT_LANGUAGES",
    "COMPACT_MODEL",
    "DOCUMENTED_MODELS",
    "DRAFT_NOTICE",
    "WEIGHTS",
    "ModelChoice",
    "check_folder",
    "hub_folder",
    "resolve",
    "weight_hash",
]

COMPACT_MODEL = "align-compact-fr-tr-en"
COMPACT_LANGUAGES = ("fr", "tr")
COMPACT_FOLDER = Path(__file__).parent / "compact"
COMPACT_LICENCE = "see MODEL_CARD.md"
DOCUMENTED_MODELS = {tag: f"Helsinki-NLP/opus-mt-{tag}-en" for tag in ("fr", "tr", "ar", "ru")}
DRAFT_NOTICE = (
    f"translated with the draft model {COMPACT_MODEL}, small and of limited quality; install a full-size model with "
    f"`hf download {DOCUMENTED_MODELS['fr']} --local-dir models/opus-mt-fr-en` and run with "
    "`--model fr=models/opus-mt-fr-en` (Turkish: opus-mt-tr-en)"
)
WEIGHTS = "model.safetensors"
_NEEDED = ("config.json", WEIGHTS, "source.spm", "target.spm", "vocab.json")
_FETCHED = [*_NEEDED, "*.json", "*.md"]
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_LICENCE = re.compile(r"^licen[cs]e:\s*['\"]?([\w.+-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model that serves a language.

    `reference` is its name in the output, `path` its folder, `revision` the hub commit or the first twelve digits of
    `weight_hash`, the SHA-256 of the weight file. `licence` is null where the folder states none. `draft` marks the
    embedded compact model.
    """

    language: str
    reference: str
    path: Path
    revision: str
    weight_hash: str
    licence: str | None
    draft: bool


def resolve(language: str, config: TranslateConfig) -> ModelChoice:
    """The model for a BCP-47 tag: the one that the settings name, else the embedded one.

    A reference in `config.models` is a local folder, or the id of a model in the local Hugging Face cache.

    Raises UnsupportedLanguageError when nothing is named or embedded for the language, ModelUnavailableError when
    the model is named or embedded and not on this machine or not whole.
    """
    tag = language_entry(language).tag
    named = {language_entry(code).tag: reference for code, reference in config.models.items()}
    if tag in named:
        return _named(tag, named[tag])
    if tag in COMPACT_LANGUAGES:
        check_folder(COMPACT_FOLDER, "reinstall the package, or name another model with `--model`")
        digest = weight_hash(COMPACT_FOLDER)
        licence = _licence(COMPACT_FOLDER) or COMPACT_LICENCE
        return ModelChoice(tag, COMPACT_MODEL, COMPACT_FOLDER, digest[:12], digest, licence, draft=True)
    raise UnsupportedLanguageError(_no_model(tag))


def _named(tag: str, reference: str) -> ModelChoice:
    folder = Path(reference).expanduser()
    if folder.is_dir():
        check_folder(folder, _remedy(tag))
        digest = weight_hash(folder)
        return ModelChoice(tag, folder.resolve().name, folder, digest[:12], digest, _licence(folder), draft=False)
    cached = hub_folder(reference)
    if cached is None:
        where = "no such folder" + (", nor in the local Hugging Face cache" if _HUB_ID.fullmatch(reference) else "")
        raise ModelUnavailableError(f"model {reference!r} for {_spoken(tag)}: {where}; {_remedy(tag, reference)}")
    check_folder(cached, _remedy(tag, reference))
    return ModelChoice(tag, reference, cached, cached.name, weight_hash(cached), _licence(cached), draft=False)


def hub_folder(reference: str, *, local_only: bool = True) -> Path | None:
    """The snapshot of a hub id in the local Hugging Face cache, or None; downloaded only when `local_only` is off."""
    if not _HUB_ID.fullmatch(reference):
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(reference, local_files_only=local_only, allow_patterns=_FETCHED))
    except LocalEntryNotFoundError:
        return None


def check_folder(folder: Path, remedy: str) -> None:
    """Raise ModelUnavailableError, naming what is missing, unless the folder holds a Marian model in safetensors."""
    if not folder.is_dir():
        raise ModelUnavailableError(f"model folder {str(folder)!r} does not exist; {remedy}")
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing == [WEIGHTS] and (folder / "pytorch_model.bin").is_file():
        remedy = f"pickled weights are not loaded; convert them once with `python -m align.translate.marian {folder}`"
    if missing:
        raise ModelUnavailableError(f"model folder {str(folder)!r} lacks {', '.join(missing)}; {remedy}")
    kind = _settings(folder / "config.json", remedy).get("model_type")
    if kind != "marian":
        raise ModelUnavailableError(
            f"model folder {str(folder)!r} is no Marian model: model_type {kind!r}, expected 'marian'; {remedy}"
        )


def _settings(path: Path, remedy: str) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(f"{path}: cannot read the model's settings: {error}; {remedy}") from error
    if not isinstance(value, dict):
        raise ModelUnavailableError(f"{path}: expected a JSON object; {remedy}")
    return value


def weight_hash(folder: Path) -> str:
    """SHA-256 of the weight file, in hexadecimal digits."""
    with (folder / WEIGHTS).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _licence(folder: Path) -> str | None:
    """The licence that the front matter of the model card states."""
    for name in ("README.md", "MODEL_CARD.md"):
        card = folder / name
        if card.is_file():
            match = _LICENCE.search(card.read_text(encoding="utf-8", errors="replace"))
            if match:
                return match[1]
    return None


def _spoken(tag: str) -> str:
    return f"{language_entry(tag).name} ({tag})"


def _remedy(tag: str, reference: str | None = None) -> str:
    hub_id = reference if reference and _HUB_ID.fullmatch(reference) else None
    wanted = hub_id if hub_id and "opus-mt" in hub_id else DOCUMENTED_MODELS.get(tag, f"Helsinki-NLP/opus-mt-{tag}-en")
    folder = f"models/{wanted.split('/')[-1]}"
    return f"install it with `hf download {wanted} --local-dir {folder}`, then run with `--model {tag}={folder}`"


def _no_model(tag: str) -> str:
    known = ", ".join(DOCUMENTED_MODELS.values())
    install = _remedy(tag) if tag in DOCUMENTED_MODELS else "name a Marian model's folder with `--model`"
    return f"no model for {_spoken(tag)}; {install}; documented: {known}"
