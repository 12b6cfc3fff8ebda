"""Settings of all tests."""

import os

from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: what must be fast has tests of its own that say how fast.
settings.register_profile(
    "galapagos", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("galapagos")


def pytest_xdist_auto_num_workers() -> int:
    """Return how many tests run at once: one more than there are processors, since many of them wait."""
    return 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
