"""Decoding with transformers' MarianMT (Junczys-Dowmunt et al. 2018): the oracle, and the way to other devices.

The only module that imports torch and transformers, inside functions. Everything runs in fp32, so that a result does
not depend on its neighbours in a batch beyond the last bits of a float.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from align.errors import ConfigError, ModelUnavailableError
from align.translate.batch import token_batches
from align.translate.engine import Decoding, Hypothesis, longest_output
from align.translate.store.folder import WEIGHTS, check_folder

__all__ = ["MarianEngine", "load_network", "to_safetensors"]

_SCORED_LOGITS = 1 << 24  # logits held at once while scoring


class MarianEngine:
    """A transformers Marian folder as an `Engine`, in single precision."""

    def __init__(self, folder: Path, *, device: str = "cpu", batch_tokens: int = 1024) -> None:
        """Load the model. Raises ModelUnavailableError, and ConfigError for a device that is not there."""
        self._network, self._tokenizer = load_network(folder, device)
        self._batch_tokens = batch_tokens

    @property
    def positions(self) -> int:
        """How many tokens the network has positions for."""
        return int(self._network.config.max_position_embeddings)

    def decode(self, sources: Sequence[Sequence[str]], decoding: Decoding) -> list[Hypothesis]:
        """The best output for each source, in order, from batches of similar length."""
        import torch

        ids = [self._tokenizer.convert_tokens_to_ids(list(source)) for source in sources]
        found: dict[int, Hypothesis] = {}
        with torch.inference_mode():
            for batch in token_batches([len(source) for source in ids], self._batch_tokens):
                results = self._decode_batch([ids[index] for index in batch], decoding)
                found.update(zip(batch, results, strict=True))
        return [found[index] for index in range(len(ids))]

    def _decode_batch(self, sources: list[list[int]], decoding: Decoding) -> list[Hypothesis]:
        from transformers import GenerationConfig, LogitsProcessorList
        from transformers.modeling_outputs import BaseModelOutput

        end = self._tokenizer.eos_token_id
        ids, mask = _padded(sources, self._tokenizer.pad_token_id, self._network.device)
        limits = [longest_output(len(source), self.positions) for source in sources]
        states = self._network.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        outputs = self._network.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=states),
            attention_mask=mask,
            generation_config=GenerationConfig(
                max_length=None,
                max_new_tokens=max(limits),
                num_beams=decoding.beams,
                do_sample=False,
                length_penalty=1.0,
                # as CTranslate2 does: the search is over with as many finished as it is wide
                early_stopping=True if decoding.beams > 1 else None,
                no_repeat_ngram_size=decoding.no_repeat,
                decoder_start_token_id=self._network.config.decoder_start_token_id,
                eos_token_id=end,
                pad_token_id=self._tokenizer.pad_token_id,
            ),
            logits_processor=LogitsProcessorList([_own_limit(limits, end)]),
        )
        targets = [_until(row[1:], end) for row in outputs.tolist()]
        sums = self._log_probabilities(states, mask, targets)
        return [self._hypothesis(*item) for item in zip(targets, limits, sums, strict=True)]

    def _hypothesis(self, target: list[int], limit: int, log_probability: float) -> Hypothesis:
        # `skip_special_tokens` would drop an <unk> in silence; here only the end is cut off, and no <unk> comes out
        pieces = self._tokenizer.convert_ids_to_tokens(target[:-1])
        return Hypothesis(tuple(pieces), log_probability, len(target), ended=len(target) < limit)

    def _log_probabilities(self, states: Any, mask: Any, targets: list[list[int]]) -> list[float]:
        """The sum over each target of its tokens' log-probabilities, some positions' logits at a time."""
        import torch

        wanted, real = _padded(targets, self._tokenizer.pad_token_id, self._network.device)
        start = torch.full_like(wanted[:, :1], self._network.config.decoder_start_token_id)
        hidden = self._network.get_decoder()(
            input_ids=torch.cat([start, wanted[:, :-1]], dim=1),
            encoder_hidden_states=states,
            encoder_attention_mask=mask,
            use_cache=False,
        ).last_hidden_state
        sums = torch.zeros(len(targets), dtype=torch.float64, device=hidden.device)
        bias = self._network.final_logits_bias
        columns = max(1, _SCORED_LOGITS // (len(targets) * bias.shape[-1]))
        for begin in range(0, wanted.shape[1], columns):
            part = slice(begin, begin + columns)
            logits = self._network.lm_head(hidden[:, part]) + bias
            picked = logits.gather(2, wanted[:, part, None])[..., 0] - logits.logsumexp(2)
            sums += torch.where(real[:, part].bool(), picked, 0.0).double().sum(1)
        return [min(0.0, value) for value in sums.tolist()]


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


def load_network(folder: Path, device: str) -> tuple[Any, Any]:
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
    _check_whole(folder, WEIGHTS, report)
    model.eval().to(where)
    # what a model's own settings force (an end at the longest text's limit) would make results depend on neighbours
    model.generation_config = GenerationConfig()
    # as in Marian itself, neither padding nor the unknown token is ever an output
    for token in (tokenizer.pad_token_id, tokenizer.unk_token_id):
        model.final_logits_bias[:, token] = -1e9
    return model, tokenizer


def _check_whole(folder: Path, name: str, report: Any) -> None:
    """transformers fills gaps in a weight file with random numbers and says so only in a log."""
    absent = sorted({*report["missing_keys"], *(str(item[0]) for item in report["mismatched_keys"])})
    if absent:
        raise ModelUnavailableError(
            f"model folder {str(folder)!r}: {name} lacks {len(absent)} weights, first {absent[0]!r}; "
            "download the model again"
        )


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


def to_safetensors(folder: Path) -> Path:
    """Write `model.safetensors` beside a folder's `pytorch_model.bin`, and return its path.

    The pickled file is read by torch's restricted loader, which takes tensors and nothing that can run.
    """
    from transformers import MarianMTModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    model, report = MarianMTModel.from_pretrained(
        folder, use_safetensors=False, weights_only=True, local_files_only=True, output_loading_info=True
    )
    _check_whole(folder, "pytorch_model.bin", report)
    model.save_pretrained(folder, safe_serialization=True)
    return folder / WEIGHTS
