"""The adapter against a stand-in of the library, which the default run does not need: same names, same arguments."""

import sys
import types

import numpy as np
import pytest

from align.embed import adapters
from align.embed.adapters import SentenceTransformerEncoder
from align.errors import InputError, MissingDependencyError, ModelUnavailableError

WINDOW = 6


class Model:
    """Counts words; a text longer than the window is cut off, as the library does. Rows are not of length 1."""

    max_seq_length = WINDOW

    def __init__(self, reference, *, device, local_files_only, trust_remote_code):
        if "missing" in reference:
            raise OSError(f"Path {reference}\nnot found")
        assert (local_files_only, trust_remote_code) == (True, False)
        self.reference, self.device, self.calls = reference, device, []

    def tokenizer(self, text, *, truncation, verbose):
        assert not truncation
        return {"input_ids": ["<s>", *text.split(), "</s>"]}

    def encode(self, texts, *, batch_size, show_progress_bar, convert_to_numpy):
        assert not show_progress_bar
        assert convert_to_numpy
        self.calls.append(list(texts))
        rows = np.zeros((len(texts), 26), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split()[: WINDOW - 2]:
                row[ord(word[0]) % 26] += 3
        return rows


@pytest.fixture
def library(monkeypatch):
    module = types.ModuleType("sentence_transformers")
    module.SentenceTransformer = Model
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    return module


def test_rows_have_length_1_and_a_text_without_a_word_has_none(library):
    encoder = SentenceTransformerEncoder("owner/model", languages=["fr", "en"])
    rows = encoder.encode(["un port", "", " \n", "un port"])
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 0, 1], atol=1e-6)
    assert (encoder.name, encoder.languages) == ("owner/model", frozenset({"fr", "en"}))


def test_equal_texts_are_encoded_once_and_the_model_is_loaded_once(library):
    encoder = SentenceTransformerEncoder("m")
    encoder.encode(["a", "b", "a"])
    model = encoder._loaded()
    encoder.encode(["c"])
    assert model.calls == [["a", "b"], ["c"]]


def test_nothing_of_a_long_text_is_left_out(library):
    encoder = SentenceTransformerEncoder("m")
    text = "a b c d e f g h i j k l m"
    (row,) = encoder.encode([text])
    (pieces,) = encoder._loaded().calls
    assert " ".join(pieces) == text
    assert all(len(piece.split()) <= WINDOW - 2 for piece in pieces)
    assert np.count_nonzero(row) == 13


def test_a_long_piece_weighs_more_than_a_short_one(library):
    (row,) = SentenceTransformerEncoder("m").encode(["a a a a b"])  # cut into "a a" and "a a b"
    assert row[ord("a") % 26] > row[ord("b") % 26] > 0
    pieces = [np.array([1.0, 0.0]), np.array([2.0, 1.0]) / 5**0.5]
    mean = 4 * pieces[0] + 5 * pieces[1]  # by their tokens, two of them marks
    assert row[ord("b") % 26] == pytest.approx(mean[1] / np.linalg.norm(mean), abs=1e-6)


def test_a_text_without_a_space_is_cut_too(library, monkeypatch):
    monkeypatch.setattr(Model, "tokenizer", lambda self, text, **_: {"input_ids": list(text)})
    encoder = SentenceTransformerEncoder("m")
    encoder.encode(["abcdefghijklm"])
    (pieces,) = encoder._loaded().calls
    assert "".join(pieces) == "abcdefghijklm"
    assert max(map(len, pieces)) <= WINDOW


def test_a_model_without_a_window_gets_texts_whole(library, monkeypatch):
    monkeypatch.setattr(Model, "max_seq_length", None)
    encoder = SentenceTransformerEncoder("m")
    encoder.encode(["a b c d e f g h i j"])
    assert encoder._loaded().calls == [["a b c d e f g h i j"]]


@pytest.mark.parametrize("texts", [[], [""]])
def test_the_width_is_known_without_a_text(library, texts):
    assert SentenceTransformerEncoder("m").encode(texts).shape == (len(texts), 26)


def test_one_text_in_the_place_of_a_list_is_refused(library):
    with pytest.raises(InputError, match="put it into a list"):
        SentenceTransformerEncoder("m").encode("un port")


def test_a_folder_is_called_by_its_name(tmp_path):
    assert SentenceTransformerEncoder(tmp_path).name == tmp_path.name
    assert SentenceTransformerEncoder(tmp_path).languages == frozenset()


def test_a_model_that_is_not_here_is_said_on_one_line(library):
    with pytest.raises(ModelUnavailableError, match="'missing/model': no model that is here: Path") as error:
        SentenceTransformerEncoder("missing/model").encode(["a"])
    assert "\n" not in str(error.value)
    assert "hf download" in str(error.value)


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    encoder = SentenceTransformerEncoder("m")  # nothing is loaded yet
    with pytest.raises(MissingDependencyError, match=r"pip install 'sentence-transformers>=5\.0'"):
        encoder.encode(["a"])


def test_extras_ask_for_what_the_errors_say():
    import tomllib
    from pathlib import Path

    from align.bitext import png

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert extras["encoders"] == [adapters.REQUIREMENT]
    assert extras["plot"] == [png.REQUIREMENT]
