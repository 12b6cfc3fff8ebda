"""One run: where its files are, which engine holds it, and whether that engine lives."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import socket
import time
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import orjson

from galapagos import home
from galapagos.engine.files.atomic_files import atomic_write
from galapagos.engine.files.plain_files import read_plain
from galapagos.engine.records.process_identity import is_running, process_start
from galapagos.engine.records.run_lock import held
from galapagos.errors import RunDirectoryError
from galapagos.plain_text import plain
from galapagos.strict_json import finite, members, parse_json, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALIVE, STOPPED, FAILED, FINISHED = "alive", "stopped", "failed", "finished"
ELSEWHERE = "elsewhere"
"""The state of a run whose engine was last seen alive on another host."""

UNTOLD_EXPERIMENT = "wann-gym"
"""The kind of experiment of a run whose files do not say one."""

FILES = (
    "parameters.yaml",
    "environment.json",
    "branch.json",
    "commands.jsonl",
    "journal.jsonl",
    "events.jsonl",
    "engine.json",
    "engine.lock",
    "log.txt",
)

_MOST_BYTES = 2**16
_LAST_SECOND = 253_402_300_799.0  # of the year 9999, the last that has four digits
_LARGEST_PID, _LARGEST_INODE = 2**31 - 1, 2**64 - 1

DIRECTORIES = ("individuals", "checkpoint", "elites", "networks", "failed", "tensorboard")


@dataclass(frozen=True, slots=True)
class EngineRecord:
    """What `engine.json` says about the engine that runs, or last ran, a run.

    Args:
        title: The preset the run was started from, or the task's name.
        created: When the run was made, seconds since 1970.
        state: `alive`, `stopped`, `failed` or `finished`; alive still stands there after a crash.
        message: What the state means, where it needs words; one line.
        host: The machine that the engine runs on.
        pid: Its process, None before the first start.
        process_start: See `process_identity.process_start`.
        socket: Where it listens.
        inode: Of the run directory, so that a copy of it is not taken for the run itself.
        experiment: The kind of experiment, which decides how its fitness is written.
    """

    title: str
    created: float
    state: str = STOPPED
    message: str = ""
    host: str = ""
    pid: int | None = None
    process_start: str | None = None
    socket: str = ""
    inode: int = 0
    experiment: str = UNTOLD_EXPERIMENT


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """One run's directory, by an absolute path without links."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the directory."""
        return self.path.name

    @property
    def run_id(self) -> str:
        """A short name that no other directory of this machine has; the socket is named by it."""
        digest = hashlib.blake2b(os.fsencode(self.path), digest_size=4).hexdigest()
        return f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', self.name)[:56]}-{digest}"

    @property
    def parameters_file(self) -> Path:
        """The effective parameters at the start, as YAML."""
        return self.path / "parameters.yaml"

    @property
    def environment_file(self) -> Path:
        """Versions, commit, machine, seed."""
        return self.path / "environment.json"

    @property
    def branch_file(self) -> Path:
        """Which run this one was made of, if of any."""
        return self.path / "branch.json"

    @property
    def commands_file(self) -> Path:
        """Every command with the generation it acts in."""
        return self.path / "commands.jsonl"

    @property
    def journal_file(self) -> Path:
        """One line a generation and a parameter change."""
        return self.path / "journal.jsonl"

    @property
    def events_file(self) -> Path:
        """What happened beside evolution."""
        return self.path / "events.jsonl"

    @property
    def individuals_directory(self) -> Path:
        """Columns of all individuals."""
        return self.path / "individuals"

    @property
    def checkpoint_directory(self) -> Path:
        """The last two checkpoints."""
        return self.path / "checkpoint"

    @property
    def elites_directory(self) -> Path:
        """The current elite of each level, one JSON each."""
        return self.path / "elites"

    @property
    def networks_directory(self) -> Path:
        """All networks of some generations."""
        return self.path / "networks"

    @property
    def failed_directory(self) -> Path:
        """Networks that ended their worker or hung, a JSON file each."""
        return self.path / "failed"

    @property
    def tensorboard_directory(self) -> Path:
        """Event files of TensorBoard."""
        return self.path / "tensorboard"

    @property
    def log_file(self) -> Path:
        """What the engine printed."""
        return self.path / "log.txt"

    @property
    def lock_file(self) -> Path:
        """The file whose lock an engine holds; it is never removed while the run is there."""
        return self.path / "engine.lock"

    @property
    def engine_json(self) -> Path:
        """The file that `engine_file` reads."""
        return self.path / "engine.json"

    @property
    def socket_path(self) -> Path:
        """Where this run's engine listens on this machine."""
        return home.socket_path(self.run_id)

    def is_run(self) -> bool:
        """Return whether this directory is a run."""
        return self.parameters_file.is_file()

    def refuse_links(self) -> None:
        """Refuse a run whose files are links, before anything is written: they may lead anywhere.

        An engine cuts journals, and removes checkpoints and files of elites that are no longer needed; in a
        directory that somebody handed on, these could be anybody's files.

        Raises:
            RunDirectoryError: Where one of its files or directories is a link.
        """
        for name in (*FILES, *DIRECTORIES):
            if (self.path / name).is_symlink():
                raise RunDirectoryError(
                    f"{self.path / name} is a link; a run has its own files, so put what it leads to there"
                )

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run for one engine; the system lets go when the process ends, however it ends.

        Raises:
            RunDirectoryError: Where another process holds it, here or on another machine, or the directory
                cannot be written.
        """
        with contextlib.ExitStack() as holding:
            try:
                holding.enter_context(held(self.path, self.lock_file))
            except BlockingIOError:
                record = self.engine_file()
                process = f" (process {record.pid} on {plain(record.host)})" if record and record.pid else ""
                raise RunDirectoryError(
                    f"run {plain(self.name)} has an engine already{process}; attach to it or stop it first"
                ) from None
            except OSError as error:
                raise RunDirectoryError(f"{self.path} cannot be used as a run: {error.strerror}") from None
            self._refuse_elsewhere()
            yield

    def _refuse_elsewhere(self) -> None:
        """Locks do not reach other machines on every file system, and two engines would ruin a run."""
        record = self.engine_file()
        if record is not None and self.condition() == ELSEWHERE:
            raise RunDirectoryError(
                f"run {plain(self.name)} has an engine on {plain(record.host)}: `{self.attach_command()}` "
                f"shows it; if that machine is gone for good, remove {plain(str(self.engine_json))}"
            )

    def write_engine_file(self, state: str, *, message: str = "") -> None:
        """Note down this process as the run's engine.

        Args:
            state: `alive` when it starts; `stopped`, `failed` or `finished` as the last thing it does.
            message: Why it failed; one line.
        """
        old = self.engine_file() or EngineRecord(
            title=self.name, created=time.time(), experiment=self.experiment()
        )
        pid = os.getpid()
        record = EngineRecord(
            title=old.title,
            created=old.created,
            state=state,
            message=plain(message),
            host=socket.gethostname(),
            pid=pid,
            process_start=process_start(pid),
            socket=str(self.socket_path),
            inode=self.path.stat().st_ino,
            experiment=old.experiment,
        )
        self.write_record(record)

    def write_record(self, record: EngineRecord) -> None:
        """Replace `engine.json`."""
        atomic_write(self.engine_json, orjson.dumps(asdict(record), option=orjson.OPT_INDENT_2))

    def engine_file(self) -> EngineRecord | None:
        """Return what `engine.json` says, None where it is missing or damaged."""
        try:
            return _record(parse_json(read_plain(self.engine_json, _MOST_BYTES)))
        except (OSError, ValueError):
            return None

    def experiment(self) -> str:
        """Return the kind of experiment: as `engine.json` says, without it as the parameters do."""
        record = self.engine_file()
        if record is not None:
            return record.experiment
        # Only this one is read, so that a damaged file is no error here, where it would be in the way.
        from galapagos.strict_yaml import MAX_BYTES, read_flat_mapping

        try:
            with self.parameters_file.open("rb") as file:
                entry = read_flat_mapping(file.read(MAX_BYTES)).entries.get("experiment")
        except OSError:
            entry = None
        return UNTOLD_EXPERIMENT if entry is None else str(entry.value)

    def is_alive(self) -> bool:
        """Return whether the engine of this run runs on this host."""
        return self.condition() == ALIVE

    def condition(self) -> str:
        """Return `alive`, `stopped` (also after a crash), `failed`, `finished` or `elsewhere`."""
        record = self.engine_file()
        if record is None:
            return STOPPED
        if record.state != ALIVE or record.pid is None:
            return record.state if record.state in (FAILED, FINISHED) else STOPPED
        if record.inode != self.path.stat().st_ino:
            return STOPPED  # a copy of a run that was alive
        if record.host != socket.gethostname():
            return ELSEWHERE
        return ALIVE if is_running(record.pid, record.process_start) else STOPPED

    def attach_command(self) -> str:
        """Return the command that attaches to this run: over ssh where its engine is on another host."""
        import shlex

        record = self.engine_file()
        command = shlex.join(["galapagos", "attach", str(self.path)])
        if record is None or self.condition() != ELSEWHERE:
            return command
        return shlex.join(["ssh", "-t", plain(record.host), command])


def _record(data: object) -> EngineRecord:
    """Return the record of a JSON object; ValueError where it is none."""
    found = members(data, "engine.json")
    missing = [item.name for item in fields(EngineRecord) if item.name not in found]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    pid, start = found.get("pid"), found.get("process_start")
    created = finite(found.get("created"), "created")
    if not 0 <= created <= _LAST_SECOND:
        raise ValueError(f"created is {created}; it must be seconds since 1970")
    return EngineRecord(
        title=text(found.get("title"), "title"),
        created=created,
        state=text(found.get("state"), "state"),
        message=text(found.get("message"), "message"),
        host=text(found.get("host"), "host"),
        # 0 and negative numbers would mean groups of processes.
        pid=None if pid is None else whole(pid, "pid", 1, _LARGEST_PID),
        process_start=None if start is None else text(start, "process_start"),
        socket=text(found.get("socket"), "socket"),
        inode=whole(found.get("inode"), "inode", 0, _LARGEST_INODE),
        experiment=text(found.get("experiment"), "experiment"),
    )
