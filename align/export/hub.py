"""A data set folder on its way to the Hugging Face Hub."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from align.errors import AlignError, InputError

__all__ = ["check_repository", "push_folder"]

_REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)


def check_repository(repository: str) -> None:
    """Raise InputError for what is no `OWNER/NAME`, before anything is written."""
    if not _REPOSITORY.fullmatch(repository):
        raise InputError(f"not a repository: {repository!r}; expected OWNER/NAME")


def push_folder(folder: Path, files: Iterable[Path], repository: str, *, public: bool = False) -> str:
    """Upload `files` of `folder` into the data set `repository` in one commit, and give the commit's address.

    The data set is made, private unless `public`, if it is not there; one that is there keeps its setting. The login
    is that of `hf auth login` or of the environment variable HF_TOKEN.

    Raises InputError as `check_repository` does, and AlignError when the Hub refuses or cannot be reached.
    """
    check_repository(repository)
    # this is the one place that is meant to go online; the hub's library reads the variable when it is imported
    os.environ["HF_HUB_OFFLINE"] = "0"
    from huggingface_hub import CommitOperationAdd, HfApi, constants
    from huggingface_hub.errors import HfHubHTTPError

    # what stands behind it when there is no connection differs from version to version of the hub's library
    refusals: tuple[type[BaseException], ...] = (*HfHubHTTPError.__bases__, OSError, ValueError)

    if constants.HF_HUB_OFFLINE:
        raise AlignError("the hub's library was told to stay offline; remedy: unset HF_HUB_OFFLINE and start again")
    try:
        api = HfApi()
        api.create_repo(repository, repo_type="dataset", private=not public, exist_ok=True)
        commit = api.create_commit(
            repository,
            [CommitOperationAdd(path.relative_to(folder).as_posix(), path) for path in files],
            repo_type="dataset",
            commit_message="Upload pairs exported by align",
        )
    except refusals as error:
        reason = " ".join(str(error).split())
        raise AlignError(f"{repository}: cannot upload: {reason}; the export itself is complete in {folder}") from error
    return str(commit.commit_url)
