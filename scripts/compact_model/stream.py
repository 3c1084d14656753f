"""Training examples: mixing the sources, augmenting the text, cutting it into token batches.

Everything here is a function of the packed corpus, the vocabulary, the seed and the round number,
so a run that was killed goes on with the very batches it would have seen.
"""

from __future__ import annotations

import functools
import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from compact_model import vocabulary
from compact_model.corpus import DOCUMENTATION, SHORT, Pair, is_news, unpack

EOS = 0
MAX_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Round:
    """One round's examples: token ids end to end, and where each example begins and ends."""

    source: npt.NDArray[np.uint16]
    source_ends: npt.NDArray[np.int64]
    target: npt.NDArray[np.uint16]
    target_ends: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: padded ids; ``target`` ends in ``</s>`` and has no start token."""

    source: npt.NDArray[np.int64]
    target: npt.NDArray[np.int64]


def copies(language: str, source: str, late: bool) -> float:
    """How many times over a source is used in one round.

    French has ten times the general text of Turkish, so Turkish takes more documentation. The
    ``late`` mixture, for the end of training, leans towards the news.
    """
    if is_news(source):
        share = {"fr": 0.5, "tr": 1.0}[language] * (1.4 if late else 1.0)
    elif source == "msdocs":
        share = {"fr": 0.033, "tr": 0.082}[language] * (0.5 if late else 1.0)
    elif source in DOCUMENTATION:
        share = {"fr": 0.04, "tr": 0.10}[language] * (0.5 if late else 1.0)
    elif source == "multi30k":
        share = 0.12
    elif source.startswith("tatoeba") or source == "laser-tatoeba":
        share = {"fr": 0.16, "tr": 0.5}[language]
    elif source.startswith("stsb"):
        share = {"fr": 0.2, "tr": 0.35}[language]
    elif source == "transread-novels":
        share = 0.25
    else:
        share = 0.5
    return share


def _draw(pairs: list[Pair], seed: int, number: int, late: bool) -> list[Pair]:
    """This round's pairs: each source goes round its own shuffled circle, window after window."""
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((pair.language, pair.source), []).append(pair)
    drawn: list[Pair] = []
    for key in sorted(groups):
        group = groups[key]
        order = list(range(len(group)))
        random.Random(f"{seed} {key}").shuffle(order)
        share = copies(*key, late)
        start = round(number * copies(*key, False) * len(group))
        count = round(share * len(group))
        drawn += [group[order[(start + step) % len(group)]] for step in range(count)]
    return drawn


def _join(pairs: list[Pair], generator: random.Random) -> list[Pair]:
    """``pairs`` with some of the short ones joined into longer examples of two to four."""
    joined: list[Pair] = []
    waiting: dict[str, list[Pair]] = {}
    wanted: dict[str, int] = {}
    for pair in pairs:
        chance = 0.45 if pair.source in SHORT else 0.12 if is_news(pair.source) else 0.0
        if generator.random() >= chance:
            joined.append(pair)
            continue
        kind = f"{pair.language} {is_news(pair.source)}"
        most = 2 if is_news(pair.source) else 4
        held = waiting.setdefault(kind, [])
        held.append(pair)
        if len(held) >= wanted.setdefault(kind, generator.randint(2, most)):
            foreign = " ".join(item.foreign for item in held)
            english = " ".join(item.english for item in held)
            joined.append(Pair(pair.language, "joined", foreign, english))
            waiting[kind] = []
            del wanted[kind]
    return joined + [pair for held in waiting.values() for pair in held]


_TURKISH_UPPER = str.maketrans({"i": "İ", "ı": "I"})
_TURKISH_LOWER = str.maketrans({"İ": "i", "I": "ı"})
_HANDLES = (
    "news",
    "press",
    "haber",
    "24",
    "tv",
    "gazete",
    "journal",
    "info",
    "official",
    "le",
    "mairie",
)


def strip_accents(text: str) -> str:
    """``text`` as typed on a keyboard without accents: é -> e, ş -> s, ı -> i, œ -> oe."""
    text = text.replace("ı", "i").replace("œ", "oe").replace("Œ", "OE")
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def upper(text: str, language: str) -> str:
    """``text`` in capitals, with the dotted and dotless i of Turkish kept apart."""
    return (text.translate(_TURKISH_UPPER) if language == "tr" else text).upper()


def lower(text: str, language: str) -> str:
    """``text`` in small letters, with the dotted and dotless i of Turkish kept apart."""
    return (text.translate(_TURKISH_LOWER) if language == "tr" else text).lower()


def _handle(generator: random.Random) -> str:
    return "@" + "".join(generator.sample(_HANDLES, 2)) + generator.choice(["", "", str(generator.randint(1, 99))])


def _link(generator: random.Random) -> str:
    letters = "".join(generator.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=6))
    return generator.choice(["https://t.co/", "http://bit.ly/", "https://www.", "pic.twitter.com/"]) + letters


def augment(pair: Pair, generator: random.Random) -> Pair:
    """``pair`` as it is, or (about one time in seven) as untidy text on the web would have it."""
    language, foreign, english = pair.language, pair.foreign, pair.english
    dice = generator.random()
    if dice < 0.03:
        foreign = strip_accents(foreign)
    elif dice < 0.045:
        foreign, english = upper(foreign, language), english.upper()
    elif dice < 0.06:
        foreign = lower(foreign, language)
    elif dice < 0.07:
        handle = _handle(generator)
        foreign, english = f"{handle} {foreign}", f"{handle} {english}"
    elif dice < 0.08:
        link = _link(generator)
        foreign, english = f"{foreign} {link}", f"{english} {link}"
    elif dice < 0.11 and not set('"«“') & set(foreign + english):
        opening, closing = generator.choice([("«\u00a0", "\u00a0»"), ("«", "»"), ("“", "”"), ('"', '"')])
        foreign, english = f"{opening}{foreign}{closing}", f'"{english}"'
    elif dice < 0.12:
        foreign = re.sub(r"(?<=\w[.,!?]) (?=\w)", "", foreign)
    elif dice < 0.13 and pair.source not in DOCUMENTATION:
        # A sentence cut off before its full stop, as titles and captions are.
        foreign, english = foreign.rstrip(".…"), english.rstrip(".…")
    elif dice < 0.135:
        foreign = generator.choice(["- ", "– ", "• ", "— "]) + foreign
        english = "- " + english
    return Pair(language, pair.source, foreign, english)


@functools.lru_cache(maxsize=1)
def _corpus(path: Path) -> list[Pair]:
    return unpack(path)[0]


def build_round(corpus: Path, spm: Path, seed: int, number: int, late: bool) -> Round:
    """The examples of round ``number`` (0, 1, ...), drawn, joined, augmented, encoded."""
    generator = random.Random(f"{seed} round {number} {late}")
    drawn = _draw(_corpus(corpus), seed, number, late)
    generator.shuffle(drawn)
    pairs = [augment(pair, generator) for pair in _join(drawn, generator)]
    processor = vocabulary.load(spm)
    sources = processor.encode([pair.foreign for pair in pairs], num_threads=1)
    targets = processor.encode([pair.english for pair in pairs], num_threads=1)
    kept = [
        (source, target)
        for source, target in zip(sources, targets, strict=True)
        if 0 < len(source) < MAX_TOKENS
        and 0 < len(target) < MAX_TOKENS
        and max(len(source), len(target)) <= 2.5 * min(len(source), len(target)) + 8
    ]

    def flat(rows: list[list[int]]) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
        ends = np.cumsum([len(row) + 1 for row in rows])
        tokens = np.fromiter((t for row in rows for t in (*row, EOS)), np.uint16, int(ends[-1]))
        return tokens, ends

    return Round(*flat([source for source, _ in kept]), *flat([target for _, target in kept]))


def batches(examples: Round, tokens: int, pad: int, seed: int, number: int) -> Iterator[Batch]:
    """Batches of about ``tokens`` tokens a side, examples of like length together, in any order.

    Widths are multiples of eight and the number of rows follows from the width, so that the
    matrices come in few shapes: a CPU compiles its kernels per shape.
    """
    generator = np.random.default_rng([seed, number])
    sources = np.split(examples.source, examples.source_ends[:-1])
    targets = np.split(examples.target, examples.target_ends[:-1])
    groups: dict[int, list[tuple[int, int]]] = {}
    for index, (source, target) in enumerate(zip(sources, targets, strict=True)):
        sides = -(-len(source) // 8) * 8, -(-len(target) // 8) * 8
        groups.setdefault(max(sides), []).append((min(sides), index))
    whole: list[list[int]] = []
    for width, group in sorted(groups.items()):
        rows = max(tokens // width, 1)
        order = generator.permutation(len(group))
        members = [group[place][1] for place in sorted(order, key=lambda place: group[place][0])]
        whole += [members[start : start + rows] for start in range(0, len(members), rows)]
    for place in generator.permutation(len(whole)):
        chosen = whole[place]
        yield Batch(
            padded([sources[index] for index in chosen], pad),
            padded([targets[index] for index in chosen], pad),
        )


def padded(rows: list[npt.NDArray[np.uint16]], pad: int) -> npt.NDArray[np.int64]:
    """``rows`` as one matrix, padded on the right to a multiple of eight columns."""
    width = -(-max(map(len, rows)) // 8) * 8
    matrix = np.full((len(rows), width), pad, np.int64)
    for row, line in zip(rows, matrix, strict=True):
        line[: len(row)] = row
    return matrix
