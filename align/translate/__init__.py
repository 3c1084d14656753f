"""Reading segments in English: which model serves which language, the translation, and what is doubtful in it.

The room itself can be called: `align.translate(texts, source="fr")` is `align.translate.api.translate`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """A module that is called as the function that it is named for."""

    def __call__(self, *texts: Any, **settings: Any) -> Any:
        from align.translate.api import translate

        return translate(*texts, **settings)

    def __getattr__(self, name: str) -> Any:
        if name in ("TranslateColumn", "stream"):
            from align.translate import api

            return getattr(api, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


sys.modules[__name__].__class__ = _Room
