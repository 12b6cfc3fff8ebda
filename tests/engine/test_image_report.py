"""The program that tells what a network makes of its test images."""

from __future__ import annotations

import base64
import subprocess
import sys
from typing import Any

import numpy as np
import orjson
import pytest

from galapagos.engine.image_report import MOST_WRONG, answer_to, report_json
from galapagos.errors import GalapagosError
from galapagos.genomes.founders import founder
from galapagos.parameters import Parameters
from galapagos.tasks.classification_report import ClassificationReport

PARAMETERS = Parameters.model_validate({"experiment": "wann-classification", "dataset": "digits"})
GENOME = founder(64, 10, np.random.default_rng(3), PARAMETERS, 0)
QUESTION: dict[str, Any] = {
    "genome": GENOME.to_json(),
    "parameters": PARAMETERS.model_dump(mode="json"),
    "weight": 1.0,
}


def run_program(question: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "galapagos.engine.image_report"],
        input=question,
        capture_output=True,
        check=False,
    )


def test_the_program_answers_as_the_function_does() -> None:
    done = run_program(orjson.dumps(QUESTION))
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout) == answer_to(QUESTION)


def test_counts_images_and_pixels_are_told() -> None:
    answer = answer_to(QUESTION)
    counts = np.array(answer["confusion"])
    assert counts.shape == (10, 10)
    assert counts.sum() == answer["images"] == 450
    wrong = counts.sum() - np.trace(counts)
    assert answer["accuracy"] == pytest.approx(1 - wrong / 450)
    assert len(answer["wrong"]) == min(wrong, MOST_WRONG)
    for image in answer["wrong"]:
        assert image["label"] != image["said"]
        assert len(base64.b64decode(image["pixels"])) == answer["side"] ** 2 == 64


def test_no_more_images_are_told_than_anybody_looks_at() -> None:
    count = MOST_WRONG + 50
    report = ClassificationReport(
        images=np.linspace(0, 1, count * 4, dtype=np.float32).reshape(count, 4),
        labels=np.zeros(count, dtype=np.int64),
        predictions=np.ones(count, dtype=np.int64),
        beliefs=np.linspace(0.1, 0.9, count),
        num_classes=2,
    )
    told = report_json(report)["wrong"]
    assert len(told) == MOST_WRONG
    assert told[0]["number"] == count - 1
    assert base64.b64decode(told[0]["pixels"])[-1] == 255


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (b"{", b"unexpected end of data"),
        (b"[]", b'"genome" and "parameters"'),
        (orjson.dumps({**QUESTION, "genome": {}}), b"a network is a JSON object"),
        (orjson.dumps({**QUESTION, "parameters": {}}), b"networks of wann-gym see no images"),
    ],
)
def test_what_cannot_be_answered_is_told_in_one_line(question: bytes, line: bytes) -> None:
    done = run_program(question)
    assert done.returncode == 1
    assert done.stdout == b""
    assert line in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_numbers_that_are_none_are_passed_over() -> None:
    odd = {**QUESTION, "weight": "2", "has_learned": 1}
    assert answer_to(odd)["images"] == 450


def test_a_question_without_parameters_is_refused() -> None:
    with pytest.raises(GalapagosError, match="JSON object"):
        answer_to({"genome": {}})
