"""Loading a transformers folder, and what only that engine does."""

import shutil

import pytest

from align.errors import ConfigError, ModelUnavailableError
from align.translate.engine import Decoding
from align.translate.marian import MarianEngine, to_safetensors
from align.translate.store.folder import WEIGHTS
from align.translate.vocabulary import Vocabulary
from tests.translate.conftest import PAIRS, opened

SOURCES = [source for source, _ in PAIRS]


@pytest.fixture
def copied_folder(tiny_marian, tmp_path):
    return shutil.copytree(tiny_marian, tmp_path / "model")


@pytest.mark.parametrize("beams", [1, 3])
def test_each_text_ends_at_its_own_limit_whatever_its_neighbours(tiny_marian, beams):
    engine = MarianEngine(tiny_marian, batch_tokens=400)
    engine._network.final_logits_bias[:, engine._tokenizer.eos_token_id] = -50.0  # it never ends by itself
    texts = ["Le pont", "La ville est calme.", "Selon la radio, le bateau est arrivé."]
    sources = [Vocabulary(tiny_marian).encode(text) for text in texts]
    batched = engine.decode(sources, Decoding(beams))
    alone = [engine.decode([source], Decoding(beams))[0] for source in sources]
    assert [result.pieces for result in batched] == [result.pieces for result in alone]
    assert not any(result.ended for result in batched)
    assert len({len(result.pieces) for result in batched}) == 3


def test_padding_and_unknown_are_never_chosen(copied_folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(copied_folder / WEIGHTS)
    weights["final_logits_bias"][:, [1, -1]] = 30.0
    save_file(weights, copied_folder / WEIGHTS, metadata={"format": "pt"})
    for engine in ("transformers", "ctranslate2"):
        result = opened(copied_folder, engine=engine).translate(["La ville est calme."], source="fr")[0]
        assert result.text == "The town is calm."
        assert result.score > -0.2


def test_no_folder(tmp_path):
    with pytest.raises(ModelUnavailableError, match="does not exist"):
        MarianEngine(tmp_path / "absent")


@pytest.mark.parametrize("name", ["config.json", WEIGHTS, "source.spm", "target.spm", "vocab.json"])
def test_a_missing_file_is_named(copied_folder, name):
    (copied_folder / name).unlink()
    with pytest.raises(ModelUnavailableError, match=f"lacks {name}"):
        MarianEngine(copied_folder)


def test_a_model_of_another_kind(copied_folder):
    (copied_folder / "config.json").write_text('{"model_type": "bart"}', encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match=r"'bart'"):
        MarianEngine(copied_folder)


@pytest.mark.parametrize("name", [WEIGHTS, "source.spm", "vocab.json", "config.json"])
def test_a_file_cut_short(copied_folder, name):
    path = copied_folder / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ModelUnavailableError):
        MarianEngine(copied_folder)


def test_weights_that_lack_a_tensor(copied_folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(copied_folder / WEIGHTS)
    del weights["model.encoder.layers.0.fc1.weight"]
    save_file(weights, copied_folder / WEIGHTS, metadata={"format": "pt"})
    with pytest.raises(ModelUnavailableError, match=r"lacks 1 weights, first 'model\.encoder\.layers\.0\.fc1\.weight'"):
        MarianEngine(copied_folder)


def test_pickled_weights_become_safetensors(copied_folder, tiny_marian):
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(copied_folder / WEIGHTS), copied_folder / "pytorch_model.bin")
    (copied_folder / WEIGHTS).unlink()
    with pytest.raises(ModelUnavailableError):
        MarianEngine(copied_folder)
    assert to_safetensors(copied_folder).is_file()
    again, before = (opened(folder, engine="transformers") for folder in (copied_folder, tiny_marian))
    assert again.translate(SOURCES, source="fr") == before.translate(SOURCES, source="fr")


def test_pickled_weights_that_lack_a_tensor(copied_folder):
    import torch
    from safetensors.torch import load_file

    weights = load_file(copied_folder / WEIGHTS)
    del weights["model.encoder.layers.0.fc1.weight"]
    torch.save(weights, copied_folder / "pytorch_model.bin")
    (copied_folder / WEIGHTS).unlink()
    with pytest.raises(ModelUnavailableError, match=r"pytorch_model\.bin lacks 1 weights"):
        to_safetensors(copied_folder)
    assert not (copied_folder / WEIGHTS).exists()


def test_a_device_that_does_not_exist(tiny_marian):
    with pytest.raises(ConfigError, match=r"translate\.device.*'toaster'"):
        MarianEngine(tiny_marian, device="toaster")
