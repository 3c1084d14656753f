"""The Hugging Face hub: what is in its local cache, and the way of a model's files from it."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from align.errors import ModelUnavailableError
from align.translate.store.registry import folder_size

__all__ = ["HubFile", "Snapshot", "download_files", "hub_folder", "is_hub_id", "list_files"]

Progress = Callable[[int, int], None]

_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_BEAT = 0.3  # seconds between two looks at how much has come


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the hub lists it: bytes, SHA-256 where it is a large one, git's blob id."""

    name: str
    size: int | None
    sha256: str | None
    blob_id: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A hub model at one commit; small files come first."""

    reference: str
    commit: str
    files: tuple[HubFile, ...]


def is_hub_id(reference: str) -> bool:
    """Whether a reference has the form of a hub id, OWNER/NAME."""
    return _HUB_ID.fullmatch(reference) is not None


def hub_folder(reference: str) -> Path | None:
    """The snapshot of a hub id in the local Hugging Face cache, or None. Never uses the network."""
    if not is_hub_id(reference):
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        # what else a snapshot must hold is for `inspect_folder` to say
        return Path(snapshot_download(reference, local_files_only=True, allow_patterns=["config.json"]))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def list_files(reference: str, wanted: Collection[str], *, endpoint: str | None = None) -> Snapshot:
    """The newest commit of a hub model and which of the wanted files it has. Uses the network.

    Raises ModelUnavailableError when the hub cannot be asked or does not answer as one.
    """
    from huggingface_hub import HfApi

    with _told(reference):
        # no token: these models are public, and nobody's name need go along
        info = HfApi(endpoint=endpoint, token=False).model_info(reference, files_metadata=True)
    if not _COMMIT.fullmatch(info.sha or ""):
        raise ModelUnavailableError(f"model {reference!r}: the hub does not name a commit: {info.sha!r}")
    files = [
        HubFile(file.rfilename, file.size, file.lfs.sha256 if file.lfs else None, file.blob_id)
        for file in info.siblings or []
        if file.rfilename in wanted
    ]
    return Snapshot(reference, str(info.sha), tuple(sorted(files, key=lambda file: (file.size or 0, file.name))))


def download_files(snapshot: Snapshot, folder: Path, progress: Progress, *, endpoint: str | None = None) -> None:
    """Bring the files of a snapshot into a folder, each checked against the hub's listing. Uses the network.

    Files that an earlier try brought are kept if they are what the listing says. One that is not is deleted, so that
    the next try brings it anew. `progress` is told bytes there and bytes in all.

    Raises ModelUnavailableError when the connection fails or a file is not what was listed.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    total = sum(file.size or 0 for file in snapshot.files)
    shown = not are_progress_bars_disabled()
    disable_progress_bars()
    try:
        with _told(snapshot.reference), _watched(folder, total, progress):
            # one by one, here: the threads of `snapshot_download` would keep an interrupt waiting for whole files
            for file in snapshot.files:
                hf_hub_download(
                    snapshot.reference,
                    file.name,
                    revision=snapshot.commit,
                    local_dir=folder,
                    token=False,
                    endpoint=endpoint,
                )
    finally:
        if shown:
            enable_progress_bars()
    for file in snapshot.files:
        _verify(snapshot, file, folder / file.name)


@contextmanager
def _told(reference: str) -> Iterator[None]:
    """Whatever goes wrong on the way, as one error."""
    from huggingface_hub import errors

    try:
        yield
    except (OSError, ValueError, errors.HTTPError, errors.EntryNotFoundError) as error:  # type: ignore[attr-defined]
        cause = " ".join(str(error).split()) or type(error).__name__
        raise ModelUnavailableError(
            f"model {reference!r} cannot be fetched: {cause}; run the same command again, complete files are kept"
        ) from error


@contextmanager
def _watched(folder: Path, total: int, progress: Progress) -> Iterator[None]:
    """Tell how much of a download is there, from the files themselves."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_BEAT):
            progress(min(folder_size(folder), total), total)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _verify(snapshot: Snapshot, file: HubFile, path: Path) -> None:
    size = path.stat().st_size if path.is_file() else None
    if file.size is not None and size != file.size:
        problem = f"{size} bytes, {file.size} expected"
    elif file.sha256 and (found := _digest(path, hashlib.sha256())) != file.sha256:
        problem = f"SHA-256 {found}, {file.sha256} expected"
    elif file.blob_id and not file.sha256 and (found := _blob_id(path)) != file.blob_id:
        problem = f"blob id {found}, {file.blob_id} expected"
    else:
        return
    path.unlink(missing_ok=True)
    raise ModelUnavailableError(
        f"model {snapshot.reference!r}: {file.name} did not come as the hub lists it: {problem}; "
        "it was deleted, run the same command again"
    )


def _blob_id(path: Path) -> str:
    """What git calls a file of this content."""
    return _digest(path, hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False))


def _digest(path: Path, digest: hashlib._Hash) -> str:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
