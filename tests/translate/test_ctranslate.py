"""Converting for CTranslate2, and what only that engine does."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from align.errors import ConfigError, ModelUnavailableError
from align.translate.convert import converted, to_ctranslate2
from align.translate.ctranslate import CTranslateEngine, _filled
from align.translate.engine import Decoding
from align.translate.store.resolve import COMPACT_FOLDER
from align.translate.vocabulary import Vocabulary
from tests.translate.conftest import chosen, opened


@pytest.fixture(scope="module")
def ct2_folder(tiny_marian, tmp_path_factory):
    return to_ctranslate2(tiny_marian, tmp_path_factory.mktemp("ct2") / "model")


def test_a_conversion_is_whole_and_leaves_nothing_beside_it(ct2_folder):
    assert {path.name for path in ct2_folder.iterdir()} == {
        "model.bin",
        "config.json",
        "shared_vocabulary.json",
        "source.spm",
        "target.spm",
    }
    assert list(ct2_folder.parent.iterdir()) == [ct2_folder]


def test_eight_bits_take_less_room(ct2_folder, tiny_marian, tmp_path):
    full = to_ctranslate2(tiny_marian, tmp_path / "full", quantization="float32")
    assert (ct2_folder / "model.bin").stat().st_size < 0.5 * (full / "model.bin").stat().st_size


def test_a_conversion_that_fails_leaves_nothing(tiny_marian, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "copyfile", lambda source, target: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        to_ctranslate2(tiny_marian, tmp_path / "out" / "model")
    assert list((tmp_path / "out").iterdir()) == []


def test_two_conversions_at_once(tiny_marian, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: to_ctranslate2(tiny_marian, tmp_path / "out" / "model"), range(2)))
    assert done == [tmp_path / "out" / "model"] * 2
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out" / "model"]


def test_a_quantization_that_is_not_offered(tiny_marian, tmp_path):
    with pytest.raises(ConfigError, match="'int3'; allowed: int8, float32"):
        to_ctranslate2(tiny_marian, tmp_path / "out", quantization="int3")


def test_a_place_that_cannot_be_written(tiny_marian, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigError, match="ALIGN_HOME"):
        converted(tiny_marian, chosen(tiny_marian).weight_hash)


def test_a_conversion_is_made_once(tiny_marian, tmp_path, monkeypatch):
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path))
    first = converted(tiny_marian, chosen(tiny_marian).weight_hash)
    monkeypatch.setattr("align.translate.convert.to_ctranslate2", None)
    assert converted(tiny_marian, chosen(tiny_marian).weight_hash) == first
    assert first.is_relative_to(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone", "hashes gone", "left by a kill"])
def test_a_damaged_conversion_is_made_anew(tiny_marian, tmp_path, monkeypatch, damage):
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path))
    digest = chosen(tiny_marian).weight_hash
    place = converted(tiny_marian, digest)
    whole = {path.name: path.read_bytes() for path in place.iterdir()}
    weights = place / "model.bin"
    data = weights.read_bytes()
    if damage == "cut":
        weights.write_bytes(data[:-5])
    elif damage == "flipped":
        weights.write_bytes(data[:-5] + bytes([data[-5] ^ 1]) + data[-4:])
    elif damage == "gone":
        (place / "source.spm").unlink()
    elif damage == "hashes gone":
        place.with_name(f"{place.name}.json").unlink()
    else:
        place.rename(place.with_name(f".{place.name}-abcd"))
    assert converted(tiny_marian, digest) == place
    assert {path.name: path.read_bytes() for path in place.iterdir()} == whole
    assert [path.name for path in place.parent.iterdir() if path.is_dir()] == [place.name]


def test_a_ctranslate2_folder_serves_as_it_is(ct2_folder, tiny_marian):
    from align.config import TranslateConfig
    from align.translate.serving import open_translator

    choice = chosen(tiny_marian, path=ct2_folder, kind="ctranslate2")
    translator = open_translator(choice, TranslateConfig(), ["fr"])
    assert translator.translate(["Le port est fermé."], source="fr")[0].text == "The port is closed."
    with pytest.raises(ConfigError, match="'transformers' cannot load"):
        open_translator(choice, TranslateConfig(engine="transformers"), ["fr"])


def test_weights_cut_short(ct2_folder, tmp_path):
    folder = shutil.copytree(ct2_folder, tmp_path / "cut")
    weights = folder / "model.bin"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    with pytest.raises(ModelUnavailableError, match="cannot be loaded"):
        CTranslateEngine(folder)


def test_a_device_that_is_not_there(ct2_folder):
    with pytest.raises(ConfigError, match=r"translate\.device: 'mps'.*available: cpu"):
        CTranslateEngine(ct2_folder, device="mps")


def test_only_texts_of_one_padded_length_share_a_batch(ct2_folder):
    engine = CTranslateEngine(ct2_folder, batch_tokens=24)
    assert list(engine._batches([3, 16, 8, 3, 3, 9, 40])) == [([6], 40), ([1], 16), ([5], 16), ([0, 2, 3], 8), ([4], 8)]


def test_a_batch_is_filled_up_to_its_padded_length():
    sources = [["a", "</s>"], ["b", "c", "</s>"]]
    assert _filled(sources, 4) == [*sources, [".", ".", ".", "</s>"]]
    assert _filled(sources, 3) == sources


def test_a_run_through_ctranslate2_never_imports_torch(tiny_marian, ct2_folder):
    """In a process of its own: every module up to the translator, and a translation."""
    program = """
import sys
from pathlib import Path
from align.config import TranslateConfig
from align.translate.serving import open_translator
from align.translate.store.resolve import ModelChoice
folder = Path(sys.argv[1])
choice = ModelChoice("fr", "m", folder, "r", "h", None, False, kind="ctranslate2")
print(open_translator(choice, TranslateConfig()).translate(["La ville est calme."], source="fr")[0].text)
import align.pipeline.run
print(sorted({"torch", "transformers"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(ct2_folder)], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines() == ["The town is calm.", "[]"]


def test_the_embedded_model_translates():
    translator = opened(COMPACT_FOLDER)
    french, turkish = (
        translator.translate([text], source=language)[0]
        for text, language in [("Le ministre est arrivé jeudi.", "fr"), ("Bakan perşembe günü geldi.", "tr")]
    )
    for result in (french, turkish):
        assert "minister" in result.text.lower()
        assert result.score < 0


@pytest.mark.parametrize("name", ["source.spm", "shared_vocabulary.json"])
def test_a_vocabulary_that_is_missing_or_damaged(ct2_folder, tmp_path, name):
    folder = shutil.copytree(ct2_folder, tmp_path / "model")
    (folder / name).write_bytes(b"{")
    with pytest.raises(ModelUnavailableError, match=name):
        Vocabulary(folder)
    (folder / name).unlink()
    with pytest.raises(ModelUnavailableError, match=name):
        Vocabulary(folder)


def test_a_vocabulary_of_another_shape(ct2_folder, tmp_path):
    folder = shutil.copytree(ct2_folder, tmp_path / "model")
    (folder / "shared_vocabulary.json").write_text(json.dumps([1, 2]), encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="expected a JSON list of pieces"):
        Vocabulary(folder)


def test_a_long_text_needs_positions(ct2_folder):
    engine = CTranslateEngine(ct2_folder, positions=64)
    pieces = Vocabulary(ct2_folder).encode("Le port est fermé.")
    assert engine.positions == 64
    assert engine.decode([pieces], Decoding(1))[0].ended


def test_outputs_that_do_not_start_from_zeros_are_refused(tiny_marian, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(tiny_marian, tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    weights["model.shared.weight"][-1] += 1.0
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelUnavailableError, match=r"start from zeros.*translate\.engine"):
        to_ctranslate2(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()
