import json
from pathlib import Path

import pytest

from align.config import Config, ReuseConfig, TranslateConfig
from align.errors import UnsupportedLanguageError
from align.pipeline.run import run
from tests.fakes import DictionaryTranslator, TrigramEncoder, empty_model

PAGE = """Le port de Valmer fermé

VALMER, 4 mars - Agence Quai. Les autorités ont fermé le port jeudi après la perte de douze conteneurs.

« Nous avons compté 12 conteneurs à la mer », a dit le capitaine Orsel devant la presse réunie sur le quai.

Valmer limanı kapatıldı

Yetkililer, 12 konteynerin denize düşmesinin ardından limanı perşembe günü sabah saatlerinde kapattı.
"""
DUMP = [
    {
        "url": "https://harbourtimes.example/valmer",
        "title": "Containers lost off Valmer",
        "date": "2021-03-04",
        "sitename": "Harbour Times",
        "text": "The authorities closed the port on Thursday after the loss of twelve containers.\n\n"
        "The captain said that no sailor had been hurt when the boxes went over the side.",
    },
    {
        "url": "https://vigie.example/valmer",
        "title": "Le port fermé",
        "date": "2021-03-05",
        "sitename": "La Vigie",
        "text": "Les autorités ont fermé le port jeudi après la perte de douze conteneurs.\n\n"
        "Aucun marin n’a été blessé quand les caisses sont passées par-dessus bord.",
    },
]


class Job:
    """One run's inputs and stand-ins; `start` runs it, `tree` is every byte that a second run must write again."""

    def __init__(self, folder: Path) -> None:
        self.inputs = [folder / "page.txt", folder / "dump.jsonl"]
        self.inputs[0].write_text(PAGE, encoding="utf-8")
        self.inputs[1].write_text("".join(json.dumps(line) + "\n" for line in DUMP), encoding="utf-8")
        self.models = {tag: empty_model(folder / f"model-{tag}") for tag in ("fr", "tr")}
        self.translator = DictionaryTranslator({"port": "port\u2028harbour", "jeudi": "Thursday\x85", "mars": "March"})
        self.parallel = ()

    def config(self, **reuse: float) -> Config:
        return Config(translate=TranslateConfig(models=self.models), reuse=ReuseConfig(**reuse))

    def translator_of(self, language: str) -> DictionaryTranslator:
        if language not in self.models:
            raise UnsupportedLanguageError(f"no model for {language}")
        return self.translator

    def start(self, out: Path, config: Config | None = None, **options):
        given = {"encoder": TrigramEncoder(), "translator_of": self.translator_of, "parallel": self.parallel}
        return run(self.inputs, out, config or self.config(), **(given | options))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a run folder but the manifest, which holds times, and the report, which shows the manifest."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    kept = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    assert {"manifest.json", "report.html"} <= set(kept)
    return {name: data for name, data in kept.items() if name not in ("manifest.json", "report.html")}


@pytest.fixture
def job(tmp_path):
    (tmp_path / "given").mkdir()
    return Job(tmp_path / "given")
