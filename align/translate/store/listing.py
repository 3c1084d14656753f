"""Every model on this machine: what a run would take for each language, and what is whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from align.config import TranslateConfig
from align.errors import ModelUnavailableError
from align.language.tags import LANGUAGES
from align.language.tags import language as language_entry
from align.translate.store import registry
from align.translate.store import resolve as store
from align.translate.store.audit import all_problems, first_problem, folder_problems
from align.translate.store.folder import Kind, inspect_folder
from align.translate.store.registry import Installed

__all__ = ["Offer", "check_models", "list_models"]

State = Literal["named", "installed", "draft", "damaged"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A model for one language.

    `model` is its name in the output, `name` the one that it is installed under, if it is. `size` is in bytes. `state`
    says how it comes to be here: `named` by the settings, `installed`, the embedded `draft`; or that it is `damaged`.
    `used` marks the one that a run takes.
    """

    language: str
    model: str
    name: str | None
    revision: str
    licence: str | None
    kind: Kind
    size: int
    state: State
    path: str
    used: bool = False


def list_models(config: TranslateConfig) -> list[Offer]:
    """What there is for each language, by tag; the one that a run takes comes first.

    Raises ModelUnavailableError for a model that the settings name and that is not here, and for an installed one
    whose record cannot be read.
    """
    models = {tag: registry.reading(tag) for tag in LANGUAGES}
    named = {language_entry(code).tag for code in config.models}
    offers: list[Offer] = []
    for tag in sorted(LANGUAGES):
        found = [_chosen(tag, config, "named")] if tag in named else []
        found += [_installed(tag, model) for model in models[tag]]
        if tag in store.COMPACT_LANGUAGES:
            embedded = TranslateConfig(models={tag: store.COMPACT_MODEL})
            found.append(_chosen(tag, embedded, "draft"))
        offers += [dataclasses.replace(offer, used=offer is found[0]) for offer in found]
    return offers


def _chosen(tag: str, config: TranslateConfig, state: State) -> Offer:
    choice = store.resolve(tag, config)
    found = inspect_folder(choice.path, "")
    size = sum((choice.path / name).stat().st_size for name in found.files)
    return Offer(
        tag,
        choice.reference,
        None,
        choice.revision,
        choice.licence,
        choice.kind,
        size,
        "draft" if choice.draft else state,
        str(choice.path),
    )


def _installed(tag: str, model: Installed) -> Offer:
    return Offer(
        tag,
        model.reference,
        model.name,
        model.revision,
        model.licence,
        model.kind,
        model.size,
        "damaged" if first_problem(model) else "installed",
        str(model.path),
    )


def check_models(progress: Callable[[str, int, int], None]) -> Iterator[tuple[str, list[str]]]:
    """Every installed model, by name, and the embedded one, each with all that is wrong with it.

    Reads every byte of the installed ones; `progress` is told the name, bytes done and bytes in all.
    """
    for name in registry.names():
        try:
            model = registry.read(name)
        except ModelUnavailableError as error:
            yield name, [str(error)]
            continue
        yield name, all_problems(model, _of(name, progress))
    yield store.COMPACT_MODEL, folder_problems(store.COMPACT_FOLDER)


def _of(name: str, progress: Callable[[str, int, int], None]) -> Callable[[int, int], None]:
    return lambda done, total: progress(name, done, total)
