"""The parallel corpus in the formats that other tools read."""

from align.export.formats import FORMATS, export_run
from align.export.selection import ANY_FLAG, PairFilter, SourcedPair
from align.export.summary import ExportSummary, Recipe

__all__ = ["ANY_FLAG", "FORMATS", "ExportSummary", "PairFilter", "Recipe", "SourcedPair", "export_run"]
