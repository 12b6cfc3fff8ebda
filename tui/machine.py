"""What the machine of a run is doing: processors, memory, disk, processes, graphics processors."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class GraphicsProcessor:
    """What NVIDIA's library says of a graphics processor at a moment.

    Args:
        name: Of its model.
        use: Of its time, in percent.
        memory_used: In bytes.
        memory: In bytes.
        temperature: In degrees Celsius; None where it does not tell.
    """

    name: str
    use: int
    memory_used: int
    memory: int
    temperature: int | None


@dataclass(frozen=True, slots=True)
class Machine:
    """A look at the machine; what could not be read is None or absent.

    Args:
        processors: How many there are.
        load: Processes that ran or waited to run, over the last minute.
        memory_free: Bytes that programs could still take.
        memory: Bytes.
        disk_free: Bytes that this user could still write beside the run.
        processes: (resident bytes, seconds of processor time) by process id.
        graphics: The graphics processors.
        graphics_problem: Why there are none, in a few words; empty where there are.
    """

    processors: int
    load: float | None = None
    memory_free: int | None = None
    memory: int | None = None
    disk_free: int | None = None
    processes: tuple[tuple[int, int, float], ...] = ()
    graphics: tuple[GraphicsProcessor, ...] = ()
    graphics_problem: str = ""


def look_at_machine(run_directory: Path, process_ids: Iterable[int]) -> Machine:
    """Return how the machine is; it reads files and may import NVIDIA's library, so it belongs in a thread.

    Args:
        run_directory: Whose disk is meant.
        process_ids: Of the processes to tell of; those that are gone are passed over.
    """
    load = memory_free = memory = disk_free = None
    with suppress(OSError):
        load = os.getloadavg()[0]
    with suppress(OSError, ValueError, KeyError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        sizes = {
            name: int(rest.split()[0]) * _KIBIBYTE
            for name, _, rest in (line.partition(":") for line in lines)
        }
        memory_free, memory = sizes["MemAvailable"], sizes["MemTotal"]
    with suppress(OSError):
        disk_free = shutil.disk_usage(run_directory).free
    graphics, problem = graphics_processors()
    return Machine(
        processors=os.cpu_count() or 1,
        load=load,
        memory_free=memory_free,
        memory=memory,
        disk_free=disk_free,
        processes=tuple(filter(None, map(_process, process_ids))),
        graphics=graphics,
        graphics_problem=problem,
    )


def graphics_processors() -> tuple[tuple[GraphicsProcessor, ...], str]:
    """Return the graphics processors that NVIDIA's library finds, or none and why in a few words."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return (), "no NVIDIA driver found"
    try:
        count = pynvml.nvmlDeviceGetCount()
        found = tuple(_graphics_processor(pynvml, index) for index in range(count))
    except pynvml.NVMLError as error:
        return (), plain(f"the NVIDIA driver does not answer: {error}", 80)
    finally:
        pynvml.nvmlShutdown()
    return found, "" if found else "no GPU found"


def _graphics_processor(pynvml: Any, index: int) -> GraphicsProcessor:  # noqa: ANN401 - a module without types
    handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    name, memory = pynvml.nvmlDeviceGetName(handle), pynvml.nvmlDeviceGetMemoryInfo(handle)
    temperature = None
    with suppress(pynvml.NVMLError):
        temperature = int(pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU))
    return GraphicsProcessor(
        name=plain(name.decode() if isinstance(name, bytes) else str(name), 40),
        use=int(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu),
        memory_used=int(memory.used),
        memory=int(memory.total),
        temperature=temperature,
    )


def _process(process_id: int) -> tuple[int, int, float] | None:
    """Return (process id, resident bytes, seconds of processor time) of a process, None where it is gone."""
    try:
        directory = Path("/proc", str(process_id))
        pages = int((directory / "statm").read_text(encoding="ascii").split()[1])
        # The name of a program stands in brackets and may have blanks in it.
        fields = (directory / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except (OSError, ValueError, IndexError):
        return None
    ticks = int(fields[11]) + int(fields[12])
    return process_id, pages * os.sysconf("SC_PAGE_SIZE"), ticks / os.sysconf("SC_CLK_TCK")
