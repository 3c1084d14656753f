"""Fetching a documented model: the only download that `align` makes."""

from __future__ import annotations

import dataclasses
import shutil

from align.errors import ConfigError, UnsupportedLanguageError
from align.language.tags import language as language_entry
from align.translate.store import registry
from align.translate.store.folder import PICKLED_WEIGHTS, TRANSFORMERS_FILES, WEIGHTS, inspect_folder
from align.translate.store.hub import Snapshot, download_files, list_files
from align.translate.store.install import Origin, Progress, extend, free_name, install_folder, name_of, silent, taken
from align.translate.store.registry import Installed
from align.translate.store.resolve import DOCUMENTED_MODELS

__all__ = ["fetch_model"]


def fetch_model(language: str, *, endpoint: str | None = None, progress: Progress = silent) -> Installed:
    """Download and install the documented model of a language.

    Every file is checked against the hub's listing. What an interrupted try has brought whole is not brought again. A
    model that is installed already is returned as it is, and the network not used.

    Raises UnsupportedLanguageError for a language without a documented model, ConfigError where another model has the
    name, ModelUnavailableError when the download fails or is not what was listed.
    """
    entry = language_entry(language)
    reference = DOCUMENTED_MODELS.get(entry.tag)
    if reference is None:
        raise UnsupportedLanguageError(
            f"no documented model for {entry.name} ({entry.tag}); documented: {' '.join(sorted(DOCUMENTED_MODELS))}; "
            f"for another Marian model, download its folder and `align models add FOLDER --language {entry.tag}`"
        )
    name = free_name(name_of(reference.split("/")[1]))
    with registry.locked(name):
        if not registry.exists(name):
            return _fetch(reference, name, entry.tag, endpoint, progress)
        model = registry.read(name)
        if model.reference != reference:
            raise ConfigError(f"{taken(name)}: {model.source!r}; `align models remove {name}` first")
        return extend(model, (entry.tag,))


def _fetch(reference: str, name: str, tag: str, endpoint: str | None, progress: Progress) -> Installed:
    snapshot = _without_pickle(list_files(reference, TRANSFORMERS_FILES, endpoint=endpoint))
    folder = registry.download(name)

    def told(done: int, total: int) -> None:
        progress(f"fetching {reference}", done, total)

    download_files(snapshot, folder, told, endpoint=endpoint)
    found = inspect_folder(folder, f"so the hub lists {reference}; look there for what has changed", pickled=True)
    origin = Origin(reference, reference, snapshot.commit, (tag,))
    model = install_folder(found, name, origin, ours=True, progress=progress)
    shutil.rmtree(folder)
    return model


def _without_pickle(snapshot: Snapshot) -> Snapshot:
    """Where there are safetensors, the pickle need not come as well."""
    if all(file.name != WEIGHTS for file in snapshot.files):
        return snapshot
    files = tuple(file for file in snapshot.files if file.name != PICKLED_WEIGHTS)
    return dataclasses.replace(snapshot, files=files)
