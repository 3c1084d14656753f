"""Ways in which translations break, for `bench_guards.py`: each makes a broken row of a good one, or says it cannot."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

__all__ = ["CORRUPTIONS", "Row"]


@dataclass(frozen=True)
class Row:
    """A source, its translation, the source's language, and a text in a third language."""

    source: str
    output: str
    language: str
    third: str


Corrupt = Callable[[Row, random.Random], Row | None]

_END = re.compile(r"[\s.!?\"”»)]*$")
_FIGURE = re.compile(r"(?<![\w.,:/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w:/-]|[.,]\d)")
_NUMBER_WORDS = [
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen"),
    *("twenty", "thirty", "forty", "fifty"),
]
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b(?!-)", re.IGNORECASE)
_MAGNITUDES = {"thousand": "million", "million": "billion", "billion": "million", "hundred": "thousand"}
_MAGNITUDE = re.compile(rf"(?<=[\d\w] )(?:{'|'.join(_MAGNITUDES)})\b")
_SENTENCE = re.compile(r"(?<=[a-z]{3}[.!?])\s+(?=[A-Z])")
_QUOTE = re.compile(r"[\"“”«»]")
_ADDRESSES = (
    "https://news.example/2020/port_2",
    "www.harbour.example/a?b=1",
    "@PortNorth",
    "#Regatta",
    "port@bay.example",
)


def _split(output: str) -> tuple[list[str], str]:
    """The words of a text and the signs at its end."""
    end = _END.search(output)
    cut = end.start() if end else len(output)
    return output[:cut].split(), output[cut:]


def _loop(first: int, last: int, times: tuple[int, int], *, middle: bool = False) -> Corrupt:
    """A phrase of `first` to `last` words at the end, or in the middle, said again, `times` in all."""

    def corrupt(row: Row, draw: random.Random) -> Row | None:
        words, end = _split(row.output)
        length = draw.randint(first, last)
        if len(words) < length + (4 if middle else 1):
            return None
        stop = draw.randint(length, len(words) - 2) if middle else len(words)
        phrase = words[stop - length : stop]
        if not re.search(r"[^\W\d_]", " ".join(phrase)):
            return None
        looped = [*words[:stop], *phrase * (draw.randint(*times) - 1), *words[stop:]]
        return replace(row, output=" ".join(looped) + end)

    return corrupt


def _loop_clause(row: Row, draw: random.Random) -> Row | None:
    words, end = _split(row.output)
    head, comma, clause = " ".join(words).rpartition(", ")
    if not comma or len(clause.split()) < 3:
        return None
    return replace(row, output=head + (", " + clause) * draw.randint(3, 10) + end)


def _loop_sentence(row: Row, draw: random.Random) -> Row | None:
    return replace(row, output=" ".join([row.output] * draw.randint(3, 10))) if len(row.output.split()) > 2 else None


def _loop_syllable(row: Row, draw: random.Random) -> Row | None:
    words, end = _split(row.output)
    if not words or not re.fullmatch(r"[a-z]{4,}", words[-1]):
        return None
    syllable = words[-1][-draw.randint(2, 3) :]
    return replace(row, output=" ".join(words) + syllable * draw.randint(5, 15) + end)


def _copy(row: Row, draw: random.Random) -> Row | None:
    return replace(row, output=row.source) if len(row.source.split()) >= 3 else None


def _copy_edited(row: Row, draw: random.Random) -> Row | None:
    """The source with a word in seven left out, in capitals or replaced by one of the translation."""
    words, said = row.source.split(), row.output.split()
    if len(words) < 7 or not said:
        return None
    for index in draw.sample(range(len(words)), len(words) // 7):
        words[index] = draw.choice(["", words[index].upper(), draw.choice(said)])
    return replace(row, output=" ".join(filter(None, words)))


def _copy_half(row: Row, draw: random.Random) -> Row | None:
    given, said = row.source.split(), row.output.split()
    if len(given) < 12:
        return None
    half = draw.random() < 0.5
    halves = (
        (said[: len(said) // 2], given[len(given) // 2 :])
        if half
        else (given[: len(given) // 2], said[len(said) // 2 :])
    )
    return replace(row, output=" ".join((*halves[0], *halves[1])))


def _copy_with_names(row: Row, draw: random.Random) -> Row | None:
    """The source, its names replaced by those of the translation."""
    names = [word for word in row.output.split()[1:] if word[0].isupper()]
    words = row.source.split()
    places = [index for index, word in enumerate(words) if index and word[0].isupper()]
    if len(words) < 5 or not names or not places:
        return None
    for index in places:
        words[index] = draw.choice(names)
    return replace(row, output=" ".join(words))


def _becomes(*outputs: str) -> Corrupt:
    return lambda row, draw: replace(row, output=draw.choice(outputs)) if re.search(r"[^\W\d_]", row.source) else None


def _figure(change: Callable[[str, random.Random], str | None]) -> Corrupt:
    """One figure of the output changed; it must be the only one of its value."""

    def corrupt(row: Row, draw: random.Random) -> Row | None:
        figures = [match for match in _FIGURE.finditer(row.output) if row.output.count(match[0]) == 1]
        if not figures:
            return None
        match = draw.choice(figures)
        new = change(match[0], draw)
        if new is None or new == match[0]:
            return None
        output = row.output[: match.start()] + new + row.output[match.end() :]
        return replace(row, output=" ".join(output.split()))

    return corrupt


def _digit_changed(figure: str, draw: random.Random) -> str:
    place = draw.choice([index for index, sign in enumerate(figure) if sign.isdigit()])
    digit = draw.choice([digit for digit in "123456789" if digit != figure[place]])
    return figure[:place] + digit + figure[place + 1 :]


def _digit_dropped(figure: str, draw: random.Random) -> str | None:
    if len(figure) < 2 or not figure.isdigit():
        return None
    place = draw.randrange(len(figure))
    return figure[:place] + figure[place + 1 :]


def _separator_wrong(figure: str, draw: random.Random) -> str | None:
    if not re.fullmatch(r"\d+(?:,\d{3})+", figure):
        return None
    return draw.choice([figure.split(",")[0], figure.replace(",", "."), figure + "0", figure.rsplit(",", 1)[0]])


def _swapped(row: Row, draw: random.Random) -> Row | None:
    figures = list(_FIGURE.finditer(row.output))
    if len(figures) < 2:
        return None
    one, other = sorted(draw.sample(figures, 2), key=lambda match: match.start())
    if one[0] == other[0]:
        return None
    text = row.output
    return replace(
        row,
        output=text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :],
    )


def _added(row: Row, draw: random.Random) -> Row | None:
    words = row.output.split()
    if len(words) < 4:
        return None
    figure = str(draw.choice([draw.randint(13, 99), draw.randint(101, 999), 100 * draw.randint(11, 99)]))
    place = draw.randint(1, len(words) - 1)
    return None if figure in row.source else replace(row, output=" ".join([*words[:place], figure, *words[place:]]))


def _word_changed(row: Row, draw: random.Random) -> Row | None:
    matches = list(_NUMBER_WORD.finditer(row.output))
    if not matches:
        return None
    match = draw.choice(matches)
    if len(re.findall(rf"\b{match[0]}\b", row.output, re.IGNORECASE)) > 1:
        return None
    new = draw.choice([word for word in _NUMBER_WORDS if word not in row.output.lower()])
    return replace(row, output=row.output[: match.start()] + new + row.output[match.end() :])


def _word_removed(row: Row, draw: random.Random) -> Row | None:
    matches = [match for match in _NUMBER_WORD.finditer(row.output) if match[0].lower() != "two"]
    if not matches:
        return None
    match = draw.choice(matches)
    return replace(row, output=" ".join((row.output[: match.start()] + row.output[match.end() :]).split()))


def _magnitude_wrong(row: Row, draw: random.Random) -> Row | None:
    match = _MAGNITUDE.search(row.output)
    if not match:
        return None
    return replace(row, output=row.output[: match.start()] + _MAGNITUDES[match[0]] + row.output[match.end() :])


def _address(change: Callable[[str, random.Random], str]) -> Corrupt:
    """An address, handle or tag put into both sides, then changed in the output."""

    def corrupt(row: Row, draw: random.Random) -> Row | None:
        given, said = row.source.split(), row.output.split()
        if len(given) < 3 or len(said) < 3:
            return None
        address = draw.choice(_ADDRESSES)
        share = draw.random()
        given.insert(round(share * len(given)), address)
        said.insert(round(share * len(said)), change(address, draw))
        return replace(row, source=" ".join(given), output=" ".join(filter(None, said)))

    return corrupt


def _letter_changed(address: str, draw: random.Random) -> str:
    place = draw.choice([index for index, sign in enumerate(address) if index > 4 and sign.isalpha()])
    return address[:place] + draw.choice("qz") + address[place + 1 :]


def _truncate(row: Row, draw: random.Random) -> Row | None:
    words = row.output.split()
    if len(words) < 6 or not re.search(r"[.!?]$", row.source.strip()):
        return None
    return replace(row, output=" ".join(words[: round(0.6 * len(words))]))


def _sentence_dropped(row: Row, draw: random.Random) -> Row | None:
    sentences = _SENTENCE.split(row.output)
    if len(sentences) < 2:
        return None
    sentences.pop(draw.randrange(len(sentences)))
    return replace(row, output=" ".join(sentences))


def _sentence_added(row: Row, draw: random.Random) -> Row | None:
    """A sentence of the row itself, its words in another order, said on top: as long as another would be."""
    words, end = _split(row.output)
    draw.shuffle(words)
    return replace(row, output=f"{row.output} {' '.join(words)}{end}") if len(words) > 3 else None


def _end_lost(row: Row, draw: random.Random) -> Row | None:
    words, _ = _split(row.output)
    return replace(row, output=" ".join(words[: len(words) // 3]) + ".") if len(words) > 9 else None


def _unknown(row: Row, draw: random.Random) -> Row | None:
    words = row.output.split()
    if not words:
        return None
    words[draw.randrange(len(words))] = draw.choice(["\u2047", "<unk>"])
    return replace(row, output=" ".join(words))


def _quote_lost(row: Row, draw: random.Random) -> Row | None:
    marks = [match.start() for match in _QUOTE.finditer(row.output)]
    if len(marks) < 2 or len(marks) % 2 or len(_QUOTE.findall(row.source)) % 2:
        return None
    place = draw.choice(marks)
    return replace(row, output=row.output[:place] + row.output[place + 1 :])


CORRUPTIONS: tuple[tuple[str, str, Corrupt], ...] = (
    ("repetition", "the last word 3 to 10 times", _loop(1, 1, (3, 10))),
    ("repetition", "a last phrase of 2 to 4 words 3 to 10 times", _loop(2, 4, (3, 10))),
    ("repetition", "the last clause 3 to 10 times", _loop_clause),
    ("repetition", "all 3 to 10 times", _loop_sentence),
    ("repetition", "a syllable 5 to 15 times", _loop_syllable),
    ("repetition", "a phrase of 1 to 4 words 3 to 10 times, then on", _loop(1, 4, (3, 10), middle=True)),
    ("repetition", "a phrase of 9 to 15 words 3 to 5 times", _loop(9, 15, (3, 5))),
    ("repetition", "a last phrase of 3 to 8 words twice", _loop(3, 8, (2, 2))),
    ("source-copied", "all", _copy),
    ("source-copied", "all, with light edits", _copy_edited),
    ("source-copied", "half", _copy_half),
    ("source-copied", "all but names", _copy_with_names),
    ("empty", "nothing", _becomes("")),
    ("empty", "blanks", _becomes(" ", "   ", "\n", "\u00a0")),
    ("empty", "signs", _becomes(".", "...", "- -", "!", "”", "…")),
    ("number-mismatch", "a digit changed", _figure(_digit_changed)),
    ("number-mismatch", "a digit dropped", _figure(_digit_dropped)),
    ("number-mismatch", "thousands mark wrong", _figure(_separator_wrong)),
    ("number-mismatch", "a figure removed", _figure(lambda figure, draw: "")),
    ("number-mismatch", "two figures swapped", _swapped),
    ("number-mismatch", "a figure added", _added),
    ("number-mismatch", "a number word changed", _word_changed),
    ("number-mismatch", "a number word removed", _word_removed),
    ("number-mismatch", "million for billion and the like", _magnitude_wrong),
    ("url-mismatch", "dropped", _address(lambda address, draw: "")),
    ("url-mismatch", "a letter changed", _address(_letter_changed)),
    ("url-mismatch", "broken in two", _address(lambda address, draw: address[:6] + " " + address[6:])),
    ("wrong-language", "the source's language", _copy),
    ("wrong-language", "a third language", lambda row, draw: replace(row, output=row.third)),
    ("truncated", "the last 40 % cut off", _truncate),
    ("length-ratio", "one of several sentences dropped", _sentence_dropped),
    ("length-ratio", "two thirds lost, closed by a stop", _end_lost),
    ("length-ratio", "as much again added", _sentence_added),
    ("unknown-word", "an unknown word", _unknown),
    ("unpaired-quotes", "a quotation mark lost", _quote_lost),
)
