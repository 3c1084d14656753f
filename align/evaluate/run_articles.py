"""A run against what a gold file says of whole articles."""

from __future__ import annotations

from dataclasses import dataclass

from align.errors import InputError
from align.evaluate.articles import ArticleScores, Detection, between_articles, score_articles
from align.evaluate.boilerplate import BoilerplateScores, score_boilerplate
from align.evaluate.families import EventScores, OriginScores, b_cubed, score_events, score_origins
from align.evaluate.gold import ArticleGold
from align.evaluate.passages import score_passages
from align.records import Document, PassageMatch, Segment, Story, WireFamily
from align.runfolder import RunFolder

__all__ = ["RunScores", "score_run"]


@dataclass(frozen=True, slots=True)
class RunScores:
    """Figures by what is held against the gold; `families` are B-cubed over all articles, `events` count origins."""

    articles: ArticleScores
    passages: Detection
    families: Detection
    origins: OriginScores
    events: EventScores
    boilerplate: BoilerplateScores


def score_run(folder: RunFolder, gold: ArticleGold) -> RunScores:
    """All figures of a run. Raises InputError for a damaged run, and for one that lacks an article of the gold."""
    texts = {document.id: document.text for document in folder.read("documents", Document)}
    for document in gold.documents.values():
        if document.id not in texts:
            raise InputError(f"{folder.path}: the run has no document {document.id!r}, which the gold lists")
    stories = {story.id: story for story in folder.read("stories", Story)}
    families = list(folder.read("families", WireFamily))
    matches = list(folder.read("matches", PassageMatch))
    groups = [_documents(family, stories, folder) for family in families]
    between = between_articles(matches, gold.documents)
    return RunScores(
        articles=score_articles(between, groups, gold),
        passages=score_passages(between, texts, gold),
        families=b_cubed(groups, [family.members for family in gold.families], gold.documents),
        origins=score_origins(families, groups, stories, gold),
        events=score_events(families, groups, gold.events),
        boilerplate=score_boilerplate(matches, folder.read("segments", Segment), gold),
    )


def _documents(family: WireFamily, stories: dict[str, Story], folder: RunFolder) -> frozenset[str]:
    named = [member.story_id for member in family.members] + [family.origin.story_id or family.members[0].story_id]
    lost = [story_id for story_id in named if story_id not in stories]
    if lost:
        raise InputError(f"{folder['families']}: {family.id} has the story {lost[0]!r}, which the run does not list")
    return frozenset(stories[member.story_id].document_id for member in family.members)
