"""Settings of all tests."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.homes import make_home

if TYPE_CHECKING:
    from collections.abc import Iterator

# A busy machine is no fault of the code: what must be fast has tests of its own that say how fast.
settings.register_profile(
    "galapagos", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("galapagos")

# A screen that opens makes so many objects that, at the interpreter's own threshold, looking for garbage is a
# third of what the tests of the dashboard cost.
gc.set_threshold(200_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _home_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what no test gave a place of its own away from the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("GALAPAGOS_HOME", str(make_home(tmp_path_factory.mktemp("home"))))
        yield


def pytest_xdist_auto_num_workers() -> int:
    """Return how many tests run at once: one more than there are processors, since many of them wait."""
    return 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
