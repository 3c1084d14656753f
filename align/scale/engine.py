"""The stages of a run over Spark, from files of the run folder to the same files as on one machine.

Between stages everything is Parquet, in `.work/spark` of the run folder, which all workers have to see.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from align.config import Config
from align.pipeline.stages import Progress, rejected_path
from align.pipeline.tracing import write_traced
from align.records import PassageMatch
from align.runfolder import RunFolder, write_json, writing_lines
from align.scale.articles import ARTICLES, SENTENCES, STORIES, from_line, read_articles, read_rows, read_stories
from align.scale.cells import near_pairs, plan, with_chunks
from align.scale.matches import scored_matches
from align.scale.pairs import candidates, compared_pairs, compared_stories
from align.scale.session import open_session, pyspark_version, told_by_workers
from align.scale.tables import lines_of, rows_of, schema_of, write_lines
from align.scale.traits import common_traits, count_stems, lexical_pairs, recurring_runs

__all__ = ["SparkEngine", "spark_engine"]

_SENTENCES = 2**16  # whose traits are joined at a time


@contextlib.contextmanager
def spark_engine(master: str, *, cache: bool = True) -> Iterator[SparkEngine]:
    """The engine on a master (`local[2]`, `spark://host:7077`); its session ends with the block.

    Raises MissingDependencyError without pyspark or Java 17, InputError for a master that cannot be reached.
    """
    with open_session(master) as session:
        yield SparkEngine(session, cache=cache)


class SparkEngine:
    """Structure, translation and tracing over Spark; everything else of a run is done as on one machine.

    Models are those of the settings: each worker process loads what it needs, once.
    """

    def __init__(self, session: Any, *, cache: bool = True) -> None:
        self._session, self._cache = session, cache
        self._seconds: dict[str, float] = {}

    def structure(self, folder: RunFolder, config: Config, progress: Progress) -> None:
        """`stories.jsonl` and `segments.jsonl`."""
        place = self._articles(folder, config)
        for name in ("segments", "stories"):
            _write(folder[name], lines_of(place, name))

    def translate(self, folder: RunFolder, config: Config, progress: Progress) -> None:
        """`translations.jsonl`, and what was turned away."""
        place = self._articles(folder, config)
        _write(rejected_path(folder, "translate"), lines_of(place, "rejected"))
        _write(folder["translations"], lines_of(place, "translations"))

    def reuse(self, folder: RunFolder, config: Config, progress: Progress) -> None:
        """`matches.jsonl` and what is made of it; the manifest tells what was too common to be joined."""
        place, told = self._matches(folder, config)
        manifest = folder.manifest()
        manifest["spark"] = {"version": pyspark_version(), "master": self._session.sparkContext.master, **told}
        manifest["spark"]["seconds"] = self._seconds
        write_json(folder["manifest"], manifest)
        sizes = dict(self._frame(_spark(folder, "stories")).selectExpr("id", "size(segments)").collect())
        write_traced(folder, _Sorted(place), sizes, config.reuse.threshold)

    def _matches(self, folder: RunFolder, config: Config) -> tuple[Path, Mapping[str, Any]]:
        """The folder of the sorted matches, and what the manifest says of how they came about."""
        session, parts = self._session, int(self._session.conf.get("spark.sql.shuffle.partitions"))
        articles = self._frame(self._articles(folder, config))
        stories = self._kept(folder, "stories", lambda: articles.mapInArrow(read_stories, schema_of(STORIES)))
        sentences = self._kept(
            folder, "sentences", lambda: articles.mapInArrow(partial(read_rows, config=config), schema_of(SENTENCES))
        )
        rarities, often = _spark(folder, "rarities"), _spark(folder, "recurring")
        self._once(rarities, lambda: count_stems(sentences, rarities))
        self._once(often, lambda: recurring_runs(sentences, often, parts))
        sizes = {row["bucket"]: row["count"] for row in sentences.groupBy("bucket").count().collect()}
        chunks = plan(sizes, self._cores(folder))
        chunked = with_chunks(session, sentences, chunks[0])
        common = self._kept(folder, "common", lambda: common_traits(sentences))
        shared = lexical_pairs(chunked, common, config.reuse, max(parts, sum(sizes.values()) // _SENTENCES))
        near = self._kept(folder, "near", lambda: near_pairs(session, chunked, shared, chunks, config.reuse))
        found = self._kept(folder, "candidates", lambda: candidates(near, config.reuse))
        pairs = self._kept(folder, "pairs", lambda: compared_pairs(session, chunked, found, chunks, rarities))
        worth = self._kept(folder, "worth", lambda: compared_stories(pairs, parts))
        scored = self._kept(folder, "scored", lambda: scored_matches(worth, stories, sentences, rarities, often))
        self._kept(folder, "matches", lambda: scored.orderBy(scored["score"].desc(), "id"))
        too_common = [count for (count,) in common.select("count").collect()]
        told = {"sentences": sum(sizes.values()), "cells": len({cell for _, cell in chunks[1]})}
        return _spark(folder, "matches"), {
            **told,
            "common_traits": len(too_common),
            "common_traits_standing": sum(too_common),
        }

    def _cores(self, folder: RunFolder) -> int:
        """The cores that cells were planned for when the run began: tables that are there are of these cells."""
        path = _spark(folder, "cores.json")
        if not path.exists():
            write_json(path, self._session.sparkContext.defaultParallelism)
        return int(json.loads(path.read_text(encoding="utf-8")))

    def _articles(self, folder: RunFolder, config: Config) -> Path:
        """The folder of ARTICLES, made of `documents.jsonl`."""
        documents = _spark(folder, "documents")
        self._once(documents, lambda: write_lines(folder["documents"], documents))
        work = partial(read_articles, config=config, cache=self._cache)
        read = self._kept(folder, "read", lambda: self._frame(documents).mapInArrow(work, schema_of(ARTICLES)))
        self._kept(folder, "articles", lambda: read.orderBy("number"))
        return _spark(folder, "articles")

    def _kept(self, folder: RunFolder, name: str, make: Callable[[], Any]) -> Any:
        """A table of the working folder, made unless an earlier attempt has finished it.

        What is sorted has to be one already: to find its ranges, Spark works out the input of a sort twice.
        """
        place = _spark(folder, name)
        self._once(place, lambda: make().write.parquet(_url(place)))
        return self._frame(place)

    def _once(self, place: Path, make: Callable[[], None]) -> None:
        if not (place / "_SUCCESS").exists():
            begin = time.perf_counter()
            shutil.rmtree(place, ignore_errors=True)
            with told_by_workers():
                make()
            self._seconds[place.name] = round(time.perf_counter() - begin, 3)

    def _frame(self, place: Path) -> Any:
        return self._session.read.parquet(_url(place))


class _Sorted:
    """Matches in the order of their files, as often as one likes."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __iter__(self) -> Iterator[PassageMatch]:
        return (from_line(PassageMatch, line) for (line,) in rows_of(self._place, ["line"]))


def _spark(folder: RunFolder, name: str) -> Path:
    return folder.work.resolve() / "spark" / name


def _url(place: Path) -> str:
    return f"file://{place}"


def _write(path: Path, lines: Iterator[str]) -> None:
    with writing_lines(path) as write:
        for line in lines:
            write(line)
