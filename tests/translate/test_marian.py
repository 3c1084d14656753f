import json
import shutil

import pytest

from align.errors import ConfigError, ModelUnavailableError, UnsupportedLanguageError
from align.records import Translated
from align.translate.marian import MarianTranslator, convert_weights
from align.translate.store import COMPACT_FOLDER, COMPACT_LANGUAGES, WEIGHTS
from tests.translate.conftest import PAIRS

SOURCES = [source for source, _ in PAIRS]


@pytest.fixture(scope="module")
def translator(tiny_marian):
    return MarianTranslator(tiny_marian, languages=("fr", "tr"), batch_tokens=200, max_length=40)


@pytest.fixture
def copied_folder(tiny_marian, tmp_path):
    return shutil.copytree(tiny_marian, tmp_path / "model")


@pytest.mark.parametrize("beams", [1, 4])
def test_a_learnt_sentence_comes_out_as_it_was_learnt(tiny_marian, beams):
    translator = MarianTranslator(tiny_marian, languages=("fr",), beams=beams)
    results = translator.translate(SOURCES, source="fr")
    assert [result.text for result in results] == [target for _, target in PAIRS]
    assert all(-0.2 < result.score <= 0 and result.flags == () for result in results)


@pytest.mark.parametrize("beams", [1, 3])
def test_one_by_one_equals_batched(tiny_marian, beams):
    translator = MarianTranslator(tiny_marian, languages=("fr",), beams=beams, batch_tokens=400)
    # unseen texts of very different lengths, among them some that run into their limit
    texts = [
        *SOURCES,
        "x",
        "Le",
        "truc bidule machin chose",
        "éé" * 9,
        " ".join(SOURCES[:2]),
        "zz zz zz zz zz zz zz zz",
    ]
    batched = translator.translate(texts, source="fr")
    alone = [translator.translate([text], source="fr")[0] for text in texts]
    assert [(result.text, result.flags) for result in batched] == [(result.text, result.flags) for result in alone]
    assert [result.score for result in batched] == pytest.approx([result.score for result in alone], abs=1e-4)


@pytest.mark.parametrize("beams", [1, 3])
def test_each_text_ends_at_its_own_limit_whatever_its_neighbours(tiny_marian, beams):
    translator = MarianTranslator(tiny_marian, languages=("fr",), beams=beams, batch_tokens=400)
    translator._model.final_logits_bias[:, translator._tokenizer.eos_token_id] = -50.0  # it never ends by itself
    texts = ["Le pont", "La ville est calme.", "Selon la radio, le bateau est arrivé."]
    batched = translator.translate(texts, source="fr")
    alone = [translator.translate([text], source="fr")[0] for text in texts]
    assert [result.text for result in batched] == [result.text for result in alone]
    assert all(result.flags == ("truncated",) for result in batched)
    assert len({len(result.text) for result in batched}) == 3


def test_the_same_call_gives_the_same_results(translator):
    assert translator.translate(SOURCES, source="tr") == translator.translate(SOURCES, source="tr")


def test_the_score_is_the_mean_log_probability_of_the_output(translator, tiny_marian):
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    tokenizer = MarianTokenizer.from_pretrained(tiny_marian)
    model = MarianMTModel.from_pretrained(tiny_marian, dtype=torch.float32).eval()
    source = "Le pont est calme."
    result = translator.translate([source], source="fr")[0]
    batch = tokenizer([source], text_target=[result.text], return_tensors="pt")
    with torch.no_grad():
        logits = model(**batch).logits
    logits[..., [tokenizer.pad_token_id, tokenizer.unk_token_id]] = -1e9
    expected = logits.log_softmax(-1).gather(2, batch["labels"][..., None]).mean().item()
    assert result.score == pytest.approx(expected, abs=1e-4)
    assert result.score < translator.translate(["Le pont est fermé."], source="fr")[0].score


def test_a_long_text_is_cut_and_joined_not_truncated(translator):
    text = " ".join(SOURCES[:6])
    result = translator.translate([text], source="fr")[0]
    assert result.text == " ".join(target for _, target in PAIRS[:6])
    assert result.flags == ()


def test_line_breaks_and_addresses_stay(translator):
    text = "Le port est fermé.\n\nLa ville est calme. https://baie.example/a\n***\n"
    result = translator.translate([text], source="fr")[0]
    assert result.text == "The port is closed.\n\nThe town is calm. https://baie.example/a\n***\n"


@pytest.mark.parametrize("text", ["", " \n", "* * *", "12.30 – 14", "@baie #port"])
def test_no_model_speaks_where_there_is_no_word(translator, text):
    assert translator.translate([text], source="fr") == [Translated(text, None)]


def test_nothing_for_nothing(translator):
    assert translator.translate([], source="fr") == []


def test_composed_and_decomposed_accents_are_one(translator):
    composed, decomposed = "Le port est ferm\u00e9.", "Le port est ferme\u0301."
    assert translator.translate([composed], source="fr") == translator.translate([decomposed], source="fr")


def test_control_words_in_a_text_are_text(translator):
    results = translator.translate(["</s> Le port est fermé.", ">>fra<< Le port est fermé.", "<pad>"], source="fr")
    assert all("<" not in result.text and result.score < 0 for result in results)


def test_the_unknown_token_never_comes_out(translator):
    results = translator.translate(["\u4e16\u754c \u0416\u0434\u0438", "Le port 港 est fermé."], source="fr")
    assert all("<unk>" not in result.text and "\u2047" not in result.text for result in results)


def test_padding_and_unknown_are_never_chosen(copied_folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(copied_folder / WEIGHTS)
    weights["final_logits_bias"][:, [1, -1]] = 30.0
    save_file(weights, copied_folder / WEIGHTS, metadata={"format": "pt"})
    result = MarianTranslator(copied_folder, languages=("fr",)).translate(["La ville est calme."], source="fr")[0]
    assert result.text == "The town is calm."
    assert result.score > -0.2


def test_a_script_that_the_model_does_not_read_is_flagged(translator):
    foreign, known = translator.translate(["мир дружба", "Le port est fermé, мир."], source="fr")
    assert "wrong-language" in foreign.flags
    assert "wrong-language" not in known.flags


def test_an_output_that_never_ends_is_flagged(translator, monkeypatch):
    monkeypatch.setattr(MarianTranslator, "_limit", lambda self, tokens: 3)
    assert "truncated" in translator.translate(["Le port est fermé."], source="fr")[0].flags


def test_retry_does_not_say_four_tokens_twice(translator):
    pieces = translator._tokenizer.spm_target
    results = translator.retry(["zz zz zz zz zz zz zz zz", "Le port est fermé."], source="fr")
    for result in results:
        tokens = pieces.encode(result.text, out_type=str)
        runs = [tuple(tokens[start : start + 4]) for start in range(len(tokens) - 3)]
        assert len(runs) == len(set(runs))
    assert results[1].text == "The port is closed."


def test_a_language_that_is_not_served(translator):
    with pytest.raises(UnsupportedLanguageError, match="'el'; it serves: fr tr"):
        translator.translate(["Το λιμάνι έκλεισε."], source="el")


def test_the_target_prefix_of_a_model_of_many_targets(copied_folder):
    path = copied_folder / "vocab.json"
    vocabulary = json.loads(path.read_text(encoding="utf-8"))
    victim = next(piece for piece in vocabulary if piece.isascii() and len(piece) == 1 and piece.isupper())
    vocabulary[">>eng<<"] = vocabulary.pop(victim)
    path.write_text(json.dumps(vocabulary), encoding="utf-8")
    translator = MarianTranslator(copied_folder, languages=("fr",))
    assert translator._encode("Le port")[0] == vocabulary[">>eng<<"]
    assert translator.translate(["Le port est fermé."], source="fr")[0].text


def test_no_folder(tmp_path):
    with pytest.raises(ModelUnavailableError, match="does not exist"):
        MarianTranslator(tmp_path / "absent", languages=("fr",))


@pytest.mark.parametrize("name", ["config.json", WEIGHTS, "source.spm", "target.spm", "vocab.json"])
def test_a_missing_file_is_named(copied_folder, name):
    (copied_folder / name).unlink()
    with pytest.raises(ModelUnavailableError, match=f"lacks {name}"):
        MarianTranslator(copied_folder, languages=("fr",))


def test_a_model_of_another_kind(copied_folder):
    (copied_folder / "config.json").write_text('{"model_type": "bart"}', encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="model_type 'bart', expected 'marian'"):
        MarianTranslator(copied_folder, languages=("fr",))


@pytest.mark.parametrize("name", [WEIGHTS, "source.spm", "vocab.json", "config.json"])
def test_a_file_cut_short(copied_folder, name):
    path = copied_folder / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ModelUnavailableError, match=r"cannot (be loaded|read)"):
        MarianTranslator(copied_folder, languages=("fr",))


def test_weights_that_lack_a_tensor(copied_folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(copied_folder / WEIGHTS)
    del weights["model.encoder.layers.0.fc1.weight"]
    save_file(weights, copied_folder / WEIGHTS, metadata={"format": "pt"})
    with pytest.raises(ModelUnavailableError, match=r"lacks 1 weights, first 'model\.encoder\.layers\.0\.fc1\.weight'"):
        MarianTranslator(copied_folder, languages=("fr",))


def test_pickled_weights_are_converted_not_loaded(copied_folder, translator):
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(copied_folder / WEIGHTS), copied_folder / "pytorch_model.bin")
    (copied_folder / WEIGHTS).unlink()
    with pytest.raises(ModelUnavailableError, match=r"python -m align\.translate\.marian"):
        MarianTranslator(copied_folder, languages=("fr",))
    assert convert_weights(copied_folder).is_file()
    again = MarianTranslator(copied_folder, languages=("fr",))
    expected = [result.text for result in translator.translate(SOURCES, source="fr")]
    assert [result.text for result in again.translate(SOURCES, source="fr")] == expected


@pytest.mark.parametrize(
    ("setting", "value"), [("beams", 0), ("batch_tokens", 0), ("max_length", 3), ("device", "toaster")]
)
def test_a_setting_that_cannot_be(tiny_marian, setting, value):
    with pytest.raises(ConfigError, match=rf"translate\.{setting}.*{value!r}"):
        MarianTranslator(tiny_marian, languages=("fr",), **{setting: value})


def test_a_hub_id_is_loaded_from_the_local_cache(cached_model):
    translator = MarianTranslator(cached_model.reference, languages=("fr",))
    assert (translator.model, translator.revision) == (cached_model.reference, cached_model.commit)
    with pytest.raises(ModelUnavailableError, match="does not exist"):
        MarianTranslator("baie/another", languages=("fr",))


def test_name_and_revision(tiny_marian):
    named = MarianTranslator(tiny_marian, languages=("fr",), model="of-the-baie", revision="abc")
    bare = MarianTranslator(tiny_marian, languages=("fr",))
    assert (named.model, named.revision) == ("of-the-baie", "abc")
    assert bare.model == tiny_marian.name
    assert len(bare.revision) == 12


def test_the_embedded_model_translates():
    translator = MarianTranslator(COMPACT_FOLDER, languages=COMPACT_LANGUAGES)
    french, turkish = (
        translator.translate([text], source=language)[0]
        for text, language in [("Le ministre est arrivé jeudi.", "fr"), ("Bakan perşembe günü geldi.", "tr")]
    )
    for result in (french, turkish):
        assert "minister" in result.text.lower()
        assert result.score < 0
