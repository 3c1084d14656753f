"""The models of a run: languages that settings name, the sentence encoder, and what the manifest says of them all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from align.config import Config
from align.errors import ConfigError, UnsupportedLanguageError
from align.language.tags import LANGUAGES, language
from align.records import Encoder
from align.translate.serving import serving
from align.translate.store.resolve import DRAFT_NOTICE

__all__ = ["NamedWeights", "check_languages", "describe_models", "load_encoder"]

NamedWeights = tuple[str, str | None]
"""What an encoder calls itself, and the SHA-256 of its weights, where it says so."""


def check_languages(config: Config) -> None:
    """Raise ConfigError for a language code in the settings that is not known."""
    for code in config.translate.models:
        try:
            language(code)
        except UnsupportedLanguageError as error:
            raise ConfigError(f"translate.models: {error}") from error
    for tag in config.identify.languages:
        if tag not in LANGUAGES:
            raise ConfigError(f"identify.languages: unknown tag {tag!r}; allowed: {' '.join(sorted(LANGUAGES))}")


def load_encoder(config: Config) -> Encoder:
    """The sentence encoder of the settings. Raises ConfigError for a name that is not known."""
    from align.embed.use import NAMES, UseM3

    for precision, name in NAMES.items():
        if name == config.encode.name:
            return UseM3(precision)
    raise ConfigError(f"encode.name: unknown encoder {config.encode.name!r}; allowed: {', '.join(NAMES.values())}")


def describe_models(
    config: Config, used: Collection[tuple[str, str, str]], encoder: NamedWeights
) -> list[dict[str, Any]]:
    """What the manifest says of the models of a run: those that translated, and the encoder.

    `used` holds language, model and revision as the translations state them. Of a model that the caller put in place
    of the settings' own, no more than that is known.
    """
    choices = serving(config.translate)
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
    from align.embed.use import NAMES

    name, weights = encoder
    licence = "Apache-2.0" if name in NAMES.values() else None
    return [*entries, {"stage": "encode", "name": name, "weights_sha256": weights, "licence": licence}]
