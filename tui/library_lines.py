"""The library's lines: how many elites are shown and marked, what is wrong, what stands in place of none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui import formatting
from tui.plain_content import plain_content

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from library_store.entry import Entry

UNREAD = "reading the library …"
UNFIT = "No saved elite fits this filter; escape shows all again"
EMPTY = (
    "Nothing is saved yet. In a run, s saves the elite under the cursor; I imports a file here, and so does "
    "galapagos library import FILE"
)
_MANY = "so many make every change slow; export (x) and remove (d) those that you do not need"


def title(count: int, shown: Sequence[Entry], marked: Set[str], run: str, *, is_read: bool) -> Content:
    """Return the line above everything.

    Args:
        count: How many elites are saved.
        shown: Those that the filter lets through.
        marked: The ids of those that are marked.
        run: The name of the run that the library was opened from; empty without one.
        is_read: Whether the library was read, so that the numbers are known.
    """
    whole = formatting.whole
    told = f"{whole(len(shown))} of {whole(count)}" if len(shown) != count else f"{count}"
    hidden = len(marked) - sum(entry.id in marked for entry in shown) if marked else 0
    marks = f"  {whole(len(marked))} marked" if marked else ""
    if hidden:
        marks += f", {whole(hidden)} of them not shown"
    return Content.assemble(
        (" Library  ", "bold $text-primary"),
        f"{told} saved elite{'' if told == '1' else 's'}" if is_read else "",
        (marks, "bold $text-warning"),
        "  ",
        plain_content(f"opened from {run}" if run else "", "dim"),
    )


def warning(problems: Sequence[str], *, are_many: bool) -> str:
    """Return what is not as it should be with the library; empty where all is well.

    Args:
        problems: What was found damaged and set aside, one line each.
        are_many: Whether there are so many entries that every change takes long.
    """
    if are_many:
        return _MANY
    more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
    return problems[0] + more if problems else ""
