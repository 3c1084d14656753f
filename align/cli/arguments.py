"""Arguments that several commands take."""

from __future__ import annotations

from align.errors import ConfigError, UnsupportedLanguageError
from align.language.tags import language

__all__ = ["known_language"]


def known_language(code: str, option: str) -> str:
    """The BCP-47 tag of a language given to `option`. Raises ConfigError, since an unknown one is a slip of the pen."""
    try:
        return language(code).tag
    except UnsupportedLanguageError as error:
        raise ConfigError(f"{option}: {error}") from error
