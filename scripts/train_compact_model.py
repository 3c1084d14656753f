"""Train the compact French and Turkish to English model that comes with align.

One recipe in four steps, each a subcommand that can be repeated:

    python scripts/train_compact_model.py prepare --work WORK --data DATA --dev DEV
    python scripts/train_compact_model.py train   --work WORK --dev DEV --budget-minutes 110
    python scripts/train_compact_model.py export  --work WORK --folder FOLDER
    python scripts/train_compact_model.py measure --folder FOLDER --dev DEV

DATA is a folder with fr-en.tsv and tr-en.tsv (or .tsv.zst), one pair a line: name of the source,
foreign text, English text, TAB between. DEV is the common beginning of three files that go line by
line: DEV.fr, DEV.tr, DEV.en. WORK holds the packed corpus, the vocabulary, checkpoints and history;
``train`` goes on from the last checkpoint there, so a killed run loses a few minutes at most.

On a GPU give ``--profile gpu`` to prepare and train. There ``--minutes`` ends a run early, and
``split`` and ``join`` cut what must travel into parts of 16 MiB: besides WORK/corpus.tsv.xz, either
the model's weights or WORK/lean.pt, from which train also goes on.

Needs the packages align itself needs, and ctranslate2 for the dev scores on a CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import time
from collections import Counter
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
# Read when torch is imported: kernels compiled for one shape of matrix are kept, not made anew.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8192")

from compact_model import corpus, measure, parts

PROFILE_NAMES = ("cpu", "gpu", "micro")


def prepare(arguments: argparse.Namespace) -> None:
    """Clean and pack the pairs, train the vocabulary, write WORK/prepare.json."""
    from compact_model import vocabulary
    from compact_model.training import PROFILES

    started = time.monotonic()
    work: Path = arguments.work
    work.mkdir(parents=True, exist_ok=True)
    held_out = frozenset(corpus.tidy(line) for lines in measure.read_dev(arguments.dev).values() for line in lines)
    counts: Counter[str] = Counter()
    pairs: list[corpus.Pair] = []
    for language in corpus.LANGUAGES:
        tsv = _tsv(arguments.data, language)
        pairs += corpus.clean(corpus.read_tsv(tsv, language), held_out, counts)
    data_hash = corpus.pack(
        pairs,
        work / "corpus.tsv.xz",
        documentation_limit=arguments.documentation_limit,
        seed=arguments.seed,
    )
    vocabulary.train_vocabulary(
        pairs,
        work / "vocabulary.spm",
        size=PROFILES[arguments.profile].vocabulary,
        seed=arguments.seed,
    )
    summary = {
        "seed": arguments.seed,
        "documentation_limit": arguments.documentation_limit,
        "data_sha256": data_hash,
        "pairs": dict(sorted(counts.items())),
    }
    _write_json(work / "prepare.json", summary)
    kept = sum(count for name, count in counts.items() if name.endswith(": kept"))
    print(
        f"seed {arguments.seed}; data {data_hash}; {kept} of {sum(counts.values())} pairs; "
        f"{time.monotonic() - started:.0f} s"
    )


def train(arguments: argparse.Namespace) -> None:
    """Train, from the last checkpoint in WORK if there is one."""
    if (arguments.budget_minutes is None) == (arguments.budget_steps is None):
        raise SystemExit("give the budget either as --budget-minutes or as --budget-steps")
    from compact_model.training import PROFILES, Limits, Training

    profile = PROFILES[arguments.profile]
    limits = Limits(
        budget_minutes=arguments.budget_minutes,
        budget_steps=arguments.budget_steps,
        run_minutes=arguments.minutes,
        evaluate_minutes=arguments.evaluate_minutes,
        checkpoint_minutes=arguments.checkpoint_minutes,
    )
    prepared = json.loads((arguments.work / "prepare.json").read_text(encoding="utf-8"))
    training = Training(arguments.work, measure.read_dev(arguments.dev), profile, limits, seed=prepared["seed"])
    settings = {
        "profile": arguments.profile,
        "settings": asdict(profile),
        "limits": asdict(limits),
        "threads_of_the_machine": os.cpu_count(),
        "versions": _versions(),
    }
    _write_json(arguments.work / "settings.json", settings)
    size = sum(value.numel() for value in training.parameters.values())
    print(
        f"seed {prepared['seed']}; data {prepared['data_sha256']}; "
        f"{size:,} parameters; from step {training.progress.step}"
    )
    training.run()
    progress = training.progress
    print(
        f"seed {prepared['seed']}; data {prepared['data_sha256']}; {progress.step} steps; "
        f"{progress.tokens:,} target tokens; {progress.seconds / 60:.1f} minutes; "
        f"best at step {progress.best_step}"
    )


def export(arguments: argparse.Namespace) -> None:
    """Copy the best (or last) exported model to FOLDER, with its training.json."""
    source = arguments.work / "exports" / arguments.which
    if not source.is_dir():
        raise SystemExit(f"no model in {str(source)!r} yet; train at least until the first dev scores")
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    # A reader of the folder sees each file whole, old or new: it is written beside and then moved.
    for file in sorted(source.iterdir()):
        part = folder / f".{file.name}.part"
        shutil.copyfile(file, part)
        part.replace(folder / file.name)
    record: dict[str, Any] = {}
    for name in ("prepare.json", "settings.json"):
        if (arguments.work / name).exists():
            record |= json.loads((arguments.work / name).read_text(encoding="utf-8"))
    history = (arguments.work / "history.jsonl").read_text(encoding="utf-8").splitlines()
    record["history"] = [json.loads(line) for line in history]
    _write_json(folder / "training.json", record)
    print(f"{folder}: {sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.1f} MB")


def measure_folder(arguments: argparse.Namespace) -> None:
    """Print the scores of FOLDER on DEV: CTranslate2 in int8 and float32, transformers too."""
    dev = measure.read_dev(arguments.dev)
    texts = [text for code in corpus.LANGUAGES for text in dev[code]]
    size = len(dev["en"])
    outputs = {"ctranslate2 int8, greedy": measure.translate_ct2(arguments.folder, texts, compute="int8")}
    if not arguments.quick:
        outputs |= {
            "ctranslate2 float32, greedy": measure.translate_ct2(arguments.folder, texts, compute="float32"),
            "ctranslate2 int8, beam 4": measure.translate_ct2(arguments.folder, texts, compute="int8", beam=4),
            "transformers float32, greedy": measure.translate_transformers(arguments.folder, texts),
        }
    found = {
        name: {
            code: measure.scores(lines[place * size : (place + 1) * size], dev["en"])
            for place, code in enumerate(corpus.LANGUAGES)
        }
        for name, lines in outputs.items()
    }
    print(json.dumps(found, indent=2))
    if arguments.output:
        for name, lines in outputs.items():
            path = arguments.output / f"{name.replace(' ', '_').replace(',', '')}.txt"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _tsv(data: Path, language: str) -> Path:
    for name in (f"{language}-en.tsv.zst", f"{language}-en.tsv"):
        if (data / name).is_file():
            return data / name
    raise SystemExit(f"no {language}-en.tsv or {language}-en.tsv.zst in {str(data)!r}")


def _versions() -> dict[str, str]:
    names = ("torch", "transformers", "sentencepiece", "sacrebleu")
    return {"python": platform.python_version()} | {name: version(name) for name in names}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    root = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = root.add_subparsers(required=True, metavar="STEP")

    step = commands.add_parser("prepare", help="pack the pairs and train the vocabulary")
    step.set_defaults(run=prepare)
    step.add_argument("--work", type=Path, required=True)
    step.add_argument("--data", type=Path, required=True)
    step.add_argument("--dev", type=Path, required=True)
    step.add_argument("--profile", choices=PROFILE_NAMES, default="cpu")
    step.add_argument("--seed", type=int, default=1)
    step.add_argument(
        "--documentation-limit",
        type=int,
        default=250_000,
        help="pairs of one documentation source and language to keep (default: %(default)s); "
        "80000 keeps the packed corpus small enough to travel",
    )

    step = commands.add_parser("train", help="train, or go on training")
    step.set_defaults(run=train)
    step.add_argument("--work", type=Path, required=True)
    step.add_argument("--dev", type=Path, required=True)
    step.add_argument("--profile", choices=PROFILE_NAMES, default="cpu")
    step.add_argument("--budget-minutes", type=float, help="length of the whole training")
    step.add_argument("--budget-steps", type=int, help="length of the whole training")
    step.add_argument("--minutes", type=float, help="end this run after so long")
    step.add_argument("--evaluate-minutes", type=float, default=8.0)
    step.add_argument("--checkpoint-minutes", type=float, default=4.0)

    step = commands.add_parser("export", help="copy the model to a folder")
    step.set_defaults(run=export)
    step.add_argument("--work", type=Path, required=True)
    step.add_argument("--folder", type=Path, required=True)
    step.add_argument("--which", choices=("best", "last"), default="best")

    step = commands.add_parser("measure", help="score a model folder on the dev set")
    step.set_defaults(run=measure_folder)
    step.add_argument("--folder", type=Path, required=True)
    step.add_argument("--dev", type=Path, required=True)
    step.add_argument("--quick", action="store_true", help="only CTranslate2 int8, greedy")
    step.add_argument("--output", type=Path, help="folder for the translations")

    step = commands.add_parser("split", help="cut a file into parts of 16 MiB")
    step.set_defaults(run=lambda arguments: print(*parts.split(arguments.file), sep="\n"))
    step.add_argument("file", type=Path)

    step = commands.add_parser("join", help="put a file together from its parts")
    step.set_defaults(run=lambda arguments: print(parts.join(arguments.file), "parts"))
    step.add_argument("file", type=Path)
    return root


if __name__ == "__main__":
    namespace = parser().parse_args()
    namespace.run(namespace)
