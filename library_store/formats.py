"""The formats of files that saved elites are written in: an entry of one table for each.

The error lines, the help of `library export` and the prompts of the dashboard derive from it, so it imports
nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from library_store.entry import Entry

    Writer = Callable[[Sequence[Entry], Path], str | None]
    """Writes a file and returns what reads back otherwise, None where nothing does."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files.

    Args:
        content: What a file of it keeps, in a few words.
        module: The module under `library_store` with the function that writes it.
        function: Takes one entry or several, and the file; see `Writer`.
        holds_several: Whether a file keeps any number of elites.
        beside: What other files that it writes end in; they have the same name otherwise.
    """

    content: str
    module: str
    function: str
    holds_several: bool = False
    beside: tuple[str, ...] = ()

    def writer(self) -> Writer:
        """Import and return the function that writes a file of this format."""
        write: Writer = getattr(import_module(f"library_store.{self.module}"), self.function)
        return write


FORMATS = {
    ".galapagos": Format("everything, any number of elites", "writers", "write_bundle", holds_several=True),
    ".json": Format("one elite, to read", "writers", "write_json"),
    ".out": Format("the network of one as a published WANN matrix", "writers", "write_matrix"),
    ".pt": Format(
        "the network of one for PyTorch, a loader beside it", "writers", "write_torch", beside=(".py",)
    ),
}
WRITABLE = tuple(FORMATS)
HOLDING_SEVERAL = tuple(suffix for suffix, one in FORMATS.items() if one.holds_several)
HOLDING_ONE = tuple(suffix for suffix, one in FORMATS.items() if not one.holds_several)
READABLE = (".galapagos", ".json", ".out")
"""What files end in that `library_store.exchange.read_file` reads."""


def unwritable(suffix: str, count: int) -> str:
    """Return why a file that ends like this cannot hold so many elites, or nothing where it can."""
    if suffix not in FORMATS:
        return f"saved elites are written as {listed(WRITABLE)}"
    if count == 1 or FORMATS[suffix].holds_several:
        return ""
    return (
        f"a {suffix} file holds one saved elite, not {count}; a {listed(HOLDING_SEVERAL)} file holds several"
    )


def listed(suffixes: Iterable[str]) -> str:
    """Return suffixes as a sentence has them: `.galapagos, .json or .out`."""
    *others, last = suffixes
    return f"{', '.join(others)} or {last}" if others else last
