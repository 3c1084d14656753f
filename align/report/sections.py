"""The sections of a report as plain values for the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from align.records import Agreement, Passage, PassageMatch, Translation, WireFamily
from align.report.chronology import earliest, parse_published, spoken_date
from align.report.compare import Run, compare_words
from align.report.contents import Contents, outlet_name
from align.report.figures import Lane, Mark, bar_svg, heatmap_svg, timeline_svg
from align.report.findings import seen_first

__all__ = ["Heatmap", "family_views", "heatmap", "match_views", "model_rows", "timeline", "translation_rows"]


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
    """The figure, and how many stories and outlets are not in it."""

    svg: str | None
    undated: int
    left_out: int


def timeline(contents: Contents, limit: int) -> Timeline:
    """One line an outlet, by its first date; marks of one outlet with one date are drawn once, with their number."""
    first = {member.story_id for family in contents.families.shown if (member := earliest(family.members))}
    by_outlet: dict[str, dict[str, list[str]]] = {}
    undated = 0
    for story_id, story in contents.stories.items():
        if parse_published(story.published) is None or story.published is None:
            undated += 1
            continue
        by_outlet.setdefault(outlet_name(story.outlet), {}).setdefault(story.published, []).append(story_id)
    lanes = [Lane(outlet, _marks(dates, first)) for outlet, dates in by_outlet.items()]
    lanes.sort(key=lambda lane: (min((m.published.end, m.published.begin) for m in lane.marks), lane.label))
    title = "When each outlet's stories were first published, as far as the pages say"
    figure = timeline_svg(lanes[:limit], title=title) if lanes else None
    return Timeline(figure, undated, max(len(lanes) - limit, 0))


def _marks(dates: Mapping[str, Sequence[str]], first: set[str]) -> list[Mark]:
    marks = []
    for date, story_ids in dates.items():
        published = parse_published(date)
        if published is not None:
            several = f" · {len(story_ids)} stories" if len(story_ids) > 1 else ""
            marks.append(Mark(published, spoken_date(date) + several, not first.isdisjoint(story_ids)))
    return marks


@dataclass(frozen=True, slots=True)
class FamilyView:
    """A family, and what its flagged matches say together."""

    number: int
    family: WireFamily
    outlets: list[str]
    first: str
    passages: int
    mean: float | None
    most: float | None
    matches: list[int]


def family_views(contents: Contents) -> list[FamilyView]:
    """The families that are shown; `matches` are the numbers of those among their matches that are shown."""
    numbers = {match.id: number for number, match in enumerate(contents.flagged.shown, start=1)}
    return [_family_view(number, family, contents, numbers) for number, family in enumerate(contents.families.shown, 1)]


def _family_view(number: int, family: WireFamily, contents: Contents, numbers: Mapping[str, int]) -> FamilyView:
    scores = [contents.scores[match] for match in family.matches if match in contents.scores]
    return FamilyView(
        number,
        family,
        sorted({outlet_name(member.outlet) for member in family.members}),
        seen_first(family.members),
        len(scores),
        sum(scores) / len(scores) if scores else None,
        max(scores, default=None),
        sorted(numbers[match] for match in family.matches if match in numbers),
    )


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a match. `original` is null where the passage is in English already."""

    passage: Passage
    title: str | None
    url: str | None
    date: str
    language: str
    original: str | None
    english: list[Run]


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match as it is laid out: `parts` are (name, value, bar, what it is)."""

    number: int
    match: PassageMatch
    sides: tuple[SideView, SideView]
    agreements: list[tuple[str, Agreement]]
    parts: list[tuple[str, float, str, str]]
    features: list[tuple[str, float]]


def match_views(matches: Sequence[PassageMatch], contents: Contents) -> list[MatchView]:
    """The matches in their order, numbered from 1."""
    return [_match_view(number, match, contents) for number, match in enumerate(matches, start=1)]


def _match_view(number: int, match: PassageMatch, contents: Contents) -> MatchView:
    evidence = match.evidence
    runs = compare_words(match.source.english, match.target.english)
    sides = (_side(match.source, runs[0], contents), _side(match.target, runs[1], contents))
    parts = [
        ("meaning", evidence.cosine, bar_svg(evidence.cosine, -1.0), "cosine of the passages' vectors, −1 to 1"),
        ("words", evidence.lexical, bar_svg(evidence.lexical), "share of rare words in common, in English, 0 to 1"),
        ("order", evidence.order, bar_svg(evidence.order), "support from neighbouring passages, 0 to 1"),
        ("quotes", evidence.quote, bar_svg(evidence.quote), "share of quoted words in common, 0 to 1"),
        ("speaker", evidence.attribution, bar_svg(evidence.attribution, -1.0), "1 same, −1 different, 0 not named"),
    ]
    agreements = [("Numbers", evidence.numbers), ("Names", evidence.names)]
    return MatchView(number, match, sides, agreements, parts, sorted(evidence.features.items()))


def _side(passage: Passage, english: list[Run], contents: Contents) -> SideView:
    story = contents.stories.get(passage.story_id)
    found = [contents.segments[segment].language for segment in passage.segments if segment in contents.segments]
    language = Counter(found).most_common(1)[0][0] if found else "und"
    original = None if language == "en" and passage.text == passage.english else passage.text
    title, url, published = (story.title, story.url, story.published) if story else (None, None, None)
    return SideView(passage, title, url, spoken_date(published), language, original, english)


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
