"""Alignment of two texts that say the same: which sentences of one stand for which of the other."""
