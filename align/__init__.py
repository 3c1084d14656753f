"""Trace how news travels: stories, languages, translations, aligned text, and rewrites of one wire source.

The names below are the public ones. They are loaded when they are first used, so that `import align` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from align.bitext.sentences import align_sentences
    from align.config import Config, load_config
    from align.errors import (
        AlignError,
        ConfigError,
        InputError,
        MissingDependencyError,
        ModelUnavailableError,
        UnsupportedLanguageError,
    )
    from align.export.formats import export_run
    from align.pipeline.run import Summary, run
    from align.runfolder import RunFolder

__version__ = "0.1.0"

_HOMES = {
    "AlignError": "align.errors",
    "Config": "align.config",
    "ConfigError": "align.errors",
    "InputError": "align.errors",
    "MissingDependencyError": "align.errors",
    "ModelUnavailableError": "align.errors",
    "RunFolder": "align.runfolder",
    "Summary": "align.pipeline.run",
    "UnsupportedLanguageError": "align.errors",
    "align_sentences": "align.bitext.sentences",
    "export_run": "align.export.formats",
    "load_config": "align.config",
    "run": "align.pipeline.run",
}

__all__ = [  # noqa: RUF022 - the order of use
    "run",
    "Summary",
    "RunFolder",
    "export_run",
    "align_sentences",
    "Config",
    "load_config",
    "AlignError",
    "ConfigError",
    "InputError",
    "MissingDependencyError",
    "ModelUnavailableError",
    "UnsupportedLanguageError",
]


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module 'align' has no attribute {name!r}") from None
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
