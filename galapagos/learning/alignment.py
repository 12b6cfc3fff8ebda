"""Feedback alignment in torch: forward through the weights, errors back through others."""

from __future__ import annotations

from typing import Any

import torch


class _Aligned(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        values: torch.Tensor,
        weights: torch.Tensor,
        feedback: torch.Tensor,
    ) -> torch.Tensor:
        ctx.save_for_backward(values, feedback)
        return values @ weights

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:  # noqa: ANN401
        values, feedback = ctx.saved_tensors
        errors = gradients[0]
        return errors @ feedback.mT, values.mT @ errors, None


def aligned_product(values: torch.Tensor, weights: torch.Tensor, feedback: torch.Tensor) -> torch.Tensor:
    """Return values @ weights, through which errors come back as if the weights were the feedback.

    Source: Lillicrap et al. 2016, "Random synaptic feedback weights support error backpropagation".

    Args:
        values: (…, images, sources).
        weights: (…, sources, targets); their gradient is the true one.
        feedback: The same shape.

    Returns:
        (…, images, targets).
    """
    product: torch.Tensor = _Aligned.apply(values, weights, feedback)
    return product
