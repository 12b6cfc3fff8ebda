"""Parameters out of the editor into a YAML file, and out of one into the editor."""

from __future__ import annotations

from asyncio import to_thread
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galapagos.errors import GalapagosError, InvalidParameters
from galapagos.parameter_files import dump_parameters, load_parameters
from tui.plain_content import plain_content
from tui.screens.library_prompts import LinePrompt

if TYPE_CHECKING:
    from galapagos.parameters import Parameters
    from tui.screens.parameter_form import ParameterForm

MOST_NAMES = 6
"""So many parameters are named in a toast."""


def ask_where_to_save(form: ParameterForm[Any], suggested: str) -> None:
    """Ask for a path and write all values there, edits included."""
    try:
        parameters = form.edits.checked()
    except InvalidParameters as error:
        form.show_problems(error.problems)
        form.app.tell(plain_content(error.problems[0]).plain, title="not saved", wrong=True)
        return
    existing: list[Path] = []

    def check(text: str) -> str:
        path = path_of(text)
        if not text.strip() or path.is_dir():
            return "the name of a file would be right"
        if path.exists() and path not in existing:
            existing.append(path)
            return f"{path.name} is there already; enter once more writes over it"
        return ""

    prompt = LinePrompt("Save the parameters as", suggested, hint="a YAML file, edits included", check=check)

    def save(text: str | None) -> None:
        if text is not None:
            form.run_worker(_save(form, path_of(text), parameters), group="files")

    form.app.push_screen(prompt, save)


def ask_what_to_load(form: ParameterForm[Any]) -> None:
    """Ask for a file or a preset and note what differs as edits."""

    def load(text: str | None) -> None:
        if text is not None:
            form.run_worker(_load(form, text.strip()), group="files")

    hint = "a YAML file, or a preset such as wann-gym/CartPoleSwingUp; what differs becomes edits"
    form.app.push_screen(
        LinePrompt("Load parameters from", hint=hint, check=lambda text: "" if text.strip() else hint), load
    )


def path_of(text: str) -> Path:
    """Return the path that a person typed; a tilde is their home."""
    try:
        return Path(text.strip()).expanduser()
    except RuntimeError:
        return Path(text.strip())


async def _save(form: ParameterForm[Any], path: Path, parameters: Parameters) -> None:
    from galapagos.engine.files.atomic_files import atomic_write

    try:
        await to_thread(atomic_write, path, dump_parameters(parameters).encode())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        form.app.tell(plain_content(f"{path}: {reason}").plain, title="not saved", wrong=True)
        return
    form.app.tell(
        plain_content(f"{path.name} holds all values; galapagos run {path.name} starts with them").plain
    )


async def _load(form: ParameterForm[Any], text: str) -> None:
    source: Path | str = path_of(text) if path_of(text).is_file() else text
    try:
        parameters = await to_thread(load_parameters, source)
    except (GalapagosError, OSError, ValueError) as error:
        lines = str(error).splitlines() or ["it cannot be read"]
        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        form.app.tell(plain_content(lines[0]).plain + more, title="not loaded", wrong=True)
        return
    live, fixed = form.edits.load(parameters)
    form.show_edits()
    told = f"{len(live)} {'value differs' if len(live) == 1 else 'values differ'} and became edits"
    if not live:
        told = "nothing that can be changed differs"
    if fixed:
        told += f"; fixed in a run and left as they are: {_names(fixed)}"
    form.app.tell(told)


def _names(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
