"""The home screen's lines: headings, choices, and what is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.plain_content import plain_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.home_choices import HomeChoice
    from tui.home_details import Fact

_WIDEST_NAME = 40


def told(details: Sequence[Fact]) -> Content:
    """Return details in lines, their names below each other."""
    width = max((len(name) for name, _ in details), default=0)
    return Content("\n").join(
        Content.assemble((name.ljust(width + 2), "dim"), plain_content(value, limit=400))
        for name, value in details
    )


def headings(above: tuple[str, str], group: tuple[str, str]) -> list[Content]:
    """Return what is written between a line of one group and one of another."""
    (section_above, _), (section, kind) = above, group
    lines = [Content.styled(f" {section}", "bold $text-primary")] if section != section_above else []
    return lines + ([Content.styled(f"  {kind}", "$text-primary")] if kind and group != above else [])


def widths_of(choices: Sequence[HomeChoice]) -> dict[tuple[str, str], int]:
    """Return the width of the names in each group; a name that is longer than others may be sticks out."""
    widths: dict[tuple[str, str], int] = {}
    for choice in choices:
        width = min(plain_content(choice.name).cell_length, _WIDEST_NAME)
        widths[choice.group] = max(widths.get(choice.group, 0), width)
    return widths


def line(choice: HomeChoice, width: int) -> Content:
    """Return a choice in a line, its name in so many cells."""
    name = plain_content(choice.name)
    gap = " " * (max(0, width - name.cell_length) + 3)
    return Content.assemble("   ", name, gap, plain_content(choice.facts, "dim"))
