"""The names and numbers of the activation functions; what they compute is in `galapagos.networks`."""

from enum import IntEnum


class Activation(IntEnum):
    """Activation functions by their number in the published WANN matrices (Gaier & Ha 2019, code)."""

    LINEAR = 1
    STEP = 2
    SINE = 3
    GAUSSIAN = 4
    TANH = 5
    SIGMOID = 6
    INVERSE = 7
    ABS = 8
    RELU = 9
    COSINE = 10
    SQUARED = 11

    @property
    def label(self) -> str:
        """The name used in parameter files, JSON and on the screen."""
        return self.name.lower()


EVOLVED = tuple(activation for activation in Activation if activation is not Activation.SQUARED)
"""The activations that mutation may draw; `squared` occurs in imported networks only."""

BY_LABEL = {activation.label: activation for activation in Activation}
