"""From a checkpoint to a folder that transformers and CTranslate2 load."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from torch import Tensor
from transformers import MarianMTModel

from compact_model import vocabulary

MAX_NEW_TOKENS = 256
_UNKNOWN = 1


def export(model: MarianMTModel, weights: dict[str, Tensor], spm: Path, folder: Path, *, half: bool = True) -> None:
    """Write ``model`` with ``weights`` as a transformers folder, in half precision unless told not.

    The folder appears whole or not at all: it is built beside itself and then moved into place.
    """
    building = folder.with_name(folder.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    copy = MarianMTModel(model.config)
    copy.load_state_dict(weights, strict=False)
    pad = model.config.pad_token_id
    with torch.no_grad():
        copy.model.shared.weight[pad].zero_()
        # The padding token starts every translation but must never be produced; nor is a reader
        # served by a token that stands for nothing.
        copy.final_logits_bias[0, [_UNKNOWN, pad]] = -1e4
    if half:
        copy = copy.half()
    copy.generation_config.update(
        bos_token_id=None,
        eos_token_id=0,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        forced_eos_token_id=None,
        bad_words_ids=[[pad]],
        num_beams=1,
        max_length=MAX_NEW_TOKENS,
    )
    copy.save_pretrained(building)
    vocabulary.write_tokenizer(spm, building, model.config.max_position_embeddings)
    # Whoever loads the folder without saying how gets the arithmetic that was measured.
    _amend(building / "config.json", dtype="float32")
    _amend(building / "generation_config.json", "_from_model_config")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    building.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _amend(path: Path, *dropped: str, **values: str) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    content = {name: value for name, value in content.items() if name not in dropped} | values
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
