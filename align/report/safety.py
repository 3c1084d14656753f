"""What text from pages may become on the report's page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["UNSHOWABLE", "language_tag", "safe_link", "showable"]

UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What HTML and UTF-8 cannot hold: controls, unpaired surrogates, non-characters."""
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def showable(text: str) -> str:
    """The text with a replacement character for everything that HTML cannot hold."""
    return UNSHOWABLE.sub("\ufffd", text)


def safe_link(url: str | None) -> str:
    """The URL when it leads to the web (http or https, with a host), else nothing."""
    if not url or UNSHOWABLE.search(url):
        return ""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def language_tag(tag: str) -> str:
    """A tag that may stand in a `lang` attribute, else nothing."""
    return tag if _TAG.fullmatch(tag) and tag != "und" else ""
