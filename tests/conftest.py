"""Settings of all tests."""

from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: what must be fast has tests of its own that say how fast.
settings.register_profile(
    "galapagos", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("galapagos")
