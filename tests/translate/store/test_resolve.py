import hashlib
import shutil
import socket

import pytest

from align.config import TranslateConfig
from align.errors import ModelUnavailableError, UnsupportedLanguageError
from align.translate.serving import translators
from align.translate.store import resolve as store
from align.translate.store.install import add_model
from align.translate.store.resolve import COMPACT_MODEL, DOCUMENTED_MODELS, DRAFT_NOTICE, resolve
from tests.model_folders import ct2_folder, marian_folder


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALIGN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def folder_hash(folder):
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def named(language, reference):
    return resolve(language, TranslateConfig(models={language: str(reference)}))


def test_a_local_folder(tmp_path):
    folder = marian_folder(tmp_path / "modèle du port")
    choice = named("ar", folder)
    assert (choice.language, choice.reference, choice.kind) == ("ar", "modèle du port", "transformers")
    assert choice.weight_hash == folder_hash(folder)
    assert choice.revision == choice.weight_hash[:12]
    assert choice.licence is None
    assert not choice.draft


def test_a_local_folder_for_ctranslate2(tmp_path):
    folder = ct2_folder(tmp_path / "eight")
    choice = named("ar", folder)
    assert choice.kind == "ctranslate2"
    assert choice.weight_hash == hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest()


def test_the_hash_is_that_of_the_weights_as_they_are_now(tmp_path):
    folder = marian_folder(tmp_path / "m", b"one")
    before = named("ar", folder).weight_hash
    shutil.rmtree(folder)
    marian_folder(folder, b"two")
    assert named("ar", folder).weight_hash == folder_hash(folder) != before


@pytest.mark.parametrize("code", ["fra", "fr-CA", "French"])
def test_codes_of_one_language_find_one_model(tmp_path, code):
    folder = str(marian_folder(tmp_path / "m"))
    assert resolve(code, TranslateConfig(models={"fr": folder})).language == "fr"
    assert resolve("fr", TranslateConfig(models={code: folder})).language == "fr"


def test_the_licence_is_read_off_the_card(tmp_path):
    assert named("ar", marian_folder(tmp_path / "m", licence="apache-2.0")).licence == "apache-2.0"


def test_a_hub_id_in_the_local_cache(tiny_marian, cached_model):
    choice = named("ar", cached_model.reference)
    assert (choice.reference, choice.revision) == (cached_model.reference, cached_model.commit)
    assert choice.weight_hash == folder_hash(tiny_marian)


def test_a_hub_id_that_is_not_here(hub_cache):
    with pytest.raises(ModelUnavailableError) as caught:
        named("ar", "Helsinki-NLP/opus-mt-ar-en")
    message = str(caught.value)
    assert "'Helsinki-NLP/opus-mt-ar-en' for Arabic (ar): no such folder" in message
    assert "nor in the local Hugging Face cache" in message
    assert "`align models fetch ar`" in message


def test_a_hub_id_that_is_not_documented_names_both_commands(hub_cache):
    with pytest.raises(ModelUnavailableError) as caught:
        named("ar", "baie/tc-big-ar-en")
    assert "`hf download baie/tc-big-ar-en --local-dir models/tc-big-ar-en`" in str(caught.value)
    assert "`align models add models/tc-big-ar-en --language ar`" in str(caught.value)


@pytest.mark.parametrize("reference", ["models/opus mt", "a/b/c", "..", "-x/y", "none"])
def test_a_folder_that_is_not_here(reference, hub_cache, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(ModelUnavailableError, match="`align models fetch ru`"):
        named("ru", reference)


def test_a_folder_without_weights_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(ModelUnavailableError, match=r"lacks config\.json, model\.safetensors"):
        named("ru", tmp_path)


def test_a_folder_that_does_not_write_english_is_refused(tmp_path):
    with pytest.raises(ModelUnavailableError, match="does not write English"):
        named("ru", marian_folder(tmp_path / "m", codes=(">>fra<<",)))


def test_a_folder_that_is_named_wins_over_an_installed_one(tmp_path):
    folder = marian_folder(tmp_path / "m", b"named")
    add_model(str(marian_folder(tmp_path / "n", b"installed and larger")), ["fr"])
    assert named("fr", folder).path == folder
    assert resolve("fr", TranslateConfig()).reference == "n"


def test_the_best_installed_is_the_larger_then_the_first_by_name(tmp_path):
    for name, size in (("small", 10), ("b", 30), ("a", 30), ("c", 20)):
        add_model(str(marian_folder(tmp_path / name, name.encode() * size if len(name) == 1 else b"x")), ["fr"])
    add_model(str(marian_folder(tmp_path / "of-another-language", b"x" * 90)), ["ru"])
    assert resolve("fr", TranslateConfig()).reference == "a"
    assert named("fr", "small").reference == "small"


def test_an_installed_model_named_for_a_language_that_it_was_not_installed_for(tmp_path):
    add_model(str(marian_folder(tmp_path / "m")), ["ru"])
    with pytest.raises(ModelUnavailableError, match=r"installed for ru alone; .*`align models add m --language uk`"):
        named("uk", "m")


def damage(path, how):
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-1], "flipped": data[:-1] + bytes([data[-1] ^ 1])}[how])


@pytest.mark.parametrize("how", ["cut", "flipped"])
def test_installed_weights_that_changed_are_refused(tmp_path, how):
    model = add_model(str(marian_folder(tmp_path / "m")), ["fr"])
    damage(model.path / model.weights, how)
    with pytest.raises(ModelUnavailableError, match=r"'m' for French .* is damaged: `align models remove m`"):
        resolve("fr", TranslateConfig())
    assert resolve("tr", TranslateConfig()).draft  # which it does not serve


@pytest.mark.parametrize("name", ["vocab.json", "source.spm", "config.json"])
def test_installed_vocabularies_and_settings_that_changed_are_refused(tmp_path, name):
    model = add_model(str(marian_folder(tmp_path / "m")), ["fr"])
    damage(model.path / name, "flipped")
    with pytest.raises(ModelUnavailableError, match=rf"{name}: not as it was installed; .*`align models remove m`"):
        resolve("fr", TranslateConfig())


def test_installed_weights_with_another_time_and_the_same_bytes_are_taken(tmp_path):
    model = add_model(str(marian_folder(tmp_path / "m")), ["fr"])
    (model.path / model.weights).touch()
    assert resolve("fr", TranslateConfig()).weight_hash == model.weight_hash


def test_a_language_that_nothing_serves_names_what_could():
    with pytest.raises(UnsupportedLanguageError) as caught:
        resolve("el", TranslateConfig())
    assert "no model for Greek (el)" in str(caught.value)
    assert "`align models add FOLDER --language el`" in str(caught.value)


@pytest.mark.parametrize("tag", sorted(set(DOCUMENTED_MODELS) - {"fr", "tr"}))
def test_a_documented_language_names_its_command(tag):
    with pytest.raises(
        UnsupportedLanguageError, match=f"`align models fetch {tag}` installs Helsinki-NLP/opus-mt-{tag}"
    ):
        resolve(tag, TranslateConfig())


@pytest.mark.parametrize("language", ["fr", "tr"])
def test_the_embedded_model(language, tmp_path, monkeypatch):
    folder = marian_folder(tmp_path / "m")
    monkeypatch.setattr(store, "COMPACT_FOLDER", folder)
    choice = resolve(language, TranslateConfig())
    assert choice.draft
    assert choice.reference == COMPACT_MODEL == "align-compact-fr-tr-en"
    assert choice.revision == folder_hash(folder)[:12]


def test_the_embedded_model_can_be_named_for_its_languages_alone(tmp_path):
    add_model(str(marian_folder(tmp_path / "m")), ["fr"])
    assert named("fr", COMPACT_MODEL).draft
    with pytest.raises(ModelUnavailableError, match="no such folder"):
        named("ru", COMPACT_MODEL)


def test_an_installation_without_the_embedded_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "COMPACT_FOLDER", tmp_path)
    with pytest.raises(ModelUnavailableError, match="reinstall"):
        resolve("tr", TranslateConfig())


def test_the_draft_notice_is_one_line_that_says_what_to_do():
    assert "draft" in DRAFT_NOTICE
    assert "`align models fetch fr`" in DRAFT_NOTICE
    assert "`align models fetch tr`" in DRAFT_NOTICE
    assert "\n" not in DRAFT_NOTICE


@pytest.fixture
def no_network(monkeypatch):
    def refused(*given, **more):
        raise AssertionError("the network was asked for")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refused)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refused)


def test_choosing_and_loading_never_ask_the_network(tiny_marian, cached_model, tmp_path, no_network):
    with pytest.raises(AssertionError, match="network"):
        socket.create_connection(("127.0.0.1", 9))
    add_model(str(tiny_marian), ["fr", "tr"], name="tiny")
    for settings in (
        TranslateConfig(),
        TranslateConfig(engine="transformers"),
        TranslateConfig(models={"fr": cached_model.reference}),
        TranslateConfig(models={"fr": str(tiny_marian)}),
    ):
        (result,) = translators(settings, cache=False)("fr").translate(["Le port est fermé."], source="fr")
        assert result.text == "The port is closed."
    with pytest.raises(ModelUnavailableError):
        named("fr", "baie/none")
