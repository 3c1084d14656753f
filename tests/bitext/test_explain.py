"""Explanations: they add up, name what is there, and fit the alignment they are asked for."""

import pytest

from align.bitext.cost import BEAD_FEATURES, GAP_FEATURES
from align.bitext.explain import explain_beads
from align.bitext.sentences import align_texts
from align.errors import InputError


def test_every_bead_is_explained_by_known_features(story: list[str], words) -> None:
    target = [*story[:9], story[9] + " " + story[10], *story[12:30], "strange things entirely.", *story[30:]]
    alignment = align_texts(story, target, encoder=words)
    explanations = explain_beads(story, target, encoder=words, alignment=alignment)
    assert [one.bead for one in explanations] == alignment.beads
    for one in explanations:
        assert set(one.contributions) <= set(GAP_FEATURES if "0" in one.bead.shape else BEAD_FEATURES)
        assert one.margin >= 0
        assert one.alternative != (one.bead.source, one.bead.target)
        assert one.alternative is None or one.bead.score < 0.99 or one.margin > 3


def test_contributions_add_up_to_the_path_score(story: list[str], words) -> None:
    from align.bitext.lattice import build_lattice
    from align.bitext.search import BEAD, backward
    from align.bitext.sentences import SHAPES, model_of, read_checked

    target = [*story[:30], "a stranger.", "another one.", *story[31:]]
    alignment = align_texts(story, target, encoder=words)
    explanations = explain_beads(story, target, encoder=words, alignment=alignment)
    reading, shapes = read_checked(story, target, encoder=words, shapes=SHAPES, reorder=False)
    (section,) = reading.sections
    lattice = build_lattice(section.source, section.target, section.band, model_of(reading), shapes)
    import numpy as np

    best = list(backward(lattice, np.maximum))[-1][BEAD, 0]
    assert sum(sum(one.contributions.values()) for one in explanations) == pytest.approx(best, abs=1e-3)


def test_moved_parts_are_explained_in_place(story: list[str], words) -> None:
    target = story[30:] + story[:30]
    alignment = align_texts(story, target, encoder=words, reorder=True)
    explanations = explain_beads(story, target, encoder=words, alignment=alignment)
    assert [one.bead for one in explanations] == alignment.beads
    for one in explanations[1:29]:
        (_, _), (begin, _) = one.alternative
        assert abs(begin - one.bead.target[0]) <= 8


def test_an_empty_side_and_a_strange_alignment(story: list[str], words) -> None:
    alone = align_texts(["a"], [], encoder=words)
    (explanation,) = explain_beads(["a"], [], encoder=words, alignment=alone)
    assert (explanation.contributions, explanation.margin, explanation.alternative) == ({}, 0.0, None)
    with pytest.raises(InputError, match="an alignment of other texts"):
        explain_beads(story, story, encoder=words, alignment=alone)
