"""Scores of an exported model on a dev set, through CTranslate2 or transformers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import sacrebleu

from compact_model import vocabulary
from compact_model.corpus import LANGUAGES, read_lines


def read_dev(prefix: Path) -> dict[str, list[str]]:
    """The dev set ``PREFIX.fr``, ``PREFIX.tr``, ``PREFIX.en``, by language."""
    dev = {code: read_lines(prefix.with_name(f"{prefix.name}.{code}")) for code in (*LANGUAGES, "en")}
    counts = {code: len(lines) for code, lines in dev.items()}
    if len(set(counts.values())) != 1:
        raise ValueError(f"dev files of unequal length: {counts}; they must go line by line")
    return dev


def translate_ct2(
    model: Path,
    texts: list[str],
    *,
    compute: str,
    beam: int = 1,
    threads: int = 2,
    longest: int = 256,
) -> list[str]:
    """``texts`` translated by CTranslate2 (converted on the fly) with ``compute`` arithmetic."""
    import ctranslate2
    from ctranslate2.converters import TransformersConverter

    processor = vocabulary.load(model / "source.spm")
    with tempfile.TemporaryDirectory() as work:
        converted = Path(work) / "ct2"
        TransformersConverter(str(model)).convert(str(converted), quantization="int8" if compute == "int8" else None)
        translator = ctranslate2.Translator(
            str(converted), compute_type=compute, inter_threads=threads, intra_threads=1
        )
        pieces = [[*processor.encode(text, out_type=str), "</s>"] for text in texts]
        results = translator.translate_batch(
            pieces,
            beam_size=beam,
            max_batch_size=1024,
            batch_type="tokens",
            max_decoding_length=longest,
            max_input_length=256,
        )
    return [processor.decode(result.hypotheses[0]) for result in results]


def translate_transformers(
    model: Path, texts: list[str], *, beam: int = 1, batch: int = 32, device: str = "cpu"
) -> list[str]:
    """``texts`` translated by transformers in float32."""
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    tokenizer = MarianTokenizer.from_pretrained(model)
    network = MarianMTModel.from_pretrained(model, dtype=torch.float32).eval().to(device)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    translations = [""] * len(texts)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        inputs = tokenizer([texts[i] for i in chosen], return_tensors="pt", padding=True)
        inputs = inputs.to(device)
        with torch.inference_mode():
            output = network.generate(**inputs, num_beams=beam, max_length=None, max_new_tokens=256)
        for index, row in zip(chosen, output, strict=True):
            translations[index] = tokenizer.decode(row, skip_special_tokens=True)
    return translations


def scores(translations: list[str], references: list[str]) -> dict[str, Any]:
    """BLEU and chrF2 with their sacreBLEU signatures."""
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
    result = {
        "bleu": round(bleu.corpus_score(translations, [references]).score, 2),
        "chrf2": round(chrf.corpus_score(translations, [references]).score, 2),
    }
    return result | {
        "bleu_signature": str(bleu.get_signature()),
        "chrf2_signature": str(chrf.get_signature()),
    }


def dev_scores(
    model: Path,
    dev: dict[str, list[str]],
    *,
    device: str = "cpu",
    compute: str = "int8",
    longest: int = 256,
) -> dict[str, dict[str, Any]]:
    """Greedy scores of the exported ``model`` per language.

    On a CPU the translating is done by CTranslate2 with ``compute`` arithmetic, elsewhere by
    transformers on ``device``.
    """
    texts = [text for code in LANGUAGES for text in dev[code]]
    if device == "cpu":
        translations = translate_ct2(model, texts, compute=compute, longest=longest)
    else:
        translations = translate_transformers(model, texts, batch=256, device=device)
    size = len(dev["en"])
    return {
        code: scores(translations[place * size : (place + 1) * size], dev["en"]) for place, code in enumerate(LANGUAGES)
    }
