"""The sections of a report as plain values for the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from align.records import Fact, Substitution, Translation
from align.report.chronology import earliest, parse_published, spoken_date
from align.report.contents import Contents, outlet_name
from align.report.dotplot import dotplot_svg
from align.report.figures import Lane, Mark, heatmap_svg, timeline_svg

__all__ = ["exchanges", "heatmap", "model_rows", "plots", "timeline", "told_by_one", "translation_rows"]

_MOST_PLOTS = 12


@dataclass(frozen=True, slots=True)
class Heatmap:
    """The figure, the same as rows of a table, and how many outlets did not fit."""

    svg: str
    rows: list[tuple[str, str, int]]
    left_out: int


def heatmap(contents: Contents, limit: int) -> Heatmap | None:
    """Flagged passages between outlets, the outlets with most first; None where nothing is flagged."""
    weight: Counter[str] = Counter()
    for (a, b), count in contents.outlet_pairs.items():
        weight[a] += count
        weight[b] += count
    names = sorted(weight, key=lambda name: (-weight[name], name))
    if not names:
        return None
    place = {name: number for number, name in enumerate(names[:limit])}
    counts = {(place[a], place[b]): n for (a, b), n in contents.outlet_pairs.items() if a in place and b in place}
    title = "Flagged passages by the two outlets that carry them; the table that follows holds the same numbers"
    rows = sorted(((a, b, n) for (a, b), n in contents.outlet_pairs.items()), key=lambda row: (-row[2], row))
    return Heatmap(heatmap_svg(names[:limit], counts, title=title), rows[: limit * limit], len(names) - len(place))


@dataclass(frozen=True, slots=True)
class Timeline:
    """The figure, how many stories and outlets are not in it, and for how many outlets dates are drawn together."""

    svg: str | None
    undated: int
    left_out: int
    coarse: int


def timeline(contents: Contents, limit: int) -> Timeline:
    """One line an outlet, by its first date; marks of one outlet with one date are drawn once, with their number."""
    first: dict[str, set[str]] = {}
    for family in contents.families.shown:
        member = earliest(family.members)
        line = contents.stories.get(member.story_id) if member else None
        if line and line.published and (outlet := outlet_name(line.outlet)) in contents.dates:
            first.setdefault(outlet, set()).add(contents.dates[outlet].name(line.published))
    lanes = [Lane(outlet, _marks(dates.counts, first.get(outlet, set()))) for outlet, dates in contents.dates.items()]
    lanes.sort(key=lambda lane: (min((m.published.end, m.published.begin) for m in lane.marks), lane.label))
    title = "When each outlet's stories were first published, as far as the pages say"
    figure = timeline_svg(lanes[:limit], title=title) if lanes else None
    coarse = sum(contents.dates[lane.label].coarse for lane in lanes[:limit])
    return Timeline(figure, contents.undated, max(len(lanes) - limit, 0), coarse)


def _marks(counts: Mapping[str, int], first: set[str]) -> list[Mark]:
    marks = []
    for date, count in counts.items():
        published = parse_published(date)
        if published is not None:
            several = f" · {count} stories" if count > 1 else ""
            marks.append(Mark(published, spoken_date(date) + several, date in first))
    return marks


@dataclass(frozen=True, slots=True)
class Plot:
    """A parallel text as a picture: its name, how many pairs it has, and the figure."""

    name: str
    pairs: int
    svg: str


def plots(contents: Contents) -> list[Plot]:
    """A picture for each of the first given parallel texts."""
    found = []
    for name, beads in list(contents.beads.items())[:_MOST_PLOTS]:
        said = name.partition(":")[2] or name
        title = (
            f"Which sentences of {said} are paired with which of its translation; the table that follows has the texts"
        )
        found.append(Plot(said, len(beads), dotplot_svg(beads, title=title)))
    return found


@dataclass(frozen=True, slots=True)
class Exchange:
    """A line of the substitution ledger and the numbers of its matches that are shown."""

    line: Substitution
    matches: list[int]


def exchanges(contents: Contents) -> list[Exchange]:
    """The substitutions that are shown."""
    numbers = _numbers(contents)
    return [
        Exchange(line, [numbers[match] for match in line.matches if match in numbers])
        for line in contents.substitutions.shown
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that one outlet states and another does not, and the numbers of its matches that are shown."""

    line: Fact
    matches: list[int]


def told_by_one(contents: Contents) -> list[Told]:
    """The facts that are shown."""
    numbers = _numbers(contents)
    return [Told(line, [numbers[match] for match in line.matches if match in numbers]) for line in contents.facts.shown]


def _numbers(contents: Contents) -> dict[str, int]:
    """The number of each match that is shown."""
    return {match.id: number for number, match in enumerate(contents.flagged.shown, start=1)}


@dataclass(frozen=True, slots=True)
class TranslationRow:
    """A translation beside the text that it reads."""

    translation: Translation
    role: str
    text: str
    draft: bool


def translation_rows(contents: Contents) -> list[TranslationRow]:
    """The translations that are shown; a draft is one by a model that the manifest marks so for its language."""
    drafts = {row.get("language") for row in model_rows(contents.manifest) if _is_draft(row)}
    rows = []
    for translation in contents.translations.shown:
        segment = contents.segments.get(translation.segment_id)
        role, text = (segment.role, segment.text) if segment else ("", "")
        draft = translation.outcome == "translated" and bool(drafts & {translation.source_language, None})
        rows.append(TranslationRow(translation, role, text, draft))
    return rows


def _is_draft(row: Mapping[str, Any]) -> bool:
    return bool(row.get("draft")) and row.get("stage", "translate") == "translate"


def model_rows(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The models that the manifest names, whatever else stands there left aside."""
    models = manifest.get("models")
    return [model for model in models if isinstance(model, Mapping)] if isinstance(models, list) else []
