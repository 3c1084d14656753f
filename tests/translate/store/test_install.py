import dataclasses
import json
import pickle
import subprocess
import sys

import pytest

from align.config import TranslateConfig
from align.errors import ConfigError, ModelUnavailableError, UnsupportedLanguageError
from align.translate.store import registry
from align.translate.store.install import add_model, remove_model
from align.translate.store.resolve import COMPACT_MODEL, resolve
from tests.model_folders import ct2_folder, marian_folder


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def marian(tmp_path):
    return marian_folder(tmp_path / "modèle du port", licence="cc-by-4.0")


def test_a_folder_is_copied_under_a_name_made_of_its_own(marian, home):
    model = add_model(str(marian), ["rus", "uk"])
    assert (model.name, model.reference) == ("modèle-du-port", "modèle-du-port")
    assert (model.languages, model.licence, model.kind) == (("ru", "uk"), "cc-by-4.0", "transformers")
    assert model.revision == model.weight_hash[:12] == model.source_sha256[:12]
    assert model.path == home / "models" / "modèle-du-port"
    assert registry.installed() == [model]
    for path in marian.iterdir():
        assert (model.path / path.name).read_bytes() == path.read_bytes()
        path.unlink()  # the copy stands by itself
    choice = resolve("uk", TranslateConfig())
    assert (choice.path, choice.reference, choice.weight_hash) == (model.path, model.name, model.weight_hash)


def test_a_folder_for_ctranslate2(tmp_path):
    model = add_model(str(ct2_folder(tmp_path / "eight")), ["ar"], name="my-ar")
    assert (model.name, model.kind, model.weights) == ("my-ar", "ctranslate2", "model.bin")
    assert resolve("ar", TranslateConfig()).kind == "ctranslate2"


def test_a_link_leaves_the_files_where_they_are(marian, home):
    model = add_model(str(marian), ["ru"], link=True)
    assert [path.name for path in (home / "models" / model.name).iterdir()] == ["model.json"]
    assert resolve("ru", TranslateConfig()).path == marian
    remove_model(model.name)
    assert (marian / "model.safetensors").exists()
    assert registry.names() == []


def test_a_linked_folder_that_is_gone_is_told_of(marian):
    add_model(str(marian), ["ru"], link=True)
    (marian / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailableError, match=r"is missing; .* `align models remove modèle-du-port`"):
        resolve("ru", TranslateConfig())


def test_a_hub_id_in_the_local_cache(cached_model):
    model = add_model(cached_model.reference, ["ar"])
    assert (model.name, model.reference, model.revision) == (
        "opus-mt-ar-en",
        cached_model.reference,
        cached_model.commit,
    )
    for name in ("opus-mt-ar-en", cached_model.reference):
        assert resolve("ar", TranslateConfig(models={"ar": name})).path == model.path
    remove_model(cached_model.reference)
    assert registry.names() == []


def test_a_reference_that_is_nowhere(hub_cache):
    with pytest.raises(ModelUnavailableError, match="'baie/none': no such folder, nor in the local Hugging Face cache"):
        add_model("baie/none", ["ar"])
    with pytest.raises(ModelUnavailableError, match="'none at all': no such folder; name a folder"):
        add_model("none at all", ["ar"])


def test_added_again_it_gets_the_languages_that_it_lacks(marian):
    add_model(str(marian), ["ru"])
    assert add_model(str(marian), ["uk"]).languages == ("ru", "uk")
    assert add_model("modèle-du-port", ["fa", "ru"]).languages == ("fa", "ru", "uk")
    assert registry.installed()[0].languages == ("fa", "ru", "uk")


def test_another_model_of_the_same_name_is_refused(marian, tmp_path):
    add_model(str(marian), ["ru"])
    other = marian_folder(tmp_path / "other" / "modèle du port", b"others")
    with pytest.raises(ConfigError, match=r"another model is installed as 'modèle-du-port'.*--name"):
        add_model(str(other), ["ru"])
    assert add_model(str(other), ["ru"], name="second").name == "second"


def test_a_damaged_one_is_not_taken_for_installed(marian):
    model = add_model(str(marian), ["ru"])
    (model.path / "vocab.json").unlink()
    with pytest.raises(ModelUnavailableError, match=r"vocab\.json: is missing; `align models remove"):
        add_model(str(marian), ["ru"])


@pytest.mark.parametrize("name", ["", ".hidden", "-option", "a/b", "..", "a b", "a\n"])
def test_names_that_cannot_be(marian, home, name):
    with pytest.raises(ConfigError, match="model name: not allowed"):
        add_model(str(marian), ["ru"], name=name or " ")
    assert registry.names() == []


def test_the_name_of_the_embedded_model_is_taken(marian):
    with pytest.raises(ConfigError, match="comes with the package"):
        add_model(str(marian), ["fr"], name=COMPACT_MODEL)
    with pytest.raises(ConfigError, match="cannot be removed"):
        remove_model(COMPACT_MODEL)


def test_languages_that_cannot_be(marian):
    with pytest.raises(UnsupportedLanguageError, match="klingon"):
        add_model(str(marian), ["klingon"])
    for languages in ([], ["en"], ["fr", "eng"]):
        with pytest.raises(ConfigError, match="languages of a model"):
            add_model(str(marian), languages)


def test_models_of_several_target_languages(tmp_path):
    good = marian_folder(tmp_path / "tc-big", codes=(">>eng<<", ">>fra<<"))
    assert add_model(str(good), ["tr"]).languages == ("tr",)
    bad = marian_folder(tmp_path / "romance", codes=(">>fra<<", ">>spa<<"))
    with pytest.raises(ModelUnavailableError, match="does not write English"):
        add_model(str(bad), ["tr"])
    assert registry.names() == ["tc-big"]


def test_a_sentencepiece_model_that_does_not_load(marian):
    (marian / "source.spm").write_bytes((marian / "source.spm").read_bytes()[:1000])
    with pytest.raises(ModelUnavailableError, match=r"source\.spm: cannot read the model's vocabulary"):
        add_model(str(marian), ["ru"])
    assert registry.names() == []


def pickled(tiny_marian, folder):
    """The tiny model with `pytorch_model.bin` alone."""
    import torch
    from safetensors.torch import load_file

    folder.mkdir()
    for path in tiny_marian.iterdir():
        if path.name != "model.safetensors":
            (folder / path.name).write_bytes(path.read_bytes())
    torch.save(load_file(tiny_marian / "model.safetensors"), folder / "pytorch_model.bin")
    return folder


def test_pickled_weights_are_converted_in_the_copy(tiny_marian, tmp_path):
    folder = pickled(tiny_marian, tmp_path / "en pickle")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    model = add_model(str(folder), ["fr", "tr"])
    assert model.weights == "model.safetensors"
    assert not (model.path / "pytorch_model.bin").exists()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert add_model(str(folder), ["fr"]) == model  # known by what the pickle was


def test_pickled_weights_cannot_be_linked(tiny_marian, tmp_path):
    folder = pickled(tiny_marian, tmp_path / "p")
    with pytest.raises(ModelUnavailableError, match="pickled weights are not loaded"):
        add_model(str(folder), ["fr"], link=True)


class Trap:
    """What a pickle should never be able to do."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("form", ["archive", "plain"])
def test_a_pickle_that_would_run_something_is_refused(tiny_marian, tmp_path, home, form):
    import torch

    folder = pickled(tiny_marian, tmp_path / "p")
    sprung = tmp_path / "sprung"
    weights = {"model.shared.weight": Trap(sprung)}
    if form == "archive":
        torch.save(weights, folder / "pytorch_model.bin")
    else:
        (folder / "pytorch_model.bin").write_bytes(pickle.dumps(weights, protocol=2))
    with pytest.raises(ModelUnavailableError, match=r"pytorch_model\.bin cannot be converted"):
        add_model(str(folder), ["fr"])
    assert not sprung.exists()
    assert registry.names() == []
    assert [path.name for path in (home / "models" / ".partial" / "building").iterdir()] == []


ADDING = """
import sys
from align.translate.store.install import add_model
print(add_model(sys.argv[1], [sys.argv[2]]).name)
"""


def test_two_at_once_are_one_after_the_other(tmp_path):
    folder = marian_folder(tmp_path / "port", b"\1" * 20_000_000)
    tags = ["ru", "uk", "fa"]
    commands = [[sys.executable, "-c", ADDING, str(folder), tag] for tag in tags]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for command in commands]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, b"port\n", b"")
    assert registry.read("port").languages == tuple(sorted(tags))


def test_what_a_killed_one_has_left_is_in_nobody_s_way(marian, home):
    left = home / "models" / ".partial" / "building" / "modèle-du-port"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    (left / "rubbish").write_bytes(b"half")
    assert registry.names() == []
    model = add_model(str(marian), ["ru"])
    assert not (model.path / "rubbish").exists()
    assert not left.exists()


def test_a_home_that_cannot_be_written(marian, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigError, match=r"cannot keep models there: .*ALIGN_HOME"):
        add_model(str(marian), ["ru"])


def test_unknown_names_are_not_removed(marian):
    with pytest.raises(ModelUnavailableError, match="model 'none' is not installed; installed: none"):
        remove_model("none")
    add_model(str(marian), ["ru"], name="a")
    for name in ("none", "../models/a", ".partial", "", "."):
        with pytest.raises(ModelUnavailableError, match="is not installed; installed: a"):
            remove_model(name)
    assert registry.names() == ["a"]


RECORDS = ["", "[]", "{", '{"format": 2}', '{"format": 1}']


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_that_cannot_be_read_is_told_of_and_can_be_removed(marian, home, record):
    model = add_model(str(marian), ["ru"], name="a")
    (model.path / "model.json").write_text(record, encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match=r"model\.json: cannot read .*`align models remove a`"):
        resolve("fr", TranslateConfig())
    remove_model("a")
    assert resolve("fr", TranslateConfig()).draft


def test_a_record_comes_back_as_it_was_written(marian):
    model = add_model(str(marian), ["ru"])
    written = json.loads((model.path / "model.json").read_text(encoding="utf-8"))
    assert set(written) == {"format", *(field.name for field in dataclasses.fields(model))} - {"name"}
    assert registry.read(model.name) == model


def test_a_folder_that_somebody_put_there_stays(marian, home):
    (home / "models" / "a").mkdir(parents=True)
    with pytest.raises(ModelUnavailableError, match=r"a: not an installed model, it lacks model\.json; move it"):
        add_model(str(marian), ["ru"], name="a")
    assert registry.names() == []
    assert (home / "models" / "a").exists()
