import hashlib
import re
import shutil

import pytest

from align.config import TranslateConfig
from align.errors import ModelUnavailableError, UnsupportedLanguageError
from align.translate import store
from align.translate.store import COMPACT_MODEL, DOCUMENTED_MODELS, DRAFT_NOTICE, resolve


def folder_hash(folder):
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def test_a_local_folder(tiny_marian):
    choice = resolve("ar", TranslateConfig(models={"ar": str(tiny_marian)}))
    assert choice.language == "ar"
    assert choice.reference == tiny_marian.name
    assert choice.weight_hash == folder_hash(tiny_marian)
    assert choice.revision == choice.weight_hash[:12]
    assert choice.licence is None
    assert not choice.draft


def test_a_folder_that_is_named_wins_over_the_embedded_model(tiny_marian):
    assert resolve("fr", TranslateConfig(models={"fr": str(tiny_marian)})).path == tiny_marian


@pytest.mark.parametrize("code", ["fra", "fr-CA", "French"])
def test_codes_of_one_language_find_one_model(tiny_marian, code):
    assert resolve(code, TranslateConfig(models={"fr": str(tiny_marian)})).language == "fr"
    assert resolve("fr", TranslateConfig(models={code: str(tiny_marian)})).language == "fr"


def test_the_licence_is_read_off_the_card(tiny_marian, tmp_path):
    folder = shutil.copytree(tiny_marian, tmp_path / "model")
    (folder / "README.md").write_text("---\nlanguage: ar\nlicense: apache-2.0\n---\n# A model\n", encoding="utf-8")
    assert resolve("ar", TranslateConfig(models={"ar": str(folder)})).licence == "apache-2.0"


def test_a_hub_id_in_the_local_cache(tiny_marian, cached_model):
    choice = resolve("ar", TranslateConfig(models={"ar": cached_model.reference}))
    assert (choice.reference, choice.revision) == (cached_model.reference, cached_model.commit)
    assert choice.weight_hash == folder_hash(tiny_marian)


def test_a_hub_id_that_is_not_here(hub_cache):
    with pytest.raises(ModelUnavailableError) as caught:
        resolve("ar", TranslateConfig(models={"ar": "Helsinki-NLP/opus-mt-ar-en"}))
    message = str(caught.value)
    assert (
        "'Helsinki-NLP/opus-mt-ar-en' for Arabic (ar): no such folder, nor in the local Hugging Face cache" in message
    )
    assert "`hf download Helsinki-NLP/opus-mt-ar-en --local-dir models/opus-mt-ar-en`" in message
    assert "`--model ar=models/opus-mt-ar-en`" in message


def test_a_folder_that_is_not_here(tmp_path):
    missing = tmp_path / "models" / "opus-mt-ru-en"
    with pytest.raises(ModelUnavailableError, match=re.escape("`--model ru=models/opus-mt-ru-en`")):
        resolve("ru", TranslateConfig(models={"ru": str(missing)}))


def test_a_folder_without_weights_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(ModelUnavailableError, match=r"lacks config\.json, model\.safetensors"):
        resolve("ru", TranslateConfig(models={"ru": str(tmp_path)}))


def test_a_language_that_nothing_serves_names_what_could():
    with pytest.raises(UnsupportedLanguageError) as caught:
        resolve("el", TranslateConfig())
    assert "no model for Greek (el)" in str(caught.value)
    assert all(reference in str(caught.value) for reference in DOCUMENTED_MODELS.values())


def test_a_documented_language_names_its_command():
    with pytest.raises(UnsupportedLanguageError, match="hf download Helsinki-NLP/opus-mt-ru-en"):
        resolve("ru", TranslateConfig())


@pytest.mark.parametrize("language", ["fr", "tr"])
def test_the_embedded_model(language, tiny_marian, monkeypatch):
    monkeypatch.setattr(store, "COMPACT_FOLDER", tiny_marian)
    choice = resolve(language, TranslateConfig())
    assert choice.draft
    assert choice.reference == COMPACT_MODEL == "align-compact-fr-tr-en"
    assert choice.revision == folder_hash(tiny_marian)[:12]


def test_an_installation_without_the_embedded_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "COMPACT_FOLDER", tmp_path)
    with pytest.raises(ModelUnavailableError, match="reinstall"):
        resolve("tr", TranslateConfig())


def test_the_draft_notice_says_what_to_do():
    assert "draft" in DRAFT_NOTICE
    assert "hf download" in DRAFT_NOTICE
