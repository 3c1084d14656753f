import dataclasses
import math
import re
from types import MappingProxyType

import pytest

from align.config import Config, IdentifyConfig, IngestConfig, ReuseConfig, TranslateConfig, load_config, signature
from align.errors import ConfigError


def written(tmp_path, text):
    path = tmp_path / "align.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_an_empty_file_is_the_default(tmp_path):
    assert load_config(written(tmp_path, "")) == Config()


def test_what_is_given_replaces_the_default(tmp_path):
    text = """
    [identify]
    languages = ["fr", "en"]
    [translate]
    beams = 1
    [translate.models]
    fr = "models/fr"
    [reuse]
    threshold = 1
    same_outlet = true
    [ingest]
    outlets = "mine.toml"
    """
    config = load_config(written(tmp_path, text))
    assert config == Config(
        ingest=IngestConfig(outlets="mine.toml"),
        identify=IdentifyConfig(languages=("fr", "en")),
        translate=TranslateConfig(models={"fr": "models/fr"}, beams=1),
        reuse=ReuseConfig(threshold=1.0, same_outlet=True),
    )
    assert isinstance(config.reuse.threshold, float)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[reuse", "not a TOML file"),
        (b"\xff", "not a TOML file"),
        ("[tracing]", "unknown table 'tracing'; allowed: encode, identify, ingest, reuse, translate"),
        ("threshold = 1", "unknown table 'threshold'"),
        ("reuse = 1", "reuse: expected a table, got 1"),
        ("[reuse]\nthreshhold = 1", "reuse: unknown key 'threshhold'; allowed: min_cosine, neighbours, same_outlet"),
        ("[reuse]\nthreshold = '1'", "reuse.threshold: wrong type: '1'; expected float"),
        ("[reuse]\nthreshold = true", "reuse.threshold: wrong type: True; expected float"),
        ("[reuse]\nneighbours = 1.5", "reuse.neighbours: wrong type: 1.5; expected int"),
        ("[reuse]\nneighbours = true", "reuse.neighbours: wrong type: True; expected int"),
        ("[reuse]\nsame_outlet = 1", "reuse.same_outlet: wrong type: 1; expected bool"),
        ("[ingest]\noutlets = 1", "ingest.outlets: wrong type: 1; expected str"),
        ("[identify]\nlanguages = 'fr'", "identify.languages: wrong type: 'fr'; expected tuple"),
        ("[identify]\nlanguages = [1]", "identify.languages: wrong type: [1]; expected tuple"),
        ("[translate]\nmodels = 'fr'", "translate.models: wrong type: 'fr'; expected Mapping"),
        ("[translate.models]\nfr = 1", "translate.models: wrong type: {'fr': 1}"),
        ("[reuse]\nthreshold = 1.5", "reuse.threshold: 1.5 is out of range; allowed: 0 to 1"),
        ("[reuse]\nthreshold = nan", "reuse.threshold: nan is out of range"),
        ("[reuse]\nwindow_days = -1", "reuse.window_days: -1 is out of range; allowed: 0 and above"),
        ("[translate]\nbeams = 0", "translate.beams: 0 is out of range; allowed: 1 and above"),
        ("[translate]\ntarget = 'de'", "translate.target: 'de' is not served; allowed: 'en'"),
        ("[identify]\nlanguages = []", "identify.languages: empty"),
    ],
)
def test_a_wrong_setting_is_told_by_file_and_key(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=f"^{re.escape(f'{path}: {message}')}"):
        load_config(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: cannot read the settings"):
        load_config(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("stage", "settings"),
    [
        (ReuseConfig, {"threshold": math.nan}),
        (ReuseConfig, {"min_cosine": -1.1}),
        (ReuseConfig, {"neighbours": 0}),
        (TranslateConfig, {"batch_tokens": 0}),
        (TranslateConfig, {"max_length": -3}),
        (IngestConfig, {"max_characters": 0}),
        (IdentifyConfig, {"short_letters": 0}),
        (IdentifyConfig, {"min_score": 2.0}),
    ],
)
def test_the_ranges_hold_in_python_too(stage, settings):
    (name,) = settings
    with pytest.raises(ConfigError, match=rf"\.{name}: .* is out of range"):
        stage(**settings)


def settings_of(config):
    for stage in dataclasses.fields(config):
        for setting in dataclasses.fields(getattr(config, stage.name)):
            yield stage.name, setting.name


CHANGED = {
    ("ingest", "outlets"): "mine.toml",
    ("ingest", "max_characters"): 10,
    ("identify", "languages"): ("fr",),
    ("identify", "short_letters"): 21,
    ("identify", "min_score"): 0.7,
    ("translate", "models"): {"fr": "m"},
    ("translate", "engine"): "transformers",
    ("translate", "precision"): "float32",
    ("translate", "device"): "cuda",
    ("translate", "beams"): 1,
    ("translate", "batch_tokens"): 2048,
    ("translate", "max_length"): 100,
    ("encode", "name"): "other",
    ("reuse", "threshold"): 0.6,
    ("reuse", "min_cosine"): 0.5,
    ("reuse", "neighbours"): 13,
    ("reuse", "window_days"): 31,
    ("reuse", "same_outlet"): True,
}


def test_every_setting_is_changed_below():
    assert set(CHANGED) == set(settings_of(Config())) - {("translate", "target")}


def test_each_changed_setting_gives_another_signature():
    signatures = {signature(Config(), {})}
    for (stage, setting), value in CHANGED.items():
        changed = dataclasses.replace(getattr(Config(), stage), **{setting: value})
        signatures.add(signature(dataclasses.replace(Config(), **{stage: changed}), {}))
    assert len(signatures) == len(CHANGED) + 1


def test_a_signature_is_twelve_digits_and_does_not_depend_on_order():
    one = Config(translate=TranslateConfig(models={"fr": "a", "tr": "b"}))
    other = Config(translate=TranslateConfig(models=MappingProxyType({"tr": "b", "fr": "a"})))
    facts = {"versions": {"a": "1", "b": "2"}, "inputs": ["x"]}
    turned = {"inputs": ["x"], "versions": MappingProxyType({"b": "2", "a": "1"})}
    assert re.fullmatch("[0-9a-f]{12}", signature(one, facts))
    assert signature(one, facts) == signature(other, turned)
    assert signature(one, facts) != signature(one, {**facts, "inputs": ["y"]})


def test_a_signature_holds_names_that_are_no_text_and_refuses_what_has_no_order():
    assert signature(Config(), {"path": "caf\udce9"}) != signature(Config(), {"path": "caf\udcea"})
    with pytest.raises(TypeError, match="cannot hold"):
        signature(Config(), {"x": {1, 2}})


def test_settings_cannot_be_changed_from_outside():
    models = {"fr": "a"}
    config = TranslateConfig(models=models)
    models["fr"] = "b"
    assert config.models == {"fr": "a"}
