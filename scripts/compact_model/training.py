"""The training loop: resumable, averaged, stopped early."""

from __future__ import annotations

import contextlib
import copy
import ctypes
import itertools
import json
import math
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import MarianMTModel

from compact_model import network, stream, vocabulary
from compact_model.export import export
from compact_model.measure import dev_scores
from compact_model.optimiser import AdamUnit, MuonUnit, units

Part = tuple[Tensor, Tensor]
# glibc's M_ARENA_MAX, M_MMAP_MAX, M_TRIM_THRESHOLD and M_TOP_PAD.
_MALLOC_OPTIONS = ((-8, 1), (-4, 0), (-1, 2**31 - 1), (-2, 2**28))
Unit = AdamUnit | MuonUnit


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that decides what comes out, but for the data and the seed."""

    vocabulary: int
    width: int
    feed_forward: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    dropout: float
    part_tokens: int
    parts: int
    rate: float
    warm_up: int
    smoothing: float
    averaging: float
    late_from: float
    patience: int
    replicas: int
    builders: int
    device: str

    @property
    def shape(self) -> dict[str, Any]:
        """The arguments of ``network.build``."""
        names = ("vocabulary", "width", "feed_forward", "heads", "encoder_layers", "decoder_layers")
        return {name: getattr(self, name) for name in (*names, "dropout")}


PROFILES = {
    "cpu": Profile(
        vocabulary=16384,
        width=256,
        feed_forward=1024,
        heads=4,
        encoder_layers=6,
        decoder_layers=2,
        dropout=0.0,
        part_tokens=1700,
        parts=2,
        rate=2e-3,
        warm_up=250,
        smoothing=0.1,
        averaging=0.997,
        late_from=0.7,
        patience=8,
        replicas=2,
        builders=1,
        device="cpu",
    ),
    "gpu": Profile(
        vocabulary=16384,
        width=384,
        feed_forward=1536,
        heads=6,
        encoder_layers=6,
        decoder_layers=2,
        dropout=0.1,
        part_tokens=24_000,
        parts=1,
        rate=1.5e-3,
        warm_up=1000,
        smoothing=0.1,
        averaging=0.999,
        late_from=0.7,
        patience=8,
        replicas=1,
        builders=10,
        device="cuda",
    ),
    "micro": Profile(
        vocabulary=400,
        width=32,
        feed_forward=64,
        heads=2,
        encoder_layers=2,
        decoder_layers=1,
        dropout=0.0,
        part_tokens=400,
        parts=2,
        rate=2e-3,
        warm_up=10,
        smoothing=0.1,
        averaging=0.9,
        late_from=0.7,
        patience=8,
        replicas=1,
        builders=1,
        device="cpu",
    ),
}


class _Replicas:
    """bfloat16 copies of the model that share one set of weights and work on a step side by side.

    Each replica has a thread, and no operation is spread over threads: on a CPU that others use
    too, threads that each take the next piece of work when they are free lose far less than
    threads that wait for one another inside every operation.
    """

    def __init__(self, model: MarianMTModel, count: int) -> None:
        self.pad = model.config.pad_token_id
        lead = copy.deepcopy(model).to(torch.bfloat16)
        models = [lead, *(copy.deepcopy(lead) for _ in range(count - 1))]
        master = model.model.shared.weight
        self.workers: list[tuple[MarianMTModel, Tensor]] = []
        self.same: dict[int, list[Tensor]] = {}
        for replica in models:
            table = master.detach().requires_grad_(True)
            self.workers.append((replica, table))
            self.same.setdefault(id(master), []).append(table)
            for ours, theirs, leading in zip(model.parameters(), replica.parameters(), lead.parameters(), strict=True):
                theirs.data = leading.data
                if ours.requires_grad and ours is not master:
                    self.same.setdefault(id(ours), []).append(theirs)
        self.pool: ThreadPoolExecutor | None = None
        if count > 1:
            torch.set_num_threads(1)
            self.pool = ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))

    def map(self, work: Callable[[Any], float], items: Iterable[Any]) -> float:
        """The sum of what ``work`` returns for each of ``items``, done side by side."""
        return sum((self.pool.map if self.pool else map)(work, items))

    def gradients(self, parts: list[Part], smoothing: float, rows: int) -> tuple[float, int]:
        """Leave the gradient of the mean loss over ``parts`` spread over the replicas.

        Returns the negative log likelihood, summed, and the number of target tokens.
        """
        tokens = sum(int(target.ne(self.pad).sum()) for _, target in parts)
        waiting = deque(parts)

        def work(worker: tuple[MarianMTModel, Tensor]) -> float:
            total = 0.0
            while waiting:
                try:
                    source, target = waiting.popleft()
                except IndexError:
                    break
                likelihood, _ = network.losses(*worker, source, target, smoothing, rows)
                (likelihood / tokens).backward()
                total += float(likelihood.detach())
            return total

        return self.map(work, self.workers), tokens

    def update(self, units: list[Unit], rate: float, clip: float) -> None:
        """Gather the gradients in the master weights, scale them to norm ``clip`` at most, step."""

        def gather(unit: Unit) -> float:
            for ours in unit.parameters:
                first, *others = [theirs.grad for theirs in self.same[id(ours)] if theirs.grad is not None]
                ours.grad = first.float()
                for other in others:
                    ours.grad += other
                for theirs in self.same[id(ours)]:
                    theirs.grad = None
            norms = torch._foreach_norm([parameter.grad for parameter in unit.parameters])
            return sum(float(norm) ** 2 for norm in norms)

        norm = self.map(gather, units) ** 0.5
        if not math.isfinite(norm):
            raise FloatingPointError(f"gradient norm {norm}; resume with a lower learning rate")

        def step(unit: Unit) -> float:
            if norm > clip:
                torch._foreach_mul_([parameter.grad for parameter in unit.parameters], clip / norm)
            unit.step(rate)
            with torch.no_grad():
                for ours in unit.parameters:
                    theirs = self.same[id(ours)][0]
                    if theirs.dtype != ours.dtype:
                        theirs.copy_(ours)
            return 0.0

        self.map(step, units)

    def close(self) -> None:
        """Stop the workers."""
        if self.pool is not None:
            self.pool.shutdown()


class _Rounds:
    """Rounds of examples, built ahead in other processes."""

    def __init__(self, corpus: Path, spm: Path, seed: int, builders: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pool = ProcessPoolExecutor(builders, mp_context=context)
        self.ahead = builders
        self.corpus, self.spm, self.seed = corpus, spm, seed
        self.pending: dict[int, Future[stream.Round]] = {}

    def get(self, number: int, late: bool) -> stream.Round:
        """Round ``number``, with the ones after it ordered meanwhile."""
        for ahead in range(number, number + self.ahead + 1):
            if ahead not in self.pending:
                self.pending[ahead] = self.pool.submit(
                    stream.build_round, self.corpus, self.spm, self.seed, ahead, late
                )
        return self.pending.pop(number).result()

    def close(self) -> None:
        """Stop the builders."""
        self.pool.shutdown(wait=False, cancel_futures=True)


@dataclass
class Progress:
    """Where a training stands; saved in every checkpoint."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    round: int = 0
    round_step: int = 0
    late: bool = False
    best: float = -1.0
    best_step: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: ``budget_*`` is the whole training's length, ``run_minutes`` this call's."""

    budget_minutes: float | None = None
    budget_steps: int | None = None
    run_minutes: float | None = None
    evaluate_minutes: float = 8.0
    checkpoint_minutes: float = 4.0


class Training:
    """A training in a folder: ``corpus.tsv.xz`` and ``vocabulary.spm`` in, checkpoints out.

    The learning rate falls in a line to nothing over the budget, counted in minutes of training or
    in steps, whichever is given. A folder that holds a checkpoint is gone on with.
    """

    def __init__(
        self,
        work: Path,
        dev: dict[str, list[str]],
        profile: Profile,
        limits: Limits,
        *,
        seed: int,
    ) -> None:
        self.work, self.dev, self.profile, self.limits, self.seed = work, dev, profile, limits, seed
        self.corpus, self.spm = work / "corpus.tsv.xz", work / "vocabulary.spm"
        self.checkpoint, self.lean = work / "checkpoint.pt", work / "lean.pt"
        torch.manual_seed(seed)
        _keep_memory()
        self.device = torch.device(profile.device)
        size = vocabulary.load(self.spm).get_piece_size() + 1
        self.model = network.build(
            **profile.shape | {"vocabulary": size},
            attention="eager" if profile.device == "cpu" else "sdpa",
        ).to(self.device)
        self.model.train()
        self.units = units(self.model)
        self.parameters = {name: value for name, value in self.model.named_parameters() if value.requires_grad}
        self.averaged = {name: value.detach().clone() for name, value in self.parameters.items()}
        self.progress = Progress()
        self.stale = 0
        self._restore()
        self.started = time.monotonic() - self.progress.seconds

    def _restore(self) -> None:
        path = self.checkpoint if self.checkpoint.exists() else self.lean
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        with torch.no_grad():
            for name, value in self.parameters.items():
                self.averaged[name].copy_(state["averaged"][name])
                value.copy_(state.get("model", state["averaged"])[name])
        if "optimiser" in state:
            for unit, memory in zip(self.units, state["optimiser"], strict=True):
                unit.restore(memory)
        self.progress = Progress(**state["progress"])

    def save(self) -> None:
        """Write the checkpoint, and beside it a lean one that travels: averaged weights in fp16."""
        small = {
            "averaged": {name: value.half() for name, value in self.averaged.items()},
            "progress": asdict(self.progress),
        }
        whole = small | {
            "averaged": self.averaged,
            "model": {name: value.detach() for name, value in self.parameters.items()},
            "optimiser": [unit.state() for unit in self.units],
        }
        for path, state in ((self.lean, small), (self.checkpoint, whole)):
            part = path.with_suffix(".part")
            torch.save(state, part)
            part.replace(path)

    def done(self) -> float:
        """The part of the budget that is spent, from 0 to 1 and beyond."""
        if self.limits.budget_steps is not None:
            return self.progress.step / self.limits.budget_steps
        if self.limits.budget_minutes is not None:
            return self.progress.seconds / (60 * self.limits.budget_minutes)
        return 0.0

    def rate(self) -> float:
        """The learning rate of the next step."""
        rising = (self.progress.step + 1) / self.profile.warm_up
        return self.profile.rate * min(rising, max(1 - self.done(), 0.01))

    def evaluate(self) -> None:
        """Export the averaged weights, score them on the dev set, keep the best so far."""
        progress, exports = self.progress, self.work / "exports"
        weights = {name: value.detach().cpu().clone() for name, value in self.averaged.items()}
        export(self.model, weights, self.spm, exports / "last")
        found = dev_scores(exports / "last", self.dev, device=self.profile.device, longest=100)
        record: dict[str, Any] = {
            "step": progress.step,
            "minutes": round(progress.seconds / 60, 1),
            "target_tokens": progress.tokens,
        }
        for code, value in found.items():
            record[code] = {"bleu": value["bleu"], "chrf2": value["chrf2"]}
        mean = sum(value["chrf2"] for value in found.values()) / len(found)
        self.stale += 1
        if mean > progress.best:
            progress.best, progress.best_step, self.stale = mean, progress.step, 0
            export(self.model, weights, self.spm, exports / "best")
        with (self.work / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(record) + "\n")
        say(f"dev {json.dumps(record)}")

    def step(self, replicas: _Replicas, group: list[stream.Batch]) -> float:
        """One step on the batches of ``group``; returns its negative log likelihood, summed."""
        progress = self.progress
        parts = [
            (
                torch.from_numpy(batch.source).to(self.device),
                torch.from_numpy(batch.target).to(self.device),
            )
            for batch in group
        ]
        rows = 2048 if self.device.type == "cpu" else 8192
        likelihood, tokens = replicas.gradients(parts, self.profile.smoothing, rows)
        replicas.update(self.units, self.rate(), clip=1.0)
        progress.step += 1
        progress.round_step += 1
        progress.tokens += tokens
        progress.seconds = time.monotonic() - self.started
        # Early on the average must not remember the random start.
        keep = min(self.profile.averaging, (1 + progress.step) / (20 + progress.step))
        with torch.no_grad():
            torch._foreach_lerp_(
                [self.averaged[name] for name in self.parameters],
                list(self.parameters.values()),
                1 - keep,
            )
        return likelihood

    def run(self) -> str:
        """Train until the budget or this run's minutes are over, or dev chrF stops rising.

        Returns which of them it was.
        """
        begun = evaluated = saved = shown = time.monotonic()
        limits, progress = self.limits, self.progress
        likelihood, tokens = 0.0, progress.tokens
        replicas = _Replicas(self.model, self.profile.replicas)
        rounds = _Rounds(self.corpus, self.spm, self.seed, self.profile.builders)
        try:
            while True:
                for group in self._groups(rounds):
                    rate = self.rate()
                    likelihood += self.step(replicas, group)
                    now = time.monotonic()
                    if now - shown > 30:
                        say(
                            f"step {progress.step} round {progress.round} "
                            f"nll {likelihood / (progress.tokens - tokens):.3f} rate {rate:.2e} "
                            f"{(progress.tokens - tokens) / (now - shown):.0f} tokens/s "
                            f"{100 * self.done():.1f} %"
                        )
                        likelihood, tokens, shown = 0.0, progress.tokens, now
                    reason = ""
                    if self.done() >= 1:
                        reason = "the budget is spent"
                    elif limits.run_minutes and now - begun > 60 * limits.run_minutes:
                        reason = "this run's minutes are over"
                    if self.done() >= 1 or now - evaluated > 60 * limits.evaluate_minutes:
                        self.evaluate()
                        evaluated = time.monotonic()
                        if self.stale >= self.profile.patience and not reason:
                            reason = f"no better dev chrF in {self.stale} evaluations"
                    if reason or now - saved > 60 * limits.checkpoint_minutes:
                        self.save()
                        saved = time.monotonic()
                    if reason:
                        say(f"{reason}: step {progress.step}, {progress.seconds / 60:.1f} minutes")
                        return reason
                progress.round += 1
                progress.round_step = 0
                progress.late = self.done() >= self.profile.late_from
        finally:
            rounds.close()
            replicas.close()

    def _groups(self, rounds: _Rounds) -> Iterator[list[stream.Batch]]:
        """The steps of the present round that are still to do."""
        progress, size = self.progress, self.profile.parts
        examples = rounds.get(progress.round, progress.late)
        pad = self.model.config.pad_token_id
        batches = stream.batches(examples, self.profile.part_tokens, pad, self.seed, progress.round)
        whole_groups = zip(*[batches] * size, strict=False)
        for group in itertools.islice(whole_groups, progress.round_step, None):
            yield list(group)


def _keep_memory() -> None:
    """Have the C library keep freed memory: getting large blocks anew at every step is slow."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        for option, value in _MALLOC_OPTIONS:
            mallopt(option, value)


def say(text: str) -> None:
    """Print ``text`` with the time of day, at once."""
    print(time.strftime("%H:%M:%S"), text, flush=True)
