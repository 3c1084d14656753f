"""Which encoder the settings name, and what the manifest says of it."""

import pytest

from align.config import Config, EncodeConfig
from align.errors import ConfigError
from align.pipeline.models import describe_models, load_encoder


@pytest.mark.parametrize("name", ["use-m3", "use-m3-bf16"])
def test_an_encoder_is_called_as_in_the_settings(name: str) -> None:
    config = Config(encode=EncodeConfig(name))
    assert load_encoder(config).name == name
    (entry,) = describe_models(config, [], (name, None))
    assert entry["licence"] == "Apache-2.0"


def test_another_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ConfigError, match="'labse'; allowed: use-m3, use-m3-bf16"):
        load_encoder(Config(encode=EncodeConfig("labse")))
    (entry,) = describe_models(Config(), [], ("labse", None))
    assert entry["licence"] is None
