"""The network, a Marian encoder-decoder, and a loss that never holds all its logits at once."""

from __future__ import annotations

import threading
from typing import Any

import torch
from torch import Tensor, nn
from transformers import MarianConfig, MarianMTModel


def build(
    *,
    vocabulary: int,
    width: int,
    feed_forward: int,
    heads: int,
    encoder_layers: int,
    decoder_layers: int,
    dropout: float,
    attention: str = "eager",
    positions: int = 256,
) -> MarianMTModel:
    """A fresh Marian model of that shape, embeddings shared three ways, padding token last.

    ``attention`` is transformers' name of the implementation to train with. On a CPU that is
    ``eager``: there the backward pass of the fused kernel costs more than all the rest.
    """
    config = MarianConfig(
        vocab_size=vocabulary,
        decoder_vocab_size=vocabulary,
        d_model=width,
        encoder_layers=encoder_layers,
        decoder_layers=decoder_layers,
        encoder_ffn_dim=feed_forward,
        decoder_ffn_dim=feed_forward,
        encoder_attention_heads=heads,
        decoder_attention_heads=heads,
        dropout=dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
        activation_function="relu",
        max_position_embeddings=positions,
        scale_embedding=True,
        static_position_embeddings=True,
        normalize_before=False,
        normalize_embedding=False,
        add_final_layer_norm=False,
        pad_token_id=vocabulary - 1,
        decoder_start_token_id=vocabulary - 1,
        eos_token_id=0,
        forced_eos_token_id=0,
        bos_token_id=None,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
    )
    config._attn_implementation = attention
    model = MarianMTModel(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embed_positions" in name:
                parameter.requires_grad_(False)
            elif name.endswith("shared.weight"):
                nn.init.normal_(parameter, std=width**-0.5)
                parameter[-1].zero_()
            elif parameter.ndim == 2:
                nn.init.xavier_uniform_(parameter)
    return model


_kept = threading.local()


def _buffer(rows: int, columns: int, like: Tensor) -> Tensor:
    """Memory of that shape that this thread uses again and again: fresh pages are slow to get."""
    held: Tensor | None = getattr(_kept, "held", None)
    if held is None or held.shape[0] < rows or held.shape[1] != columns or held.device != like.device:
        held = torch.empty(rows, columns, dtype=like.dtype, device=like.device)
        _kept.held = held
    return held


class _TiedCrossEntropy(torch.autograd.Function):
    """Label-smoothed cross entropy of ``hidden @ weight.T``, a few hundred rows at a time.

    At a small width the logits are the largest tensors by far; here the gradients are made while a
    chunk of them is still in the cache, and the chunk is then forgotten. The smoothing and the
    wanted tokens' part of the gradient are added outside, exactly, as they need no logits. The
    value returned is the plain negative log likelihood; the gradient is that of the smoothed loss.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, smoothing: float, rows: int) -> Tensor:
        count, last, width = len(targets), len(weight) - 1, weight.shape[1]
        # A column of ones beside the embeddings: the product that gives the gradient of the states
        # then gives the sum of the odds as well. The row of the padding token is left out.
        table = torch.zeros(last, width + 32, dtype=hidden.dtype, device=hidden.device)
        table[:, :width] = weight.detach()[:last]
        table[:, width] = 1
        columns = table[:, :width]
        # States of nothing but zeros add nothing, and round sizes need fewer compiled kernels.
        states = nn.functional.pad(hidden, (0, 0, 0, -count % 64))
        hidden_gradient = torch.empty(states.shape, dtype=torch.float32, device=hidden.device)
        weight_gradient = torch.zeros_like(weight)
        normaliser = torch.empty(len(states), 1, device=hidden.device)
        buffer = _buffer(min(rows, len(states)), last, hidden)
        for start in range(0, len(states), rows):
            part = states[start : start + rows]
            # Layer-normalised states keep logits far below where exp overflows, so no maximum is
            # subtracted: one pass over the chunk less.
            odds = torch.mm(part, columns.T, out=buffer[: len(part)]).exp_()
            product = (odds @ table).float()
            total = product[:, width : width + 1]
            normaliser[start : start + rows] = total
            hidden_gradient[start : start + rows] = product[:, :width] / total
            weight_gradient[:last] += odds.T @ (part / total).to(part.dtype)
        hidden_gradient, normaliser = hidden_gradient[:count], normaliser[:count]
        exact = hidden.float()
        wanted = weight.detach()[targets]
        likelihood = normaliser.log().sum() - (exact * wanted).sum()
        rest = smoothing / last
        hidden_gradient -= (1 - smoothing) * wanted + rest * weight.detach()[:last].sum(dim=0)
        weight_gradient.index_add_(0, targets, exact, alpha=smoothing - 1)
        weight_gradient -= rest * exact.sum(dim=0)
        weight_gradient[last] = 0
        ctx.save_for_backward(hidden_gradient.to(hidden.dtype), weight_gradient)
        return likelihood

    @staticmethod
    def backward(ctx: Any, outer: Tensor) -> tuple[Tensor | None, ...]:  # type: ignore[override]
        hidden_gradient, weight_gradient = ctx.saved_tensors
        return (
            hidden_gradient * outer.to(hidden_gradient.dtype),
            weight_gradient * outer,
            None,
            None,
            None,
        )


def losses(
    model: MarianMTModel,
    embeddings: Tensor,
    source: Tensor,
    target: Tensor,
    smoothing: float,
    rows: int,
) -> tuple[Tensor, int]:
    """Negative log likelihood, summed (its gradient is the smoothed loss's), and tokens.

    ``model`` gives the layers, in bfloat16; ``embeddings`` the shared table, in float32 because the
    gradients of frequent tokens are sums of too many terms for bfloat16.
    """
    pad = model.config.pad_token_id
    start = torch.full_like(target[:, :1], pad)
    inputs = torch.cat([start, target[:, :-1]], dim=1)
    # The decoder scales embeddings that it is handed, the encoder does not.
    encoded = nn.functional.embedding(source, embeddings, pad) * model.model.encoder.embed_scale
    hidden = model.model(
        inputs_embeds=encoded.to(torch.bfloat16),
        attention_mask=source.ne(pad),
        decoder_inputs_embeds=nn.functional.embedding(inputs, embeddings, pad).to(torch.bfloat16),
        use_cache=False,
    ).last_hidden_state
    real = target.ne(pad)
    wanted = target[real]
    return _TiedCrossEntropy.apply(hidden[real], embeddings, wanted, smoothing, rows), len(wanted)
