"""What a run was made with: versions, commit, machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galapagos.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 1
_LONGEST = 80
_PACKAGES = (
    "galapagos",
    "numpy",
    "numba",
    "llvmlite",
    "gymnasium",
    "box2d",
    "torch",
    "scikit-learn",
    "pydantic",
    "orjson",
)


def describe_environment(seed: int) -> dict[str, Any]:
    """Return the JSON object of `environment.json`."""
    return {
        "version": SCHEMA_VERSION,
        "python": sys.version.split()[0],
        "packages": {name: _version(name) for name in _PACKAGES},
        "commit": _commit(Path(__file__).parents[3]),
        "machine": {
            "host": platform.node(),
            "system": platform.platform(),
            "architecture": platform.machine(),
            "processor": _processor(),
            "processors": os.cpu_count(),
        },
        "seed": seed,
    }


def differences(recorded: Mapping[str, Any], present: Mapping[str, Any]) -> list[str]:
    """Return in words what may make a run come out otherwise than it was recorded: `numpy 2.1, now 2.3`.

    Args:
        recorded: The object of a run's `environment.json`; what it does not say is not compared.
        present: That of this process.
    """
    before, now = _compared(recorded), _compared(present)
    return [
        f"{name} {plain(str(before[name]), _LONGEST)}, now {plain(str(now.get(name)), _LONGEST)}"
        for name in before
        if before[name] is not None and before[name] != now.get(name)
    ]


def _compared(environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an environment can change a result, by the name that people know it by."""
    packages, machine = environment.get("packages"), environment.get("machine")
    versions = packages if isinstance(packages, dict) else {}
    computer = machine if isinstance(machine, dict) else {}
    return {
        **{name: versions.get(name) for name in _PACKAGES},
        "commit": environment.get("commit"),
        "Python": environment.get("python"),
        "processor": computer.get("processor"),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _commit(checkout: Path) -> str | None:
    # An installed package may lie in somebody else's repository, whose commit would say nothing.
    if not (checkout / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--abbrev=40"],
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def _processor() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or None
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, None)
