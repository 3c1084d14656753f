"""The models of a run: which serves which language, loaded when the first segment asks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from align.config import Config
from align.errors import ConfigError, UnsupportedLanguageError
from align.language.tags import LANGUAGES
from align.records import Encoder, Translator
from align.translate.store import DRAFT_NOTICE, ModelChoice, resolve

__all__ = ["describe_models", "load_encoder", "serving", "translators"]


def serving(config: Config) -> dict[str, ModelChoice]:
    """The model of each language that has one, by tag.

    Raises ModelUnavailableError for a model that the settings name and that is not on this machine.
    """
    choices = {}
    for tag in sorted(LANGUAGES):
        if tag != config.translate.target:
            try:
                choices[tag] = resolve(tag, config.translate)
            except UnsupportedLanguageError:
                continue
    return choices


def translators(config: Config) -> Callable[[str], Translator]:
    """A function from a language's tag to its translator; each is loaded once, when it is first asked for.

    It raises UnsupportedLanguageError where no model serves the language.
    """

    @functools.cache
    def loaded(path: str) -> Translator:
        from align.translate.marian import MarianTranslator

        same = [choice for choice in serving(config).values() if str(choice.path) == path]
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

    return lambda language: loaded(str(resolve(language, config.translate).path))


def load_encoder(config: Config) -> Encoder:
    """The sentence encoder of the settings. Raises ConfigError for a name that is not known."""
    if config.encode.name != "use-m3":
        raise ConfigError(f"encode.name: unknown encoder {config.encode.name!r}; allowed: use-m3")
    from align.embed.use import UseM3

    return UseM3()


def describe_models(config: Config, used: frozenset[str]) -> list[dict[str, Any]]:
    """What the manifest says of the models of a run: those that serve the languages of `used`, and the encoder."""
    entries: list[dict[str, Any]] = []
    for tag, choice in serving(config).items():
        if tag in used:
            facts = asdict(choice)
            entries.append(
                {
                    "stage": "translate",
                    "language": tag,
                    "name": facts["reference"],
                    "revision": facts["revision"],
                    "weights_sha256": facts["weight_hash"],
                    "licence": facts["licence"],
                    "draft": facts["draft"],
                    "notice": DRAFT_NOTICE if choice.draft else None,
                }
            )
    return [*entries, {"stage": "encode", "name": config.encode.name, "licence": "Apache-2.0"}]
