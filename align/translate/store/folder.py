"""What a model folder holds: a Marian model in the layout of transformers or of CTranslate2, whole or not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from align.errors import ModelUnavailableError
from align.translate.store.weight_files import ct2_problem, pickle_problem, safetensors_problem

__all__ = [
    "PICKLED_WEIGHTS",
    "TRANSFORMERS_FILES",
    "WEIGHTS",
    "Kind",
    "ModelFolder",
    "card_licence",
    "check_folder",
    "inspect_folder",
    "require_english",
]

Kind = Literal["transformers", "ctranslate2"]

WEIGHTS = "model.safetensors"
PICKLED_WEIGHTS = "pytorch_model.bin"
_CT2_WEIGHTS = "model.bin"
_CARDS = ("README.md", "MODEL_CARD.md")
_SHARED = "shared_vocabulary.json"
_SEPARATE = ("source_vocabulary.json", "target_vocabulary.json")
_NEEDED: dict[Kind, tuple[str, ...]] = {
    "transformers": ("config.json", WEIGHTS, "source.spm", "target.spm", "vocab.json"),
    "ctranslate2": ("config.json", _CT2_WEIGHTS, "source.spm", "target.spm"),
}
_WANTED: dict[Kind, tuple[str, ...]] = {
    "transformers": (
        *("generation_config.json", "tokenizer_config.json", "special_tokens_map.json", "target_vocab.json"),
        *(*_CARDS, "LICENSE", "LICENSE.txt"),
    ),
    "ctranslate2": (_SHARED, *_SEPARATE, *_CARDS, "LICENSE", "LICENSE.txt"),
}
TRANSFORMERS_FILES = (*_NEEDED["transformers"], PICKLED_WEIGHTS, *_WANTED["transformers"])
_PROBLEMS = {WEIGHTS: safetensors_problem, _CT2_WEIGHTS: ct2_problem, PICKLED_WEIGHTS: pickle_problem}
_TARGET_CODE = re.compile(r">>[^<>\s]+<<")
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.MULTILINE | re.DOTALL)
_LICENCE = re.compile(r"^licen[cs]e:[ \t]*(?:\r?\n[ \t]*-[ \t]*)?['\"]?([\w.+-]+)", re.MULTILINE)
_LICENCE_NAME = re.compile(r"^licen[cs]e_name:[ \t]*['\"]?([\w.+-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder that passed `inspect_folder`.

    `weights` and `files` are names inside it. Files that are no part of the model, such as weights for other
    frameworks, are not in `files`.
    """

    path: Path
    kind: Kind
    weights: str
    files: tuple[str, ...]


def inspect_folder(folder: Path, remedy: str, *, pickled: bool = False) -> ModelFolder:
    """Tell what kind of Marian model a folder holds, and that nothing of it is missing or cut off.

    Reads the settings and the layout of the weights, not the weights themselves. With `pickled`, a transformers
    folder may have `pytorch_model.bin` in place of `model.safetensors`; the pickle is not opened.

    Raises ModelUnavailableError that names what is wrong and ends with `remedy`.
    """
    if not folder.is_dir():
        raise ModelUnavailableError(f"model folder {str(folder)!r} does not exist; {remedy}")
    kind = _kind(folder, remedy)
    needed = list(_NEEDED[kind])
    only_pickled = kind == "transformers" and _has(folder, PICKLED_WEIGHTS) and not _has(folder, WEIGHTS)
    if pickled and only_pickled:
        needed[1] = PICKLED_WEIGHTS
    missing = [name for name in needed if not _has(folder, name)]
    if kind == "ctranslate2" and not _has(folder, _SHARED) and not all(_has(folder, name) for name in _SEPARATE):
        missing.append(_SHARED)
    if missing == [WEIGHTS] and only_pickled:
        remedy = "pickled weights are not loaded; `align models add FOLDER --language LANGUAGE` makes a converted copy"
    if missing:
        raise ModelUnavailableError(f"model folder {str(folder)!r} lacks {', '.join(missing)}; {remedy}")
    weights = needed[1]
    problem = _PROBLEMS[weights](folder / weights)
    if problem:
        raise ModelUnavailableError(f"{folder / weights}: {problem}; {remedy}")
    return ModelFolder(folder, kind, weights, (*needed, *(name for name in _WANTED[kind] if _has(folder, name))))


def check_folder(folder: Path, remedy: str) -> None:
    """Raise ModelUnavailableError unless the folder holds a whole Marian model that transformers loads."""
    if inspect_folder(folder, remedy).kind != "transformers":
        raise ModelUnavailableError(
            f"model folder {str(folder)!r} holds a model for CTranslate2, which transformers does not load; {remedy}"
        )


def _has(folder: Path, name: str) -> bool:
    return (folder / name).is_file()


def _kind(folder: Path, remedy: str) -> Kind:
    settings = _settings(folder / "config.json", remedy)
    if "model_type" not in settings and any(_has(folder, name) for name in (_CT2_WEIGHTS, _SHARED, *_SEPARATE)):
        return "ctranslate2"
    if _has(folder, "config.json") and settings.get("model_type") != "marian":
        raise ModelUnavailableError(
            f"model folder {str(folder)!r} is no Marian model: "
            f"model_type {settings.get('model_type')!r}, expected 'marian'; {remedy}"
        )
    return "transformers"


def _settings(path: Path, remedy: str) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(f"{path}: cannot read the model's settings: {error}; {remedy}") from error
    if not isinstance(value, dict):
        raise ModelUnavailableError(f"{path}: expected a JSON object; {remedy}")
    return value


def require_english(found: ModelFolder, remedy: str) -> None:
    """Raise ModelUnavailableError for a model whose vocabulary names target languages, and English is none of them.

    A model of several target languages is told which to write by a code before the source, as `>>eng<<`; one without
    codes writes one language, and which that is, its folder does not say.
    """
    from align.translate.vocabulary import TARGET_CODES

    names = ("vocab.json",) if found.kind == "transformers" else (_SHARED, _SEPARATE[0])
    path = next(found.path / name for name in names if _has(found.path, name))
    try:
        codes = sorted(piece for piece in json.loads(path.read_text(encoding="utf-8")) if _TARGET_CODE.fullmatch(piece))
    except (OSError, ValueError, TypeError) as error:
        raise ModelUnavailableError(f"{path}: cannot read the model's vocabulary: {error}; {remedy}") from error
    if codes and not set(codes).intersection(TARGET_CODES):
        some = " ".join(codes[:8]) + (" ..." if len(codes) > 8 else "")
        raise ModelUnavailableError(
            f"model folder {str(found.path)!r} does not write English: it has the target codes {some}, "
            f"and none of {' '.join(TARGET_CODES)}; {remedy}"
        )


def card_licence(folder: Path) -> str | None:
    """The licence that the front matter of the model card states; where that is `other`, the name that it gives it."""
    for name in _CARDS:
        card = folder / name
        front = _FRONT_MATTER.match(card.read_text(encoding="utf-8", errors="replace")) if card.is_file() else None
        stated = _LICENCE.search(front[1]) if front else None
        if front and stated:
            named = _LICENCE_NAME.search(front[1]) if stated[1] == "other" else None
            return (named or stated)[1]
    return None
