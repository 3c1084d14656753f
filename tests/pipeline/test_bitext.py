import numpy as np
import pytest

import align
from align.bitext.sentences import Alignment
from align.errors import ConfigError, InputError
from align.pipeline import bitext, models
from align.pipeline.bitext import Wish, is_corpus, languages_of
from align.pipeline.parallel import SentenceText, sentences_of
from align.records import Bead
from tests.fakes import TrigramEncoder

SOURCE = ["Un port.", "Deux quais.", "Trois bateaux au large."]
TARGET = ["Un port.", "Deux quais.", "Trois bateaux au large."]


@pytest.fixture
def default(monkeypatch):
    """Counts how often the default encoder is loaded."""
    loads = []

    def load(config):
        loads.append(config)
        return TrigramEncoder()

    bitext._default_encoder.cache_clear()
    monkeypatch.setattr(models, "load_encoder", load)
    yield loads
    bitext._default_encoder.cache_clear()


def ranges(beads):
    return [(bead.source, bead.target) for bead in beads]


def test_two_lists_are_all_that_is_needed(default):
    for _ in range(2):
        beads = align.align_sentences(SOURCE, TARGET)
        assert ranges(beads) == [((i, i + 1), (i, i + 1)) for i in range(3)]
    assert len(default) == 1


def test_an_encoder_of_the_caller_s_own_is_used_and_no_other(default):
    class Counting(TrigramEncoder):
        calls = 0

        def encode(self, texts):
            Counting.calls += 1
            return super().encode(texts)

    alignment = align.align_texts(SOURCE, TARGET, encoder=Counting())
    assert isinstance(alignment, Alignment)
    assert Counting.calls
    assert default == []


def test_vectors_as_arrays_take_the_encoder_s_place(default):
    source, target = np.eye(4)[:3] * 7, np.eye(4)[[2, 0, 1]]
    beads = align.align_sentences(["a", "b", "c"], ["x", "y", "z"], source_vectors=source, target_vectors=target)
    paired = {bead.source: bead.target for bead in beads if bead.shape == "1-1"}
    assert paired.get((0, 1)) == (1, 2) or paired.get((2, 3)) == (0, 1)
    beads = align.align_sentences(SOURCE, TARGET, source_vectors=np.eye(3).tolist(), target_vectors=np.eye(3))
    assert ranges(beads) == [((i, i + 1), (i, i + 1)) for i in range(3)]
    assert default == []


EYE = np.eye(3)
WRONG = [
    ({"source_vectors": EYE}, "target_vectors is missing"),
    ({"target_vectors": EYE}, "source_vectors is missing"),
    ({"source_vectors": EYE, "target_vectors": EYE, "encoder": TrigramEncoder()}, "one or the other"),
    ({"source_vectors": EYE, "target_vectors": EYE[:, :2] + 1}, "source_vectors are 3 wide, target_vectors 2"),
    ({"source_vectors": EYE[:2], "target_vectors": EYE}, "source_vectors: 2 rows for 3 texts"),
    ({"source_vectors": EYE, "target_vectors": EYE * np.nan}, "target_vectors: row 0 is not finite"),
    ({"source_vectors": EYE, "target_vectors": EYE * 0}, "target_vectors: row 0 is zero"),
]


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_vectors_that_do_not_fit_are_refused(default, given, message):
    with pytest.raises(InputError, match=message):
        align.align_sentences(SOURCE, TARGET, **given)


@pytest.mark.parametrize("side", ["one text", [1, 2], None])
def test_a_side_that_is_no_list_of_texts_is_refused(default, side):
    with pytest.raises((InputError, TypeError)):
        align.align_sentences(side, TARGET)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_least_confidence_is_a_probability(value):
    with pytest.raises(ConfigError, match="is no confidence"):
        Wish(min_score=value)
    assert Wish(min_score=0).min_score == 0


def test_formats_are_told_apart():
    assert [is_corpus(name) for name in ("tsv", "jsonl", "ladder", "moses", "tmx")] == [False, False, False, True, True]
    with pytest.raises(ConfigError, match="unknown format 'pdf'"):
        is_corpus("pdf")


def test_languages_are_told_from_the_texts():
    source = SentenceText("a", ["Le port est fermé depuis jeudi matin."], "lines", assumed=False)
    target = SentenceText("b", ["The port has been closed since Thursday."], "lines", assumed=False)
    assert languages_of(source, target) == ("fr", "en")
    with pytest.raises(ConfigError, match="b: cannot tell its language; remedy: --target-language"):
        languages_of(source, SentenceText("b", ["12"], "lines", assumed=False))


def test_beads_below_the_least_confidence_are_counted(monkeypatch):
    beads = [Bead((0, 1), (0, 1), 0.9), Bead((1, 3), (1, 3), 0.2)]
    monkeypatch.setattr(bitext, "align_with", lambda *texts, **given: Alignment(beads, "vectors", []))
    text = sentences_of("\n".join(SOURCE).encode(), "x")
    aligned = bitext.align_two(text, text, TrigramEncoder(), Wish(min_score=0.5))
    assert (aligned.left_out, len(aligned.beads), len(aligned.alignment.beads)) == (1, 1, 2)
    assert str(aligned) == "1 bead pairs 3 and 3 sentences; 1 below the least confidence left out"


def test_blocks_that_moved_are_counted(monkeypatch):
    beads = [Bead((0, 1), (1, 3), 0.9), Bead((1, 3), (0, 1), 0.9)]
    monkeypatch.setattr(bitext, "align_with", lambda *texts, **given: Alignment(beads, "vectors", []))
    text = sentences_of("\n".join(SOURCE).encode(), "x")
    said = str(bitext.align_two(text, text, TrigramEncoder(), Wish(reorder=True)))
    assert said == "2 beads pair 3 and 3 sentences, in 2 blocks that stand in another order on the other side"


LAYOUTS = [
    ("Un port. Deux.\nTrois. Quatre.", "auto", ["Un port.", "Deux.", "Trois.", "Quatre."], "running"),
    ("Un port\u2028au large.\r\nDeux quais.\r\n", "auto", ["Un port\u2028au large.", "Deux quais."], "lines"),
    ("Un port. Deux quais.\n\n  Trois.\n\n", "lines", ["Un port. Deux quais.", "", "Trois.", ""], "lines"),
    ("Un.\n\nDeux.", "running", ["Un.", "Deux."], "running"),
]


@pytest.mark.parametrize(("text", "layout", "sentences", "found"), LAYOUTS)
def test_sentences_are_lines_or_cut_from_running_text(text, layout, sentences, found):
    read = sentences_of(text.encode(), "x", layout)
    assert (read.sentences, read.layout, read.assumed) == (sentences, found, layout == "auto")
