"""The card of a data set folder: README.md with the YAML header that the hub and `datasets` read."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from align.export.lines import encodable
from align.export.summary import SPLITS, Recipe

__all__ = ["Configuration", "dataset_card"]

_STEPS = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


@dataclass(frozen=True, slots=True)
class Configuration:
    """One language pair of a data set: its name ("fr-en"), its two tags, and its rows by split and origin."""

    name: str
    languages: tuple[str, str]
    splits: Mapping[str, Mapping[str, int]]

    @property
    def origins(self) -> Mapping[str, int]:
        """Its rows by origin."""
        return sum((Counter(dict(origins)) for origins in self.splits.values()), Counter())

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(self.origins.values())


def dataset_card(
    recipe: Recipe, configurations: Sequence[Configuration], columns: Mapping[str, str], outlets: Mapping[str, int]
) -> str:
    """The card for a folder with these configurations; `columns` says what each column holds.

    `outlets` counts the sides of pairs by outlet. The licence is `unknown` unless the recipe names one: the texts are
    their publishers', whatever tool lined them up.
    """
    made = {origin for configuration in configurations for origin in configuration.origins}
    parts = [
        _header(recipe, configurations, made),
        f"# {_inline(recipe.name)}\n",
        "Pairs of sentences from news pages and their provenance, lined up by `align`.\n",
        _table(("pair", "split", "rows", "origins"), list(_rows(configurations))),
        _usage(configurations),
        "## Columns\n",
        _table(("column", "what it holds"), [(f"`{name}`", what) for name, what in columns.items()]),
        _scores(made),
        _sources(outlets),
        "## How it was made\n",
        _provenance(recipe),
        _models(recipe.manifest.get("models")),
        "## Limits\n",
        _limits(made, recipe.licence),
    ]
    return encodable("\n".join(part for part in parts if part))


def _rows(configurations: Sequence[Configuration]) -> Iterator[tuple[str, ...]]:
    for item in configurations:
        for split in SPLITS:
            if origins := item.splits.get(split):
                yield item.name, split, str(sum(origins.values())), _spoken(origins)


def _header(recipe: Recipe, configurations: Sequence[Configuration], made: set[str]) -> str:
    fields = {
        "language": sorted({tag for item in configurations for tag in item.languages}),
        "multilinguality": ["translation"],
        "task_categories": ["translation"],
        "size_categories": [_size(sum(item.rows for item in configurations))],
        "language_creators": ["found", "machine-generated"] if "machine-translation" in made else ["found"],
        "annotations_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "tags": ["parallel-corpus", "news"],
    }
    lines = ["---", f"license: {json.dumps(recipe.licence)}", f"pretty_name: {json.dumps(recipe.name)}"]
    for key, values in fields.items():
        # quoted, or YAML 1.1 reads the language `no` as a boolean
        lines += [f"{key}:", *(f"- {json.dumps(value)}" for value in values)] if values else [f"{key}: []"]
    lines += ["configs:" if configurations else "configs: []"]
    for item in configurations:
        lines += [f"- config_name: {json.dumps(item.name)}", "  data_files:"]
        for split in SPLITS:
            if item.splits.get(split):
                lines += [f"  - split: {split}", f"    path: {json.dumps(f'{item.name}/{split}-*.parquet')}"]
    return "\n".join([*lines, "---", ""])


def _size(rows: int) -> str:
    """The Hub's name for a number of rows, from `n<1K` on in powers of ten."""
    power = max(0, len(str(rows)) - 3)
    if power == 0:
        return f"n<{_STEPS[0]}"
    return f"{_STEPS[power - 1]}<n<{_STEPS[power]}" if power < len(_STEPS) else f"n>{_STEPS[-1]}"


def _usage(configurations: Sequence[Configuration]) -> str:
    if not configurations:
        return ""
    first = configurations[0].name
    code = f'from datasets import load_dataset\n\npairs = load_dataset("PATH/TO/THIS/FOLDER", "{first}")'
    return f"```python\n{code}\n```\n"


def _scores(made: set[str]) -> str:
    scales = {
        "machine-translation": "mean log-probability of the translation's tokens, at most 0, higher is surer",
        "bitext": "alignment score in [0, 1], higher is surer",
        "reuse": "probability in [0, 1] that the two sides rewrite one source",
    }
    lines = [f"- `{origin}`: {scale}" for origin, scale in scales.items() if origin in made]
    return "\n".join(["`score` is on a scale of its own for each `origin`:\n", *lines, ""]) if lines else ""


def _sources(outlets: Mapping[str, int]) -> str:
    if not outlets:
        return ""
    ranked = sorted(outlets.items(), key=lambda item: (-item[1], item[0]))
    rows = [(_inline(outlet), str(count)) for outlet, count in ranked]
    return "## Sources\n\n" + _table(("outlet", "sides of pairs"), rows)


def _provenance(recipe: Recipe) -> str:
    manifest = recipe.manifest
    facts = [
        ("signature", manifest.get("signature")),
        ("command", _command(manifest.get("command"))),
        ("selection", "; ".join(recipe.selection) or "all pairs"),
    ]
    versions = manifest.get("versions")
    if isinstance(versions, Mapping):
        facts.append(("versions", ", ".join(f"{name} {versions[name]}" for name in sorted(versions, key=str))))
    return _table(("what", "value"), [(what, _inline(value)) for what, value in facts if value])


def _command(command: Any) -> str | None:
    """The command without the folders of whoever gave it, which are nobody's business."""
    if not isinstance(command, str):
        return None
    try:
        words = shlex.split(command)
    except ValueError:  # no command line
        return command
    parts = [word.rpartition("=") for word in words]
    hidden = ("/", "~", "..")
    return shlex.join(
        name + sign + (PurePath(value).name if value.startswith(hidden) else value) for name, sign, value in parts
    )


def _models(models: Any) -> str:
    keys = ("stage", "language", "name", "revision", "licence", "weights_sha256")
    rows = [model for model in models if isinstance(model, Mapping)] if isinstance(models, list) else []
    if not rows:
        return ""
    table = _table(keys, [tuple(_inline(model.get(key, "")) for key in keys) for model in rows])
    drafts = any(model.get("draft") for model in rows)
    warning = "Translations by a model that is marked as a draft are rough: read them as a gist.\n" if drafts else ""
    return "\n".join(part for part in ("## Models\n", table, warning) if part)


def _limits(made: set[str], licence: str) -> str:
    lines = [
        "- The texts belong to their publishers; no licence to them is given here, hence `license: unknown`."
        if licence == "unknown"
        else f"- The licence `{_inline(licence)}` was stated by whoever made this export; `align` knows nothing of it.",
        "- Some outlets are under sanctions or bans in some places. Whether you may collect, keep or pass on their "
        "texts depends on where you are: find out before you publish them. That an outlet is among the sources says "
        "nothing of the worth of its reports.",
        "- Posts and articles name private persons. Mind the law on personal data.",
        "- Outlets and dates are those that the pages state; languages and alignments were found by programs.",
    ]
    if "machine-translation" in made:
        lines.append(
            "- English of origin `machine-translation` was written by a model and checked by rules, not by people. "
            "Do not quote it as what an outlet wrote."
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
