"""Installing models that are on this machine: from a folder, or from the local Hugging Face cache."""

from __future__ import annotations

import dataclasses
import pickle
import re
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from align.errors import ConfigError, ModelUnavailableError
from align.language.tags import language as language_entry
from align.translate.store import registry
from align.translate.store.audit import first_problem
from align.translate.store.folder import (
    PICKLED_WEIGHTS,
    WEIGHTS,
    ModelFolder,
    card_licence,
    inspect_folder,
    require_english,
)
from align.translate.store.hub import hub_folder, is_hub_id
from align.translate.store.registry import Installed, StoredFile
from align.translate.store.resolve import COMPACT_MODEL
from align.translate.store.weight_files import file_hash

__all__ = [
    "Origin",
    "Progress",
    "add_model",
    "extend",
    "free_name",
    "install_folder",
    "name_of",
    "remove_model",
    "silent",
    "taken",
]

Progress = Callable[[str, int, int], None]
"""Is told what is going on, and how many bytes of how many are done."""


def silent(doing: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """Where a model comes from. `commit` is that of the hub, null for a folder of one's own."""

    reference: str
    source: str
    commit: str | None
    languages: tuple[str, ...]


def add_model(
    reference: str,
    languages: Sequence[str],
    *,
    name: str | None = None,
    link: bool = False,
    progress: Progress = silent,
) -> Installed:
    """Install a model from a folder, or by its hub id from the local Hugging Face cache; nothing is downloaded.

    The files are copied, and pickled weights converted in the copy; with `link` they stay where they are and must not
    change there. A model that is installed already, the same weights under the same name, gets the languages that it
    lacks; so does one that is called by its name or hub id here.

    Raises UnsupportedLanguageError for a language that is unknown, ConfigError for a name that is taken or cannot be
    one, ModelUnavailableError when the model is not there, not whole, or does not write English.
    """
    tags = _tags(languages)
    folder = Path(reference).expanduser()
    if not folder.is_dir() and (known := registry.find(reference)):
        with registry.locked(known.name):
            return extend(registry.read(known.name), tags)
    path = folder if folder.is_dir() else hub_folder(reference)
    if path is None:
        where = "no such folder" + (", nor in the local Hugging Face cache" if is_hub_id(reference) else "")
        raise ModelUnavailableError(f"model {reference!r}: {where}; name a folder that holds a Marian model")
    found = inspect_folder(path, "name a folder that holds a whole Marian model", pickled=not link)
    if folder.is_dir():
        name = name or name_of(folder.resolve().name)
        origin = Origin(name, str(folder.resolve()), None, tags)
    else:
        name = name or name_of(reference.split("/")[1])
        origin = Origin(reference, reference, path.name, tags)
    with registry.locked(free_name(name)):
        if registry.exists(name):
            return extend(_same(name, found), tags)
        return install_folder(found, name, origin, link=link, progress=progress)


def remove_model(name: str) -> None:
    """Remove an installed model, called by its name or hub id, or what an unfinished download of it has left.

    Raises ModelUnavailableError when there is none of that name, ConfigError for the one that comes with the package.
    """
    if name == COMPACT_MODEL:
        raise ConfigError(f"{name}: comes with the package and cannot be removed")
    known = {*registry.names(), *registry.unfinished()}
    if name not in known:
        model = registry.find(name)
        if model is None:
            there = ", ".join(sorted(known)) or "none"
            raise ModelUnavailableError(f"model {name!r} is not installed; installed: {there}")
        name = model.name
    with registry.locked(name):
        registry.remove(name)


def _tags(languages: Sequence[str]) -> tuple[str, ...]:
    tags = sorted({language_entry(code).tag for code in languages})
    if not tags or "en" in tags:
        raise ConfigError(f"languages of a model: {tags!r}; expected at least one, and not en, which it writes")
    return tuple(tags)


def name_of(text: str) -> str:
    """A name for a model, from that of its folder or hub id."""
    name = re.sub(r"[^\w.+-]+", "-", unicodedata.normalize("NFC", text)).lstrip(".+-")
    return name or "model"


def free_name(name: str) -> str:
    """The name, if a model that is installed may have it. Raises ConfigError."""
    if registry.check_name(name) == COMPACT_MODEL:
        raise ConfigError(f"{taken(name)}: the one that comes with the package; give another `--name`")
    return name


def taken(name: str) -> str:
    """What is said when two models want one name."""
    return f"another model is installed as {name!r}"


def _same(name: str, found: ModelFolder) -> Installed:
    """The installed model of this name, if its weights came from a file like this one. Raises ConfigError."""
    model = registry.read(name)
    if file_hash(found.path / found.weights) != model.source_sha256:
        raise ConfigError(
            f"{taken(name)}: {model.source!r}; give another `--name`, or `align models remove {name}` first"
        )
    return model


def extend(model: Installed, tags: Sequence[str]) -> Installed:
    """The model with more languages. Raises ModelUnavailableError when it is damaged."""
    wrong = first_problem(model)
    if wrong:
        raise ModelUnavailableError(f"{wrong}; `align models remove {model.name}` and install it again")
    languages = tuple(sorted({*model.languages, *tags}))
    if languages != model.languages:
        model = dataclasses.replace(model, languages=languages)
        registry.write_record(registry.place(model.name), model)
    return model


def install_folder(
    found: ModelFolder,
    name: str,
    origin: Origin,
    *,
    link: bool = False,
    ours: bool = False,
    progress: Progress = silent,
) -> Installed:
    """Put a model together aside, look at it, and give it its name, for a caller that holds the lock.

    With `ours` the folder is a download that goes afterwards, so its weights need no second copy.

    Raises ModelUnavailableError when it does not write English, or does not pass for a model after all.
    """
    remedy = "name another model"
    require_english(found, remedy)
    pickled = file_hash(found.path / PICKLED_WEIGHTS) if found.weights == PICKLED_WEIGHTS else None
    with registry.building(name) as folder:
        if not link:
            _copy(found, folder, ours, lambda done, total: progress(f"copying {name}", done, total))
            if pickled:
                progress(f"converting {name}", 0, 1)
                _convert(folder)
            found = inspect_folder(folder, remedy)
        _load_vocabulary(found)
        files = _described(found, lambda done, total: progress(f"hashing {name}", done, total))
        sha256 = files[found.weights].sha256
        model = Installed(
            name=name,
            reference=origin.reference,
            revision=origin.commit or sha256[:12],
            languages=origin.languages,
            kind=found.kind,
            licence=card_licence(found.path),
            source=origin.source,
            source_sha256=pickled or sha256,
            weights=found.weights,
            files=files,
            link=str(found.path.resolve()) if link else None,
        )
        registry.write_record(folder, model)
        registry.publish(folder, name)
    return model


def _copy(found: ModelFolder, folder: Path, ours: bool, progress: Callable[[int, int], None]) -> None:
    sizes = {name: (found.path / name).stat().st_size for name in found.files}
    done = 0
    for name, size in sizes.items():
        progress(done, sum(sizes.values()))
        if ours and name == found.weights:  # the other files may be written anew by a conversion
            (folder / name).hardlink_to(found.path / name)
        else:
            shutil.copyfile(found.path / name, folder / name)
        done += size


def _convert(folder: Path) -> None:
    """Pickled weights to safetensors, through torch's restricted loader; the pickle of the copy goes."""
    from align.translate.convert import to_safetensors

    try:
        to_safetensors(folder)
    except (OSError, ValueError, RuntimeError, LookupError, EOFError, pickle.UnpicklingError) as error:
        cause = " ".join(str(error).split())[:300]
        raise ModelUnavailableError(
            f"{PICKLED_WEIGHTS} cannot be converted: {cause}; name a model that has safetensors, or a whole one"
        ) from error
    (folder / PICKLED_WEIGHTS).unlink()
    (folder / WEIGHTS).chmod((folder / "source.spm").stat().st_mode)  # safetensors are written for their owner alone


def _load_vocabulary(found: ModelFolder) -> None:
    from align.translate.vocabulary import Vocabulary

    Vocabulary(found.path)


def _described(found: ModelFolder, progress: Callable[[int, int], None]) -> dict[str, StoredFile]:
    paths = {name: found.path / name for name in sorted(found.files)}
    total = sum(path.stat().st_size for path in paths.values())
    files: dict[str, StoredFile] = {}
    for name, path in paths.items():
        progress(sum(file.size for file in files.values()), total)
        status = path.stat()
        files[name] = StoredFile(status.st_size, file_hash(path), status.st_mtime_ns)
    return files
