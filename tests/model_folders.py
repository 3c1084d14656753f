"""Model folders that pass for whole in everything but decoding: real vocabularies, a few bytes for weights."""

import json
import shutil
import struct
from pathlib import Path

import align

_EMBEDDED = Path(align.__file__).parent / "translate" / "compact"


def safetensors(data: bytes) -> bytes:
    """A whole file with one tensor of these bytes."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [len(data)], "data_offsets": [0, len(data)]}}).encode()
    return len(header).to_bytes(8, "little") + header + data


def ct2_weights(data: bytes, *, version: int = 6, spec: str = "TransformerSpec") -> bytes:
    """A whole CTranslate2 file with one variable of these bytes and one alias."""

    def string(text: str) -> bytes:
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    variable = string("encoder/weight") + struct.pack("<BIBI", 1, len(data), 1, len(data)) + data
    aliases = struct.pack("<I", 1) + string("decoder/weight") + string("encoder/weight")
    return struct.pack("<I", version) + string(spec) + struct.pack("<II", 7, 1) + variable + aliases


def marian_folder(folder: Path, data: bytes = b"weights", *, licence: str | None = None, codes: tuple[str, ...] = ()):
    """A Marian folder in the layout of transformers; `codes` are target codes in its vocabulary."""
    folder.mkdir(parents=True)
    for name in ("config.json", "source.spm", "target.spm", "vocab.json"):
        shutil.copyfile(_EMBEDDED / name, folder / name)
    (folder / "model.safetensors").write_bytes(safetensors(data))
    if licence:
        (folder / "README.md").write_text(f"---\nlicense: {licence}\n---\n# A model\n", encoding="utf-8")
    if codes:
        vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        vocabulary |= {code: len(vocabulary) + index for index, code in enumerate(codes)}
        (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    return folder


def ct2_folder(folder: Path, data: bytes = b"eight bits", *, codes: tuple[str, ...] = ()):
    """A Marian folder in the layout of CTranslate2."""
    folder.mkdir(parents=True)
    for name in ("source.spm", "target.spm"):
        shutil.copyfile(_EMBEDDED / name, folder / name)
    vocabulary = [*json.loads((_EMBEDDED / "vocab.json").read_text(encoding="utf-8")), *codes]
    (folder / "shared_vocabulary.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "config.json").write_text('{"decoder_start_token": "<pad>", "unk_token": "<unk>"}', encoding="utf-8")
    (folder / "model.bin").write_bytes(ct2_weights(data))
    return folder
