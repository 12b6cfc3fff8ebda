"""The worked example of a how-to page, carried out as it stands in a copy of the source tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT, Block, blocks

PACKAGES = ("galapagos", "tui", "library_store", "params")
SLOW = "slow"
"""The title of commands that only the long form runs."""


def copy_tree(directory: Path) -> Path:
    """Return a copy of the source tree in a directory, without what it was compiled to."""
    tree = directory / "galapagos"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def carry_out(page: str, tree: Path, *, slow: bool) -> None:
    """Write a page's files, apply its changes, run its commands and compare what they print."""
    printed: str | None = None
    for block in blocks(f"docs/how-to/{page}.md"):
        match block.language:
            case "diff":
                call(["git", "apply", "-"], tree, block.text)
            case "sh":
                is_run = slow or block.title != SLOW
                printed = call(["bash", "-euo", "pipefail", "-c", block.text], tree) if is_run else None
            case "text" if printed is not None:
                assert printed == block.text, printed
                printed = None
            case "python" | "yaml" if block.title:
                write(block, tree)


def write(block: Block, tree: Path) -> None:
    path = tree / block.title
    assert not path.exists(), f"{block.title} is there already"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


def call(arguments: list[str], tree: Path, stdin: str = "") -> str:
    """Run a program in the copy, whose packages go before those that are installed, and return its output."""
    programs = tree.parent / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "galapagos").write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m galapagos "$@"\n')
    (programs / "galapagos").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GALAPAGOS_HOME": str(tree.parent / "home"),
        "GIT_CEILING_DIRECTORIES": str(tree.parent),
    }
    done = subprocess.run(
        arguments,
        cwd=tree,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{arguments[-1]}\n{done.stdout}\n{done.stderr}"
    return done.stdout
