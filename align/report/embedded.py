"""The data that comes with the page for its script: JSON in which no sign can end the element that holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from align.report.chronology import spoken_date
from align.report.compare import Run
from align.report.contents import Contents, outlet_name
from align.report.passages import Record, StoryNumbers
from align.report.safety import UNSHOWABLE, safe_link

__all__ = ["as_script_data", "run_data", "story_records"]

_DECIMALS = 4
_KINDS = ("plain", "same", "moved", "differ")
_SIGNS = ("", "agree", "clash")
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def story_records(contents: Contents, stories: StoryNumbers) -> list[Record]:
    """The numbered stories, in the order of their numbers."""
    return [_story(story_id, number, contents) for story_id, number in stories.ids.items()]


def _story(story_id: str, number: int, contents: Contents) -> Record:
    line = contents.stories.get(story_id)
    return {
        "number": number,
        "id": story_id,
        "outlet": outlet_name(line.outlet if line else None),
        "title": (line.title if line else None) or "untitled",
        "date": spoken_date(line.published if line else None),
        "url": safe_link(line.url if line else None),
        "begin": line.begin if line else 0,
        "length": line.length if line else 0,
    }


def run_data(
    signature: str,
    stories: Sequence[Record],
    families: Sequence[Record],
    matches: Sequence[Record],
    maps: Sequence[Record],
    languages: Mapping[str, str],
) -> dict[str, Any]:
    """What the script lays out when a reader asks for it. Runs are flat lists of text and code, text and code."""
    features = sorted({name for match in matches for name, _ in match["features"]})
    return {
        "signature": signature,
        "languages": dict(languages),
        "stories": [[story[key] for key in ("outlet", "title", "date", "url", "id")] for story in stories],
        "families": list(families),
        "parts": [[name, least, what] for name, _, least, what in matches[0]["parts"]] if matches else [],
        "features": features,
        "matches": [_packed(match, features) for match in matches],
        "maps": [
            [item["story"], item["passages"], [[row["other"], row["blocks"]] for row in item["rows"]]] for item in maps
        ],
    }


def _packed(match: Record, features: Sequence[str]) -> Record:
    """A match without the names that all matches share."""
    values = dict(match["features"])
    sides = [
        {**side, "original": _flat(side["original"]), "english": _flat(side["english"])} for side in match["sides"]
    ]
    parts = [value for _, value, _, _ in match["parts"]]
    return {**match, "sides": sides, "parts": parts, "features": [values.get(name) for name in features]}


def _flat(runs: Iterable[Run] | None) -> list[str | int] | None:
    if runs is None:
        return None
    flat: list[str | int] = []
    for run in runs:
        flat += [run.text, _KINDS.index(run.kind) + len(_KINDS) * _SIGNS.index(run.sign)]
    return flat


def as_script_data(value: Any) -> str:
    """JSON for a `script` element of no executable type: `<`, `>`, `&` and what HTML cannot hold are escaped."""
    text = json.dumps(_rounded(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)
    return UNSHOWABLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)  # ids must come back as they are


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
