"""Where a plot lies in its widget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.plot_frame import lay_out


@given(st.integers(14, 200), st.integers(0, 5000), st.integers(1, 5000), st.booleans(), st.floats(0, 1))
def test_a_column_has_the_values_that_lie_in_it(
    width: int, low: int, span: int, log_horizontal: bool, share: float
) -> None:
    frame = lay_out(width, 12, (low, low + span), (0.0, 1.0), log_horizontal=log_horizontal)
    column = frame.column(low + share * span)
    value = frame.value_at(column)
    assert low - 1e-6 * span <= value <= (low + span) * (1 + 1e-9)
    assert abs(frame.column(value) - column) <= 1


def test_beside_the_plot_are_its_ends() -> None:
    frame = lay_out(40, 12, (10, 20), (0.0, 1.0))
    assert frame.value_at(0) == 10
    assert frame.value_at(99) == 20
