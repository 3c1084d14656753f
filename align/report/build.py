"""From a run folder to one HTML file."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from align.report.chronology import spoken_date
from align.report.contents import Contents, Limits, outlet_name, read_contents
from align.report.findings import CAVEATS, counted, findings, language_name
from align.report.methods import methods
from align.report.sections import family_views, heatmap, match_views, model_rows, timeline, translation_rows
from align.runfolder import RunFolder

__all__ = ["Limits", "build_report"]

_TEMPLATES = Path(__file__).parent / "templates"
# what HTML and UTF-8 cannot hold: controls, unpaired surrogates, non-characters
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def build_report(folder: RunFolder, *, manifest: Mapping[str, Any] | None = None, limits: Limits | None = None) -> str:
    """One self-contained HTML page: it loads nothing, runs without scripts too, and prints.

    `manifest` stands in for the folder's own while a run is not complete. What is cut by `limits` is said, with the
    file that has the rest. Same folder, same page.

    Raises InputError for a damaged file; a missing one leaves its section empty.
    """
    limits = limits or Limits()
    contents = read_contents(folder, limits, manifest)
    style, script = _asset("style.css"), _asset("script.js")
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
    return _UNSHOWABLE.sub("\ufffd", page)


def _sections(contents: Contents, limits: Limits) -> dict[str, Any]:
    models = model_rows(contents.manifest)
    return {
        "contents": contents,
        "findings": findings(contents),
        "caveats": CAVEATS,
        "heatmap": heatmap(contents, limits.outlets),
        "timeline": timeline(contents, limits.outlets),
        "families": family_views(contents),
        "matches": match_views(contents.flagged.shown, contents),
        "candidates": match_views(contents.candidates.shown, contents),
        "translations": translation_rows(contents),
        "drafts": [model for model in models if model.get("draft")],
        "methods": methods(contents.manifest),
        "models": models,
    }


def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


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
        lang=lambda tag: tag if _TAG.fullmatch(tag) and tag != "und" else "",
        language=language_name,
        link=safe_link,
        outlet=outlet_name,
        spoken_date=spoken_date,
        thousands=lambda number: f"{number:,}",
    )
    return environment


def safe_link(url: str | None) -> str:
    """The URL when it leads to the web (http or https, with a host), else nothing."""
    if not url or _UNSHOWABLE.search(url):
        return ""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""
