"""Where torch computes; torch is imported only where somebody asks for a device."""

from galapagos.errors import InvalidParameters


def require_cuda() -> None:
    """Make sure that torch has a CUDA device.

    Raises:
        InvalidParameters: Where it has none.
    """
    import torch

    if not torch.cuda.is_available():
        raise InvalidParameters(
            ["use_cuda is true, but torch finds no CUDA device here; false would be right"]
        )
