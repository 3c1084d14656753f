"""Arguments that several commands take."""

from __future__ import annotations

import argparse
import contextlib
from typing import Any

from align.errors import ConfigError, UnsupportedLanguageError
from align.language.tags import language

__all__ = ["add_engine", "known_language", "opened_engine"]


def known_language(code: str, option: str) -> str:
    """The BCP-47 tag of a language given to `option`. Raises ConfigError, since an unknown one is a slip of the pen."""
    try:
        return language(code).tag
    except UnsupportedLanguageError as error:
        raise ConfigError(f"{option}: {error}") from error


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add `--engine` and `--master`."""
    parser.add_argument(
        "--engine",
        choices=("local", "spark"),
        default="local",
        help="where the long stages are done: in this process (default), or over Spark; the files are the same",
    )
    parser.add_argument("--master", metavar="MASTER", help="of Spark: local[2], spark://HOST:7077, yarn")


def opened_engine(options: argparse.Namespace, *, cache: bool = True) -> contextlib.AbstractContextManager[Any]:
    """The engine that was asked for, None for this process. Raises ConfigError for a master without an engine."""
    if options.engine == "local":
        if options.master is not None:
            raise ConfigError(f"--master: {options.master!r} goes with --engine spark alone")
        return contextlib.nullcontext()
    if options.master is None:
        raise ConfigError("--engine spark: expected --master too, as in --master 'local[2]' or spark://HOST:7077")
    from align.scale.engine import spark_engine

    return spark_engine(options.master, cache=cache)
