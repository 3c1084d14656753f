"""The errors that `align` raises on purpose.

    AlignError
      ConfigError(ValueError)              a setting is unknown, of the wrong type or out of range
      InputError(ValueError)               a file or an argument cannot be read as what it claims to be
      UnsupportedLanguageError(LookupError) a language tag is unknown or not served
      MissingDependencyError(ImportError)  an optional package is not installed; names the exact install command
      ModelUnavailableError(OSError)       a model that was asked for is not on this machine
      OutputError(OSError)                 a file or folder cannot be written

Each also derives from the built-in error that a caller would expect, so `except ValueError` keeps working.
A message says what was wrong, the value, where, and what is allowed.
"""

from __future__ import annotations

__all__ = [
    "AlignError",
    "ConfigError",
    "InputError",
    "MissingDependencyError",
    "ModelUnavailableError",
    "OutputError",
    "UnsupportedLanguageError",
]


class AlignError(Exception):
    """Base of every error that `align` raises on purpose."""


class ConfigError(AlignError, ValueError):
    """A setting is unknown, of the wrong type or out of its range."""


class InputError(AlignError, ValueError):
    """A file or an argument cannot be read as what it claims to be."""


class UnsupportedLanguageError(AlignError, LookupError):
    """A language tag is unknown, or nothing installed serves it."""


class MissingDependencyError(AlignError, ImportError):
    """An optional package is not installed."""


class ModelUnavailableError(AlignError, OSError):
    """A model that was asked for is not on this machine, or its folder is damaged."""


class OutputError(AlignError, OSError):
    """A file or a folder cannot be written: the disk is full, it is read-only, or another process is writing it."""
