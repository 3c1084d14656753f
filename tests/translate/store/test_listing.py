import os

import pytest

from align.config import TranslateConfig
from align.errors import ModelUnavailableError
from align.translate.store import registry
from align.translate.store import resolve as store
from align.translate.store.install import add_model
from align.translate.store.listing import check_models, list_models
from align.translate.store.resolve import COMPACT_MODEL
from tests.model_folders import ct2_folder, marian_folder


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def rows(**models):
    offers = list_models(TranslateConfig(models=models))
    return [(offer.language, offer.model, offer.state, offer.used) for offer in offers]


def checked():
    return dict(check_models(lambda name, done, total: None))


def test_nothing_but_the_embedded_model():
    assert rows() == [("fr", COMPACT_MODEL, "draft", True), ("tr", COMPACT_MODEL, "draft", True)]
    assert checked() == {COMPACT_MODEL: []}


def test_every_model_of_a_language_and_first_the_one_that_a_run_takes(tmp_path):
    add_model(str(marian_folder(tmp_path / "small", b"x")), ["fr"])
    add_model(str(ct2_folder(tmp_path / "large", b"x" * 9999)), ["fr", "ru"])
    folder = marian_folder(tmp_path / "mine")
    assert rows(fr=str(folder)) == [
        ("fr", "mine", "named", True),
        ("fr", "large", "installed", False),
        ("fr", "small", "installed", False),
        ("fr", COMPACT_MODEL, "draft", False),
        ("ru", "large", "installed", True),
        ("tr", COMPACT_MODEL, "draft", True),
    ]
    for offer in list_models(TranslateConfig()):
        if offer.used:
            assert store.resolve(offer.language, TranslateConfig()).reference == offer.model


def test_the_size_is_that_of_the_model_s_files(tmp_path):
    folder = marian_folder(tmp_path / "m")
    size = sum(path.stat().st_size for path in folder.iterdir())
    (folder / "tf_model.h5").write_bytes(b"x" * 100)
    add_model(str(folder), ["ru"])
    (offer,) = (offer for offer in list_models(TranslateConfig()) if offer.language == "ru")
    assert offer.size == size


def test_a_model_that_the_settings_name_and_is_not_there():
    with pytest.raises(ModelUnavailableError, match="'none' for Russian"):
        rows(ru="none")


def test_a_damaged_one_is_listed_as_such(tmp_path):
    model = add_model(str(marian_folder(tmp_path / "m")), ["ru"])
    (model.path / "vocab.json").unlink()
    assert ("ru", "m", "damaged", True) in rows()


def flip(path, *, keep_time=False):
    data, times = path.read_bytes(), path.stat()
    middle = len(data) // 2
    path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    if keep_time:
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("name", ["model.safetensors", "vocab.json", "source.spm", "config.json"])
def test_a_flipped_byte_is_found(tmp_path, name, link):
    add_model(str(marian_folder(tmp_path / "good")), ["ru"])
    model = add_model(str(marian_folder(tmp_path / "bad", b"x" * 100)), ["ru"], link=link)
    assert checked() == {"good": [], "bad": [], COMPACT_MODEL: []}
    flip(model.path / name, keep_time=True)
    found = checked()
    assert found["good"] == []
    assert [name in line and "SHA-256" in line for line in found["bad"]] == [True]


def test_a_cut_and_a_missing_file_are_both_told_of(tmp_path):
    model = add_model(str(ct2_folder(tmp_path / "m")), ["ru"])
    (model.path / "model.bin").write_bytes((model.path / "model.bin").read_bytes()[:-1])
    (model.path / "target.spm").unlink()
    wrong = checked()["m"]
    assert len(wrong) == 2
    assert "model.bin: " in wrong[0]
    assert "bytes" in wrong[0]
    assert wrong[1].endswith("target.spm: is missing")


def test_a_record_that_cannot_be_read(tmp_path):
    model = add_model(str(marian_folder(tmp_path / "m")), ["ru"])
    (model.path / registry.RECORD).write_text("{", encoding="utf-8")
    assert "cannot read what is installed" in checked()["m"][0]


def test_the_embedded_model_is_checked_too(tmp_path, monkeypatch):
    folder = marian_folder(tmp_path / "m")
    monkeypatch.setattr(store, "COMPACT_FOLDER", folder)
    assert checked() == {COMPACT_MODEL: []}
    (folder / "source.spm").write_bytes(b"no model")
    assert "source.spm" in checked()[COMPACT_MODEL][0]


def test_progress_goes_up_to_the_end(tmp_path):
    add_model(str(marian_folder(tmp_path / "m")), ["ru"])
    told = []
    list(check_models(lambda *item: told.append(item)))
    assert [item[1] for item in told] == sorted(item[1] for item in told)
    assert told[-1] == ("m", told[-1][2], told[-1][2])
