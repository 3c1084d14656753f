"""Trace how news travels: stories, languages, translations, aligned text, and rewrites of one wire source.

The names below are the public ones. They are loaded when they are first used, so that `import align` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from align.bitext.dotplot import dotplot_svg
    from align.config import Config, load_config
    from align.embed.adapters import SentenceTransformerEncoder
    from align.embed.given import VectorEncoder
    from align.errors import (
        AlignError,
        ConfigError,
        InputError,
        MissingDependencyError,
        ModelUnavailableError,
        UnsupportedLanguageError,
    )
    from align.export.formats import export_run
    from align.pipeline.bitext import align_sentences, align_texts
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
    "SentenceTransformerEncoder": "align.embed.adapters",
    "Summary": "align.pipeline.run",
    "UnsupportedLanguageError": "align.errors",
    "VectorEncoder": "align.embed.given",
    "align_sentences": "align.pipeline.bitext",
    "align_texts": "align.pipeline.bitext",
    "dotplot_svg": "align.bitext.dotplot",
    "export_run": "align.export.formats",
    "load_config": "align.config",
    "run": "align.pipeline.run",
}

_MODULES = ("plot", "translate")  # used by their own names: align.plot.heatmap(...), align.translate(...)

__all__ = [  # noqa: RUF022 - the order of use
    "run",
    "Summary",
    "RunFolder",
    "export_run",
    "align_sentences",
    "align_texts",
    "dotplot_svg",
    "SentenceTransformerEncoder",
    "VectorEncoder",
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
    if name in _MODULES:
        return importlib.import_module(f"align.{name}")
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module 'align' has no attribute {name!r}") from None
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, *_MODULES])
