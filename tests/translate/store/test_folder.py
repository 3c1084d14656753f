import json

import pytest

from align.errors import ModelUnavailableError
from align.translate.store.folder import card_licence, check_folder, inspect_folder, require_english
from tests.model_folders import ct2_folder, ct2_weights, marian_folder, safetensors

REMEDY = "do something"


@pytest.fixture
def marian(tmp_path):
    return marian_folder(tmp_path / "modèle du port")


@pytest.fixture
def ct2(tmp_path):
    return ct2_folder(tmp_path / "huit bits")


def refused(folder, **options):
    with pytest.raises(ModelUnavailableError) as caught:
        inspect_folder(folder, REMEDY, **options)
    assert str(caught.value).endswith(REMEDY)
    return str(caught.value)


def test_both_layouts_are_told_apart(marian, ct2):
    found = inspect_folder(marian, REMEDY)
    assert (found.kind, found.weights) == ("transformers", "model.safetensors")
    assert set(found.files) == {"config.json", "model.safetensors", "source.spm", "target.spm", "vocab.json"}
    found = inspect_folder(ct2, REMEDY)
    assert (found.kind, found.weights) == ("ctranslate2", "model.bin")
    assert set(found.files) == {"config.json", "model.bin", "source.spm", "target.spm", "shared_vocabulary.json"}


def test_the_layout_that_ctranslate2_writes(tiny_marian, tmp_path):
    from align.translate.convert import to_ctranslate2

    folder = to_ctranslate2(tiny_marian, tmp_path / "converted")
    assert inspect_folder(folder, REMEDY).kind == "ctranslate2"
    whole = (folder / "model.bin").read_bytes()
    for cut in (whole[:-1], whole + b"\0", whole[: len(whole) // 2], whole[:5], b""):
        (folder / "model.bin").write_bytes(cut)
        assert "model.bin: is " in refused(folder)


def test_files_of_other_frameworks_are_no_part_of_the_model(marian):
    for name in ("tf_model.h5", "rust_model.ot", "pytorch_model.bin", "source.txt"):
        (marian / name).write_bytes(b"x")
    (marian / "generation_config.json").write_text("{}", encoding="utf-8")
    found = inspect_folder(marian, REMEDY)
    assert set(found.files) & {"tf_model.h5", "rust_model.ot", "pytorch_model.bin", "source.txt"} == set()
    assert "generation_config.json" in found.files


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "source.spm", "target.spm", "vocab.json"])
def test_a_missing_file_is_named(marian, name):
    (marian / name).unlink()
    assert f"lacks {name}; " in refused(marian)


@pytest.mark.parametrize("name", ["config.json", "model.bin", "source.spm", "target.spm", "shared_vocabulary.json"])
def test_a_missing_file_of_ctranslate2_is_named(ct2, name):
    (ct2 / name).unlink()
    assert f"lacks {name}; " in refused(ct2)


def test_separate_vocabularies_come_in_two(ct2):
    (ct2 / "shared_vocabulary.json").rename(ct2 / "source_vocabulary.json")
    assert "lacks shared_vocabulary.json" in refused(ct2)
    (ct2 / "target_vocabulary.json").write_text('["a"]', encoding="utf-8")
    assert "source_vocabulary.json" in inspect_folder(ct2, REMEDY).files


def test_no_folder_and_an_empty_one(tmp_path):
    assert "does not exist" in refused(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    assert "lacks config.json, model.safetensors, source.spm, target.spm, vocab.json" in refused(tmp_path / "empty")


@pytest.mark.parametrize("settings", [{"model_type": "bert"}, {"model_type": "t5"}, {}])
def test_another_kind_of_model(marian, settings):
    (marian / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert f"model_type {settings.get('model_type')!r}, expected 'marian'" in refused(marian)


@pytest.mark.parametrize("settings", ["{", "[]", "\ufffe"])
def test_settings_that_are_no_json_object(marian, settings):
    (marian / "config.json").write_text(settings, encoding="utf-8")
    assert "config.json: " in refused(marian)


BROKEN = {
    "empty": b"",
    "short": b"\1\2",
    "text": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 300000000\n",
    "header cut": safetensors(b"x" * 99)[:20],
    "data cut": safetensors(b"x" * 99)[:-1],
    "data added": safetensors(b"x" * 99) + b"x",
    "list": (2).to_bytes(8, "little") + b"[]",
    "no offsets": (8).to_bytes(8, "little") + b'{"a":{}}',
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_weights_that_are_cut_off_or_no_weights(marian, data):
    (marian / "model.safetensors").write_bytes(data)
    assert "model.safetensors: is " in refused(marian)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (ct2_weights(b"x", spec="WhisperSpec"), "holds 'WhisperSpec', expected 'TransformerSpec'"),
        (ct2_weights(b"x", version=0x04034B50), "holds None"),  # a zip, as torch writes
        (ct2_weights(b"x" * 99)[:-40], "is cut off"),
        (ct2_weights(b"x", version=5)[:-1], "is cut off"),
    ],
)
def test_weights_of_ctranslate2_that_are_not(ct2, data, problem):
    (ct2 / "model.bin").write_bytes(data)
    assert problem in refused(ct2)


def test_layouts_of_other_versions_are_not_measured(ct2):
    (ct2 / "model.bin").write_bytes(ct2_weights(b"x" * 99, version=7)[:-1])
    assert inspect_folder(ct2, REMEDY).kind == "ctranslate2"


def test_pickled_weights_are_taken_where_they_are_asked_for_alone(marian):
    (marian / "model.safetensors").rename(marian / "pytorch_model.bin")
    with pytest.raises(ModelUnavailableError, match="pickled weights are not loaded; `align models add FOLDER"):
        inspect_folder(marian, REMEDY)
    assert inspect_folder(marian, REMEDY, pickled=True).weights == "pytorch_model.bin"
    (marian / "pytorch_model.bin").write_bytes(b"")
    assert "pytorch_model.bin: is empty" in refused(marian, pickled=True)


def test_safetensors_go_before_a_pickle(marian):
    (marian / "pytorch_model.bin").write_bytes(b"x")
    assert inspect_folder(marian, REMEDY, pickled=True).weights == "model.safetensors"


def test_transformers_does_not_load_a_folder_for_ctranslate2(marian, ct2):
    check_folder(marian, REMEDY)
    with pytest.raises(ModelUnavailableError, match="holds a model for CTranslate2"):
        check_folder(ct2, REMEDY)


@pytest.mark.parametrize("make", [marian_folder, ct2_folder])
def test_english_must_be_among_the_target_codes(tmp_path, make):
    for codes in ((), (">>eng<<",), (">>fra<<", ">>en<<")):
        require_english(inspect_folder(make(tmp_path / f"good {len(codes)}", codes=codes), REMEDY), REMEDY)
    folder = make(tmp_path / "bad", codes=(">>fra<<", ">>deu<<"))
    with pytest.raises(ModelUnavailableError, match="has the target codes >>deu<< >>fra<<, and none of >>eng<< >>en<<"):
        require_english(inspect_folder(folder, REMEDY), REMEDY)


def test_a_vocabulary_that_cannot_be_read(marian):
    for text in ("{", "3", "[1]"):
        (marian / "vocab.json").write_text(text, encoding="utf-8")
        with pytest.raises(ModelUnavailableError, match=r"vocab\.json: cannot read"):
            require_english(inspect_folder(marian, REMEDY), REMEDY)


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlanguage: fr\nlicense: apache-2.0\n---\n# A\n", "apache-2.0"),
        ("---\r\nlicense: 'cc-by-4.0'\r\n---\r\n# A\r\n", "cc-by-4.0"),
        ("---\nlicense:\n- mit\n---\n", "mit"),
        ("---\nlicense: other\nlicense_name: my-terms\n---\n", "my-terms"),
        ("---\nlicense: other\n---\n", "other"),
        ("---\nlanguage: fr\n---\n# A\nlicense: gpl-3.0\n", None),
        ("# A\n\nlicense: mit\n", None),
        ("---\nlicense:\nlanguage: fr\n---\n", None),
        ("", None),
    ],
)
def test_the_licence_is_what_the_front_matter_states(tmp_path, card, licence):
    (tmp_path / "README.md").write_text(card, encoding="utf-8", newline="")
    assert card_licence(tmp_path) == licence


def test_no_card_no_licence(tmp_path):
    assert card_licence(tmp_path) is None
