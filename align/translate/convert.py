"""Marian folders in other forms: pickled weights as safetensors, and either of them for CTranslate2.

The originals are never changed. Converting needs torch and transformers, which a run through CTranslate2 otherwise
never loads: what a run has to convert is converted once, in a process of its own, and kept.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from align.errors import ConfigError, ModelUnavailableError
from align.runfolder import write_json
from align.translate.marian import load_network, to_safetensors
from align.translate.store.home import VARIABLE, home
from align.translate.store.weight_files import file_hash

__all__ = ["QUANTIZATIONS", "converted", "to_ctranslate2", "to_safetensors"]

QUANTIZATIONS = ("int8", "float32")
_TOKENIZERS = ("source.spm", "target.spm")
_ERROR_LINES = 3
_ONE_AT_A_TIME = threading.Lock()  # transformers changes what is global while it loads a model


def converted(folder: Path, digest: str, quantization: str = "int8") -> Path:
    """A CTranslate2 form of a transformers Marian folder, from an earlier run or made now.

    `digest` is the hash of the folder's weights; conversions lie under it in `home() / "converted"`, and serve every
    folder with the same weights. One whose files are not, byte by byte, what was converted is made anew. Two processes
    may ask at once; the second waits for the first.

    Raises ModelUnavailableError when the folder cannot be converted, ConfigError when the place cannot be written.
    """
    release = ".".join(version("ctranslate2").split(".")[:2])
    out = home() / "converted" / f"{digest[:16]}-{quantization}-ctranslate2-{release}"
    if _is_whole(out):
        return out
    with _held(out):
        if not _is_whole(out):  # another process may have made it meanwhile
            for left in (out, *out.parent.glob(f".{out.name}-*")):  # damaged, or of a process that was killed
                shutil.rmtree(left, ignore_errors=True)
            _convert(folder, out, quantization)
            write_json(_hashes(out), {path.name: file_hash(path) for path in sorted(out.iterdir())})
    return out


def _hashes(out: Path) -> Path:
    """Where the hashes of a conversion's files stand: beside it, for they come last."""
    return out.with_name(f"{out.name}.json")


def _is_whole(out: Path) -> bool:
    try:
        expected: dict[str, str] = json.loads(_hashes(out).read_bytes())
        return bool(expected) and all(file_hash(out / name) == digest for name, digest in expected.items())
    except (OSError, ValueError, AttributeError):
        return False


@contextlib.contextmanager
def _held(out: Path) -> Iterator[None]:
    """Hold the name of a conversion. Raises ConfigError where its folder cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        file = out.with_name(f".{out.name}.lock").open("a")
    except OSError as error:
        raise _unwritable(out, error) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file lets go


def _unwritable(out: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"{out.parent}: cannot write a converted model there: {error.strerror}; "
        f"name another folder in the environment variable {VARIABLE}"
    )


def _convert(folder: Path, out: Path, quantization: str) -> None:
    if "torch" in sys.modules:
        to_ctranslate2(folder, out, quantization=quantization)
        return
    command = [sys.executable, "-m", "align.translate.convert", str(folder), str(out), quantization]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        told = " | ".join(done.stderr.strip().splitlines()[-_ERROR_LINES:])
        raise ModelUnavailableError(f"model folder {str(folder)!r} cannot be converted for CTranslate2: {told}")


def to_ctranslate2(folder: Path, out: Path, *, quantization: str = "int8") -> Path:
    """Write a CTranslate2 model with both SentencePiece files to `out`, and return it.

    `out` appears whole or not at all; one that another process finished meanwhile is left as it is. Weights are read
    from `model.safetensors`, never from a pickle.

    Raises ModelUnavailableError for a folder that cannot be read, ConfigError for a quantization that is not offered
    and for an `out` that cannot be written.
    """
    if quantization not in QUANTIZATIONS:
        raise ConfigError(f"quantization: not offered: {quantization!r}; allowed: {', '.join(QUANTIZATIONS)}")
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):  # type: ignore[misc]
        def load_model(self, model_class: object, path: str, **settings: object) -> object:
            network, tokenizer = load_network(folder, "cpu")  # every error there comes out here, with its remedy
            if network.get_input_embeddings().weight[tokenizer.pad_token_id].any():
                raise ModelUnavailableError(
                    f"model folder {str(folder)!r}: its outputs do not start from zeros, as those of a Marian do and "
                    "CTranslate2 expects; set translate.engine to 'transformers' for it"
                )
            return network

    with _ONE_AT_A_TIME, _made_whole(out) as made:
        Converter(str(folder)).convert(str(made), quantization=quantization, force=True)
        for name in _TOKENIZERS:
            shutil.copyfile(folder / name, made / name)
    return out


@contextlib.contextmanager
def _made_whole(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its name in the end."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise _unwritable(out, error) from error
    try:
        yield made
        made.chmod(0o755)
        try:
            made.rename(out)
        except OSError:
            if not (out / "model.bin").exists():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    try:
        to_ctranslate2(Path(sys.argv[1]), Path(sys.argv[2]), quantization=sys.argv[3])
    except (ConfigError, ModelUnavailableError) as error:
        sys.exit(str(error))
