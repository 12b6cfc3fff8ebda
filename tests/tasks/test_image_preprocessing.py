"""Images resized and deskewed, beside a plain version that computes one pixel after the other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from galapagos.tasks.image_preprocessing import LEAST_HEIGHT, deskewed, preprocessed, resized, scaled

Image = NDArray[np.float64]


def slowly_resized(image: Image, side: int) -> Image:
    """Return what `cv2.resize` computes by default, pixel by pixel."""
    rows, columns = image.shape
    result = np.zeros((side, side))
    for row in range(side):
        for column in range(side):
            y = min(max((row + 0.5) * rows / side - 0.5, 0.0), rows - 1.0)
            x = min(max((column + 0.5) * columns / side - 0.5, 0.0), columns - 1.0)
            for source_row in range(rows):
                for source_column in range(columns):
                    nearness = max(0.0, 1.0 - abs(source_row - y)) * max(0.0, 1.0 - abs(source_column - x))
                    result[row, column] += nearness * image[source_row, source_column]
    return result


def slowly_deskewed(image: Image) -> Image:
    """Return a sheared image, pixel by pixel, with moments about the centre of mass."""
    rows, columns = image.shape
    pixels = [(x, y, float(image[y, x])) for y in range(rows) for x in range(columns)]
    mass = sum(value for *_, value in pixels)
    if mass == 0.0:
        return image
    mean_x = sum(x * value for x, _, value in pixels) / mass
    mean_y = sum(y * value for _, y, value in pixels) / mass
    mu11 = sum((x - mean_x) * (y - mean_y) * value for x, y, value in pixels)
    mu02 = sum((y - mean_y) ** 2 * value for _, y, value in pixels)
    if abs(mu02) < LEAST_HEIGHT:
        return image
    result = np.zeros_like(image)
    for x, y, _ in pixels:
        place = x + mu11 / mu02 * (y - rows / 2)
        left = math.floor(place)
        for neighbour, nearness in ((left, left + 1 - place), (left + 1, place - left)):
            if 0 <= neighbour < columns:
                result[y, x] += nearness * image[y, neighbour]
    return result


@st.composite
def images(draw: st.DrawFn, *, count: int = 2, most: int = 9) -> NDArray[np.float64]:
    """Draw images (count, rows, columns) in 0 to 1, some of them nearly empty."""
    shape = (count, draw(st.integers(1, most)), draw(st.integers(1, most)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.random(shape) * (rng.random(shape) < draw(st.sampled_from((0.05, 0.3, 1.0))))


def digits(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Return images (count, 28, 28) with slanted strokes, each another."""
    rng = np.random.default_rng(seed)
    drawn = np.zeros((count, 28, 28), dtype=np.uint8)
    for image in drawn:
        for row in range(4, 24):
            column = int(10 + rng.uniform(-0.4, 0.4) * (row - 14) + rng.uniform(-2, 2))
            image[row, column : column + 4] = rng.integers(1, 256, 4)
    return drawn


@given(images(), st.integers(1, 9))
def test_resizing_is_bilinear_between_the_centres_of_pixels(drawn: NDArray[np.float64], side: int) -> None:
    expected = [slowly_resized(image, side) for image in drawn]
    np.testing.assert_allclose(resized(drawn, side), expected, rtol=0, atol=1e-14)


def test_mnist_is_sampled_at_steps_of_seven_quarters_from_three_eighths() -> None:
    ramp = np.broadcast_to(np.arange(28.0), (1, 28, 28))
    np.testing.assert_array_equal(resized(ramp)[0, 0], 0.375 + 1.75 * np.arange(16))
    np.testing.assert_array_equal(resized(ramp.transpose(0, 2, 1))[0, :, 5], 0.375 + 1.75 * np.arange(16))


def test_nothing_is_averaged_where_an_image_becomes_smaller() -> None:
    image = np.zeros((1, 30, 30))
    image[0, 3, 3] = 1.0  # the samples of a target of 3 lie at 4.5, 14.5 and 24.5
    assert not resized(image, 3).any()


@given(images())
def test_deskewing_shears_by_the_second_moments(drawn: NDArray[np.float64]) -> None:
    expected = [slowly_deskewed(image) for image in drawn]
    np.testing.assert_allclose(deskewed(drawn), expected, rtol=0, atol=1e-9)


def test_a_slanted_stroke_stands_upright_in_the_column_where_it_crossed_the_middle() -> None:
    image = np.zeros((1, 16, 16))
    for row in range(2, 14):
        image[0, row, row] = 1.0
    expected = np.zeros((16, 16))
    expected[2:14, 8] = 1.0
    np.testing.assert_allclose(deskewed(image)[0], expected, rtol=0, atol=1e-12)


def test_what_is_sheared_out_of_the_image_is_lost_and_what_comes_in_is_zero() -> None:
    flat = np.zeros((1, 16, 16))
    flat[0, 7, :8] = flat[0, 8, 8:] = 1.0  # mu11 / mu02 is far above 1, so that rows far away leave
    flat[0, 0, 0] = flat[0, 15, 15] = 0.01
    upright = deskewed(flat)[0]
    np.testing.assert_allclose(upright, slowly_deskewed(flat[0]), rtol=0, atol=1e-12)
    assert upright[0].sum() == 0.0
    assert upright.sum() < flat.sum()


@pytest.mark.parametrize("brightness", [0.0, 1.0])
def test_an_image_without_height_stays_as_it_is(brightness: float) -> None:
    image = np.zeros((1, 16, 16))
    image[0, 5, 2:9] = brightness
    np.testing.assert_array_equal(deskewed(image), image)


def test_an_image_is_the_same_alone_and_in_any_company() -> None:
    many = digits(600)
    together = preprocessed(many)
    for index in (0, 255, 256, 599):
        np.testing.assert_array_equal(preprocessed(many[index : index + 1])[0], together[index])
    np.testing.assert_array_equal(preprocessed(many[::-1])[::-1], together)


def test_preprocessing_scales_resizes_deskews_and_flattens() -> None:
    many = digits(4)
    result = preprocessed(many)
    expected = [slowly_deskewed(slowly_resized(image / 255, 16)).ravel() for image in many]
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, np.array(expected), rtol=0, atol=1e-6)
    assert result.min() >= 0.0
    assert result.max() <= 1.0


def test_scaling_divides_by_255_and_flattens_row_by_row() -> None:
    many = np.arange(256, dtype=np.uint8).reshape(2, 16, 8)
    result = scaled(many)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, (np.arange(256).reshape(2, 128) / 255.0).astype(np.float32))


def test_no_images_are_no_images() -> None:
    none = np.zeros((0, 28, 28), dtype=np.uint8)
    assert preprocessed(none).shape == (0, 256)
    assert scaled(none).shape == (0, 784)
