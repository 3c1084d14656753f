"""The network, a Marian encoder-decoder, and a loss that never holds all its logits at once."""

from __future__ import annotations

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


class _TiedCrossEntropy(torch.autograd.Function):
    """Label-smoothed cross entropy of ``hidden @ weight.T``, a few hundred rows at a time.

    At a small width the logits are the largest tensors by far; here the gradients are made while a
    chunk of them is still in the cache, and the chunk is then forgotten. The smoothing and the
    wanted tokens' part of the gradient are added outside, exactly, as they need no logits. The
    value returned is the plain negative log likelihood; the gradient is that of the smoothed loss.
    """

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, smoothing: float, rows: int
    ) -> Tensor:
        table = weight.detach().to(hidden.dtype)
        last = len(weight) - 1
        hidden_gradient = torch.empty(hidden.shape, dtype=torch.float32, device=hidden.device)
        weight_gradient = torch.zeros_like(weight)
        normaliser = torch.empty(len(targets), 1, device=hidden.device)
        for start in range(0, len(targets), rows):
            part = hidden[start : start + rows]
            # Layer-normalised states keep logits far below where exp overflows, so no maximum is
            # subtracted: one pass over the chunk less.
            odds = (part @ table.T).exp_()
            odds[:, last] = 0
            total = odds.sum(dim=1, keepdim=True, dtype=torch.float32)
            normaliser[start : start + rows] = total
            hidden_gradient[start : start + rows] = (odds @ table).float() / total
            weight_gradient += odds.T @ (part / total).to(part.dtype)
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
    model: MarianMTModel, source: Tensor, target: Tensor, smoothing: float, rows: int
) -> tuple[Tensor, int]:
    """Negative log likelihood, summed (its gradient is the smoothed loss's), and tokens."""
    pad = model.config.pad_token_id
    start = torch.full_like(target[:, :1], pad)
    inputs = torch.cat([start, target[:, :-1]], dim=1)
    hidden = model.model(
        input_ids=source,
        attention_mask=source.ne(pad),
        decoder_input_ids=inputs,
        use_cache=False,
    ).last_hidden_state
    real = target.ne(pad)
    if torch.is_autocast_enabled(source.device.type):
        hidden = hidden.to(torch.bfloat16)
    wanted = target[real]
    with torch.autocast(source.device.type, enabled=False):
        likelihood = _TiedCrossEntropy.apply(
            hidden[real], model.model.shared.weight, wanted, smoothing, rows
        )
    return likelihood, len(wanted)
