"""Training, validation and test parts, cut between documents and never inside one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from align.errors import InputError
from align.export.provenance import SourcedPair, document_of
from align.export.summary import SPLITS
from align.lookup import Lookup
from align.records import Pair, PassageMatch, Story, WireFamily
from align.runfolder import RunFolder

__all__ = ["DocumentGroups", "Split", "groups_of_pairs", "groups_of_run"]


@dataclass(frozen=True, slots=True)
class Split:
    """The parts' shares, any numbers that are not negative; the part of a group depends on its name alone.

    Raises InputError unless there are three shares and the first is more than 0.
    """

    shares: tuple[float, ...] = (90.0, 5.0, 5.0)

    def __post_init__(self) -> None:
        finite = all(0 <= share < float("inf") for share in self.shares)
        if len(self.shares) != len(SPLITS) or not finite or not self.shares[0] > 0:
            raise InputError(
                f"not the shares of a split: {self.shares!r}; expected three numbers, for train, validation and test, "
                "none of them negative and the first above 0"
            )

    def part(self, group: str) -> str:
        """The part that a group of documents is in, by the hash of its name."""
        digest = hashlib.sha256(group.encode("utf-8", "surrogatepass")).digest()
        point = int.from_bytes(digest[:8], "big") / 2**64 * sum(self.shares)
        if point < self.shares[0]:
            return SPLITS[0]
        return SPLITS[1] if point < self.shares[0] + self.shares[1] else SPLITS[2]

    def in_words(self) -> str:
        """The shares, as a reader of the export is told them."""
        shares = ", ".join(f"{name} {share:g}" for name, share in zip(SPLITS, self.shares, strict=True))
        return f"split by document ({shares}); documents that share a pair, a flagged match or a family stay together"


class DocumentGroups:
    """Documents that must stay together (disjoint sets). A group is called after its first document by name."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def group(self, document: str) -> str:
        """The name of a document's group: the document's own where it was never joined."""
        root = document
        while (parent := self._parents.get(root, root)) != root:
            root = parent
        while (parent := self._parents.get(document, document)) != root:
            self._parents[document] = root
            document = parent
        return root

    def join(self, documents: Iterable[str | None]) -> None:
        """Put documents into one group; nulls are passed over."""
        roots = sorted({self.group(document) for document in documents if document is not None})
        for root in roots[1:]:
            self._parents[root] = roots[0]

    def join_pair(self, sourced: SourcedPair) -> None:
        """Put the two documents of a pair into one group."""
        self.join(_documents(sourced))

    def of_pair(self, sourced: SourcedPair) -> str:
        """The group of a pair; a pair that stands in no document is a group of its own."""
        documents = [document for document in _documents(sourced) if document is not None]
        return self.group(documents[0]) if documents else sourced.pair.id


def _documents(sourced: SourcedPair) -> tuple[str | None, str | None]:
    pair = sourced.pair
    source = document_of(sourced.source_place, pair.source_segments)
    if pair.origin == "machine-translation":
        return source, None
    return source, document_of(sourced.target_place, pair.target_segments)


def groups_of_pairs(pairs: Iterable[SourcedPair]) -> DocumentGroups:
    """Documents that a pair joins."""
    groups = DocumentGroups()
    for sourced in pairs:
        groups.join_pair(sourced)
    return groups


def groups_of_run(folder: RunFolder) -> DocumentGroups:
    """Documents of a run that a pair, a flagged match or a family joins, whatever is then exported of them.

    Raises InputError when a file of the run is damaged.
    """
    groups = DocumentGroups()
    if folder["families"].exists():
        with Lookup() as documents:
            documents.fill((story.id, story.document_id) for story in folder.read("stories", Story))
            for family in folder.read("families", WireFamily):
                groups.join(documents.find(member.story_id for member in family.members).values())
    if folder["matches"].exists():
        for match in folder.read("matches", PassageMatch):
            if match.flagged:
                groups.join((match.source.document_id, match.target.document_id))
    for pair in folder.read("pairs", Pair):
        if pair.origin != "machine-translation":
            groups.join((document_of(None, pair.source_segments), document_of(None, pair.target_segments)))
    return groups
