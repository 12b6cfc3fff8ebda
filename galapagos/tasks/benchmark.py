"""How fast one core evaluates, in processor time: every kernel beside its readable reference."""

from __future__ import annotations

from typing import Any


def benchmark() -> list[dict[str, Any]]:
    """Return one object for each measurement, see `benchmark_entry.entry`."""
    from galapagos.tasks.digits_benchmark import digits_benchmark
    from galapagos.tasks.learning_benchmark import learning_benchmark
    from galapagos.tasks.swing_up_benchmark import swing_up_benchmark

    return [*swing_up_benchmark(), *digits_benchmark(), *learning_benchmark()]
