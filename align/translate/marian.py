"""MarianMT (Junczys-Dowmunt et al. 2018) through transformers: the oracle that faster engines are held against.

The only module that imports torch and transformers, inside functions. Everything runs in fp32, so that a result does
not depend on its neighbours in a batch beyond the last bits of a float.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from align.errors import ConfigError, ModelUnavailableError, UnsupportedLanguageError
from align.records import Translated
from align.translate.batch import token_batches
from align.translate.split import Fragment, fragments
from align.translate.store import WEIGHTS, check_folder, hub_folder, weight_hash

__all__ = ["MarianTranslator", "convert_weights"]

_ENGLISH_CODES = (">>eng<<", ">>en<<")
_LONGEST_OUTPUT = 2.0  # output tokens a source token, before an output counts as running away
_SPARE_OUTPUT = 16
_RETRY_NGRAM = 4  # what the safer retry does not say twice
_SCORE_DECIMALS = 4  # with another number of threads, sums of single-precision numbers differ from the sixth on
_RETRY_BEAMS = 4
_UNREADABLE = 0.5  # share of letters unknown to the vocabulary from which the model does not read a text's script
_SCORED_LOGITS = 1 << 24  # logits held at once while scoring


@dataclass(frozen=True, slots=True)
class _Piece:
    """What the model made of one piece: text, sum of log-probabilities, tokens, and what went wrong."""

    text: str
    log_probability: float
    tokens: int
    flags: tuple[str, ...]


class MarianTranslator:
    """A Marian model as a `records.Translator`: a local folder, or a hub id in the local Hugging Face cache.

    With `local_only` off, a hub id that is not in the cache is downloaded; nothing else ever uses the network.

    The score of a text is the mean log-probability of its output tokens, `</s>` included, from a scoring pass of the
    model over the chosen output: it means the same for greedy and for beam search. A text without a word comes back
    as it is, with no score. A text longer than `max_length` tokens, or than the model has positions for, is cut at
    sentence and clause borders and joined again; line breaks stay where they are.

    Flags that only the engine can see: `truncated` where an output ran into its limit, `wrong-language` where most
    letters of the source are unknown to the vocabulary.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        languages: Iterable[str],
        model: str | None = None,
        revision: str | None = None,
        device: str = "cpu",
        beams: int = 4,
        batch_tokens: int = 1024,
        max_length: int = 200,
        local_only: bool = True,
    ) -> None:
        """Load the model. Raises ModelUnavailableError, and ConfigError for a device or number that cannot be."""
        for name, value, least in (
            ("beams", beams, 1),
            ("batch_tokens", batch_tokens, 1),
            ("max_length", max_length, 4),
        ):
            if value < least:
                raise ConfigError(f"translate.{name}: not allowed: {value!r}; expected at least {least}")
        path = Path(folder)
        cached = None if path.is_dir() else hub_folder(str(folder), local_only=local_only)
        self._model, self._tokenizer = _load(cached or path, device)
        self.model = model or (str(folder) if cached else path.name)
        self.revision = revision or (cached.name if cached else weight_hash(path)[:12])
        self.languages = frozenset(languages)
        self.beams = beams
        self._batch_tokens = batch_tokens
        self._positions = int(self._model.config.max_position_embeddings)
        codes = getattr(self._tokenizer, "supported_language_codes", [])
        self._prefix = [code for code in _ENGLISH_CODES if code in codes][:1]
        # room is left for an output that is longer than its source
        self._max_source = min(max_length, self._positions * 3 // 4)

    def translate(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """One result for each text, in order. Raises UnsupportedLanguageError for a language it does not serve."""
        self._check(source)
        return self._translate(texts, self.beams, no_repeat=0)

    def retry(self, texts: Sequence[str], *, source: str) -> list[Translated]:
        """Translate again, with beam search that says no four tokens twice: for texts whose result went wrong."""
        self._check(source)
        return self._translate(texts, max(self.beams, _RETRY_BEAMS), no_repeat=_RETRY_NGRAM)

    def _check(self, source: str) -> None:
        if source not in self.languages:
            served = " ".join(sorted(self.languages))
            raise UnsupportedLanguageError(f"model {self.model!r} does not translate {source!r}; it serves: {served}")

    def _translate(self, texts: Sequence[str], beams: int, no_repeat: int) -> list[Translated]:
        plans = [fragments(unicodedata.normalize("NFC", text), self._fits) for text in texts]
        sources = [part.text for plan in plans for part in plan if not part.verbatim]
        pieces = iter(self._translate_pieces(sources, beams, no_repeat))
        return [self._joined(plan, [next(pieces) for part in plan if not part.verbatim]) for plan in plans]

    def _joined(self, plan: list[Fragment], pieces: list[_Piece]) -> Translated:
        """The pieces of one text put back between what was kept verbatim."""
        rest = iter(pieces)
        text = "".join(part.text if part.verbatim else next(rest).text for part in plan)
        if not pieces:
            return Translated(text, None)
        score = sum(piece.log_probability for piece in pieces) / sum(piece.tokens for piece in pieces)
        flags = {flag for piece in pieces for flag in piece.flags}
        if self._unreadable("".join(part.text for part in plan if not part.verbatim)):
            flags.add("wrong-language")
        return Translated(text, round(score, _SCORE_DECIMALS), tuple(sorted(flags)))

    def _unreadable(self, text: str) -> bool:
        """Whether most letters are unknown to the vocabulary, as those of another script are."""
        processor, unknown = self._tokenizer.spm_source, self._tokenizer.unk_token_id
        pieces = processor.encode(text, out_type=str)
        ids = self._tokenizer.convert_tokens_to_ids(pieces)
        lost = sum(len(_letters(piece)) for piece, token in zip(pieces, ids, strict=True) if token == unknown)
        return lost > _UNREADABLE * len(_letters(text))

    def _fits(self, text: str) -> bool:
        return len(self._encode(text)) <= self._max_source

    def _encode(self, text: str) -> list[int]:
        """Token ids of a source text with its target prefix and `</s>`.

        SentencePiece is called directly: the tokenizer's own call would take ">>fra<<" or "</s>" in a text for a
        command.
        """
        pieces = [*self._prefix, *self._tokenizer.spm_source.encode(text, out_type=str)]
        ids: list[int] = self._tokenizer.convert_tokens_to_ids(pieces)
        return [*ids, self._tokenizer.eos_token_id]

    def _translate_pieces(self, texts: list[str], beams: int, no_repeat: int) -> list[_Piece]:
        import torch

        sources = [self._encode(text) for text in texts]
        found: dict[int, _Piece] = {}
        with torch.inference_mode():
            for batch in token_batches([len(ids) for ids in sources], self._batch_tokens):
                pieces = self._translate_batch([sources[index] for index in batch], beams, no_repeat)
                found.update(zip(batch, pieces, strict=True))
        return [found[index] for index in range(len(texts))]

    def _translate_batch(self, sources: list[list[int]], beams: int, no_repeat: int) -> list[_Piece]:
        from transformers import GenerationConfig, LogitsProcessorList
        from transformers.modeling_outputs import BaseModelOutput

        ids, mask = _padded(sources, self._tokenizer.pad_token_id, self._model.device)
        limits = [self._limit(len(source)) for source in sources]
        states = self._model.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        config = self._model.config
        outputs = self._model.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=states),
            attention_mask=mask,
            generation_config=GenerationConfig(
                max_length=None,
                max_new_tokens=max(limits),
                num_beams=beams,
                do_sample=False,
                length_penalty=1.0,
                early_stopping=False,  # stopping at the first finished beams loses to words of many pieces
                no_repeat_ngram_size=no_repeat,
                decoder_start_token_id=config.decoder_start_token_id,
                eos_token_id=self._tokenizer.eos_token_id,
                pad_token_id=self._tokenizer.pad_token_id,
            ),
            logits_processor=LogitsProcessorList([_own_limit(limits, self._tokenizer.eos_token_id)]),
        )
        targets = [_until(row[1:], self._tokenizer.eos_token_id) for row in outputs.tolist()]
        sums = self._log_probabilities(states, mask, targets)
        return [self._piece(*item) for item in zip(targets, limits, sums, strict=True)]

    def _limit(self, source_tokens: int) -> int:
        return min(self._positions - 1, int(_LONGEST_OUTPUT * source_tokens) + _SPARE_OUTPUT)

    def _piece(self, target: list[int], limit: int, log_probability: float) -> _Piece:
        flags = ("truncated",) if len(target) >= limit else ()
        # `skip_special_tokens` would drop an <unk> in silence; here only the end is cut off, and no <unk> comes out
        tokens = self._tokenizer.convert_ids_to_tokens(target[:-1])
        text = self._tokenizer.spm_target.decode_pieces(tokens).strip()
        return _Piece(text, log_probability, len(target), flags)

    def _log_probabilities(self, states: Any, mask: Any, targets: list[list[int]]) -> list[float]:
        """The sum over each target of its tokens' log-probabilities, some positions' logits at a time."""
        import torch

        wanted, real = _padded(targets, self._tokenizer.pad_token_id, self._model.device)
        start = torch.full_like(wanted[:, :1], self._model.config.decoder_start_token_id)
        hidden = self._model.get_decoder()(
            input_ids=torch.cat([start, wanted[:, :-1]], dim=1),
            encoder_hidden_states=states,
            encoder_attention_mask=mask,
            use_cache=False,
        ).last_hidden_state
        sums = torch.zeros(len(targets), dtype=torch.float64, device=hidden.device)
        bias = self._model.final_logits_bias
        columns = max(1, _SCORED_LOGITS // (len(targets) * bias.shape[-1]))
        for begin in range(0, wanted.shape[1], columns):
            part = slice(begin, begin + columns)
            logits = self._model.lm_head(hidden[:, part]) + bias
            picked = logits.gather(2, wanted[:, part, None])[..., 0] - logits.logsumexp(2)
            sums += torch.where(real[:, part].bool(), picked, 0.0).double().sum(1)
        return [min(0.0, value) for value in sums.tolist()]


def _letters(text: str) -> list[str]:
    return [character for character in text if character.isalpha()]


def _until(row: list[int], end: int) -> list[int]:
    """The tokens of a row up to and with the first `end`; one that never ends gets it, so that it can be scored."""
    return row[: row.index(end) + 1] if end in row else [*row, end]


def _padded(rows: list[list[int]], pad: int, device: Any) -> tuple[Any, Any]:
    """Rows as one matrix, filled up on the right, and the mask of what is real."""
    import torch

    width = max(map(len, rows))
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows], device=device)
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=device)
    return ids, mask


def _own_limit(limits: list[int], end: int) -> Callable[[Any, Any], Any]:
    """A logits processor that ends each text at its own limit, not at that of the longest text in the batch."""
    import torch

    def process(tokens: Any, scores: Any) -> Any:
        own = torch.tensor(limits, device=scores.device).repeat_interleave(len(scores) // len(limits))
        over = tokens.shape[1] >= own  # the start token makes up for the one that is chosen now
        only_end = torch.full_like(scores, float("-inf"))
        only_end[:, end] = scores[:, end]
        return torch.where(over[:, None], only_end, scores)

    return process


def _load(folder: Path, device: str) -> tuple[Any, Any]:
    """Model and tokenizer in fp32, ready for inference. Raises ModelUnavailableError when anything is not whole."""
    remedy = "download the model again"
    check_folder(folder, remedy)
    import torch
    from safetensors import SafetensorError
    from transformers import GenerationConfig, MarianMTModel, MarianTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    where = _device(device)
    try:
        tokenizer = MarianTokenizer.from_pretrained(folder, local_files_only=True)
        model, report = MarianMTModel.from_pretrained(
            folder,
            dtype=torch.float32,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
        )
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelUnavailableError(f"model folder {str(folder)!r} cannot be loaded: {error}; {remedy}") from error
    # transformers fills gaps with random numbers and says so only in a log
    absent = sorted({*report["missing_keys"], *(str(item[0]) for item in report["mismatched_keys"])})
    if absent:
        raise ModelUnavailableError(
            f"model folder {str(folder)!r}: {WEIGHTS} lacks {len(absent)} weights, first {absent[0]!r}; {remedy}"
        )
    model.eval().to(where)
    # what a model's own settings force (an end at the longest text's limit) would make results depend on neighbours
    model.generation_config = GenerationConfig()
    # as in Marian itself, neither padding nor the unknown token is ever an output
    for token in (tokenizer.pad_token_id, tokenizer.unk_token_id):
        model.final_logits_bias[:, token] = -1e9
    return model, tokenizer


def _device(name: str) -> Any:
    import torch

    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ConfigError(f"translate.device: unknown device {name!r}; allowed: cpu, cuda, cuda:N, mps") from error
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available.get(device.type, False):
        usable = ", ".join(kind for kind, there in available.items() if there)
        raise ConfigError(f"translate.device: {name!r} is not available here; available: {usable}")
    return device


def convert_weights(folder: Path) -> Path:
    """Write `model.safetensors` beside a folder's `pytorch_model.bin`, and return its path.

    The pickled file is read by torch's restricted loader, which takes tensors and nothing that can run.
    """
    from transformers import MarianMTModel

    model = MarianMTModel.from_pretrained(folder, use_safetensors=False, weights_only=True, local_files_only=True)
    model.save_pretrained(folder, safe_serialization=True)
    return folder / WEIGHTS


if __name__ == "__main__":
    print(convert_weights(Path(sys.argv[1])))
