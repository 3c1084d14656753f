"""Text as XML 1.0 can hold it, written so that a parser gives back the very same."""

from __future__ import annotations

import re

__all__ = ["attribute", "content", "is_clean"]

# neither a control character but tab, line feed and carriage return, nor a lone surrogate, nor a non-character
_FORBIDDEN = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_clean(text: str) -> bool:
    """Whether every character of the text may stand in XML 1.0."""
    return _FORBIDDEN.search(text) is None


def content(text: str) -> str:
    """The text between two tags. What XML cannot hold, in whatever spelling, becomes U+FFFD."""
    text = _FORBIDDEN.sub("\ufffd", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def attribute(text: str) -> str:
    """The text as an attribute's value, with its quotation marks. What XML cannot hold becomes U+FFFD."""
    return '"' + content(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;") + '"'
