"""Moving pictures send the cells that changed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from textual.geometry import Region

from tui.widgets.live_canvas import changed_regions


def test_each_row_goes_from_its_first_to_its_last_change() -> None:
    differs = np.zeros((4, 9), dtype=np.bool_)
    differs[1, [2, 5]] = True
    differs[3, 8] = True
    assert changed_regions(differs) == [Region(2, 1, 4, 1), Region(8, 3, 1, 1)]
    assert changed_regions(differs, 10, 20) == [Region(22, 11, 4, 1), Region(28, 13, 1, 1)]


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.booleans()))
def test_every_change_is_in_one_of_them_and_each_begins_and_ends_with_one(differs: NDArray[np.bool_]) -> None:
    covered = np.zeros_like(differs)
    for region in changed_regions(differs):
        covered[region.y, region.x : region.right] = True
        assert differs[region.y, region.x]
        assert differs[region.y, region.right - 1]
    assert not (differs & ~covered).any()
