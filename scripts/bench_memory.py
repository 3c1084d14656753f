"""How much memory a run takes as its input grows, stage by stage.

    OMP_NUM_THREADS=1 python scripts/bench_memory.py [--articles 1000 10000] [--keep FOLDER] [--export FORMAT ...]

Made-up articles of four or five sentences, fifty a day from thirty outlets, so that the number of days grows with the
input and the number of articles of one day does not. Each day has four stories that two or three outlets copy, with a
word changed here and there; three articles in a hundred are French, the rest is English. `align run` is started on them
in a process of its own, with the draft model for French and no cache of translations. Memory is that process's
resident set at its largest, libraries, models and the pages of mapped files included: for each stage from its first
record to its last, where the system lets it be measured anew (Linux), else from the start. CPU seconds are those of
all threads; with `--export` the same is measured of `align export`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

PER_DAY = 50
OUTLETS = 30
COPIED = (3, 3, 2, 2)  # outlets that carry each of a day's copied stories
FRENCH_SHARE = 0.03
LOOK = 0.02  # seconds between two looks at the process
# the file that ends each stage, in the order of the run
ENDS = {
    "read": "documents.jsonl",
    "structure": "segments.jsonl",
    "translate": "translations.jsonl",
    "reuse": "matches.jsonl",
    "align": "pairs.jsonl",
    "quarantine": "quarantine.jsonl",
    "report": "report.html",
}
SYLLABLES = ["va", "mer", "or", "sel", "ti", "lan", "dro", "bek", "ha", "nur", "quo", "lis", "pem", "ga", "rid", "zo"]
SLOTS = {
    "en": {
        "who": "minister|mayor|spokesman|union|governor|company|council|judge|ministry|committee|captain|agency|owner|"
        "director|farmer|doctor|teacher|engineer|ambassador|treasurer|baker|pilot|ranger|archivist|mechanic",
        "did": "announced|confirmed|denied|delayed|approved|rejected|described|criticised|welcomed|opened|closed|"
        "inspected|financed|suspended|promised|questioned|reviewed|cancelled|defended|extended|photographed|repaired",
        "how": "new|old|northern|southern|disputed|costly|temporary|regional|public|private|damaged|unfinished|secret|"
        "joint|yearly|emergency|coastal|rural|planned|wooden|underground|famous|leaking|rusty|heated",
        "what": "harbour|bridge|budget|hospital|school|pipeline|railway|festival|contract|treaty|tax|election|survey|"
        "warehouse|dam|market|quarry|ferry|library|reservoir|orchard|tunnel|lighthouse|vineyard|laboratory|archive",
        "when": "on Monday|on Tuesday|on Friday|last week|this spring|before the vote|after the storm|in the evening|"
        "during the strike|at a press conference|despite the rain|without warning|for the third time",
        "why": "because costs had doubled|while residents protested outside|although no money was left|so that work "
        "could go on|after a long dispute with the owners|as the neighbours had asked|until the inquiry is over|"
        "since the old rules had expired|to calm the fishermen|for want of a better plan",
    },
    "fr": {
        "who": "ministre|maire|syndicat|gouverneur|conseil|juge|comité|capitaine|directeur|médecin|trésorier|pilote",
        "did": "annoncé|confirmé|démenti|retardé|approuvé|rejeté|critiqué|inspecté|financé|suspendu|promis|réparé",
        "how": "nouveau|vieux|troisième|premier|dernier|grand|petit|fameux",
        "what": "port|pont|budget|contrat|traité|marché|tunnel|barrage|verger|festival|entrepôt|phare|laboratoire",
        "when": "lundi|mardi|vendredi|ce printemps|avant le vote|après la tempête|malgré la pluie",
        "why": "faute d'argent|pour la troisième fois|à la demande des habitants|après un long conflit",
    },
}
FORMS = {
    "en": (
        "The {who} of {place} {did} the {how} {what} {when}, {why}.",
        "{number} people had gathered at the {what} of {place} {when}, a {who} said.",
        "Nobody at the {how} {what} expected the {who} to speak {when}, {why}.",
        "“Our {what} will cost {number} million,” the {who} told reporters in {place}.",
        "It took {number} hours to reach {place}, where a {how} {what} stands beside the {what2}.",
        "A {who} and a {who2} from {place} quarrelled over the {what} {when}.",
        "{place} lost its {how} {what} in 19{year}, and the {who} has wanted another ever since.",
        "According to the {who2}, {number} tonnes were carried from the {what} to {place} {when}.",
        "When the {what} {did2} by the {who} reopened, {place} celebrated for {year} days.",
        "Neither the {who} nor the {who2} would say why {place} needs a {how} {what}.",
    ),
    "fr": (
        "Le {who} de {place} a {did} le {how} {what} {when}, {why}.",
        "À {place}, {number} personnes attendaient le {who} devant le {what} {when}.",
        "Le {what} de {place} coûtera {number} millions, a dit le {who} {when}.",
    ),
}
WORDS = {language: {slot: words.split("|") for slot, words in slots.items()} for language, slots in SLOTS.items()}


def articles(count: int) -> Iterator[dict[str, str]]:
    """So many articles in the order of their days, the same for the same number."""
    day = 0
    made = 0
    while made < count:
        for article in _day(day)[: count - made]:
            yield article
            made += 1
        day += 1


def _day(number: int) -> list[dict[str, str]]:
    chance = random.Random(number)
    day = date(2010, 1, 1) + timedelta(days=number)
    found = []
    for outlets in COPIED:
        wire = _sentences(chance, "en")
        found += [_article(day, outlet, _reworded(wire, chance)) for outlet in chance.sample(range(OUTLETS), outlets)]
    while len(found) < PER_DAY:
        language = "fr" if chance.random() < FRENCH_SHARE * PER_DAY / (PER_DAY - sum(COPIED)) else "en"
        found.append(_article(day, chance.randrange(OUTLETS), _sentences(chance, language)))
    chance.shuffle(found)
    return [{**article, "url": f"{article['url']}/{place}"} for place, article in enumerate(found)]


def _article(day: date, outlet: int, sentences: Sequence[str]) -> dict[str, str]:
    return {
        "url": f"https://outlet-{outlet}.example/{day:%Y/%m/%d}",
        "sitename": f"Outlet {outlet}",
        "date": day.isoformat(),
        "title": sentences[0].partition(",")[0],
        "text": f"{' '.join(sentences[:2])}\n\n{' '.join(sentences[2:])}",
    }


def _sentences(chance: random.Random, language: str) -> list[str]:
    found = []
    for form in chance.sample(FORMS[language], min(chance.choice((4, 5)), len(FORMS[language]))):
        filled = {slot: chance.choice(words) for slot, words in WORDS[language].items()}
        more = {f"{slot}2": chance.choice(WORDS[language][slot]) for slot in ("who", "what", "did")}
        place = "".join(chance.choices(SYLLABLES, k=3)).capitalize()
        numbers = {"number": chance.randrange(2, 2000), "year": chance.randrange(10, 99)}
        sentence = form.format(**filled, **more, **numbers, place=place)
        found.append(sentence[0].upper() + sentence[1:])
    return found


def _reworded(sentences: Sequence[str], chance: random.Random) -> list[str]:
    """The sentences as another outlet copies them: in some of them an adjective is another one."""
    words = WORDS["en"]["how"]
    found = []
    for sentence in sentences:
        old = next((f" {word} " for word in words if f" {word} " in sentence), None)
        found.append(sentence.replace(old, f" {chance.choice(words)} ") if old and chance.random() < 0.5 else sentence)
    return found


@dataclass(slots=True)
class Measured:
    """What a process took: CPU seconds, and for each stage the largest resident set in MB."""

    seconds: float = 0.0
    peaks: dict[str, float] = field(default_factory=dict)

    @property
    def peak(self) -> float:
        """The largest of all."""
        return max(self.peaks.values(), default=0.0)


def measure(command: Sequence[str], ends: dict[str, Path]) -> Measured:
    """Run a command to its end; a stage of it is over when its file of `ends` is there.

    Raises CalledProcessError when it fails; quarantined records are no failure.
    """
    measured = Measured()
    waiting = dict(ends)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"})
    done, status, usage = 0, 0, None
    while not done:
        stage = next(iter(waiting), "rest")
        _note(measured, stage, process.pid)
        if stage in waiting and waiting[stage].exists():
            del waiting[stage]
            _begin_anew(process.pid)
        time.sleep(LOOK)
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3) or usage is None:
        raise subprocess.CalledProcessError(process.returncode, command)
    measured.seconds = usage.ru_utime + usage.ru_stime
    return measured


def _note(measured: Measured, stage: str, process: int) -> None:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
        peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6
        measured.peaks[stage] = max(measured.peaks.get(stage, 0.0), peak)


def _begin_anew(process: int) -> None:
    """Let the system forget the largest resident set so far, where it can."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")


def write_articles(path: Path, count: int) -> None:
    """Write so many articles as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(article, ensure_ascii=False) + "\n" for article in articles(count))


def bench(count: int, place: Path, formats: Sequence[str]) -> list[tuple[str, Measured]]:
    """Run `align run` on so many articles, then `align export` in each format."""
    dump, out = place / f"articles-{count}.jsonl", place / f"run-{count}"
    write_articles(dump, count)
    align = [sys.executable, "-m", "align"]
    ends = {stage: out / name for stage, name in ENDS.items()}
    found = [("run", measure([*align, "run", str(dump), "--out", str(out), "--no-cache", "--quiet"], ends))]
    for name in formats:
        target = place / f"export-{count}-{name}"
        command = [*align, "export", str(out), "--format", name, "--out", str(target)]
        found.append((f"export {name}", measure(command, {"export": target / "nothing"})))
    return found


def rows(count: int, found: Sequence[tuple[str, Measured]]) -> Iterator[str]:
    """Lines of a Markdown table."""
    for name, measured in found:
        stages = [f"{measured.peaks[stage]:.0f}" if stage in measured.peaks else "-" for stage in ENDS]
        speed = f"{count / measured.seconds:.0f}" if measured.seconds else "-"
        yield f"| {name} | {count:,} | {measured.peak:.0f} | {' | '.join(stages)} | {measured.seconds:.0f} | {speed} |"


def main() -> None:
    """Print the table, a row for each number of articles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--keep", type=Path, help="a folder for inputs and runs, which are thrown away otherwise")
    parser.add_argument("--export", nargs="*", default=[], metavar="FORMAT", help="formats to export as well")
    options = parser.parse_args()
    print(f"| command | articles | peak MB | {' | '.join(ENDS)} | CPU s | articles a CPU-second |")
    print(f"|{'---|' * (len(ENDS) + 5)}")
    for count in options.articles:
        with tempfile.TemporaryDirectory() as spare:
            place = options.keep or Path(spare)
            place.mkdir(parents=True, exist_ok=True)
            for row in rows(count, bench(count, place, options.export)):
                print(row, flush=True)


if __name__ == "__main__":
    main()
