"""The program that tells what a network makes of its test images: one JSON object in, one out.

Started by a dashboard as `python -P -m galapagos.engine.image_report`, because it may train a network, which
takes a while and imports what takes long. In: `genome` and `parameters` as JSON, and maybe `weight` and
`has_learned` as in `tasks.classification_report`. Out: what `report_json` returns. Where it does not work,
the exit status is 1 and the last line of stderr says why.
"""

from __future__ import annotations

import base64
import math
import os
import sys
from typing import TYPE_CHECKING, Any

from galapagos.errors import GalapagosError, InvalidGenome
from galapagos.plain_text import plain

if TYPE_CHECKING:
    from galapagos.tasks.classification_report import ClassificationReport

MOST_WRONG = 300
"""Images that are told with their pixels; nobody looks at more."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def main() -> int:
    """Answer the question on stdin; returns the exit status."""
    # Before numpy and torch are imported: beside a run on the same machine it takes one processor.
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    import orjson

    try:
        question = orjson.loads(sys.stdin.buffer.read())
        answer = answer_to(question)
    except (GalapagosError, orjson.JSONDecodeError) as error:
        sys.stderr.write(f"{plain(str(error))}\n")
        return 1
    sys.stdout.buffer.write(orjson.dumps(answer))
    return 0


def answer_to(question: object) -> dict[str, Any]:
    """Return the JSON object that answers one with a network and the parameters of its run.

    Raises:
        GalapagosError: Where it cannot be answered.
    """
    from galapagos.genomes.any_genome import genome_from_json
    from galapagos.parameter_files import parameters_from_json
    from galapagos.tasks.classification_report import classification_report

    if not isinstance(question, dict) or not isinstance(question.get("parameters"), dict):
        raise InvalidGenome('what is asked is a JSON object with "genome" and "parameters"')
    weight = question.get("weight")
    report = classification_report(
        genome_from_json(question.get("genome")),
        parameters_from_json(question["parameters"], "the parameters of the network"),
        weight=float(weight) if isinstance(weight, int | float) else None,
        has_learned=question.get("has_learned") is True,
    )
    return report_json(report)


def report_json(report: ClassificationReport) -> dict[str, Any]:
    """Return a report as JSON: counts by right class and said class, and the images that are wrong.

    `wrong` has those first that the network is surest of, at most 300: the number of each among the test
    images, its `label`, what was `said`, how sure that is (`belief`, in 0 to 1), and its `pixels`, base64 of
    a byte each, row after row, `side` in a row.
    """
    side = math.isqrt(report.images.shape[1])
    wrong = report.wrong[:MOST_WRONG].tolist()
    pixels = (report.images[wrong] * 255).round().astype("uint8")
    return {
        "confusion": report.confusion.tolist(),
        "accuracy": report.accuracy,
        "images": len(report.labels),
        "weight": report.weight,
        "epochs": report.epochs,
        "side": side,
        "wrong": [
            {
                "number": number,
                "label": int(report.labels[number]),
                "said": int(report.predictions[number]),
                "belief": float(report.beliefs[number]),
                "pixels": base64.b64encode(row.tobytes()).decode("ascii"),
            }
            for number, row in zip(wrong, pixels, strict=True)
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
