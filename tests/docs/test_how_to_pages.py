"""The worked examples of the how-to pages are carried out as they stand, in a copy of the source tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs.worked_examples import carry_out

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ("add-an-exporter", "add-a-genome", "add-a-learning-rule")


@pytest.mark.parametrize("page", PAGES)
def test_the_worked_example_of_a_page_works(page: str, tree: Path) -> None:
    carry_out(page, tree, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_worked_example_of_a_page_works_with_its_long_commands(page: str, tree: Path) -> None:
    carry_out(page, tree, slow=True)
