import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from align.config import TranslateConfig
from align.errors import ConfigError, ModelUnavailableError, UnsupportedLanguageError
from align.translate.store import registry
from align.translate.store.fetch import fetch_model
from align.translate.store.install import add_model
from align.translate.store.resolve import DOCUMENTED_MODELS, resolve
from tests.model_folders import marian_folder, safetensors
from tests.translate.stub_hub import COMMIT, StubHub, running, sha256

REFERENCE = DOCUMENTED_MODELS["fr"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch, hub_cache):
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path / "donnees d'été"))
    # the hub library waits a second between tries
    monkeypatch.setattr("huggingface_hub.file_download.time", SimpleNamespace(sleep=lambda seconds: None))
    return tmp_path / "donnees d'été"


@pytest.fixture
def hub(tmp_path):
    folder = marian_folder(tmp_path / "served", b"\1" * 3_000_000, licence="apache-2.0")
    (folder / "tf_model.h5").write_bytes(b"of another framework")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle that need not come")
    with running(StubHub(folder, REFERENCE)) as hub:
        yield hub


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_model_is_fetched_checked_and_served(hub, home):
    told = []
    model = fetch_model("fra", endpoint=hub.endpoint, progress=lambda *item: told.append(item))
    assert (model.name, model.reference, model.revision) == ("opus-mt-fr-en", REFERENCE, COMMIT)
    assert (model.languages, model.kind, model.licence) == (("fr",), "transformers", "apache-2.0")
    assert model.weight_hash == sha256(hub.files["model.safetensors"])
    wanted = {"config.json", "model.safetensors", "source.spm", "target.spm", "vocab.json", "README.md", "model.json"}
    assert files(home / "models" / "opus-mt-fr-en") == wanted
    assert hub.bytes_of("pytorch_model.bin") == hub.bytes_of("tf_model.h5") == 0
    assert registry.unfinished() == {}
    assert all(0 <= done <= total for _, done, total in told)
    choice = resolve("fr", TranslateConfig())
    assert (choice.reference, choice.revision, choice.draft) == (REFERENCE, COMMIT, False)


def test_what_is_there_is_not_fetched_again(hub):
    first = fetch_model("fr", endpoint=hub.endpoint)
    asked = len(hub.asked)
    assert fetch_model("fr", endpoint=hub.endpoint) == first
    assert len(hub.asked) == asked


def test_pickled_weights_are_converted_once(tiny_marian, tmp_path):
    import torch
    from safetensors.torch import load_file

    folder = tmp_path / "served"
    folder.mkdir()
    for path in tiny_marian.iterdir():
        if path.name != "model.safetensors":
            (folder / path.name).write_bytes(path.read_bytes())
    weights = load_file(tiny_marian / "model.safetensors")
    torch.save(weights, folder / "pytorch_model.bin")
    with running(StubHub(folder, REFERENCE)) as hub:
        model = fetch_model("fr", endpoint=hub.endpoint)
    assert model.weights == "model.safetensors"
    assert not (model.path / "pytorch_model.bin").exists()
    assert model.source_sha256 == sha256((folder / "pytorch_model.bin").read_bytes())
    kept = load_file(model.path / "model.safetensors")
    assert all(torch.equal(kept[name].float(), tensor.float()) for name, tensor in weights.items() if name in kept)
    assert len(kept) > 10


def test_an_interrupted_download_goes_on_where_it_was(hub, home):
    hub.cut = "model.safetensors"
    with pytest.raises(ModelUnavailableError, match=r"cannot be fetched: .*; run the same command again"):
        fetch_model("fr", endpoint=hub.endpoint)
    assert registry.names() == []
    assert not (home / "models" / "opus-mt-fr-en").exists()
    assert 0 < registry.unfinished()["opus-mt-fr-en"] < 3_000_000
    assert resolve("fr", TranslateConfig()).draft
    hub.cut = None
    spm = hub.bytes_of("source.spm")
    model = fetch_model("fr", endpoint=hub.endpoint)
    assert model.weight_hash == sha256(hub.files["model.safetensors"])
    assert hub.bytes_of("source.spm") == spm == 1
    assert registry.unfinished() == {}


@pytest.mark.parametrize("name", ["model.safetensors", "source.spm"])
@pytest.mark.parametrize("change", ["flipped", "cut"])
def test_a_file_that_is_not_what_is_listed_is_refused_and_fetched_anew(hub, home, name, change):
    whole = hub.files[name]
    hub.files[name] = whole[:-1] + bytes([whole[-1] ^ 1]) if change == "flipped" else whole[:-9]
    with pytest.raises(ModelUnavailableError, match=REFERENCE):
        fetch_model("fr", endpoint=hub.endpoint)
    assert registry.names() == []
    hub.files[name] = whole
    assert fetch_model("fr", endpoint=hub.endpoint).files[name].sha256 == sha256(whole)


def test_a_listing_without_a_needed_file_is_refused(hub):
    del hub.listed["target.spm"]
    with pytest.raises(ModelUnavailableError, match=r"lacks target\.spm; so the hub lists"):
        fetch_model("fr", endpoint=hub.endpoint)


@pytest.mark.parametrize("damage", [b"not safetensors at all", safetensors(b"12345")[:-2]])
def test_weights_that_the_hub_itself_has_broken_are_refused(hub, damage):
    hub.files["model.safetensors"] = hub.listed["model.safetensors"] = damage
    with pytest.raises(ModelUnavailableError, match=r"model\.safetensors: is "):
        fetch_model("fr", endpoint=hub.endpoint)
    assert registry.names() == []


def test_a_hub_that_does_not_answer():
    with pytest.raises(ModelUnavailableError, match="cannot be fetched"):
        fetch_model("tr", endpoint="http://127.0.0.1:9")


def test_a_hub_that_knows_no_such_model(hub):
    with pytest.raises(ModelUnavailableError, match=r"'Helsinki-NLP/opus-mt-tr-en' cannot be fetched: .*404"):
        fetch_model("tr", endpoint=hub.endpoint)


def test_a_language_without_a_documented_model(hub):
    with pytest.raises(UnsupportedLanguageError, match=r"Greek \(el\); documented: ar fr ru tr; .* --language el"):
        fetch_model("el", endpoint=hub.endpoint)
    assert hub.asked == []


def test_another_model_of_the_same_name_stays(hub, tmp_path):
    add_model(str(marian_folder(tmp_path / "opus-mt-fr-en", b"mine")), ["fr"])
    with pytest.raises(ConfigError, match="`align models remove opus-mt-fr-en` first"):
        fetch_model("fr", endpoint=hub.endpoint)
    assert hub.asked == []


KILLED = """
import os, signal, sys
from align.translate.store import fetch, registry
registry.{at} = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
fetch.fetch_model("fr", endpoint=sys.argv[1])
"""


@pytest.mark.parametrize("at", ["publish", "write_record"])
def test_killed_before_the_model_has_its_name(hub, home, at):
    command = [sys.executable, "-c", KILLED.format(at=at), hub.endpoint]
    online = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=online)
    assert done.returncode == -9, done.stderr
    assert [path.name for path in (home / "models").iterdir()] == [".partial"]
    assert resolve("fr", TranslateConfig()).draft
    weights = hub.bytes_of("model.safetensors")
    assert fetch_model("fr", endpoint=hub.endpoint).name == "opus-mt-fr-en"
    assert hub.bytes_of("model.safetensors") == weights == 1
    assert files(home / "models" / ".partial") == {"locks/opus-mt-fr-en"}


def test_the_record_is_json_and_says_where_it_came_from(hub, home):
    fetch_model("fr", endpoint=hub.endpoint)
    record = json.loads((home / "models" / "opus-mt-fr-en" / "model.json").read_text(encoding="utf-8"))
    assert (record["source"], record["revision"], record["languages"]) == (REFERENCE, COMMIT, ["fr"])
