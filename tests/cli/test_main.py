"""The command line as a whole: help, errors of one line, exit codes, a fast start that imports little."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import galapagos.cli
from galapagos.cli import COMMANDS
from galapagos.errors import ConnectionLost, UnknownRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from tests.cli.conftest import Called

HEAVY = ("torch", "textual", "numba", "gymnasium", "numpy", "pydantic", "yaml", "asyncio", "rich")
LOADED = f"import sys; print([name for name in {HEAVY} if name in sys.modules])"


def python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout


@pytest.mark.parametrize("code", ["import galapagos", "import galapagos.cli"])
def test_importing_the_package_brings_nothing_heavy(code: str) -> None:
    assert python(f"{code}; {LOADED}") == "[]\n"


def test_help_brings_nothing_heavy() -> None:
    code = f"from galapagos.cli import main; main(['--help']); {LOADED}"
    assert python(code).endswith("\n[]\n")


def test_help_answers_within_three_tenths_of_a_second_of_processor_time() -> None:
    # Processor time of the child, the best of five: other tests may keep the machine busy.
    seconds = []
    for _ in range(5):
        before = os.times()
        subprocess.run(
            [sys.executable, "-m", "galapagos", "--help"], capture_output=True, check=True, timeout=60
        )
        after = os.times()
        seconds.append(
            after.children_user - before.children_user + after.children_system - before.children_system
        )
    assert min(seconds) <= 0.3


def test_checking_parameters_imports_neither_numpy_nor_gymnasium() -> None:
    code = (
        "from galapagos.parameter_files import load_parameters; load_parameters('wann-gym/CartPoleSwingUp');"
        "import sys; print([m for m in ('numpy', 'gymnasium', 'numba', 'textual') if m in sys.modules])"
    )
    assert python(code) == "[]\n"


def test_help_names_every_command_and_no_other(galapagos: Callable[..., Called]) -> None:
    called = galapagos("--help")
    named = [line.split()[1] for line in called.out.splitlines() if line.startswith("  galapagos ")]
    assert [name for name in named if name in COMMANDS] == list(COMMANDS)
    assert called.code == 0


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code: object = galapagos_main(name, "--help")
    except SystemExit as ending:
        code = ending.code
    assert code == 0
    assert f"galapagos {name}" in capsys.readouterr().out


def galapagos_main(*arguments: str) -> int:
    return galapagos.cli.main(list(arguments))


def test_help_takes_the_name_of_a_command(
    galapagos: Callable[..., Called], capsys: pytest.CaptureFixture[str]
) -> None:
    assert galapagos("help").out == galapagos("--help").out
    with pytest.raises(SystemExit):
        galapagos("help", "pause")
    assert capsys.readouterr().out.startswith("usage: galapagos pause ")


@pytest.mark.parametrize("command", ["runs", "params", "library"])
def test_the_help_of_a_command_with_actions_names_each_in_narrow_lines(
    galapagos: Callable[..., Called], command: str
) -> None:
    lines = galapagos(command, "--help").out.splitlines()
    actions = import_module(f"galapagos.cli.{command}").ACTIONS
    assert [line.split()[2] for line in lines if line.startswith("  ")] == list(actions)
    assert max(map(len, lines)) <= 85


def test_a_narrow_encoding_replaces_what_it_lacks() -> None:
    done = run_alone("--help", env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Gal?pagos: ")


def test_output_that_cannot_be_written_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = run_alone("params", "show", stdout=full)
    assert (done.returncode, done.stderr) == (
        1,
        "galapagos: what this writes has no room: No space left on device\n",
    )


def test_a_closed_output_is_no_error() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m galapagos params show >&-', sys.executable],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def run_alone(
    *arguments: str, env: dict[str, str] | None = None, stdout: TextIO | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "galapagos", *arguments],
        env={**os.environ, **(env or {})},
        stdout=stdout or subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_version_is_that_of_the_package(galapagos: Callable[..., Called]) -> None:
    from importlib.metadata import version

    assert galapagos("--version").out == f"galapagos {version('galapagos')}\n"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (["rum"], "galapagos: 'rum' is no command; did you mean run?"),
        (["zzz"], "galapagos: 'zzz' is no command; `galapagos --help` names them all"),
        (["run"], "galapagos: PRESET is missing (`galapagos run --help` says more)"),
        (["library", "tag"], "ENTRY, TAG are missing"),
        (["runs", "list", "x"], "'x' is one argument too many"),
        (["library", "list", "--min_fitness", "x"], "--min_fitness: 'x' is no number"),
        (["run", "wann-gym/CartPole-v1", "--popluation_size", "3"], "did you mean --population_size?"),
        (["run", "wann-gym/CartPole-v1", "--population_size"], "--population_size lacks its value"),
        (["run", "wann-gym/CartPole"], "did you mean wann-gym/CartPole-v"),
        (["run", "missing.yaml"], "missing.yaml: no such file and no preset of that name"),
        (["status", "x"], "there is no run 'x'"),
        (["status"], "no run is alive"),
        (["resume", "x"], "there is no run 'x'"),
        (["attach"], "attach needs a terminal"),
        (["set", "seed"], "changes are written NAME=VALUE"),
        (["inject", "a", "b", "c"], "3 arguments are too many"),
        (["runs", "lst"], "'lst' is no action of runs; did you mean list?"),
        (["params", "chek"], "did you mean check?"),
        (["evaluate", "x", "wann-gym/CartPole-v1", "--weights", "x"], "neither a list of numbers"),
        (["evaluate", "x", "wann-gym/CartPole-v1", "--num_trials", "0"], "no whole number of at least 1"),
        ([], "no terminal to choose an experiment in"),
    ],
)
def test_a_wrong_call_is_one_line_on_stderr_and_exit_code_2(
    galapagos: Callable[..., Called], call: list[str], error: str
) -> None:
    called = galapagos(*call)
    assert called.code == 2
    assert called.out == ""
    assert error in called.err
    assert called.err.count("\n") == 1


@pytest.mark.parametrize(
    ("raised", "code", "line"),
    [
        (UnknownRun("no \x1b[31mrun"), 2, "galapagos: no run\n"),
        (ConnectionLost("gone"), 1, "galapagos: gone\n"),
        (ZeroDivisionError("by\nzero"), 1, "galapagos: unexpected ZeroDivisionError: by zero"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    galapagos: Callable[..., Called],
    raised: BaseException,
    code: int,
    line: str,
) -> None:
    def fail(_: list[str]) -> int:
        raise raised

    monkeypatch.setattr(galapagos_module(), "_dispatch", fail)
    monkeypatch.setattr(galapagos_module(), "_drop_output", lambda: None)
    called = galapagos("run")
    assert called.code == code
    assert called.err.startswith(line)
    assert called.err.count("\n") == line.count("\n") or code == 1


def galapagos_module() -> object:
    return galapagos.cli


def test_debug_shows_the_traceback() -> None:
    with pytest.raises(UnknownRun):
        galapagos_main("--debug", "status", "x")


def test_a_reader_that_goes_away_is_no_error() -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "galapagos", "params", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.close()
    errors = program.stderr.read()
    program.stderr.close()
    assert program.wait(60) == 0
    assert errors == b""


def test_an_interrupt_is_exit_code_130() -> None:
    code = (
        "import sys, signal, galapagos.cli as cli\n"
        "def wait(arguments):\n"
        "    print('waiting', flush=True)\n"
        "    signal.pause()\n"
        "cli._dispatch = wait\n"
        "sys.exit(cli.main(['run']))"
    )
    program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert program.stdout is not None
    assert program.stdout.readline() == b"waiting\n"
    # The signal may come between the line and the wait; it is then raised at once.
    time.sleep(0)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=60)
    assert (program.returncode, errors) == (130, b"")
