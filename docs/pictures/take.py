"""Take the pictures of the README from a real run: `uv run python docs/pictures/take.py [DIRECTORY]`.

It starts `wann-gym/CartPoleSwingUp` with a fixed seed in a home of its own, which it removes, shows it in the
real dashboard without a terminal, presses the keys a person would press, and writes an SVG for each screen,
and `tour.svg`, which moves. It takes two minutes. What was evolved is nearly the same each time, for a key is
a little sooner or later; times and speeds are not. Look at what it wrote before you commit it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from docs.pictures.terminal_cells import Cells, read_cells, text_of
from docs.pictures.terminal_svg import Frame, moving, still

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from textual.pilot import Pilot

    from galapagos.engine.records.run_state import RunDirectory
    from tui.dashboard import Dashboard
    from tui.screens.run import RunScreen
    from tui.screens.watch import WatchScreen

PRESET, SEED, GENERATIONS = "wann-gym/CartPoleSwingUp", 2, 250
SIZE = 120, 36
MOMENTS = (
    *((generation, "", "") for generation in (2, 10, 20, 35)),
    (50, "plus", "+ asks for one level more, and it has it in the next generation"),
    (65, "", ""),
    (90, "I", "I puts a clone of an elite into the next generation"),
    *((generation, "", "") for generation in (105, 135, 165, 200, 235)),
)
"""Generations at which the moving picture shows the run, a key that is pressed then, what is said of it."""
PATIENCE = 180.0
"""Seconds after which something that was waited for does not come any more."""
SECONDS_OF_REST = 1.0
"""What shows the same for so long is complete."""
SECONDS_OF_A_FRAME = 0.4
"""Of the moving picture, while somebody watches a network act; of the run each is shown longer."""
SECONDS_OF_A_MOMENT = 1.4


class Camera:
    """The dashboard of the run, whose keys it presses and whose pictures it takes.

    Args:
        pilot: Of the dashboard.
    """

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot
        self.app: Dashboard = pilot.app  # type: ignore[assignment]

    def cells(self) -> Cells:
        """Return what the terminal shows."""
        return read_cells(self.app.export_screenshot(), *SIZE)

    @property
    def run(self) -> RunScreen:
        """The screen of the run, which may lie under others."""
        found = next(screen for screen in self.app.screen_stack if type(screen).__name__ == "RunScreen")
        return cast("RunScreen", found)

    def has_finished(self) -> bool:
        """Whether the screen of the run shows its end."""
        snapshot, panels = self.run.snapshot, self.run.panels
        return (
            snapshot is not None and snapshot.state == "finished" and panels is not None and panels.is_drawn
        )

    def has_come_to(self, generation: int) -> bool:
        """Whether the run has come to a generation; its panels may be a second behind."""
        snapshot, panels = self.run.snapshot, self.run.panels
        return snapshot is not None and snapshot.generation >= generation and panels is not None

    @property
    def text(self) -> str:
        """What a person would read."""
        return "\n".join(text_of(self.cells()))

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self.pilot.press(key)
            await asyncio.sleep(0.1)

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something.

        Raises:
            TimeoutError: Where it does not come.
        """
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come; the terminal shows\n{self.text}")
            await asyncio.sleep(0.02)

    async def go_to(self, screen: str, *keys: str) -> None:
        """Press keys and wait for the screen of a class with this name."""
        await self.press(*keys)
        await self.until(lambda: type(self.app.screen).__name__ == screen, screen)

    async def at_rest(self) -> Cells:
        """Return what the terminal shows when it has shown the same for a while."""
        before, since = self.cells(), time.monotonic()
        end = since + PATIENCE
        while time.monotonic() < min(end, since + SECONDS_OF_REST):
            await asyncio.sleep(0.1)
            if (now := self.cells()) != before:
                before, since = now, time.monotonic()
        return before


@contextmanager
def real_run() -> Iterator[RunDirectory]:
    """Start the run in a home of its own, which knows the kernels that are compiled already, and end it."""
    from galapagos.home import cache_home

    cache = cache_home()
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="galapagos-pictures-") as directory:
        home = Path(directory)
        (home / "cache").symlink_to(cache)
        os.environ["GALAPAGOS_HOME"] = str(home)
        from galapagos.engine.commands import Stop
        from galapagos.engine.launch import launch
        from galapagos.engine.records.run_directory import create_run
        from galapagos.engine.socket.blocking_client import BlockingClient
        from galapagos.errors import ConnectionLost
        from galapagos.parameter_files import load_parameters

        # One worker: what evolves is the same, and the dashboard has a processor for itself.
        chosen = {"num_generations": GENERATIONS, "seed": SEED, "num_workers": 1}
        run = create_run(load_parameters(PRESET, **chosen), PRESET)
        launch(run.path, owner_pid=os.getpid())
        try:
            yield run
        finally:
            if run.is_alive():
                with BlockingClient.connect(run.socket_path) as client:
                    client.send(Stop())
                    with suppress(ConnectionLost):
                        client.wait(lambda _: False, timeout=PATIENCE)


@asynccontextmanager
async def dashboard(run: RunDirectory | None) -> AsyncIterator[Camera]:
    """Open the dashboard on a run, or on the choice of one."""
    from tui.dashboard import Dashboard

    async with Dashboard(None if run is None else run.path).run_test(size=SIZE, notifications=True) as pilot:
        yield Camera(pilot)


async def take_home() -> Cells:
    """Return the choice of experiments and runs."""
    async with dashboard(None) as camera:
        await camera.until(lambda: PRESET in camera.text, PRESET)
        await asyncio.sleep(SECONDS_OF_REST)
        return camera.cells()


async def take_run(camera: Camera) -> list[Frame]:
    """Return the run as it evolves, while a person changes and injects something."""
    await camera.go_to("RunScreen")
    frames, caption = [], "Networks evolve; the best of every size is kept"
    for moment, key, told in MOMENTS:
        await camera.until(partial(camera.has_come_to, moment), f"generation {moment}")
        frames.append(Frame(camera.cells(), SECONDS_OF_A_MOMENT, caption))
        if key:
            caption = told
            await camera.press(key)
    return frames


async def take_screens(camera: Camera) -> dict[str, Cells]:
    """Return the screens of a run that is complete, one after the other."""
    taken = {}
    await camera.go_to("CurvesScreen", "2")
    await camera.press("left", *["h"] * 20)
    taken["curves"] = await camera.at_rest()
    await camera.go_to("RunScreen", "escape", "escape")
    await camera.go_to("ArchiveScreen", "4")
    taken["archive"] = await camera.at_rest()
    await camera.go_to("RunScreen", "escape")
    await camera.press("end", *_saved(3), *_to_champion(camera))
    await camera.go_to("EliteScreen", "3")
    taken["elite"] = await camera.at_rest()
    await camera.go_to("RunScreen", "escape")
    await camera.go_to("ParametersScreen", "e")
    await camera.press(*["down"] * 10)
    taken["parameters"] = await camera.at_rest()
    await camera.go_to("RunScreen", "escape")
    await camera.go_to("LibraryScreen", "L")
    taken["library"] = await camera.at_rest()
    await camera.go_to("RunScreen", "escape")
    return taken


def _saved(count: int) -> list[str]:
    return [key for _ in range(count) for key in ("s", "up")]


def _to_champion(camera: Camera) -> list[str]:
    """Return the keys that go to the best elite of all."""
    snapshot = camera.run.snapshot
    champion = None if snapshot is None else snapshot.champion
    if snapshot is None or champion is None:
        raise ValueError("a run that has finished has a champion; this one has none")
    return ["home", *["down"] * [elite.id for elite in snapshot.elites].index(champion.id)]


async def take_watching(camera: Camera) -> list[Frame]:
    """Return a network at work: swinging up, kicked, and with another weight."""
    await camera.go_to("WatchScreen", "w")
    screen = cast("WatchScreen", camera.app.screen)
    await camera.until(lambda: screen.link.watched.curve and screen.link.watched.curve.done, "the curve")
    await camera.press("r")
    frames = []
    for keys, count, caption in _ACTS:
        await camera.press(*keys)
        for _ in range(count):
            await asyncio.sleep(SECONDS_OF_A_FRAME)
            frames.append(Frame(camera.cells(), SECONDS_OF_A_FRAME, caption))
    return frames


_ACTS: tuple[tuple[list[str], int, str], ...] = (
    ([], 12, "w shows it at work: the pole hangs at first, and is swung up"),
    (["K"], 6, "K kicks the cart"),
    (["left"] * 8, 5, "The arrows turn the shared weight under it; the curve says what to expect"),
    (["left"] * 8, 7, "Near 0 no signal passes"),
    (["0"], 6, "0 is the weight that scored best"),
)
"""The keys that are pressed while somebody watches, the frames that follow, and what is said of them."""


async def take_all(run: RunDirectory) -> dict[str, str]:
    """Return every picture by the name of its file."""
    stills = {}
    async with dashboard(run) as camera:
        evolving = await take_run(camera)
        stills["run"] = evolving[-1].cells
        await camera.until(camera.has_finished, "the end of the run")
        stills |= await take_screens(camera)
        watching = await take_watching(camera)
        stills["watch"] = watching[-1].cells
        await camera.go_to("RunScreen", "escape")
    stills["home"] = await take_home()
    pictures = {f"{name}.svg": still(cells, _TITLES[name]) for name, cells in stills.items()}
    return {**pictures, "tour.svg": moving([evolving, watching], _TITLES["tour"])}


_TITLES = {
    "home": "The home screen: experiments to start and runs to go on with",
    "run": "A run: elites by complexity, fitness curves, the population, what happened",
    "curves": "The curves of a run, with a cursor that reads their values",
    "archive": "The archive: the best network of every size",
    "elite": "An elite: its network, drawn",
    "parameters": "The parameters of a run, which can be changed while it evolves",
    "library": "The library of saved elites",
    "watch": "A network swings a pole up, above the fitness of its shared weight",
    "tour": "A run evolves, then its best network is watched at work",
}


def main(arguments: list[str]) -> int:
    """Write the pictures into a directory, by default the one of this file."""
    directory = Path(arguments[0]) if arguments else Path(__file__).parent
    from tui.terminal import prepare_environment

    prepare_environment()
    # Before the run begins, so that the first picture shows its beginning.
    import tui.screens.run_panels  # noqa: F401

    with real_run() as run:
        pictures = asyncio.run(take_all(run))
    for name, picture in pictures.items():
        (directory / name).write_text(picture, "utf-8")
        sys.stdout.write(f"{directory / name}: {len(picture.encode()) / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
