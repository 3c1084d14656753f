"""Whether an installed model is still what was installed: at a glance before a run, byte by byte when asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from align.errors import ModelUnavailableError
from align.translate.store.folder import inspect_folder, require_english
from align.translate.store.registry import Installed
from align.translate.store.weight_files import file_hash, hash_once

__all__ = ["all_problems", "first_problem", "folder_problems"]


def first_problem(model: Installed) -> str | None:
    """What is wrong with a model, as far as sizes and times tell: files are there, with the sizes that they had.

    Weights, settings and vocabularies whose time has changed are hashed.
    """
    for name, stored in model.files.items():
        path = model.path / name
        wrong = _size_problem(path, stored.size)
        if wrong:
            return wrong
        loaded = name == model.weights or path.suffix in (".json", ".spm")
        if loaded and path.stat().st_mtime_ns != stored.modified and hash_once(path) != stored.sha256:
            return f"{path}: not {'the weights that were' if name == model.weights else 'as it was'} installed"
    return None


def all_problems(model: Installed, progress: Callable[[int, int], None] = lambda done, total: None) -> list[str]:
    """Everything that is wrong with a model; reads every byte of it. `progress` is told bytes done and in all."""
    found: list[str] = []
    done = 0
    for name, stored in model.files.items():
        progress(done, model.size)
        path = model.path / name
        wrong = _size_problem(path, stored.size)
        if wrong:
            found.append(wrong)
        elif (digest := file_hash(path)) != stored.sha256:
            found.append(f"{path}: SHA-256 {digest}, {stored.sha256} expected")
        done += stored.size
    progress(done, model.size)
    return found or folder_problems(model.path)


def folder_problems(folder: Path) -> list[str]:
    """What keeps a folder from being loaded: its layout, its vocabulary, its SentencePiece models."""
    from align.translate.vocabulary import Vocabulary

    try:
        require_english(inspect_folder(folder, "install it again"), "remove it")
        Vocabulary(folder)
    except ModelUnavailableError as error:
        return [str(error)]
    return []


def _size_problem(path: Path, expected: int) -> str | None:
    if not path.is_file():
        return f"{path}: is missing"
    size = path.stat().st_size
    return None if size == expected else f"{path}: {size} bytes, {expected} expected"
