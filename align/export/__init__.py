"""The parallel corpus in the formats that other tools read."""

from align.export.formats import FORMATS, Treatment, export_pairs, export_run
from align.export.provenance import Place, SourcedPair
from align.export.selection import ANY_FLAG, PairFilter
from align.export.split import Split
from align.export.summary import ExportSummary, Recipe

__all__ = [
    "ANY_FLAG",
    "FORMATS",
    "ExportSummary",
    "PairFilter",
    "Place",
    "Recipe",
    "SourcedPair",
    "Split",
    "Treatment",
    "export_pairs",
    "export_run",
]
