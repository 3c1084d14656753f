"""The joint SentencePiece vocabulary, laid out as Marian wants it."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import sentencepiece

from compact_model.corpus import DOCUMENTATION, Pair

PAD = "<pad>"
# What a reader takes for the same mark is one piece for the model: fewer things to learn.
_MARKS = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u201b": "'",
    "\u02bc": "'",
    "\u2032": "'",
    "\u00b4": "'",
    "\u2039": "'",
    "\u203a": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u201f": '"',
    "\u2033": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "-",
    "\u2015": "\u2014",
}
# Coverage alone would leave out capitals with accents and what handles, prices and lists are made of.
_REQUIRED = "ÀÂÇÈÉÊËÎÏÔÖÙÛÜĞİŞàâäåçèéêëîïôöùûüğışœŒáãíñóú–—•@#&%+=/_°©€£$<>[]()\\~|*!?\"';:,.-"
_SPACES = (" ", "\u00a0", "\u202f", "\u2009")
_DROPPED = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u200f")


def normalisation_rules() -> dict[str, str]:
    """Source string -> replacement: NFKC, plain quotes and hyphens, no invisible characters.

    The rules travel inside the SentencePiece file, so every user of the model applies them alike.
    """
    rules: dict[str, str] = {}
    for code in range(0x80, 0x10000):
        character = chr(code)
        if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
            continue
        plain = unicodedata.normalize("NFKC", character)
        if plain != character:
            rules[character] = plain
        decomposed = unicodedata.normalize("NFD", character)
        if len(decomposed) > 1 and unicodedata.normalize("NFC", decomposed) == character:
            rules[decomposed] = character
    for control in [*range(1, 32), 0x7F, *range(0x80, 0xA0)]:
        rules[chr(control)] = " " if chr(control) in "\t\n\r\x0b\x0c\x85" else ""
    for space in ("\u2028", "\u2029"):
        rules[space] = " "
    rules.update(_MARKS)
    for space in _SPACES:
        rules["\u00ab" + space] = '"'
        rules[space + "\u00bb"] = '"'
    rules.update(dict.fromkeys(_DROPPED, ""))
    return rules


def write_rules(path: Path) -> None:
    """Write the rules as SentencePiece reads them: code points in hexadecimal, TAB between."""

    def spell(text: str) -> str:
        return " ".join(f"{ord(character):X}" for character in text)

    lines = [f"{spell(old)}\t{spell(new)}" for old, new in sorted(normalisation_rules().items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _sample(pairs: list[Pair], lines: int, seed: int) -> Iterator[str]:
    """Sentences for vocabulary training: half English, half foreign with both languages alike."""
    generator = random.Random(seed)
    general: dict[str, list[Pair]] = {}
    documentation: dict[str, list[Pair]] = {}
    for pair in pairs:
        target = documentation if pair.source in DOCUMENTATION else general
        target.setdefault(pair.language, []).append(pair)
    for language in sorted({pair.language for pair in pairs}):
        wanted = lines // 4
        chosen = general.get(language, [])
        chosen = generator.sample(chosen, min(len(chosen), wanted * 2 // 3))
        rest = documentation.get(language, [])
        chosen += generator.sample(rest, min(len(rest), wanted - len(chosen)))
        for pair in chosen:
            yield pair.foreign
            yield pair.english


def train_vocabulary(pairs: list[Pair], path: Path, *, size: int, seed: int, lines: int = 400_000) -> None:
    """Train the joint SentencePiece model and write it to ``path``.

    It has at most ``size - 1`` pieces (fewer when the text is too little for so many): Marian's
    padding token, last in the vocabulary, is not a piece.
    """
    rules = path.with_suffix(".rules.tsv")
    write_rules(rules)
    part = path.with_suffix(".part")
    sentencepiece.set_random_generator_seed(seed)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=_sample(pairs, lines, seed),
        model_prefix=str(part),
        vocab_size=size - 1,
        model_type="unigram",
        character_coverage=0.9997,
        required_chars=_REQUIRED,
        normalization_rule_tsv=str(rules),
        split_digits=True,
        eos_id=0,
        unk_id=1,
        bos_id=-1,
        pad_id=-1,
        max_sentence_length=8192,
        num_threads=2,
        hard_vocab_limit=False,
        minloglevel=1,
    )
    Path(f"{part}.model").replace(path)
    Path(f"{part}.vocab").unlink()
    rules.unlink()


def load(path: Path) -> sentencepiece.SentencePieceProcessor:
    """The SentencePiece model at ``path``."""
    return sentencepiece.SentencePieceProcessor(model_file=str(path))


def write_tokenizer(path: Path, folder: Path, max_positions: int) -> None:
    """Write the files from which ``MarianTokenizer`` loads the SentencePiece model at ``path``."""
    processor = load(path)
    pieces = [processor.id_to_piece(index) for index in range(processor.get_piece_size())]
    ids = {piece: index for index, piece in enumerate([*pieces, PAD])}
    (folder / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(path.read_bytes())
    settings = {
        "tokenizer_class": "MarianTokenizer",
        "unk_token": "<unk>",
        "eos_token": "</s>",
        "pad_token": PAD,
        "model_max_length": max_positions,
        "separate_vocabs": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
