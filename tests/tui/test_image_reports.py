"""Reading what the process says that showed a network its test images."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pytest

from galapagos.errors import EngineFailed
from tests.tui.shown_elites import image_report
from tui.image_reports import report_of

GOOD: dict[str, Any] = {
    "confusion": [[1, 0], [1, 2]],
    "accuracy": 0.75,
    "images": 4,
    "weight": 1.5,
    "epochs": 0,
    "side": 2,
    "wrong": [{"number": 3, "label": 1, "said": 0, "belief": 0.9, "pixels": "AP8AEA=="}],
}


def test_a_report_is_read() -> None:
    report = report_of(orjson.dumps(GOOD))
    assert report.confusion.tolist() == [[1, 0], [1, 2]]
    assert (report.accuracy, report.images, report.weight, report.epochs) == (0.75, 4, 1.5, 0)
    assert report.num_wrong == 1
    (wrong,) = report.wrong
    assert (wrong.number, wrong.label, wrong.said, wrong.belief) == (3, 1, 0, 0.9)
    assert wrong.pixels.tolist() == [[0, 255], [0, 16]]


def test_the_example_is_one() -> None:
    report = image_report()
    assert report.num_wrong == len(report.wrong) == 12
    assert np.trace(report.confusion) == 400


@pytest.mark.parametrize(
    "change",
    [
        {"confusion": [[1, 2]]},
        {"confusion": [[1], [2, 3]]},
        {"confusion": []},
        {"confusion": "many"},
        {"accuracy": None},
        {"side": 0},
        {"side": 10_000},
        {"side": 3},
        {"wrong": [{}]},
        {"wrong": 5},
        {"weight": "one"},
    ],
)
def test_what_is_none_is_told_in_a_line(change: dict[str, Any]) -> None:
    with pytest.raises(EngineFailed, match="cannot be read"):
        report_of(orjson.dumps(GOOD | change))


@pytest.mark.parametrize("output", [b"", b"{", b"[]", b"null", b"\xff\x00"])
def test_what_is_no_json_object_is_told_in_a_line(output: bytes) -> None:
    with pytest.raises(EngineFailed):
        report_of(output)
