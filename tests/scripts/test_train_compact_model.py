"""The training of the compact model: its parts, and a micro model made from end to end."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import train_compact_model  # noqa: E402
from compact_model import corpus, parts, stream, vocabulary  # noqa: E402
from compact_model.corpus import Pair  # noqa: E402


@pytest.mark.parametrize(
    ("source", "foreign", "english", "reason"),
    [
        ("tatoeba", "", "Nothing.", "empty"),
        ("tatoeba", "Oui.", "Yes.", None),
        ("tatoeba", "a" * 701, "b" * 701, "overlong"),
        ("tatoeba", "Oui.", "Yes, and this goes on and on for no reason.", "unequal length"),
        ("msdocs", "Enregistrer sous", "Save as", "label"),
        ("msdocs", "Open the file now.", "Open the file now.", "untranslated"),
        ("msdocs", "Il y en a 3 dans la liste.", "There are 4 in the list.", "unequal numbers"),
        ("msdocs", "Il y en a 3 dans la liste.", "There are 3 in the list.", None),
    ],
)
def test_pairs_not_worth_training_on_are_told_why(source, foreign, english, reason):
    assert corpus.rejection(Pair("fr", source, foreign, english)) == reason


def test_cleaning_drops_repeats_and_held_out_sentences_and_counts_them():
    pairs = [
        Pair("fr", "news", "Un  chat\u00a0noir.", "A black cat."),
        Pair("fr", "news", "Un chat noir.", "A black cat."),
        Pair("fr", "news", "Secret.", "A secret."),
    ]
    counts: Counter[str] = Counter()
    kept = list(corpus.clean(pairs, frozenset({"A secret."}), counts))
    assert [pair.foreign for pair in kept] == ["Un chat noir."]
    assert counts == {"news: kept": 1, "news: repeated": 1, "news: held out": 1}


def test_a_packed_corpus_comes_back_with_its_hash(tmp_path):
    pairs = [Pair("tr", "msdocs", f"{n} tane.", f"{n} pieces.") for n in range(5)]
    digest = corpus.pack(pairs, tmp_path / "c.xz", documentation_limit=3, seed=1)
    back, again = corpus.unpack(tmp_path / "c.xz")
    assert again == digest
    assert len(back) == 3
    assert set(back) <= set(pairs)


def test_tokenised_text_is_glued_together():
    assert corpus.glue_tokens("l' eau , là .", "fr") == "l'eau, là."
    assert corpus.glue_tokens('He said : " go " , I do n\'t .', "en") == 'He said: "go", I don\'t.'


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [("ışık istiyor", "tr", "IŞIK İSTİYOR"), ("été à Izmir", "fr", "ÉTÉ À IZMIR")],
)
def test_capitals_follow_the_language(text, language, expected):
    assert stream.upper(text, language) == expected


def test_accents_are_stripped_as_typed_without_them():
    assert stream.strip_accents("Erdoğan ışık cœur élève") == "Erdogan isik coeur eleve"


def test_augmentation_leaves_most_pairs_alone_and_keeps_the_language():
    generator = random.Random(1)
    pair = Pair("tr", "newstest2016", "Işık söndü.", "The light went out.")
    made = [stream.augment(pair, generator) for _ in range(2000)]
    assert all(other.language == "tr" and other.foreign and other.english for other in made)
    assert 0.8 < sum(other == pair for other in made) / len(made) < 0.95


def test_quotes_spaces_and_accents_have_one_form():
    rules = vocabulary.normalisation_rules()
    assert rules["«\u00a0"] == '"'
    assert rules["\u2019"] == "'"
    assert rules["e\u0301"] == "é"
    assert rules["\u200b"] == ""


def test_batches_hold_every_example_once_in_few_shapes():
    generator = np.random.default_rng(0)
    rows = [generator.integers(2, 90, size) for size in generator.integers(1, 40, 200)]
    flat = np.concatenate(rows).astype(np.uint16)
    ends = np.cumsum([len(row) for row in rows])
    examples = stream.Round(flat, ends, flat, ends)
    batches = list(stream.batches(examples, 400, 99, 1, 0))
    seen = [tuple(row[row != 99]) for batch in batches for row in batch.source]
    assert sorted(seen) == sorted(tuple(row) for row in rows)
    assert all(batch.source.shape[1] % 8 == 0 for batch in batches)
    assert all(batch.source.size <= 400 for batch in batches)


def test_a_file_split_and_joined_is_the_same(tmp_path):
    whole = tmp_path / "weights"
    whole.write_bytes(bytes(range(256)) * 10)
    content = whole.read_bytes()
    assert len(parts.split(whole, size=1000)) == 3
    whole.unlink()
    assert parts.join(whole) == 3
    assert whole.read_bytes() == content


def test_parts_that_are_missing_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"weights\.part00"):
        parts.join(tmp_path / "weights")


NOUNS = {
    "fr": [
        "chat",
        "chien",
        "maire",
        "train",
        "livre",
        "navire",
        "jardin",
        "soldat",
        "marché",
        "pont",
    ],
    "tr": ["kedi", "köpek", "başkan", "tren", "kitap", "gemi", "bahçe", "asker", "pazar", "köprü"],
    "en": ["cat", "dog", "mayor", "train", "book", "ship", "garden", "soldier", "market", "bridge"],
}


def made_up_data(folder: Path) -> None:
    """A few hundred pairs of two languages, and a dev set of twenty lines."""
    dev: dict[str, list[str]] = {"fr": [], "tr": [], "en": []}
    lines: dict[str, list[str]] = {"fr": [], "tr": []}
    for first in range(10):
        for second in range(10):
            one = {code: nouns[first] for code, nouns in NOUNS.items()}
            two = {code: nouns[second] for code, nouns in NOUNS.items()}
            for number in range(2, 6):
                texts = {
                    "fr": f"Le {one['fr']} a vu {number} fois le {two['fr']}.",
                    "tr": f"{one['tr']} {two['tr']} şeyini {number} kez gördü.",
                    "en": f"The {one['en']} saw the {two['en']} {number} times.",
                }
                if number == 2 and first == second:
                    for code, text in texts.items():
                        dev[code].append(text)
                    continue
                for code in lines:
                    lines[code].append(f"newstest2016\t{texts[code]}\t{texts['en']}")
    for code, rows in lines.items():
        (folder / f"{code}-en.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for code, rows in dev.items():
        (folder / f"dev.{code}").write_text("\n".join(rows) + "\n", encoding="utf-8")


def run(*arguments: str | Path) -> None:
    namespace = train_compact_model.parser().parse_args([str(argument) for argument in arguments])
    namespace.run(namespace)


@pytest.mark.slow
def test_a_micro_model_is_trained_resumed_exported_and_loaded(tmp_path, capsys):
    torch = pytest.importorskip("torch")
    pytest.importorskip("ctranslate2")
    transformers = pytest.importorskip("transformers")
    made_up_data(tmp_path)
    work, dev = tmp_path / "work", tmp_path / "dev"
    run("prepare", "--work", work, "--data", tmp_path, "--dev", dev, "--profile", "micro")
    train = ["train", "--work", work, "--dev", dev, "--profile", "micro"]
    run(*train, "--budget-steps", "30", "--minutes", "0.0001")
    run(*train, "--budget-steps", "30")
    run("export", "--work", work, "--folder", tmp_path / "model")

    printed = capsys.readouterr().out
    assert "from step 1\n" in printed
    assert "30 steps" in printed
    record = json.loads((tmp_path / "model" / "training.json").read_text(encoding="utf-8"))
    assert record["seed"] == 1
    assert record["data_sha256"] in printed
    assert record["history"][-1]["step"] == 30

    tokenizer = transformers.MarianTokenizer.from_pretrained(tmp_path / "model")
    model = transformers.MarianMTModel.from_pretrained(tmp_path / "model", dtype=torch.float32)
    text = "Le chat a vu 3 fois le pont."
    ids = tokenizer(text).input_ids
    assert ids[-1] == model.config.eos_token_id == 0
    assert tokenizer.decode(ids, skip_special_tokens=True) == text
    assert model.config.decoder_start_token_id == model.config.pad_token_id
    assert model.config.pad_token_id == len(tokenizer) - 1
    output = model.generate(**tokenizer([text], return_tensors="pt"), max_new_tokens=8, max_length=None)
    assert output.shape[1] > 1
    assert model.config.pad_token_id not in output[0, 1:].tolist()
