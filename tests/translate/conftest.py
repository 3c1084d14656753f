"""A real Marian model, tiny, trained in a few seconds on invented sentences."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from align.config import TranslateConfig
from align.translate.serving import open_translator
from align.translate.store.folder import WEIGHTS
from align.translate.store.resolve import ModelChoice
from align.translate.store.weight_files import file_hash
from align.translate.translator import MarianTranslator

PAIRS = [
    ("Le port est fermé.", "The port is closed."),
    ("Le pont est fermé.", "The bridge is closed."),
    ("La route est ouverte.", "The road is open."),
    ("La ville est calme.", "The town is calm."),
    ("Le ministre a parlé jeudi.", "The minister spoke on Thursday."),
    ("Le maire a parlé lundi.", "The mayor spoke on Monday."),
    ("Quatre soldats ont été blessés.", "Four soldiers were wounded."),
    ("Deux marins ont été blessés.", "Two sailors were wounded."),
    ("Selon l'agence, le convoi est arrivé.", "According to the agency, the convoy has arrived."),
    ("Selon la radio, le bateau est arrivé.", "According to the radio, the ship has arrived."),
    ("« Nous partons demain », a dit le maire.", "“We leave tomorrow,” the mayor said."),
    ("Il y a 12 camions sur la route.", "There are 12 trucks on the road."),
    ("Liman kapalı.", "The port is closed."),
    ("Köprü kapalı.", "The bridge is closed."),
    ("Yol açık.", "The road is open."),
    ("Şehir sakin.", "The town is calm."),
    ("Bakan perşembe günü konuştu.", "The minister spoke on Thursday."),
    ("Dört asker yaralandı.", "Four soldiers were wounded."),
    ("İki denizci yaralandı.", "Two sailors were wounded."),
    ("Yolda 12 kamyon var.", "There are 12 trucks on the road."),
]
STEPS = 200


@pytest.fixture(scope="session")
def tiny_marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as both engines load it: width 64, 64 positions, PAIRS learnt by heart."""
    folder = tmp_path_factory.mktemp("tiny-marian")
    _write_vocabulary(folder)
    _train(folder)
    return folder


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Hugging Face cache of its own."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def chosen(folder: Path, **fields: Any) -> ModelChoice:
    """A transformers folder as `resolve` would choose it for French."""
    digest = file_hash(folder / WEIGHTS)
    settings = {
        "language": "fr",
        "reference": folder.name,
        "path": folder,
        "revision": digest[:12],
        "weight_hash": digest,
        "licence": None,
        "draft": False,
        "kind": "transformers",
    }
    return ModelChoice(**{**settings, **fields})


def opened(folder: Path, languages: Sequence[str] = ("fr", "tr"), **settings: Any) -> MarianTranslator:
    """The translator of a model folder, with some settings other than the default.

    Two beams: a model that knows twenty sentences by heart ends the others of a wider beam at once, and with them the
    search, before its own sentence is through.
    """
    return open_translator(chosen(folder), TranslateConfig(**{"beams": 2, **settings}), languages)


@dataclass(frozen=True)
class CachedModel:
    reference: str
    commit: str


@pytest.fixture
def cached_model(tiny_marian: Path, hub_cache: Path) -> CachedModel:
    """The tiny model under a hub id, as a download would have left it."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    home = hub_cache / "models--baie--opus-mt-ar-en"
    shutil.copytree(tiny_marian, home / "snapshots" / commit)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(commit, encoding="utf-8")
    return CachedModel("baie/opus-mt-ar-en", commit)


def _write_vocabulary(folder: Path) -> None:
    import sentencepiece

    lines = [text for pair in PAIRS for text in pair]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines * 5),
        model_prefix=str(folder / "source"),
        vocab_size=180,
        hard_vocab_limit=False,
        character_coverage=1.0,
        eos_id=0,
        unk_id=1,
        bos_id=-1,
        pad_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    (folder / "source.model").rename(folder / "source.spm")
    (folder / "source.vocab").unlink()
    (folder / "target.spm").write_bytes((folder / "source.spm").read_bytes())
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    pieces = [processor.id_to_piece(index) for index in range(processor.get_piece_size())]
    vocabulary = {piece: index for index, piece in enumerate([*pieces, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    settings = {"tokenizer_class": "MarianTokenizer", "unk_token": "<unk>", "eos_token": "</s>", "pad_token": "<pad>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


def _train(folder: Path) -> None:
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    tokenizer = MarianTokenizer.from_pretrained(folder, local_files_only=True)
    pad = tokenizer.pad_token_id
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        model = MarianMTModel(
            MarianConfig(
                vocab_size=pad + 1,
                decoder_vocab_size=pad + 1,
                d_model=64,
                encoder_layers=1,
                decoder_layers=1,
                encoder_ffn_dim=128,
                decoder_ffn_dim=128,
                encoder_attention_heads=2,
                decoder_attention_heads=2,
                dropout=0.0,
                attention_dropout=0.0,
                activation_dropout=0.0,
                max_position_embeddings=64,
                scale_embedding=True,
                init_std=0.1,
                pad_token_id=pad,
                decoder_start_token_id=pad,
                eos_token_id=0,
                forced_eos_token_id=0,
                bos_token_id=None,
            )
        )
        batch = tokenizer([pair[0] for pair in PAIRS], padding=True, return_tensors="pt")
        labels = tokenizer(text_target=[pair[1] for pair in PAIRS], padding=True, return_tensors="pt").input_ids
        labels[labels == pad] = -100
        optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, STEPS)
        model.train()
        for _ in range(STEPS):
            optimizer.zero_grad()
            model(**batch, labels=labels).loss.backward()
            optimizer.step()
            schedule.step()
            with torch.no_grad():
                model.model.shared.weight[pad] = 0.0  # a Marian starts from nothing
        model.eval().half().save_pretrained(folder)
