"""Bytes to text: which encoding a file is in, and what is no text at all."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from align.ingest.compressed import READ_ERRORS, DecompressionBombError, open_bytes
from align.records import Rejected

__all__ = ["Decoded", "Undecodable", "clean_text", "decode", "encoding_metadata", "read_file", "text_of", "with_bom"]

# The longer marks come first: UTF-32-LE begins like UTF-16-LE.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Single-byte code pages map nearly every byte to something, so a free choice among all of them reads Turkish as
# Central European. Only the ones that the languages of language/tags were written in are considered, and cp1250
# (Polish) is left out for the same reason: it wins over cp1254 on short Turkish texts.
_CANDIDATES = (
    *("cp1252", "cp1254", "cp1251", "koi8_r", "iso8859_5", "cp866", "cp1256", "iso8859_6", "cp1253", "cp1255"),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b")) + b"\x7f"
# Shares of control characters: more than the first is no text, more than the second is no attempt at one.
_TEXT_CONTROLS, _BINARY_CONTROLS = 0.02, 0.3
_NO_TEXT = ("Cc", "Cn", "Co")
_ABOVE_ASCII = bytes(range(128, 256))
# Fewer bytes than this above 127 do not tell one code page from another; the Western one is taken.
_MIN_TELLING_BYTES = 3
# The six letters by which cp1252 differs from Turkish cp1254: no language served here has them, Turkish lives on them.
_ICELANDIC = frozenset("ÐðÝýÞþ")
# What the euro sign and the ligatures of Latin-9 look like in cp1252, and the bytes that only Windows' pages use.
_LATIN9 = re.compile(r"¤|[¼½](?=[^\W\d_])")
_WINDOWS = frozenset(range(0x80, 0xA0))
_REPLACED = str.maketrans({"\0": "\ufffd", **{chr(code): "\ufffd" for code in range(0xD800, 0xE000)}})


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with its newlines as "\\n", without byte order mark and NUL, and the Python name of its encoding."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Why bytes are no text: the rule that goes into quarantine, and what was seen."""

    rule: Literal["binary-file", "unknown-encoding"]
    detail: str


def decode(data: bytes, *, declared: str | None = None) -> Decoded | Undecodable:
    """Read bytes as text: by byte order mark, then as UTF-8, then as `declared`, then by charset-normalizer.

    `declared` is the charset that the file names itself; an unknown or a wrong one is passed over. UTF-16 without a
    mark is taken when every NUL byte stands on the same side of its pair.
    """
    if bom := with_bom(data):
        mark, encoding = bom
        return _strict(data[len(mark) :], encoding) or Undecodable(
            "unknown-encoding", f"starts with the byte order mark of {encoding} but is not {encoding}"
        )
    if b"\0" in data:
        return _without_bom(data) or Undecodable("binary-file", f"NUL byte at offset {data.index(0)}")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    seen = f"{controls} of {len(data)} bytes are control characters"
    decoded = _strict(data, "utf-8")
    if controls > (_TEXT_CONTROLS if decoded else _BINARY_CONTROLS) * len(data):
        return Undecodable("binary-file", seen)
    if decoded is None and controls > _TEXT_CONTROLS * len(data):
        return Undecodable("unknown-encoding", f"not UTF-8, and {seen}")
    return decoded or _declared(data, declared) or _guessed(data)


def with_bom(data: bytes) -> tuple[bytes, str] | None:
    """The byte order mark that `data` starts with, and the encoding it stands for."""
    return next(((mark, encoding) for mark, encoding in _BOMS if data.startswith(mark)), None)


def clean_text(text: str) -> str:
    """Text with "\\n" newlines, no leading byte order mark, and U+FFFD for each NUL and each lone surrogate.

    JSON escapes can spell both, and neither can be written to a UTF-8 file or shown; the text keeps its length.
    """
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").translate(_REPLACED)


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "\0" in text else Decoded(clean_text(text), encoding)


def _without_bom(data: bytes) -> Decoded | None:
    """UTF-16 by the parity of its NUL bytes: spaces, digits and newlines leave theirs on one side in every script."""
    for encoding, full_side in (("utf-16-le", data[::2]), ("utf-16-be", data[1::2])):
        if 0 not in full_side and data.count(0) >= len(data) // 50:
            decoded = _strict(data, encoding)
            if decoded and all(c in "\t\n\f" or unicodedata.category(c) not in _NO_TEXT for c in decoded.text):
                return decoded
    return None


def _declared(data: bytes, declared: str | None) -> Decoded | None:
    if not declared:
        return None
    try:
        encoding = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return None
    # HTML's rule: pages that say Latin-1 mean the Windows code page, which adds quotation marks and dashes.
    return _strict(data, {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(encoding, encoding))


def _guessed(data: bytes) -> Decoded | Undecodable:
    from charset_normalizer import from_bytes

    telling = len(data) - len(data.translate(None, _ABOVE_ASCII))
    if telling < _MIN_TELLING_BYTES and (decoded := _strict(data, "cp1252")):
        return decoded
    best = from_bytes(data, cp_isolation=list(_CANDIDATES)).best()
    if best is None:
        return Undecodable("unknown-encoding", f"neither UTF-8 nor any of {', '.join(_CANDIDATES)}")
    guess = Decoded(clean_text(str(best)), best.encoding)
    return (_neighbour(data, guess.text) if guess.encoding == "cp1252" else None) or guess


def _neighbour(data: bytes, text: str) -> Decoded | None:
    """The code page next to cp1252 that `data` is in, if `text` shows that it is."""
    if _ICELANDIC.intersection(text):
        return _strict(data, "cp1254")
    if _LATIN9.search(text) and not _WINDOWS.intersection(data):
        return _strict(data, "iso8859_15")
    return None


def read_file(
    path: Path, name: str, *, max_characters: int, declared: Callable[[bytes], str | None] | None = None
) -> Decoded | Rejected:
    """The text of one file, or why it has none; never reads more than `max_characters` could take.

    `declared` finds the charset that the bytes name themselves, if any. The rules of refusal are "unreadable",
    "decompression-bomb", "empty-file", "too-long", "binary-file" and "unknown-encoding".
    """
    try:
        with open_bytes(path) as file:
            data = file.read(4 * max_characters + 5)
    except DecompressionBombError as error:
        return Rejected(name, "read", "decompression-bomb", str(error))
    except READ_ERRORS as error:
        return Rejected(name, "read", "unreadable", f"cannot be read: {getattr(error, 'strerror', None) or error}")
    return text_of(data, name, max_characters=max_characters, declared=declared(data) if declared else None)


def text_of(data: bytes, name: str, *, max_characters: int, declared: str | None) -> Decoded | Rejected:
    """The text that bytes hold, or why they hold none, by the rules of `read_file`."""
    decoded = decode(data, declared=declared) if len(data) <= 4 * max_characters + 4 else None
    if decoded is None or (isinstance(decoded, Decoded) and len(decoded.text) > max_characters):
        return Rejected(name, "read", "too-long", f"more than max_characters = {max_characters} characters")
    if isinstance(decoded, Undecodable):
        return Rejected(name, "read", decoded.rule, decoded.detail)
    if not decoded.text.strip():
        return Rejected(name, "read", "empty-file", f"no text in {len(data)} bytes")
    return decoded


def encoding_metadata(decoded: Decoded) -> dict[str, Any]:
    """What a document's metadata says of its encoding: nothing when it is UTF-8."""
    return {} if decoded.encoding == "utf-8" else {"encoding": decoded.encoding}
