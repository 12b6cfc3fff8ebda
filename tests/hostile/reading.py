"""Reading many changed contents of a format: each is taken as it stands, or refused in one line, soon."""

from __future__ import annotations

import gc
import re
import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from galapagos.errors import GalapagosError, InvalidParameters
from galapagos.garbage import THRESHOLDS
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FEW, MANY = 200, 10_000
MOST_SECONDS, MOST_BYTES = 1.0, 200 * 10**6
PATIENT_SECONDS = 60.0
"""How long one reading may take where other tests run beside it, and a pause may be anybody's."""

LONGEST_LINE = 1500


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of content.

    Args:
        name: For messages.
        content: Draws a changed content.
        read: Reads one; it raises a GalapagosError where it is refused, an AssertionError where something
            was taken that does not stand there.
    """

    name: str
    content: Callable[[np.random.Generator], Any]
    read: Callable[[Any], None]


def lines_of(error: GalapagosError) -> list[str]:
    """Return the lines of an error; only parameters may have several problems."""
    return error.problems if isinstance(error, InvalidParameters) else [str(error)]


def must_be_plain(line: str, where: str) -> None:
    """Assert that a line says something, and nothing that a terminal would obey."""
    assert line, where
    # Where a name has nothing but such characters, two spaces are left.
    assert re.sub(" +", " ", line) == plain(line, limit=2 * LONGEST_LINE), f"{where}: {line!r}"
    assert len(line) <= LONGEST_LINE, f"{where}: {line!r}"


def fuzz(form: Format, count: int) -> None:
    """Read so many changed contents; some must be taken and some refused, so that both are tested."""
    with _garbage_as_the_program_looks_for_it():
        _read_changed(form, count)


def _read_changed(form: Format, count: int) -> None:
    patience = PATIENT_SECONDS if count <= FEW else MOST_SECONDS
    taken, before = 0, _most_memory()
    for case in range(count):
        content = form.content(np.random.default_rng((case, sum(form.name.encode()))))
        where = f"case {case} of {form.name}"
        start = time.process_time()
        try:
            form.read(content)
            taken += 1
        except GalapagosError as error:
            for line in lines_of(error):
                must_be_plain(line, where)
        except Exception as error:
            raise AssertionError(f"{where}: {error!r}") from error
        seconds = time.process_time() - start
        assert seconds < patience, f"{where} took {seconds:.2f} s"
    assert 0 < taken < count, f"{taken} of {count} were taken"
    grown = _most_memory() - before
    assert grown < MOST_BYTES, f"{form.name}: {grown} bytes"


@contextmanager
def _garbage_as_the_program_looks_for_it() -> Iterator[None]:
    """Measure what reading needs, and not what lies about because the tests look for garbage even less."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _most_memory() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
