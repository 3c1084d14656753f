"""Settings: one frozen dataclass a stage, read from TOML, and the signature that goes into every output."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from align.errors import ConfigError

__all__ = [
    "Config",
    "EncodeConfig",
    "IdentifyConfig",
    "IngestConfig",
    "ReuseConfig",
    "TranslateConfig",
    "load_config",
    "signature",
]


def _within(setting: str, value: float, low: int, high: int | None = None) -> None:
    """Refuse a value that is out of its range, or no number at all."""
    if not (low <= value and (high is None or value <= high)):
        allowed = f"{low} to {high}" if high is not None else f"{low} and above"
        raise ConfigError(f"{setting}: {value!r} is out of range; allowed: {allowed}")


def _one_of(setting: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is not among the allowed ones."""
    if value not in allowed:
        raise ConfigError(f"{setting}: not allowed: {value!r}; allowed: {', '.join(allowed)}")


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """Reading and structure.

    `outlets` is a TOML file whose outlets are added to the built-in table (docs/add-an-outlet.md). `max_characters`
    is the longest document that is taken; a longer one goes to quarantine.
    """

    outlets: str | None = None
    max_characters: int = 2_000_000

    def __post_init__(self) -> None:
        _within("ingest.max_characters", self.max_characters, 1)


@dataclass(frozen=True, slots=True)
class IdentifyConfig:
    """Languages that a segment may be in, as BCP-47 tags, and how short is too short to be judged alone.

    A segment with fewer than `short_letters` letters, or one judged with less than `min_score`, takes the language
    of its surroundings.
    """

    languages: tuple[str, ...] = ("ar", "de", "el", "en", "es", "fr", "it", "nl", "ru", "tr")
    short_letters: int = 20
    min_score: float = 0.6

    def __post_init__(self) -> None:
        _within("identify.short_letters", self.short_letters, 1)
        _within("identify.min_score", self.min_score, 0, 1)
        if not self.languages:
            raise ConfigError("identify.languages: empty; expected at least one language tag")


@dataclass(frozen=True, slots=True)
class TranslateConfig:
    """Translation into English, the only `target` that is served.

    `models` maps a BCP-47 tag to a model folder, the name of an installed model, or a hub id in the local cache; a
    language that is not named there takes the best model installed for it, else the embedded compact one (fr, tr).
    `batch_tokens` bounds a batch's padded source tokens; `max_length` is the longest
    source in tokens before a segment is split.

    `engine` is `ctranslate2` or `transformers`, the slower reference. `precision` is that of CTranslate2's weights and
    products, `int8` or `float32`; transformers always computes in float32.
    """

    target: str = "en"
    models: Mapping[str, str] = field(default_factory=dict)
    engine: str = "ctranslate2"
    precision: str = "int8"
    device: str = "cpu"
    beams: int = 4
    batch_tokens: int = 1024
    max_length: int = 200

    def __post_init__(self) -> None:
        object.__setattr__(self, "models", dict(self.models))  # a copy, so that nobody changes a frozen setting
        if self.target != "en":
            raise ConfigError(f"translate.target: {self.target!r} is not served; allowed: 'en'")
        _one_of("translate.engine", self.engine, ("ctranslate2", "transformers"))
        _one_of("translate.precision", self.precision, ("int8", "float32"))
        for name in ("beams", "batch_tokens", "max_length"):
            _within(f"translate.{name}", getattr(self, name), 1)


@dataclass(frozen=True, slots=True)
class EncodeConfig:
    """The sentence encoder that comes with the project's dependencies.

    `name` is `use-m3`, in float32, or `use-m3-bf16`, the same in bfloat16: for large corpora on processors that have
    instructions for it.
    """

    name: str = "use-m3"


@dataclass(frozen=True, slots=True)
class ReuseConfig:
    """Tracing rewrites.

    `threshold` is applied last, to scores that are already stored. `min_cosine` admits a sentence pair as a
    candidate; `neighbours` bounds the candidates of a sentence. Two stories more than `window_days` apart are not
    compared (0: no window). `same_outlet` also compares stories of one outlet.
    """

    threshold: float = 0.5
    min_cosine: float = 0.45
    neighbours: int = 12
    window_days: int = 30
    same_outlet: bool = False

    def __post_init__(self) -> None:
        _within("reuse.threshold", self.threshold, 0, 1)
        _within("reuse.min_cosine", self.min_cosine, -1, 1)
        _within("reuse.neighbours", self.neighbours, 1)
        _within("reuse.window_days", self.window_days, 0)


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of a run."""

    ingest: IngestConfig = field(default_factory=IngestConfig)
    identify: IdentifyConfig = field(default_factory=IdentifyConfig)
    translate: TranslateConfig = field(default_factory=TranslateConfig)
    encode: EncodeConfig = field(default_factory=EncodeConfig)
    reuse: ReuseConfig = field(default_factory=ReuseConfig)


def load_config(path: Path) -> Config:
    """Read settings from a TOML file with one table a stage; what it leaves out keeps its default.

    Raises ConfigError for a file that is no TOML, an unknown table or key, or a value of the wrong type.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the settings: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    return config_from(tables, where=str(path))


def config_from(tables: Mapping[str, Any], *, where: str = "settings") -> Config:
    """Build a Config from nested mappings, as TOML gives them. Raises ConfigError, naming the key."""
    stages = get_type_hints(Config)
    _refuse_unknown(tables, stages, where, "table")
    return Config(**{name: _stage(stages[name], tables[name], where, name) for name in tables})


def _stage(kind: type[Any], table: Any, where: str, name: str) -> Any:
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: {name}: expected a table, got {table!r}")
    hints = get_type_hints(kind)
    _refuse_unknown(table, hints, f"{where}: {name}", "key")
    settings = {key: _value(hints[key], value, f"{where}: {name}.{key}") for key, value in table.items()}
    try:
        return kind(**settings)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def _refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Any], where: str, what: str) -> None:
    for key in given:
        if key not in known:
            raise ConfigError(f"{where}: unknown {what} {key!r}; allowed: {', '.join(sorted(known))}")


def _value(hint: Any, value: Any, where: str) -> Any:
    """`value` as the type that a setting declares; ints pass as floats, lists as tuples."""
    if get_origin(hint) is tuple:
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
    elif get_origin(hint) is Mapping:
        if isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values()):
            return dict(value)
    elif hint is float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif hint is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    else:
        allowed = get_args(hint) or (hint,)
        if isinstance(value, allowed):
            return value
    raise ConfigError(f"{where}: wrong type: {value!r}; expected {_spoken(hint)}")


def _spoken(hint: Any) -> str:
    return getattr(hint, "__name__", None) or str(hint)


def signature(config: Config, facts: Mapping[str, Any]) -> str:
    """Twelve hex digits that stand for the settings and `facts` (versions, models, inputs).

    Two runs with one signature had the same recipe; anything that may change an output belongs into `facts`.
    """
    recipe = {"config": dataclasses.asdict(config), "facts": facts}
    canonical = json.dumps(recipe, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a signature cannot hold {value!r}")
