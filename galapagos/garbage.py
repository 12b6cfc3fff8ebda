"""How often a process of this program looks for garbage."""

from __future__ import annotations

import gc

THRESHOLDS = (10_000, 2, 50)
"""New objects before a look at the youngest, such looks before a longer one, and those before a full one."""


def look_for_garbage_seldom() -> None:
    """Look for garbage less often than Python does; for the start of a process that is ours alone.

    At Python's own thresholds the tens of thousands of objects that are imported are walked through again
    and again, for up to 0.1 s in which no key and no client is answered: a fifth of what it costs to open a
    screen, and a twelfth of what an engine does. A look at 10,000 new objects takes 5 ms. A process that
    looks even less often keeps to that.
    """
    if gc.get_threshold()[0] < THRESHOLDS[0]:
        gc.set_threshold(*THRESHOLDS)
