"""What an export is told about the run that it exports, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["ExportSummary", "Recipe"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the pairs came to be: the run's manifest, and the filter that picked them, in words.

    `name` is the stem of the files that are written.
    """

    name: str = "align"
    manifest: Mapping[str, Any] = field(default_factory=dict)
    selection: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """The files that were written, how many pairs they hold, and how many the format could not hold, by reason."""

    files: tuple[Path, ...]
    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)
