"""Which model serves which language, told from what is on this machine; nothing here uses the network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from align.config import TranslateConfig
from align.errors import ModelUnavailableError, UnsupportedLanguageError
from align.language.tags import language as language_entry
from align.translate.store import registry
from align.translate.store.audit import first_problem
from align.translate.store.folder import Kind, card_licence, inspect_folder, require_english
from align.translate.store.hub import hub_folder, is_hub_id
from align.translate.store.registry import Installed
from align.translate.store.weight_files import hash_once

__all__ = [
    "COMPACT_FOLDER",
    "COMPACT_LANGUAGES",
    "COMPACT_MODEL",
    "DOCUMENTED_MODELS",
    "DRAFT_NOTICE",
    "ModelChoice",
    "resolve",
]

COMPACT_MODEL = "align-compact-fr-tr-en"
COMPACT_LANGUAGES = ("fr", "tr")
COMPACT_FOLDER = Path(__file__).parents[1] / "compact"
COMPACT_LICENCE = "see MODEL_CARD.md"
DOCUMENTED_MODELS = {tag: f"Helsinki-NLP/opus-mt-{tag}-en" for tag in ("fr", "tr", "ar", "ru")}
DRAFT_NOTICE = (
    f"translated with the draft model {COMPACT_MODEL}, small and of limited quality; install a full-size model with "
    "`align models fetch fr` (Turkish: `align models fetch tr`)"
)


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model that serves a language.

    `reference` is its name in the output, `path` its folder, `kind` the layout that the folder has, `revision` the hub
    commit or the first twelve digits of `weight_hash`, the SHA-256 of the weight file. `licence` is null where the
    folder states none. `draft` marks the embedded compact model.
    """

    language: str
    reference: str
    path: Path
    revision: str
    weight_hash: str
    licence: str | None
    draft: bool
    kind: Kind


def resolve(language: str, config: TranslateConfig) -> ModelChoice:
    """The model for a language: the one that the settings name, else the best installed one, else the embedded one.

    A reference in `config.models` is a folder, else the name or hub id of an installed model, else a hub id in the
    local Hugging Face cache. Of several installed models the best is the one with the larger weight file; of equals
    the first by name.

    Raises UnsupportedLanguageError when nothing is named, installed or embedded for the language,
    ModelUnavailableError when what is named, installed or embedded is not on this machine, not whole, or does not
    serve the language.
    """
    tag = language_entry(language).tag
    named = {language_entry(code).tag: reference for code, reference in config.models.items()}
    if tag in named:
        return _named(tag, named[tag])
    models = registry.reading(tag)
    if models:
        return _installed(tag, models[0])
    if tag in COMPACT_LANGUAGES:
        remedy = "reinstall the package, or name another model with `--model`"
        return _folder(tag, COMPACT_FOLDER, COMPACT_MODEL, remedy, draft=True)
    raise UnsupportedLanguageError(f"no model for {_spoken(tag)}; {_remedy(tag)}")


def _named(tag: str, reference: str) -> ModelChoice:
    folder = Path(reference).expanduser()
    remedy = _remedy(tag, reference)
    if folder.is_dir():
        return _folder(tag, folder, folder.resolve().name, remedy)
    if reference == COMPACT_MODEL and tag in COMPACT_LANGUAGES:
        return _folder(tag, COMPACT_FOLDER, COMPACT_MODEL, remedy, draft=True)
    model = registry.find(reference)
    if model is not None:
        return _installed(tag, model)
    cached = hub_folder(reference)
    if cached is None:
        where = "no such folder, nor an installed model of this name"
        where += ", nor in the local Hugging Face cache" if is_hub_id(reference) else ""
        raise ModelUnavailableError(f"model {reference!r} for {_spoken(tag)}: {where}; {remedy}")
    return _folder(tag, cached, reference, remedy, revision=cached.name)


def _folder(
    tag: str, folder: Path, reference: str, remedy: str, *, revision: str | None = None, draft: bool = False
) -> ModelChoice:
    found = inspect_folder(folder, remedy)
    if not draft:
        require_english(found, remedy)
    digest = hash_once(folder / found.weights)
    licence = card_licence(folder) or (COMPACT_LICENCE if draft else None)
    return ModelChoice(tag, reference, folder, revision or digest[:12], digest, licence, draft, found.kind)


def _installed(tag: str, model: Installed) -> ModelChoice:
    if tag not in model.languages:
        raise ModelUnavailableError(
            f"model {model.name!r} for {_spoken(tag)}: installed for {', '.join(model.languages)} alone; "
            f"if it reads the language, `align models add {model.name} --language {tag}`"
        )
    wrong = first_problem(model)
    if wrong:
        raise ModelUnavailableError(
            f"{wrong}; the model {model.name!r} for {_spoken(tag)} is damaged: "
            f"`align models remove {model.name}` and install it again"
        )
    return ModelChoice(
        tag, model.reference, model.path, model.revision, model.weight_hash, model.licence, False, model.kind
    )


def _spoken(tag: str) -> str:
    return f"{language_entry(tag).name} ({tag})"


def _remedy(tag: str, reference: str = "") -> str:
    """The command that installs a model for the language, or the one that was meant."""
    if is_hub_id(reference) and reference not in DOCUMENTED_MODELS.values():
        folder = f"models/{reference.split('/')[-1]}"
        return (
            f"while online, `hf download {reference} --local-dir {folder}`, "
            f"then `align models add {folder} --language {tag}`"
        )
    if tag in DOCUMENTED_MODELS:
        return f"while online, `align models fetch {tag}` installs {DOCUMENTED_MODELS[tag]}"
    return (
        f"with the folder of a Marian model that reads it, `align models add FOLDER --language {tag}`; "
        f"documented models, for `align models fetch`: {' '.join(DOCUMENTED_MODELS)}"
    )
