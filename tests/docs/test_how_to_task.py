"""The page on tasks, followed to the letter where neither its environment nor its preset is there."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import ROOT, files
from tests.docs.worked_examples import call, carry_out

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "add-a-task"
ENVIRONMENT = "galapagos/tasks/own_environments/sine_regression.py"
PRESET = "params/wann-gym/SineRegression.yaml"
LISTED = "from tui.home_choices import home_choices; print(*(choice.name for choice in home_choices()))"
"""Prints what the home screen offers."""
WRITTEN = "from docs.reference.write import presets_page; print(presets_page())"
"""Prints the page of presets in the reference."""
LONGEST = 60
"""Lines that a new task may take, beside its preset."""


@pytest.fixture
def tree_without(tree: Path) -> Path:
    """Return a copy of the source tree that lacks the page's files, and does not know them."""
    for file in (ENVIRONMENT, PRESET):
        (tree / file).unlink()
    shutil.copytree(ROOT / "docs" / "reference", tree / "docs" / "reference")
    assert "SineRegression" not in call(["galapagos", "params", "show"], tree)
    return tree


def test_the_files_of_the_page_are_those_that_are_shipped() -> None:
    shown = files(f"docs/how-to/{PAGE}.md")
    for file in (ENVIRONMENT, PRESET):
        assert shown[file] == (ROOT / file).read_text("utf-8")
    assert len(shown[ENVIRONMENT].splitlines()) < LONGEST


def test_a_task_takes_its_file_and_a_preset_and_appears_by_itself(tree_without: Path) -> None:
    carry_out(PAGE, tree_without, slow=False)
    assert "wann-gym/SineRegression" in call(["python", "-c", LISTED], tree_without).split()
    assert "SineRegression" in call(["galapagos", "runs"], tree_without)
    assert "wann-gym/SineRegression" in call(["python", "-c", WRITTEN], tree_without)


@pytest.mark.slow
def test_a_task_that_gymnasium_has_takes_a_preset_only(tree_without: Path) -> None:
    carry_out(PAGE, tree_without, slow=True)
