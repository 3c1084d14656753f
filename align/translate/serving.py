"""The models of a run: which serves which language, loaded when the first text asks."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

from align.config import TranslateConfig
from align.errors import ConfigError, UnsupportedLanguageError
from align.language.tags import LANGUAGES
from align.records import Translator
from align.translate.cache import CachedTranslator, TranslationCache
from align.translate.convert import converted
from align.translate.ctranslate import CTranslateEngine
from align.translate.engine import Engine
from align.translate.marian import MarianEngine
from align.translate.store.home import home
from align.translate.store.resolve import ModelChoice, resolve
from align.translate.translator import MarianTranslator
from align.translate.vocabulary import Vocabulary

__all__ = ["open_translator", "serving", "translators"]

_CACHE = "translations.sqlite"


def serving(settings: TranslateConfig) -> dict[str, ModelChoice]:
    """The model of each language that has one, by tag.

    Raises ModelUnavailableError for a model that the settings name and that is not on this machine.
    """
    choices = {}
    for tag in sorted(LANGUAGES):
        if tag != settings.target:
            try:
                choices[tag] = resolve(tag, settings)
            except UnsupportedLanguageError:
                continue
    return choices


def translators(settings: TranslateConfig, *, cache: bool = True) -> Callable[[str], Translator]:
    """A function from a language's tag to its translator; each is loaded once, when it is first asked for.

    With `cache`, what was translated before by the same model with the same settings is looked up, and what is new is
    kept, in `home()`. The function raises UnsupportedLanguageError where no model serves the language.
    """

    @functools.cache
    def choices() -> dict[str, ModelChoice]:
        return serving(settings)  # hashes every weight file: once, not for each unit of work

    @functools.cache
    def loaded(path: Path) -> Translator:
        same = [choice for choice in choices().values() if choice.path == path]
        translator = open_translator(same[0], settings, [choice.language for choice in same])
        return CachedTranslator(translator, TranslationCache(home() / _CACHE)) if cache else translator

    def translator_of(tag: str) -> Translator:
        choice = choices().get(tag) or resolve(tag, settings)  # which says why there is none
        return loaded(choice.path)

    return translator_of


def open_translator(
    choice: ModelChoice, settings: TranslateConfig, languages: Iterable[str] | None = None
) -> MarianTranslator:
    """Load the model of `choice` into the engine that the settings name, to serve `languages` (default: its own).

    Raises ModelUnavailableError for a model that cannot be loaded, ConfigError for settings that do not fit it.
    """
    engine, name = _engine(choice, settings)
    return MarianTranslator(
        engine,
        Vocabulary(choice.path),
        model=choice.reference,
        revision=choice.revision,
        languages=languages or [choice.language],
        beams=settings.beams,
        max_length=settings.max_length,
        recipe=f"{choice.weight_hash}|{name}",
    )


def _engine(choice: ModelChoice, settings: TranslateConfig) -> tuple[Engine, str]:
    """The engine, and everything but weights and decode settings that may change what it says."""
    if settings.engine == "transformers":
        if choice.kind != "transformers":
            raise ConfigError(
                f"translate.engine: 'transformers' cannot load {str(choice.path)!r}, a {choice.kind} folder; "
                "allowed for it: 'ctranslate2'"
            )
        engine = MarianEngine(choice.path, device=settings.device, batch_tokens=settings.batch_tokens)
        return engine, f"transformers {version('transformers')} {settings.device}"
    folder, positions = choice.path, 0
    if choice.kind == "transformers":
        positions = int(json.loads((folder / "config.json").read_text(encoding="utf-8"))["max_position_embeddings"])
        folder = converted(folder, choice.weight_hash, settings.precision)
    fast = CTranslateEngine(
        folder,
        precision=settings.precision,
        device=settings.device,
        batch_tokens=settings.batch_tokens,
        positions=positions,
    )
    return fast, f"ctranslate2 {version('ctranslate2')} {settings.precision} {settings.device}"
