"""Tokens per CPU-second and peak memory of `align` against transformers and CTranslate2 called by hand.

    python scripts/bench_translate.py [--sentences 512] [--texts FILE] [--compact]

Every candidate translates the same sentences with the same weights in a process of its own, on one thread, and counts
the tokens that it put out; loading is left out of the time and is in the memory. The weights have the size of an
opus-mt model (75 M parameters, random): what they say means nothing, but how fast it is said does; every output is as
long as its source. `--compact` takes the embedded model, whose outputs end where they end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMPACT = ROOT / "align" / "translate" / "compact"
CANDIDATES = ("naive", "sorted", "ctranslate2", "align")
SPOKEN = {
    "naive": "transformers, one at a time",
    "sorted": "transformers, sorted batches of 32",
    "ctranslate2": "CTranslate2 by hand, int8",
    "align": "align (int8)",
}
BATCH = 32
BATCH_TOKENS = 1024
Timed = tuple[int, float]


def main() -> None:
    """Run every candidate in a child process and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=512)
    parser.add_argument("--texts", type=Path, default=ROOT / "corpora" / "parallel" / "parallel.fr.txt")
    parser.add_argument("--compact", action="store_true", help="the embedded model in place of random weights")
    parser.add_argument("--child", nargs=3, metavar=("NAME", "BEAMS", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, beams, folder = options.child
        _child(name, int(beams), Path(folder), _texts(options.texts, options.sentences))
        return
    with tempfile.TemporaryDirectory() as work:
        folder = COMPACT if options.compact else _random_model(Path(work) / "model")
        os.environ["ALIGN_HOME"] = work
        os.environ["OMP_NUM_THREADS"] = "1"
        _convert(folder, Path(work))
        print("| beams | candidate | tokens per CPU-second | of CTranslate2 by hand | peak MB |")
        print("|---|---|---|---|---|")
        for beams in (1, 4):
            _table(beams, folder, options)


def _table(beams: int, folder: Path, options: argparse.Namespace) -> None:
    rows = {}
    for name in CANDIDATES:
        command = [sys.executable, __file__, "--child", name, str(beams), str(folder)]
        command += ["--sentences", str(options.sentences), "--texts", str(options.texts)]
        rows[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    base = rows["ctranslate2"]["rate"]
    for name, row in rows.items():
        print(f"| {beams} | {SPOKEN[name]} | {row['rate']:.0f} | {row['rate'] / base:.2f} | {row['peak']:.0f} |")


def _texts(path: Path, count: int) -> list[str]:
    """`count` sentences, the file's own over and over, no two alike."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [f"{lines[number % len(lines)]} {number // len(lines) or ''}".strip() for number in range(count)]


def _random_model(folder: Path) -> Path:
    """The embedded model's vocabulary around a network of six and six layers, 512 wide, as opus-mt has it."""
    import shutil

    import torch
    from transformers import MarianConfig, MarianMTModel

    settings = json.loads((COMPACT / "config.json").read_text(encoding="utf-8"))
    size = settings["vocab_size"]
    shutil.copytree(COMPACT, folder)
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    pad = vocabulary.pop("<pad>")
    full = 58_101  # as many pieces as opus-mt-fr-en has; the ones beyond the vocabulary are never read
    names = {number: piece for piece, number in vocabulary.items()}
    pieces = [names.get(number, f"unused{number}") for number in range(full)]
    pieces = [piece if number != pad else f"unused{pad}" for number, piece in enumerate(pieces)]
    (folder / "vocab.json").write_text(json.dumps({piece: n for n, piece in enumerate([*pieces, "<pad>"])}))
    torch.manual_seed(1)
    network = MarianMTModel(
        MarianConfig(
            vocab_size=full + 1,
            d_model=512,
            encoder_layers=6,
            decoder_layers=6,
            encoder_ffn_dim=2048,
            decoder_ffn_dim=2048,
            encoder_attention_heads=8,
            decoder_attention_heads=8,
            activation_function="swish",
            max_position_embeddings=512,
            scale_embedding=True,
            pad_token_id=full,
            decoder_start_token_id=full,
            eos_token_id=settings["eos_token_id"],
            forced_eos_token_id=settings["eos_token_id"],
        )
    )
    assert size < full
    with torch.no_grad():
        network.model.shared.weight[full] = 0.0
        network.final_logits_bias[:, settings["eos_token_id"]] = -30.0  # each output runs to its limit
    network.save_pretrained(folder)
    return folder


def _convert(folder: Path, work: Path) -> None:
    from align.translate.convert import converted, to_ctranslate2
    from align.translate.store.weight_files import file_hash

    converted(folder, file_hash(folder / "model.safetensors"))
    to_ctranslate2(folder, work / "by-hand")


def _child(name: str, beams: int, folder: Path, texts: list[str]) -> None:
    prepare = {"naive": _transformers, "sorted": _transformers, "ctranslate2": _ctranslate2, "align": _align}[name]
    work = prepare(folder, beams, 1 if name == "naive" else BATCH)
    measured = texts[: len(texts) // 16] if name == "naive" else texts
    work(measured[:2])  # what is set up on the first call
    begin = time.process_time()
    tokens = work(measured)
    seconds = time.process_time() - begin
    print(json.dumps({"rate": tokens / seconds, "peak": _peak()}))


def _peak() -> float:
    """The most memory that this process has held, in MB; `getrusage` would begin with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _transformers(folder: Path, beams: int, batch: int) -> Callable[[Sequence[str]], int]:
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    torch.set_num_threads(1)
    tokenizer = MarianTokenizer.from_pretrained(folder)
    network = MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()

    def work(texts: Sequence[str]) -> int:
        tokens = 0
        in_order = sorted(texts, key=lambda text: len(tokenizer(text).input_ids))
        for begin in range(0, len(in_order), batch):
            inputs = tokenizer(in_order[begin : begin + batch], return_tensors="pt", padding=True)
            limit = _limit(inputs.input_ids.shape[1], folder)
            with torch.inference_mode():
                output = network.generate(**inputs, num_beams=beams, max_length=None, max_new_tokens=limit)
            tokens += int((output[:, 1:] != network.config.pad_token_id).sum())
        return tokens

    return work


def _limit(length: int, folder: Path) -> int:
    """The same limit of an output for everyone."""
    from align.translate.engine import longest_output

    return longest_output(length, 512) if folder == COMPACT else length


def _ctranslate2(folder: Path, beams: int, batch: int) -> Callable[[Sequence[str]], int]:
    import ctranslate2
    import sentencepiece

    network = ctranslate2.Translator(
        str(Path(os.environ["ALIGN_HOME"]) / "by-hand"), compute_type="int8", inter_threads=1, intra_threads=1
    )
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))

    def work(texts: Sequence[str]) -> int:
        pieces = [[*processor.encode(text, out_type=str), "</s>"] for text in texts]
        # in windows of one limit, since CTranslate2 takes one limit a call and an output here runs to its own
        order = sorted(range(len(texts)), key=lambda index: len(pieces[index]))
        tokens = 0
        for begin in range(0, len(order), BATCH):
            chosen = [pieces[index] for index in order[begin : begin + BATCH]]
            results = network.translate_batch(
                chosen,
                beam_size=beams,
                max_input_length=0,
                max_decoding_length=_limit(max(map(len, chosen)), folder),
                return_scores=True,
            )
            tokens += sum(len(result.hypotheses[0]) + 1 for result in results)
            for result in results:
                processor.decode(result.hypotheses[0])
        return tokens

    return work


def _align(folder: Path, beams: int, batch: int) -> Callable[[Sequence[str]], int]:
    from align.config import TranslateConfig
    from align.translate import ctranslate
    from align.translate.serving import open_translator
    from align.translate.store.resolve import resolve

    settings = TranslateConfig(models={"fr": str(folder)}, beams=beams, batch_tokens=BATCH_TOKENS)
    translator = open_translator(resolve("fr", settings), settings)
    ctranslate.longest_output = lambda length, positions: _limit(length, folder)
    counted: list[int] = []
    decode: Any = translator._engine.decode

    def counting(sources: Any, decoding: Any) -> Any:
        found = decode(sources, decoding)
        counted.append(sum(len(hypothesis.pieces) + 1 for hypothesis in found))
        return found

    translator._engine.decode = counting  # type: ignore[method-assign]

    def work(texts: Sequence[str]) -> int:
        counted.clear()
        translator.translate(texts, source="fr")
        return sum(counted)

    return work


if __name__ == "__main__":
    main()
