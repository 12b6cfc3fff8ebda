"""What the README says of parameters and commands is what the program has."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from galapagos.cli import COMMANDS, main

README = Path(__file__).parent.parent / "README.md"


def printed(*arguments: str) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert main(list(arguments)) == 0
    return output.getvalue()


def test_the_table_of_parameters_is_the_one_that_the_program_prints() -> None:
    table = re.search(r"<!-- parameters -->\n(.*)<!-- end -->", README.read_text(encoding="utf-8"), re.DOTALL)
    assert table is not None
    assert table[1].strip() == printed("params", "list", "--markdown").strip()


def test_every_command_that_the_readme_calls_is_there() -> None:
    called = set(re.findall(r"galapagos ([a-z]+)", README.read_text(encoding="utf-8")))
    assert called <= set(COMMANDS), called - set(COMMANDS)
    assert {"run", "attach", "resume", "status", "evaluate"} <= called


def test_the_two_commands_stand_alone_on_a_line() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    assert "python3 -m pip install -q uv && uv run galapagos run wann-gym/CartPoleSwingUp" in lines
    assert "python3 -m pip install -q uv && uv run pytest" in lines
