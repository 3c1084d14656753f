"""How a run was made, read off its manifest, in which every key may be missing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Methods", "methods"]

Rows = list[tuple[str, str]]
Methods = dict[str, Rows]

_TABLES = ("thresholds", "counts", "versions")


def methods(manifest: Mapping[str, Any]) -> Methods:
    """Rows of name and value under "run", "thresholds", "counts", "versions", "settings" and "inputs".

    Times are left out: the page is the same for the same input, however long it took.
    """
    run = [(name, _plain(manifest[name])) for name in ("signature", "status", "command") if manifest.get(name)]
    tables = {name: _rows(manifest.get(name)) for name in _TABLES}
    return {"run": run, **tables, "settings": _rows(manifest.get("config")), "inputs": _inputs(manifest.get("inputs"))}


def _rows(value: Any) -> Rows:
    return list(_flat(value, "")) if isinstance(value, Mapping) else []


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", _plain(value)


def _inputs(value: Any) -> Rows:
    files = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    return [(_plain(item.get("path", "")), _plain(item.get("sha256", ""))) for item in files]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
