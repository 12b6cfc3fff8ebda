"""A run that was recorded, so that screens show what real evolution looks like, and the same each time.

`python -m tests.tui.recorded_run` records it again: 60 generations of the swing-up, in which the levels were
changed, an elite was injected and one was pinned, with the engine's last picture of it.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from galapagos.engine.commands import Inject, Pin, SetParameters, Stop
from galapagos.engine.files.log_reading import read_lines
from galapagos.engine.launch import launch
from galapagos.engine.records.run_directory import create_run
from galapagos.engine.snapshot import RunState, Snapshot, WorkerSummary, snapshot_from_json
from galapagos.engine.socket import protocol
from galapagos.engine.socket.blocking_client import BlockingClient
from galapagos.parameters import Parameters
from tests.engine.fakes import FakeHost

DIRECTORY = Path(__file__).parent / "recorded"
PICTURE, JOURNAL, GENOMES = "snapshot.json", "journal.jsonl", "genomes.json"
GENERATIONS = 60


def recorded_snapshot(**changes: Any) -> Snapshot:
    """Return the engine's picture, of generation 60, as if it went on."""
    picture = snapshot_from_json(orjson.loads((DIRECTORY / PICTURE).read_bytes()))
    return replace(picture, **{"state": RunState.EVOLVING, **changes})


def recorded_journal() -> list[dict[str, Any]]:
    """Return the lines of the journal."""
    lines, _ = read_lines(DIRECTORY / JOURNAL)
    return lines


def recorded_host(**changes: Any) -> FakeHost:
    """Return an engine that shows the picture and knows its elites."""
    host = FakeHost(recorded_snapshot(**changes))
    host.genomes = orjson.loads((DIRECTORY / GENOMES).read_bytes())
    return host


def record() -> None:
    """Evolve the run, and keep what the tests need of it."""
    with tempfile.TemporaryDirectory() as home:
        parameters = Parameters(
            population_size=48,
            tournament_size=6,
            num_generations=GENERATIONS,
            num_workers=2,
            test_every=10,
            seed=3,
            out_dir=str(Path(home, "run")),
        )
        run = create_run(parameters, "wann-gym/CartPoleSwingUp")
        launch(run.path, owner_pid=os.getpid())
        with BlockingClient.connect(run.socket_path, name="ada@pts/3") as client:
            client.wait(lambda snapshot: snapshot.generation >= 15 and len(snapshot.elites) > 2)
            client.send(SetParameters({"complexity_levels": 5}))
            elite = client.snapshot().elites[-1]
            client.send(Inject(client.genome(elite.id)["genome"], elite.id, "an old friend of the library"))
            client.send(Pin(elite.id))
            client.wait(lambda snapshot: snapshot.state is RunState.FINISHED)
            picture = client.snapshot()
            genomes = {elite.id: client.genome(elite.id) for elite in picture.elites}
            client.send(Stop())
        DIRECTORY.mkdir(exist_ok=True)
        (DIRECTORY / JOURNAL).write_bytes(run.journal_file.read_bytes())
    told = _without_the_machine(picture)
    frame = protocol.encode_snapshot(told)[protocol.HEADER_BYTES :]
    (DIRECTORY / PICTURE).write_bytes(
        orjson.dumps(orjson.loads(frame)["snapshot"], option=orjson.OPT_INDENT_2)
    )
    (DIRECTORY / GENOMES).write_bytes(orjson.dumps(genomes, option=orjson.OPT_INDENT_2))


def _without_the_machine(picture: Snapshot) -> Snapshot:
    """Return a picture without what is of the machine that it was taken on."""
    workers = tuple(
        WorkerSummary(1001 + number, worker.state, worker.evaluated)
        for number, worker in enumerate(picture.workers)
    )
    happenings = tuple(one for one in picture.happenings if one.kind not in ("checkpoint", "notice"))
    return replace(
        picture,
        workers=workers,
        happenings=happenings,
        directory="/home/ada/runs/recorded",
        run="recorded",
        elapsed=float(round(picture.elapsed)),
        checkpoint_age=4.0,
        evaluations_per_second=1204.0,
        parameters={**picture.parameters, "out_dir": ""},
    )


if __name__ == "__main__":
    record()
