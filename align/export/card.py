"""The card of a data set folder: README.md with the YAML header that the hub and `datasets` read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from align.export.lines import encodable
from align.export.summary import Recipe

__all__ = ["Configuration", "dataset_card"]

_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


@dataclass(frozen=True, slots=True)
class Configuration:
    """One language pair of a data set: its name ("fr-en"), its two tags, and its rows by origin."""

    name: str
    languages: tuple[str, str]
    origins: Mapping[str, int]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(self.origins.values())


def dataset_card(recipe: Recipe, configurations: Sequence[Configuration], columns: Mapping[str, str]) -> str:
    """The card for a folder with these configurations; `columns` says what each column holds.

    The licence is `unknown`: the texts are their publishers', whatever tool lined them up.
    """
    made = {origin for configuration in configurations for origin in configuration.origins}
    rows = [(item.name, str(item.rows), _spoken(item.origins)) for item in configurations]
    parts = [
        _header(configurations, made),
        f"# {_inline(recipe.name)}\n",
        "Pairs of sentences from news pages and their provenance, lined up by `align`.\n",
        _table(("pair", "rows", "origins"), rows),
        _usage(configurations),
        "## Columns\n",
        _table(("column", "what it holds"), [(f"`{name}`", what) for name, what in columns.items()]),
        _scores(made),
        "## How it was made\n",
        _provenance(recipe),
        _models(recipe.manifest.get("models")),
        "## Limits\n",
        _limits(made),
    ]
    return encodable("\n".join(part for part in parts if part))


def _header(configurations: Sequence[Configuration], made: set[str]) -> str:
    fields = {
        "language": sorted({tag for item in configurations for tag in item.languages}),
        "multilinguality": ["translation"],
        "task_categories": ["translation"],
        "size_categories": [_size(sum(item.rows for item in configurations))],
        "language_creators": ["found", "machine-generated"] if "machine-translation" in made else ["found"],
    }
    lines = ["---", "license: unknown"]
    for key, values in fields.items():
        # quoted, or YAML 1.1 reads the language `no` as a boolean
        lines += [f"{key}:", *(f"- {json.dumps(value)}" for value in values)] if values else [f"{key}: []"]
    lines += ["configs:" if configurations else "configs: []"]
    for item in configurations:
        lines += [f"- config_name: {json.dumps(item.name)}", "  data_files:", "  - split: train"]
        lines += [f"    path: {json.dumps(item.name + '/train-*.parquet')}"]
    return "\n".join([*lines, "---", ""])


def _size(rows: int) -> str:
    return next((name for bound, name in _SIZES if rows < bound), "n>10M")


def _usage(configurations: Sequence[Configuration]) -> str:
    if not configurations:
        return ""
    first = configurations[0].name
    code = f'from datasets import load_dataset\n\npairs = load_dataset("PATH/TO/THIS/FOLDER", "{first}", split="train")'
    return f"```python\n{code}\n```\n"


def _scores(made: set[str]) -> str:
    scales = {
        "machine-translation": "mean log-probability of the translation's tokens, at most 0, higher is surer",
        "bitext": "alignment score in [0, 1], higher is surer",
        "reuse": "probability in [0, 1] that the two sides rewrite one source",
    }
    lines = [f"- `{origin}`: {scale}" for origin, scale in scales.items() if origin in made]
    return "\n".join(["`score` is on a scale of its own for each `origin`:\n", *lines, ""]) if lines else ""


def _provenance(recipe: Recipe) -> str:
    manifest = recipe.manifest
    facts = [
        ("signature", manifest.get("signature")),
        ("command", manifest.get("command")),
        ("selection", "; ".join(recipe.selection) or "all pairs of the run"),
    ]
    versions = manifest.get("versions")
    if isinstance(versions, Mapping):
        facts.append(("versions", ", ".join(f"{name} {versions[name]}" for name in sorted(versions, key=str))))
    return _table(("what", "value"), [(what, _inline(value)) for what, value in facts if value])


def _models(models: Any) -> str:
    keys = ("stage", "language", "name", "revision", "licence", "weights_sha256")
    rows = [model for model in models if isinstance(model, Mapping)] if isinstance(models, list) else []
    if not rows:
        return ""
    table = _table(keys, [tuple(_inline(model.get(key, "")) for key in keys) for model in rows])
    drafts = any(model.get("draft") for model in rows)
    warning = "Translations by a model that is marked as a draft are rough: read them as a gist.\n" if drafts else ""
    return "\n".join(part for part in ("## Models\n", table, warning) if part)


def _limits(made: set[str]) -> str:
    lines = ["- The texts belong to their publishers; no licence to them is given here, hence `license: unknown`."]
    if "machine-translation" in made:
        lines.append(
            "- English of origin `machine-translation` was written by a model and checked by rules, not by people."
        )
    if "reuse" in made:
        lines.append("- Pairs of origin `reuse` tell the same thing in two outlets; they need not be translations.")
    return "\n".join([*lines, ""])


def _spoken(by_origin: Mapping[str, int]) -> str:
    return ", ".join(f"{origin} {by_origin[origin]}" for origin in sorted(by_origin))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _inline(value: Any) -> str:
    """A value from the manifest inside a table cell: on one line, with nothing that Markdown or HTML would act on."""
    text = re.sub(r"\s+", " ", str(value)).strip()
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_|\[\]])", r"\\\1", text)
