"""What both engines promise, by way of the translator that drives them."""

import json
import shutil

import pytest

from align.errors import ConfigError, UnsupportedLanguageError
from align.records import Translated
from align.translate.engine import Decoding, Hypothesis, longest_output
from align.translate.store.resolve import COMPACT_FOLDER
from align.translate.translator import MarianTranslator
from align.translate.vocabulary import Vocabulary
from tests.translate.conftest import PAIRS, opened

SOURCES = [source for source, _ in PAIRS]
ENGINES = [
    {"engine": "ctranslate2", "precision": "int8"},
    {"engine": "ctranslate2", "precision": "float32"},
    {"engine": "transformers"},
]
# unseen texts of very different lengths, among them some that run into their limit
MIXED = [*SOURCES, "x", "Le", "truc bidule machin chose", "éé" * 9, " ".join(SOURCES[:2]), "zz zz zz zz zz zz zz zz"]


def named(settings):
    return "-".join(settings.values())


@pytest.fixture(scope="module", params=ENGINES, ids=named)
def translator(tiny_marian, request):
    return opened(tiny_marian, batch_tokens=200, max_length=40, **request.param)


@pytest.mark.parametrize("settings", ENGINES, ids=named)
@pytest.mark.parametrize("beams", [1, 2])
def test_a_learnt_sentence_comes_out_as_it_was_learnt(tiny_marian, settings, beams):
    results = opened(tiny_marian, beams=beams, **settings).translate(SOURCES, source="fr")
    assert [result.text for result in results] == [target for _, target in PAIRS]
    assert all(-0.2 < result.score <= 0 and result.flags == () for result in results)


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("threads", ["1", "2"])
def test_one_by_one_equals_batched_to_the_last_bit_in_eight_bits(tiny_marian, beams, threads, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    engine = opened(tiny_marian, beams=beams, batch_tokens=400)._engine
    sources = [Vocabulary(tiny_marian).encode(text) for text in MIXED]
    decoding = Decoding(beams)
    batched = engine.decode(sources, decoding)
    assert batched == [engine.decode([source], decoding)[0] for source in sources]
    assert batched == engine.decode(sources[::-1], decoding)[::-1]


@pytest.mark.parametrize("settings", ENGINES[1:], ids=named)
@pytest.mark.parametrize("beams", [1, 3])
def test_one_by_one_equals_batched_in_single_precision(tiny_marian, settings, beams):
    translator = opened(tiny_marian, beams=beams, batch_tokens=400, **settings)
    batched = translator.translate(MIXED, source="fr")
    alone = [translator.translate([text], source="fr")[0] for text in MIXED]
    assert [(result.text, result.flags) for result in batched] == [(result.text, result.flags) for result in alone]
    assert [result.score for result in batched] == pytest.approx([result.score for result in alone], abs=1e-4)


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("no_repeat", [0, 4])
def test_both_engines_say_the_same_token_for_token(tiny_marian, beams, no_repeat):
    sources = [Vocabulary(tiny_marian).encode(text) for text in MIXED]
    decoding = Decoding(beams, no_repeat)
    fast, slow = (
        opened(tiny_marian, **settings)._engine.decode(sources, decoding) for settings in (ENGINES[1], ENGINES[2])
    )
    for one, other in zip(fast, slow, strict=True):
        if one.ended and other.ended:
            assert one.pieces == other.pieces
            if not no_repeat:  # a ban moves the probability of what is banned in one engine, and not in the other
                assert one.log_probability == pytest.approx(other.log_probability, abs=1e-3)
    assert sum(one.ended and other.ended for one, other in zip(fast, slow, strict=True)) >= len(SOURCES)


def test_the_same_call_gives_the_same_results(translator):
    assert translator.translate(SOURCES, source="tr") == translator.translate(SOURCES, source="tr")


def test_the_score_is_the_mean_log_probability_of_the_output(tiny_marian):
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    tokenizer = MarianTokenizer.from_pretrained(tiny_marian)
    model = MarianMTModel.from_pretrained(tiny_marian, dtype=torch.float32).eval()
    source = "Le pont est calme."
    for settings, tolerance in zip(ENGINES, (0.05, 1e-4, 1e-4), strict=True):
        translator = opened(tiny_marian, **settings)
        result = translator.translate([source], source="fr")[0]
        batch = tokenizer([source], text_target=[result.text], return_tensors="pt")
        with torch.no_grad():
            logits = model(**batch).logits
        logits[..., [tokenizer.pad_token_id, tokenizer.unk_token_id]] = -1e9
        expected = logits.log_softmax(-1).gather(2, batch["labels"][..., None]).mean().item()
        assert result.score == pytest.approx(expected, abs=tolerance)
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


def test_what_the_vocabulary_does_not_know_is_flagged_unless_it_came_through(translator):
    lost, known = translator.translate(["Le port 港 est fermé.", "Le port est fermé."], source="fr")
    assert lost.flags == ("unknown-word",)
    assert known.flags == ()


def test_a_script_that_the_model_does_not_read_is_flagged(translator):
    foreign, known = translator.translate(["мир дружба", "Le port est fermé, мир."], source="fr")
    assert "wrong-language" in foreign.flags
    assert "wrong-language" not in known.flags


def test_an_output_that_never_ends_is_flagged(translator, monkeypatch):
    for room in ("ctranslate", "marian"):
        monkeypatch.setattr(f"align.translate.{room}.longest_output", lambda tokens, positions: 3)
    assert "truncated" in translator.translate(["Le port est fermé."], source="fr")[0].flags


def test_the_limit_of_an_output():
    assert longest_output(10, 512) == 36
    assert longest_output(400, 512) == 511


@pytest.mark.parametrize("beams", [1, 4])
def test_four_tokens_are_not_said_twice_where_that_is_asked(translator, tiny_marian, beams):
    vocabulary = Vocabulary(tiny_marian)
    sources = [vocabulary.encode("zz zz zz zz zz zz zz zz"), vocabulary.encode("Le port est fermé.")]
    strange, learnt = translator._engine.decode(sources, Decoding(beams, no_repeat=4))
    runs = list(zip(*(strange.pieces[start:] for start in range(4)), strict=False))
    assert len(runs) == len(set(runs))
    assert vocabulary.decode(learnt.pieces) == "The port is closed."


def test_the_retry_of_a_good_translation_is_as_good():
    result = opened(COMPACT_FOLDER).retry(["Le ministre est arrivé jeudi."], source="fr")[0]
    assert "minister" in result.text
    assert "Thursday" in result.text


class RecordingEngine:
    """Says nothing but "x", and remembers what it was asked."""

    positions = 64

    def __init__(self):
        self.asked = []

    def decode(self, sources, decoding):
        self.asked.append((["".join(source) for source in sources], decoding))
        return [Hypothesis(("x",), -0.5, 2, True) for _ in sources]


def test_the_retry_cuts_a_text_at_its_sentences_and_searches_wider(tiny_marian):
    engine = RecordingEngine()
    translator = MarianTranslator(engine, Vocabulary(tiny_marian), model="m", revision="r", languages=("fr",))
    text = "Le port est fermé. La ville est calme. La route est ouverte."
    translator.translate([text], source="fr")
    translator.retry([text], source="fr")
    (first, plain), (second, safer) = engine.asked
    assert len(first) == 1
    assert [source.replace("▁", " ").strip() for source in second] == [
        "Le port est fermé.</s>",
        "La ville est calme.</s>",
        "La route est ouverte.</s>",
    ]
    assert (plain.no_repeat, safer.no_repeat) == (0, 4)
    assert safer.beams > plain.beams


def test_a_language_that_is_not_served(translator):
    with pytest.raises(UnsupportedLanguageError, match="'el'; it serves: fr tr"):
        translator.translate(["Το λιμάνι έκλεισε."], source="el")


@pytest.mark.parametrize("settings", ENGINES, ids=named)
def test_the_target_prefix_of_a_model_of_many_targets(tiny_marian, tmp_path, settings):
    folder = shutil.copytree(tiny_marian, tmp_path / "model")
    path = folder / "vocab.json"
    vocabulary = json.loads(path.read_text(encoding="utf-8"))
    victim = next(piece for piece in vocabulary if piece.isascii() and len(piece) == 1 and piece.isupper())
    vocabulary = {(">>eng<<" if piece == victim else piece): number for piece, number in vocabulary.items()}
    path.write_text(json.dumps(vocabulary), encoding="utf-8")
    assert Vocabulary(folder).encode("Le port")[0] == ">>eng<<"
    # of weights of its own, so that the conversion under their hash is not that of the folder it was copied from
    translator = opened(_other_weights(folder), **settings)
    assert translator.translate(["Le port est fermé."], source="fr")[0].text


def _other_weights(folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["final_logits_bias"] += 0.001
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize(("setting", "value"), [("beams", 0), ("max_length", 3)])
def test_a_number_out_of_range(tiny_marian, setting, value):
    with pytest.raises(ConfigError, match=rf"translate\.{setting}.*{value!r}"):
        MarianTranslator(
            RecordingEngine(),
            Vocabulary(tiny_marian),
            model="m",
            revision="r",
            languages=("fr",),
            **{setting: value},
        )
