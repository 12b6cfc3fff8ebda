"""How often garbage is looked for."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from galapagos.garbage import THRESHOLDS, look_for_garbage_seldom

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _thresholds_of_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_a_process_looks_less_often_than_python_does() -> None:
    gc.set_threshold(700, 10, 10)
    look_for_garbage_seldom()
    assert gc.get_threshold() == THRESHOLDS


@pytest.mark.parametrize("seldom", [(200_000, 20, 20), THRESHOLDS])
def test_one_that_looks_less_often_keeps_to_that(seldom: tuple[int, int, int]) -> None:
    gc.set_threshold(*seldom)
    look_for_garbage_seldom()
    assert gc.get_threshold() == seldom
