"""The reference of commands and parameters is what the program says of itself now."""

from __future__ import annotations

import pytest

from docs.reference.write import DIRECTORY, PAGES
from galapagos.cli import COMMANDS


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_current(name: str) -> None:
    written = (DIRECTORY / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "write it again: uv run python docs/reference/write.py"


def test_no_command_is_left_out() -> None:
    page = PAGES["commands.md"]()
    assert [command for command in COMMANDS if f"## galapagos {command}" not in page] == []
