"""The models of a run: which serves which language, loaded when the first segment asks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from align.config import Config
from align.errors import ConfigError, UnsupportedLanguageError
from align.language.tags import LANGUAGES, language
from align.records import Encoder, Translator
from align.translate.store import DRAFT_NOTICE, ModelChoice, resolve

__all__ = ["describe_models", "load_encoder", "serving", "translators"]


def serving(config: Config) -> dict[str, ModelChoice]:
    """The model of each language that has one, by tag.

    Raises ModelUnavailableError for a model that the settings name and that is not on this machine, ConfigError for a
    language that is not known.
    """
    _check_codes(config)
    choices = {}
    for tag in sorted(LANGUAGES):
        if tag != config.translate.target:
            try:
                choices[tag] = resolve(tag, config.translate)
            except UnsupportedLanguageError:
                continue
    return choices


def _check_codes(config: Config) -> None:
    for code in config.translate.models:
        try:
            language(code)
        except UnsupportedLanguageError as error:
            raise ConfigError(f"translate.models: {error}") from error
    for tag in config.identify.languages:
        if tag not in LANGUAGES:
            raise ConfigError(f"identify.languages: unknown tag {tag!r}; allowed: {' '.join(sorted(LANGUAGES))}")


def translators(config: Config) -> Callable[[str], Translator]:
    """A function from a language's tag to its translator; each is loaded once, when it is first asked for.

    It raises UnsupportedLanguageError where no model serves the language.
    """

    @functools.cache
    def choices() -> dict[str, ModelChoice]:
        return serving(config)  # hashes every weight file: once, not for each unit of work

    @functools.cache
    def loaded(path: Path) -> Translator:
        from align.translate.marian import MarianTranslator

        same = [choice for choice in choices().values() if choice.path == path]
        settings = config.translate
        return MarianTranslator(
            path,
            languages=[choice.language for choice in same],
            model=same[0].reference,
            revision=same[0].revision,
            device=settings.device,
            beams=settings.beams,
            batch_tokens=settings.batch_tokens,
            max_length=settings.max_length,
        )

    def translator_of(tag: str) -> Translator:
        choice = choices().get(tag) or resolve(tag, config.translate)  # which says why there is none
        return loaded(choice.path)

    return translator_of


def load_encoder(config: Config) -> Encoder:
    """The sentence encoder of the settings. Raises ConfigError for a name that is not known."""
    if config.encode.name != "use-m3":
        raise ConfigError(f"encode.name: unknown encoder {config.encode.name!r}; allowed: use-m3")
    from align.embed.use import UseM3

    return UseM3()


def describe_models(config: Config, used: Collection[tuple[str, str, str]], encoder: str) -> list[dict[str, Any]]:
    """What the manifest says of the models of a run: those that translated, and the encoder.

    `used` holds language, model and revision as the translations state them. Of a model that the caller put in place
    of the settings' own, no more than that is known.
    """
    choices = serving(config)
    entries: list[dict[str, Any]] = []
    for tag, name, revision in sorted(used):
        choice = choices.get(tag)
        known = choice if choice and (choice.reference, choice.revision) == (name, revision) else None
        entries.append(
            {
                "stage": "translate",
                "language": tag,
                "name": name,
                "revision": revision,
                "weights_sha256": known.weight_hash if known else None,
                "licence": known.licence if known else None,
                "draft": known.draft if known else False,
                "notice": DRAFT_NOTICE if known and known.draft else None,
            }
        )
    return [*entries, {"stage": "encode", "name": encoder, "licence": "Apache-2.0" if encoder == "use-m3" else None}]
