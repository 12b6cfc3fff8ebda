"""How numbers, times and names are written on the screen: the one place that decides."""

from __future__ import annotations

import math

from galapagos.fitness import FitnessKind, fitness_text
from galapagos.plain_text import plain

ABSENT = "\N{EN DASH}"
"""Written where there is no value."""
MINUTE, HOUR, DAY = 60, 3_600, 86_400
_PLAIN_LIMIT = 1e9
"""From this magnitude on a value is written with an exponent."""
_FINE_LIMIT = 1.0
"""Below this magnitude a reward shows two decimals."""
_TINY_LIMIT = 0.01


def whole(value: float) -> str:
    """Return a whole number with a space between thousands: `1 204`; a dash where it is not finite."""
    if not math.isfinite(value):
        return ABSENT
    if abs(value) >= _PLAIN_LIMIT:
        return f"{value:.3g}"
    return f"{round(value):,}".replace(",", " ")


def fixed(value: float, decimals: int) -> str:
    """Return a number with so many decimals and a space between thousands: `-1 204.50`."""
    return f"{value + 0.0:,.{decimals}f}".replace(",", " ")


def fitness(value: float | None, kind: FitnessKind = FitnessKind.REWARD) -> str:
    """Return a fitness as its kind is told; a dash where there is none.

    A reward (objective, deviation of one) has thousands and small values apart: `731.2`, `1 204.0`, `0.93`. A
    loss is positive, `0.214`, and an accuracy a share of hundred, `93.1 %`.
    """
    if value is None or not math.isfinite(value):
        return ABSENT
    magnitude = abs(value)
    if magnitude >= _PLAIN_LIMIT:
        return f"{-value if kind is FitnessKind.LOSS else value:.2e}"
    if kind is not FitnessKind.REWARD:
        return fitness_text(value, kind)
    if 0 < magnitude < _TINY_LIMIT:
        return f"{value:.2e}"
    return fixed(value, 2 if 0 < magnitude < _FINE_LIMIT else 1)


def accuracy(share: object) -> str:
    """Return a share of images as `93.1 %`; nothing where it is no number, a dash where it is not finite."""
    if isinstance(share, bool) or not isinstance(share, int | float):
        return ""
    return fitness(share, FitnessKind.ACCURACY)


def deviation(
    value: float | None, kind: FitnessKind = FitnessKind.REWARD, *, ascii_only: bool = False
) -> str:
    """Return a standard deviation of fitness: `±8.1`, or nothing where there is none."""
    if value is None or not math.isfinite(value):
        return ""
    text = fitness(-value if kind is FitnessKind.LOSS else value, kind)
    return f"{'+-' if ascii_only else '±'}{text}"


def weight(value: float | None) -> str:
    """Return a shared weight: `-1.5`, `0.25`; nothing where weights are learned."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return ABSENT
    text = f"{value:.3g}"
    return text if "." in text or "e" in text else f"{text}.0"


def rate(per_second: float) -> str:
    """Return evaluations per second: `1 204`, `12.3`; a dash where it is not finite."""
    if not math.isfinite(per_second):
        return ABSENT
    return whole(per_second) if abs(per_second) >= 100 or per_second == 0 else f"{per_second:.1f}"


def duration(seconds: float) -> str:
    """Return a span of time: `0:12:41`, from a day on `3 d 2:12:41`."""
    if not math.isfinite(seconds):
        return ABSENT
    total = max(0, int(seconds))
    days, rest = divmod(total, DAY)
    clock = f"{rest // HOUR}:{rest % HOUR // MINUTE:02}:{rest % MINUTE:02}"
    return f"{whole(days)} d {clock}" if days else clock


def ago(seconds: float) -> str:
    """Return how long something has been: `4 s`, `3 min`, `2 h`, `5 d`."""
    if not math.isfinite(seconds):
        return ABSENT
    total = max(0, int(seconds))
    for size, unit in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if total >= 2 * size:
            return f"{whole(total // size)} {unit}"
    return f"{total} s"


def data_size(size: float) -> str:
    """Return a number of bytes: `12.3 GB`, `175 MB`, `4 kB`."""
    for unit, factor in (("TB", 1e12), ("GB", 1e9)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def extent(low: int, high: int, *, ascii_only: bool = False) -> str:
    """Return a range of sizes: `13-24` with an en dash, or `7` where it is one size."""
    return whole(low) if low == high else f"{whole(low)}{'-' if ascii_only else ABSENT}{whole(high)}"


def words(text: str, limit: int = 200) -> str:
    """Return text from data as one line that is safe to draw: no control characters, at most `limit` long."""
    return plain(text, limit)


def operator(text: str) -> str:
    """Return in words what made a network: of `add_node+add_connection` add node, add connection."""
    return words(text.replace("+", ", ").replace("_", " "), 60)
