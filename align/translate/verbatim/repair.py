"""What a model damaged although it only had to copy it: addresses, handles, hashtags, signs, a lost quotation mark.

Each rule acts where one reading alone is possible, and leaves the output as it is everywhere else; then the guard
speaks. Numbers are left alone: "1 000" is rightly "1,000" in English, so that their form tells nothing, and a wrong
value cannot be put right without knowing which number of the output it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

import regex

from align.translate.verbatim.edges import fit_edges
from align.translate.verbatim.protect import has_words, kind, protected, protected_matches
from align.translate.verbatim.quotes import pair_quotes
from align.translate.verbatim.signs import put_back

__all__ = ["repair"]

_ALIKE = 0.6  # similarity from which one of several changed strings may be the one that is lost
_TELLING_NAME = 4  # letters from which a name without its mark is looked for
_STRAY = r"[+*=~^§⁇&@#$%|\\]\s?"  # what stands for "#" and "@" in an output whose vocabulary lacks them
_LOOSE_ADDRESS = regex.compile(r"\bhttps?\s?:\s?/\S*\w|\bwww\s\.\s?\S*\w", regex.IGNORECASE)
_END = regex.compile(r"[.!?…]*[»”\"')\]\s]*$")


def repair(source: str, output: str, unknown: Sequence[str] = ()) -> str:
    """The output with what it should have copied put right; one that lacks nothing comes back as it is.

    `source` is the piece as it was before `bare` took signs and the words in `unknown` out.
    """
    restored = _restore_protected(source, fit_edges(source, output))
    return pair_quotes(source, put_back(source, restored, unknown))


def _restore_protected(source: str, output: str) -> str:
    """Lost addresses, e-mails, handles and hashtags, by four rules, the surest first.

    1. The same characters with white space or case changed ("@ agence", "https: //...") are it.
    2. If one string of a kind is lost and one is new, the new one is it; of several, the only one alike.
    3. A hashtag or handle without its mark, or with a stray sign for it ("+Idlib"), is it, if the name stands once in
       the output, and in the source nowhere else.
    4. An address, e-mail or hashtag that ended the source, and left no trace, is put at the end again.
    """
    if not protected(source):
        return output
    for rule in (_respaced, _changed, _unmarked, _ended):
        for item in _lost(source, output):
            output = rule(item, source, output)
    return output


def _lost(source: str, output: str) -> list[str]:
    return list((Counter(protected(source)) - Counter(protected(output))).elements())


def _respaced(item: str, source: str, output: str) -> str:
    characters = r"\s*".join(r"[\s_]*" if character == "_" else regex.escape(character) for character in item)
    pattern = regex.compile(rf"(?<![\w@#]){characters}(?![\w/@-])", regex.IGNORECASE)
    kept = _kept_spans(source, output)
    found = [
        match.span()
        for match in pattern.finditer(output)
        if not any(begin < match.end() and match.start() < end for begin, end in kept)
    ]
    return _replaced(output, found[0], item) if len(found) == 1 else output


def _kept_spans(source: str, output: str) -> list[tuple[int, int]]:
    wanted = set(protected(source))
    return [match.span() for match in protected_matches(output) if match[0] in wanted]


def _changed(item: str, source: str, output: str) -> str:
    new = _new(source, output, kind(item))
    lost = [other for other in _lost(source, output) if kind(other) == kind(item)]
    if len(new) > 1 or len(lost) > 1:
        new = [span for span in new if _alike(item, output[slice(*span)])]
        if len(new) != 1 or sum(_alike(other, output[slice(*new[0])]) for other in lost) != 1:
            return output
    if len(new) != 1 or _goes_on(item, output[new[0][1] :]):
        return output
    return _replaced(output, new[0], item)


def _new(source: str, output: str, wanted: str) -> list[tuple[int, int]]:
    """Where the output has strings of a kind that the source has not."""
    given = set(protected(source))
    found = [match.span() for match in protected_matches(output) if kind(match[0]) == wanted and match[0] not in given]
    if wanted == "address":
        there = [match.span() for match in protected_matches(output)]
        loose = [match.span() for match in _LOOSE_ADDRESS.finditer(output)]
        found += [span for span in loose if not any(begin < span[1] and span[0] < end for begin, end in there)]
    return found


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio() >= _ALIKE


def _goes_on(item: str, rest: str) -> bool:
    """Whether a part of the string follows after a space: replacing what stands before would leave it behind."""
    following = regex.match(r"\W{0,3}(\w{3,})", rest)
    return following is not None and following[1].casefold() in item.casefold()


def _unmarked(item: str, source: str, output: str) -> str:
    if kind(item) not in {"hashtag", "handle"}:
        return output
    name = item[1:]
    escaped = regex.escape(name)
    if len(regex.findall(rf"(?<!\w){escaped}(?!\w)", source, regex.IGNORECASE)) != 1:
        return output
    # "#" may come out as another sign, or as a letter that English does not have: "ÜIdlib"
    pattern = regex.compile(rf"(?<!\w)(?:{_STRAY}|(?=[^\x00-\x7f])\p{{Lu}}){escaped}(?!\w)")
    found = [match.span() for match in pattern.finditer(output)]
    if not found and len(name) >= _TELLING_NAME:
        pattern = regex.compile(rf"(?<![\w@#/.]){escaped}(?![\w@/]|\.\w)", regex.IGNORECASE)
        found = [match.span() for match in pattern.finditer(output)]
    return _replaced(output, found[0], item) if len(found) == 1 else output


def _ended(item: str, source: str, output: str) -> str:
    end = _END.search(source)
    assert end is not None
    last = source[: end.start()].endswith(item)
    if kind(item) == "handle" or not last or not has_words(output) or _new(source, output, kind(item)):
        return output
    there = _END.search(output)
    assert there is not None
    stop = there.start() if end[0].strip() else len(output)
    return f"{output[:stop].rstrip()} {item}{output[stop:]}"


def _replaced(text: str, span: tuple[int, int], item: str) -> str:
    return text[: span[0]] + item + text[span[1] :]
