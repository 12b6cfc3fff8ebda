"""`doctor`: what is installed, and what this machine, this terminal and these directories can do."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from galapagos import home
from galapagos.cli.parsing import Parser, say, say_json
from galapagos.cli.tables import say_table
from galapagos.errors import GalapagosError
from galapagos.plain_text import plain

PACKAGES = (
    "galapagos",
    "numpy",
    "numba",
    "gymnasium",
    "box2d",
    "pydantic",
    "textual",
    "tensorboardx",
    "torch",
)
NETWORK_FILE_SYSTEMS = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "glusterfs", "gpfs", "lustre", "nfs", "nfs4", "smb3", "sshfs"}
)
LONGEST_FACT = 500
"""The characters after which a line of the report is cut: a data set names its files and their directory."""


def doctor(arguments: list[str]) -> int:
    """Describe this machine: `galapagos doctor [--json] [--keys]`."""
    parser = Parser("doctor", "What is installed, and what this machine and this terminal can do.")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--keys", action="store_true", help="the dashboard's bindings that settings can map")
    namespace = parser.read(arguments)
    if namespace.keys:
        _say_keys(as_json=namespace.json)
        return 0
    report = {
        "installed": _installed(),
        "machine": _machine(),
        "terminal": _terminal(),
        "settings": _settings(),
        "directories": _directories(),
        "compiled": _compiled(),
        "data": _data(),
        "runs": _runs(),
        "library": _library(),
    }
    if namespace.json:
        say_json(report)
        return 0
    for section, facts in report.items():
        say(section)
        for name, value in facts.items():
            for item in value if isinstance(value, list) else [value]:
                say(f"  {name:<14} {plain(_words(item), LONGEST_FACT)}")
    return 0


def _say_keys(*, as_json: bool) -> None:
    """Name every binding of the dashboard with the keys that it has by itself."""
    from tui.keymap import known_bindings, shown

    found = sorted(known_bindings().values(), key=lambda binding: binding.id)
    keys = {binding.id: sorted(map(shown, binding.keys)) for binding in found}
    if as_json:
        say_json(keys)
        return
    say_table([(binding.id, " ".join(keys[binding.id]), binding.name) for binding in found])


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def _installed() -> dict[str, Any]:
    found: dict[str, Any] = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def _machine() -> dict[str, Any]:
    from galapagos.engine.pool.processors import available_processors

    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": available_processors(),
        "in_machine": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "gpu": _gpu(),
        "after_logout": _after_logout(),
    }


def _after_logout() -> str:
    """Return what becomes of engines when their user logs out, as far as systemd can say."""
    manager = "org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager"
    kills = _answer(["busctl", "get-property", *manager.split(), "KillUserProcesses"])
    lingers = _answer(["loginctl", "show-user", str(os.getuid()), "--property=Linger", "--value"])
    if lingers == "yes" or kills == "b false":
        return "runs go on"
    if kills == "b true":
        return "runs are killed; `loginctl enable-linger` keeps them"
    return "unknown: no systemd-logind answers"


def _answer(command: list[str]) -> str | None:
    """Return what a program prints, None where it is not there, fails or does not answer."""
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()


def _gpu() -> str | None:
    if shutil.which("nvidia-smi") is None:
        return None
    found = _answer(["nvidia-smi", "-L"])
    if found is None:
        return "nvidia-smi does not answer"
    return found.partition("\n")[0].strip() or "nvidia-smi finds none"


def _terminal() -> dict[str, Any]:
    encoding = sys.stdout.encoding or "unknown"
    return {
        "terminal": sys.stdout.isatty() and sys.stdin.isatty(),
        "TERM": os.environ.get("TERM"),
        "colours": _colours(),
        "encoding": encoding,
        "unicode": encoding.lower().replace("-", "") == "utf8",
        "size": _size(),
        "tmux": "TMUX" in os.environ,
        "ssh": any(name in os.environ for name in ("SSH_CONNECTION", "SSH_TTY")),
    }


def _size() -> str | None:
    size = shutil.get_terminal_size(fallback=(0, 0))
    if not size.columns:
        return None
    enough = size.columns >= 80 and size.lines >= 24
    return f"{size.columns}x{size.lines}" + ("" if enough else " (the dashboard wants 80x24)")


def _colours() -> str:
    term = os.environ.get("TERM", "")
    if os.environ.get("NO_COLOR"):
        return "none (NO_COLOR is set)"
    if os.environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return "16 million"
    if term in {"", "dumb"}:
        return "none"
    return "256" if "256color" in term or "direct" in term else "16"


def _settings() -> dict[str, Any]:
    """Return where the settings of the dashboard are, and a line for everything that is wrong with them."""
    from tui.user_settings import settings_path

    path = settings_path()
    if not path.exists():
        return {"file": f"{path} (not there; everything is as usual)", "problems": []}
    # The names of keys and bindings can only be held against the screens, whose import takes a second.
    from tui.configured_app import settings_problems

    return {"file": str(path), "problems": settings_problems()}


def _directories() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, path in (
        ("data", home.data_home()),
        ("cache", home.cache_home()),
        ("sockets", home.socket_directory()),
    ):
        found[name] = f"{path} ({_access(path)})"
    network = _network_file_system(_existing(home.data_home()))
    if network is not None:
        found["network"] = f"data is on a network file system ({network}): locks are not promised there"
    free = shutil.disk_usage(_existing(home.data_home())).free
    found["free_gb"] = round(free / 2**30, 1)
    return found


def _network_file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """Return the type of the file system that a directory is on, where it is one of a network (Linux)."""
    try:
        lines = [line.split(" ") for line in mounts.read_text(errors="replace").splitlines()]
    except OSError:
        return None
    places = {place.replace("\\040", " "): kind for _, place, kind, *_ in lines}
    found = next((places[str(above)] for above in (path, *path.parents) if str(above) in places), "")
    return found if found.removeprefix("fuse.") in NETWORK_FILE_SYSTEMS else None


def _existing(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.exists())


def _access(path: Path) -> str:
    existing = _existing(path)
    writable = os.access(existing, os.W_OK | os.X_OK)
    if path == existing:
        return "writable" if writable else "not writable"
    return "will be made" if writable else f"cannot be made: {existing} is not writable"


def _compiled() -> dict[str, Any]:
    """Return whether this version's kernels are compiled for this processor already."""
    from galapagos.networks.kernel_cache import cache_directory

    path = cache_directory()
    kernels = sum(1 for _ in path.rglob("*.nbc")) if path.is_dir() else 0
    return {"cache": str(path), "kernels": kernels or "none yet; the first run compiles them"}


def _data() -> dict[str, Any]:
    """Return where each data set is, or what is missing and where to put it."""
    from galapagos.tasks.datasets import DATASETS, where_found

    return {name: where_found(name) for name in DATASETS}


def _library() -> dict[str, Any]:
    from library_store import Library

    try:
        return {"elites": len(Library().get_all())}
    except GalapagosError as error:
        return {"elites": str(error)}


def _runs() -> dict[str, Any]:
    from galapagos.engine.records.run_directory import ALIVE, list_runs

    infos = list_runs()
    return {"alive": sum(info.state == ALIVE for info in infos), "all": len(infos)}
