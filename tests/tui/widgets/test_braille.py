"""Curves and points as characters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from tui.widgets.braille import Scale, braille_codes, clean, merge, point_dots, span_dots, spans

BITS = {
    (0, 0): 0x01,
    (1, 0): 0x02,
    (2, 0): 0x04,
    (0, 1): 0x08,
    (1, 1): 0x10,
    (2, 1): 0x20,
    (3, 0): 0x40,
    (3, 1): 0x80,
}
"""The bit of each dot (row, column), from the Unicode chart of braille patterns."""


@given(
    npst.arrays(
        np.bool_, st.tuples(st.integers(1, 5).map(lambda n: 4 * n), st.integers(1, 5).map(lambda n: 2 * n))
    )
)
def test_braille_codes_are_those_of_the_unicode_chart(picture: NDArray[np.bool_]) -> None:
    codes = braille_codes(picture)
    for row in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            expected = sum(bit for (y, x), bit in BITS.items() if picture[4 * row + y, 2 * column + x])
            assert codes[row, column] == expected


def columns_of(x: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    return (x - scale.low) / (scale.high - scale.low) * (scale.dots - 1)


@given(
    st.lists(st.floats(-100, 100) | st.just(float("nan")), min_size=1, max_size=60),
    st.integers(1, 40),
    st.integers(1, 30),
)
def test_no_value_is_lost_and_no_curve_leaves_its_column(
    values: list[float], width: int, height: int
) -> None:
    y = np.array(values)
    x = np.arange(len(y), dtype=np.float64)
    horizontal, vertical = Scale(0.0, max(1.0, len(y) - 1), width), Scale(-100.0, 100.0, height)
    low, high = spans(x, y, horizontal, vertical)
    assert low.shape == high.shape == (width,)
    drawn = high >= low
    assert (low[drawn] >= 0).all()
    assert (high[drawn] < height).all()
    place = columns_of(x, horizontal)
    for number in np.flatnonzero(np.isfinite(y)):
        # On the border between two columns either may hold the point.
        near = [
            c
            for c in {int(np.floor(place[number] + 0.5)), int(np.ceil(place[number] - 0.5))}
            if 0 <= c < width
        ]
        row = vertical.place(y[number : number + 1])[0]
        assert any(low[c] <= row <= high[c] for c in near)


def test_a_curve_without_gaps_is_one_connected_line() -> None:
    rng = np.random.default_rng(5)
    for count in (2, 7, 80, 900):
        x = np.arange(count, dtype=np.float64)
        y = rng.normal(size=count)
        low, high = spans(x, y, Scale(0.0, count - 1.0, 60), Scale(-4.0, 4.0, 40))
        assert (high >= low).all()
        assert (low[1:] <= high[:-1] + 1).all()
        assert (low[:-1] <= high[1:] + 1).all()


def test_a_straight_line_is_straight() -> None:
    low, high = spans(np.array([0.0, 10.0]), np.array([0.0, 10.0]), Scale(0, 10, 11), Scale(0, 10, 11))
    assert low.tolist() == high.tolist() == list(range(11))


def test_a_gap_stays_empty() -> None:
    y = np.array([0.0, 0.0, np.nan, np.nan, 5.0, 5.0])
    low, high = spans(np.arange(6.0), y, Scale(0, 5, 51), Scale(0, 5, 6))
    drawn = high >= low
    assert drawn[:11].all()
    assert not drawn[11:40].any()
    assert drawn[40:].all()


def test_span_dots_fill_from_low_to_high() -> None:
    picture = span_dots(np.array([0, 2, 3]), np.array([1, 2, -1]), 3)
    assert picture.astype(int).tolist() == [[0, 1, 0], [1, 0, 0], [1, 0, 0]]


def test_points_lie_with_high_values_at_the_top() -> None:
    picture = point_dots(np.array([0.0, 1.0]), np.array([0.0, 1.0]), Scale(0, 1, 2), Scale(0, 1, 4))
    assert picture.astype(int).tolist() == [[0, 1], [0, 0], [0, 0], [1, 0]]


def test_where_layers_meet_all_dots_show_in_the_colour_of_the_first() -> None:
    first, second = np.zeros((2, 4, 2), dtype=np.bool_)
    first[0, 0] = second[3, 1] = True
    cells = merge([first, second], 1, 1, ascii_only=False)
    assert cells.layers.tolist() == [[0]]
    assert chr(cells.characters[0, 0]) == chr(0x2800 + 0x01 + 0x80)


def test_plain_layers_have_a_character_each() -> None:
    first, second = np.array([[True, False, False]]), np.array([[True, True, False]])
    cells = merge([first, second], 1, 3, ascii_only=True)
    assert "".join(map(chr, cells.characters[0])) == "*+ "
    assert cells.layers.tolist() == [[0, 1, -1]]


def test_cleaning_makes_gaps_of_infinities_and_copies() -> None:
    source = np.array([1.0, np.inf, -np.inf, np.nan, 1e308])
    cleaned = clean(source)
    assert np.isnan(cleaned[1:4]).all()
    assert cleaned[0] == 1.0
    assert cleaned[4] == pytest.approx(1e300)
    assert np.isinf(source[1])


@given(npst.arrays(np.float64, st.integers(0, 30)), st.integers(1, 9), st.integers(1, 9))
def test_any_values_have_spans(values: NDArray[np.float64], width: int, height: int) -> None:
    y = clean(values)
    spans(
        np.arange(len(y), dtype=np.float64), y, Scale(0, max(1, len(y)), width), Scale(-1e300, 1e300, height)
    )
