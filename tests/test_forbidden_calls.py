"""What no file of the program does: run what it reads, hand a line to a shell, or listen to a network.

ruff's rules S do a part of it; they know neither who listens, nor which module a name from data imports, nor
that `np.load` must say that it loads no objects. Where something is allowed, its reason stands here.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("galapagos", "tui", "library_store", "params")

OBJECT_READERS = frozenset(
    {
        *("pickle", "_pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"),
        *("jsonpickle", "code", "codeop", "runpy"),
    }
)
"""Modules that make objects, or code, of bytes."""

SERVERS = frozenset({"socketserver", "http.server", "xmlrpc", "wsgiref", "flask", "aiohttp", "uvicorn"})
EVALUATING = frozenset({"eval", "exec", "compile", "__import__"})
SHELLS = frozenset(
    {
        *("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "pty.spawn"),
        *("asyncio.create_subprocess_shell", "tempfile.mktemp"),
    }
)
LISTENING = frozenset(
    {
        *("asyncio.start_server", "asyncio.start_unix_server", "socket.create_server"),
        *("create_server", "create_unix_server", "socket.socketpair_inet"),
    }
)
UNSAFE_YAML = frozenset(
    {"load", "load_all", "unsafe_load", "unsafe_load_all", "full_load", "full_load_all", "Loader"}
    | {"UnsafeLoader", "FullLoader", "CLoader", "CUnsafeLoader", "CFullLoader", "add_constructor"}
)

SAFE_YAML = frozenset(f"yaml.{name}" for name in ("parse", "compose", "compose_all", "scan"))
"""What is called with a safe loader."""

ALLOWED: dict[tuple[str, str], str] = {
    ("galapagos/engine/pool/pool.py", "imports pickle"): "it writes what its own workers read",
    (
        "galapagos/engine/pool/worker_pipe.py",
        "imports pickle",
    ): "both ends of the pipe are one program of one user",
    ("galapagos/engine/pool/worker_service.py", "imports pickle"): "likewise; the other end is the engine",
    (
        "galapagos/engine/socket/socket_file.py",
        "listens",
    ): "the Unix socket of a run: 0600, in a directory 0700",
    (
        "galapagos/engine/pool/worker_service.py",
        "imports a module by name",
    ): "the engine names its task's builder",
    ("galapagos/__init__.py", "imports a module by name"): "the modules of its own table",
    (
        "galapagos/tasks/own_environments/__init__.py",
        "imports a module by name",
    ): "the modules of its own package",
    ("tui/aside_program.py", "imports runpy"): "the dashboard names modules of its own program",
    ("tui/keymap.py", "imports a module by name"): "the modules of its own package",
    ("galapagos/tasks/environments.py", "makes an environment"): "behind `resolve`, which refuses modules",
    (
        "galapagos/tasks/episode_player.py",
        "makes an environment",
    ): "the id of a task, which `resolve` returned",
}


def name_of(node: ast.expr) -> str:
    """Return a dotted name, `?` for what is none."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{name_of(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else "?"


def is_constant(node: ast.expr | None, *, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def argument(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def found_in_import(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    tops = {name.partition(".")[0] for name in names}
    found = [f"imports {name}" for name in sorted(tops & OBJECT_READERS)]
    found += ["imports a server" for name in names if name in SERVERS or name.partition(".")[0] in SERVERS]
    forbidden = EVALUATING | SHELLS | LISTENING | {"yaml.load", "torch.load", "numpy.load", "os.system"}
    return found + [f"imports {name}" for name in names if name in forbidden]


def found_in_call(call: ast.Call) -> list[str]:
    name = name_of(call.func)
    found = [*found_of_evaluating(call, name), *found_of_networks(call, name), *found_of_files(call, name)]
    by_name = name.endswith("import_module") and not (call.args and isinstance(call.args[0], ast.Constant))
    if by_name and not is_own_import(call):
        found.append("imports a module by name")
    if name in ("gymnasium.make", "gym.make"):
        found.append("makes an environment")
    return found


def found_of_evaluating(call: ast.Call, name: str) -> list[str]:
    found = [f"calls {name}"] if name in EVALUATING or name.startswith("builtins.") else []
    shell = argument(call, "shell")
    if name in SHELLS or (shell is not None and not is_constant(shell, value=False)):
        found.append("hands a line to a shell")
    return found


def found_of_networks(call: ast.Call, name: str) -> list[str]:
    found = []
    if name in LISTENING or name.rpartition(".")[2] in LISTENING or name.endswith(".listen"):
        found.append("listens")
    if name == "socket.socket" and argument(call, "fileno") is None:
        family = call.args[0] if call.args else argument(call, "family")
        if family is None or name_of(family) != "socket.AF_UNIX":
            found.append("makes a socket that is no Unix socket")
    return found


def found_of_files(call: ast.Call, name: str) -> list[str]:
    found = []
    if name in ("np.load", "numpy.load") and not is_constant(argument(call, "allow_pickle"), value=False):
        found.append("np.load without allow_pickle=False")
    if is_constant(argument(call, "allow_pickle"), value=True):
        found.append("allow_pickle=True")
    if name == "torch.load" and not is_constant(argument(call, "weights_only"), value=True):
        found.append("torch.load without weights_only=True")
    if name in SAFE_YAML:
        loader = argument(call, "Loader")
        if loader is None or name_of(loader) not in ("yaml.SafeLoader", "yaml.CSafeLoader"):
            found.append(f"{name} without a safe loader")
    return found


def is_own_import(call: ast.Call) -> bool:
    """Return whether the name is an f-string that begins with one of our packages."""
    first = call.args[0] if call.args else None
    begin = first.values[0] if isinstance(first, ast.JoinedStr) and first.values else None
    return isinstance(begin, ast.Constant) and str(begin.value).startswith(tuple(f"{p}." for p in PACKAGES))


def forbidden(source: str) -> list[tuple[int, str]]:
    """Return (line, what it does) of everything in a module that needs a reason."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [(node.lineno, what) for what in found_in_import(node)]
        elif isinstance(node, ast.Call):
            found += [(node.lineno, what) for what in found_in_call(node)]
        elif isinstance(node, ast.Attribute):
            name = name_of(node)
            if name.startswith("yaml.") and node.attr in UNSAFE_YAML:
                found.append((node.lineno, f"uses {name}"))
            if node.attr in ("AF_INET", "AF_INET6"):
                found.append((node.lineno, "speaks to a network"))
    return found


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def test_every_module_is_looked_at() -> None:
    assert len(modules()) > 200
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(PACKAGES)


def test_nothing_forbidden_is_done_without_a_reason() -> None:
    found = {
        (str(path.relative_to(ROOT)), what): line
        for path in modules()
        for line, what in forbidden(path.read_text("utf-8"))
    }
    unreasoned = [
        f"{path}:{line} {what}" for (path, what), line in found.items() if (path, what) not in ALLOWED
    ]
    assert unreasoned == []
    assert ALLOWED.keys() <= found.keys(), "an exception that nothing needs any more"


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import marshal as m",
        "from joblib import load",
        "eval(text)",
        "exec(text)",
        "__import__(name)",
        "import builtins\nbuiltins.exec(text)",
        "import os\nos.system(line)",
        "from os import system",
        "import os\nos.popen(line)",
        "import subprocess\nsubprocess.run(line, shell=True)",
        "import subprocess\nsubprocess.run(line, shell=flag)",
        "import asyncio\nasyncio.create_subprocess_shell(line)",
        "import yaml\nyaml.load(text)",
        "import yaml\nyaml.load(text, Loader=yaml.Loader)",
        "import yaml\nyaml.unsafe_load(text)",
        "import yaml\nyaml.parse(text)",
        "import yaml\nyaml.compose(text, Loader=yaml.FullLoader)",
        "from yaml import load",
        "import torch\ntorch.load(path)",
        "import torch\ntorch.load(path, weights_only=False)",
        "import numpy as np\nnp.load(path)",
        "import numpy as np\nnp.load(path, allow_pickle=True)",
        "import socket\nsocket.socket()",
        "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "import socket\nsocket.create_server(('', 8000))",
        "listening.listen(5)",
        "import asyncio\nasyncio.start_server(serve, port=8000)",
        "loop.create_server(factory, port=8000)",
        "from http.server import HTTPServer",
        "import socketserver",
        "from importlib import import_module\nimport_module(text)",
        "import gymnasium\ngymnasium.make(name)",
    ],
)
def test_what_is_forbidden_is_found(source: str) -> None:
    assert forbidden(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "import json, re\nre.compile('a')",
        "model.eval()",
        "import subprocess\nsubprocess.run(['ls'], check=True)",
        "import yaml\nyaml.parse(text, Loader=yaml.SafeLoader)",
        "import torch\ntorch.load(path, weights_only=True)",
        "import numpy as np\nnp.load(path, allow_pickle=False)",
        "import socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
        "import socket\nsocket.socket(fileno=3)",
        "from importlib import import_module\nimport_module('galapagos.cli')",
        "from importlib import import_module\nimport_module(f'galapagos.cli.{name}')",
    ],
)
def test_what_is_harmless_is_not(source: str) -> None:
    assert forbidden(source) == []


def test_the_rules_of_ruff_about_security_are_in_force() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    # Both are about processes that are started from lists, which is how all of ours are.
    assert {code for code in lint["ignore"] if code.startswith("S") and code[1:].isdecimal()} == {
        "S603",
        "S607",
    }


def test_ruff_is_told_to_overlook_pickles_only_where_they_are_allowed() -> None:
    for path in modules():
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if "noqa: S3" in line or "noqa: S5" in line or "noqa: S6" in line:
                where = str(path.relative_to(ROOT))
                assert (where, "imports pickle") in ALLOWED, f"{where}:{number}"
                assert "S301" in line
