"""From a run folder to one HTML file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from align.report.chronology import spoken_date
from align.report.contents import Contents, Limits, outlet_name, read_contents
from align.report.embedded import as_script_data, run_data, story_records
from align.report.families import family_numbers, family_records
from align.report.figures import bar_svg
from align.report.findings import CAVEATS, counted, findings, language_name
from align.report.methods import methods
from align.report.passages import StoryNumbers, match_records
from align.report.recurrence import story_maps
from align.report.safety import language_tag, safe_link, showable
from align.report.sections import exchanges, heatmap, model_rows, plots, timeline, told_by_one, translation_rows
from align.runfolder import RunFolder

__all__ = ["Limits", "build_report"]

_TEMPLATES = Path(__file__).parent / "templates"
_MAP_ROWS = 24  # of a story's map; `maps.js` has the same number
_SCRIPTS = ("elements", "listing", "tables", "verdicts", "passages", "families", "maps", "start")


def build_report(folder: RunFolder, *, manifest: Mapping[str, Any] | None = None, limits: Limits | None = None) -> str:
    """One self-contained HTML page: it loads nothing, runs without scripts too, and prints.

    `manifest` stands in for the folder's own while a run is not complete. What is cut by `limits` is said, with the
    file that has the rest. Same folder, same page.

    Raises InputError for a damaged file; a missing one leaves its section empty.
    """
    limits = limits or Limits()
    page = _rendered(folder, manifest, limits)
    while len(page.encode("utf-8")) > limits.size and limits.match_characters:
        limits = limits.halved()
        page = _rendered(folder, manifest, limits)
    return page


def _rendered(folder: RunFolder, manifest: Mapping[str, Any] | None, limits: Limits) -> str:
    contents = read_contents(folder, limits, manifest)
    style, script = _asset("style.css"), _script()
    page = (
        _environment()
        .get_template("report.html")
        .render(
            style=Markup(style),  # noqa: S704 -- our own file
            script=Markup(script),  # noqa: S704 -- our own file
            policy=_policy(style, script),
            **_sections(contents, limits),
        )
    )
    return showable(page)


def _sections(contents: Contents, limits: Limits) -> dict[str, Any]:
    models = model_rows(contents.manifest)
    return {
        "contents": contents,
        "limits": limits,
        "findings": findings(contents),
        "caveats": CAVEATS,
        "heatmap": heatmap(contents, limits.outlets),
        "timeline": timeline(contents, limits.outlets),
        "exchanges": exchanges(contents),
        "told": told_by_one(contents),
        "plots": plots(contents),
        "translations": translation_rows(contents),
        "drafts": [model for model in models if model.get("draft")],
        "methods": methods(contents.manifest),
        "models": models,
        **_records(contents, limits),
    }


def _records(contents: Contents, limits: Limits) -> dict[str, Any]:
    """Families, matches and maps, which the page shows in part and carries whole."""
    numbers = StoryNumbers()
    families = family_records(contents, numbers)
    matches = match_records(contents.flagged.shown, contents, numbers, family_numbers(contents))
    candidates = match_records(contents.candidates.shown, contents, numbers, {})
    stories = story_records(contents, numbers)
    maps = story_maps(matches, stories)
    tags = {tag for family in families for tag in family["languages"]}
    tags.update(side["language"] for match in matches for side in match["sides"])
    languages = {tag: language_name(tag) for tag in sorted(tags)}
    signature = contents.manifest.get("signature")
    data = run_data(signature if isinstance(signature, str) else "", stories, families, matches, maps, languages)
    return {
        "families": families,
        "matches": matches,
        "candidates": candidates,
        "stories": stories,
        "maps": maps,
        "mapped": {item["story"]: place < limits.open_maps for place, item in enumerate(maps)},
        "most_rows": _MAP_ROWS,
        "data": Markup(as_script_data(data)),  # noqa: S704 -- JSON without a sign that HTML reads
    }


def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _script() -> str:
    """Our scripts as one function of their own."""
    return "\n".join(['"use strict";\n(() => {', *(_asset(f"{name}.js") for name in _SCRIPTS), "})();\n"])


def _policy(style: str, script: str) -> str:
    """A content security policy under which only our own style and script count, and nothing can be fetched."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        counted=counted,
        figure=lambda svg: Markup(svg),  # noqa: S704 -- figures escape their labels themselves
        fixed=lambda number, digits=2: "" if number is None else f"{number:.{digits}f}".replace("-", "−"),
        bar=bar_svg,
        lang=language_tag,
        language=language_name,
        link=safe_link,
        outlet=outlet_name,
        spoken_date=spoken_date,
        thousands=lambda number: f"{number:,}",
    )
    return environment
