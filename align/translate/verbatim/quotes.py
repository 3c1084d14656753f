"""Quotation marks that a translation lost, or closed too early, at the very begin or end of a piece."""

from __future__ import annotations

import regex

__all__ = ["pair_quotes"]

_MARK = regex.compile(r"[«»“”„‟\"「」『』]")
_OPENING, _CLOSING = "«“„‟「『", "»”」』"
_PARTNER = {"«": "»", "“": "”", "„": "“", "‟": "”", "「": "」", "『": "』", '"': '"'}
_PARTNER |= {"»": "«", "”": "“", "」": "「", "』": "『"}
_AT_END = regex.compile(r"[«»“”„‟\"「」『』][\s.,;:!?…)]*$")
_STOP = regex.compile(r"[.!?…。！？؟۔][\s»”\"')\]」』]*$")


def pair_quotes(source: str, output: str) -> str:
    """The output with a lone quotation mark at its begin or end paired as in the source, in the output's own style.

    A source whose marks are paired, and which begins (ends) with one, has its output begin (end) with one if exactly
    one mark is missing and it can only be that one. A source that is an open half of a quotation, cut from the rest,
    must not have its half closed: a mark that the model added at the other end goes away. Single marks are apostrophes
    too often to be counted.
    """
    given, said = _marks(source), _marks(output)
    if not given or not said:
        return output
    if _paired(given) and len(said) == len(given) - 1:
        return _completed(source, output, said)
    if len(given) == 1 and len(said) == 2 and _paired(said):
        return _opened(source, output, said)
    return output


def _marks(text: str) -> list[tuple[int, bool, str]]:
    """Place, whether it opens, and the mark itself, of every mark of a text."""
    marks: list[tuple[int, bool, str]] = []
    for match in _MARK.finditer(text):
        mark, place = match[0], match.start()
        if mark == '"':
            before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
            inside = before.isalnum() or (before and before in ".,;:!?…)%")
            opens = not inside and bool(after.strip())
        elif mark == "“":  # in German it closes what „ opened
            opens = not (marks and marks[-1][2] == "„")
        else:
            opens = mark in _OPENING
        marks.append((place, opens, mark))
    return marks


def _paired(marks: list[tuple[int, bool, str]]) -> bool:
    depth = 0
    for _, opens, _mark in marks:
        depth += 1 if opens else -1
        if depth < 0:
            return False
    return depth == 0


def _begins(text: str, marks: list[tuple[int, bool, str]]) -> bool:
    return marks[0][1] and not text[: marks[0][0]].strip()


def _ends(text: str, marks: list[tuple[int, bool, str]]) -> bool:
    return not marks[-1][1] and _AT_END.match(text, marks[-1][0]) is not None


def _completed(source: str, output: str, said: list[tuple[int, bool, str]]) -> str:
    given = _marks(source)
    first, last = said[0], said[-1]
    space = "\u00a0" if "\u00a0" in output else " "
    # a sentence that lost its full stop as well may have been broken off, which a closing mark would hide
    whole = _STOP.search(source) is None or _STOP.search(output) is not None
    if whole and _ends(source, given) and last[1] and _paired(said[:-1]) and not _ends(output, said):
        mark = _PARTNER[last[2]]
        return output.rstrip() + (space if mark == "»" and output[last[0] + 1].isspace() else "") + mark
    if _begins(source, given) and not first[1] and _paired(said[1:]):
        mark = _PARTNER[first[2]]
        return mark + (space if mark == "«" and output[first[0] - 1].isspace() else "") + output.lstrip()
    return output


def _opened(source: str, output: str, said: list[tuple[int, bool, str]]) -> str:
    """Without the mark that closes (opens) at the end what the source leaves open."""
    (place, opens, mark) = _marks(source)[0]
    if mark == '"' and source[place - 1 if not opens else place + 1].isspace():
        return output  # which way it looks is a guess
    if opens and _begins(source, _marks(source)) and _begins(output, said) and _ends(output, said):
        end = said[1][0]
        return output[:end].rstrip() + output[end + 1 :]
    if not opens and _ends(source, _marks(source)) and _begins(output, said) and _ends(output, said):
        return output[said[0][0] + 1 :].lstrip()
    return output
