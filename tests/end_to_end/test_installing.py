"""The wheel, installed as people do it in an empty environment and an empty home, runs the main job."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
MAIN_JOB = ["run", "wann-gym/CartPoleSwingUp", "--num_generations", "2"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the files of this checkout."""
    built = tmp_path_factory.mktemp("wheel")
    subprocess.run(["uv", "build", "--quiet", "--wheel", "--out-dir", built], cwd=ROOT, check=True)
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Give the variables of somebody who has nothing yet but the download cache of this machine."""
    cache = subprocess.run(["uv", "cache", "dir"], check=True, capture_output=True, text=True).stdout.strip()
    home = tmp_path / "newcomer"
    home.mkdir()
    passed = {
        name: value for name, value in os.environ.items() if not name.startswith(("GALAPAGOS", "VIRTUAL"))
    }
    return passed | {"HOME": str(home), "UV_CACHE_DIR": cache, "PIPX_HOME": str(home / "pipx")}


def python(version: str) -> str:
    """Return an interpreter of a version, without fetching one."""
    found = subprocess.run(
        ["uv", "python", "find", "--no-python-downloads", "--system", version],
        check=False,
        capture_output=True,
        text=True,
    )
    if found.returncode:
        pytest.skip(f"Python {version} is not on this machine")
    return found.stdout.strip()


def run_main_job(program: Path, environment: dict[str, str], directory: Path) -> None:
    """Run it from a directory that has nothing of this checkout."""
    empty = directory / "empty"
    empty.mkdir()
    done = subprocess.run(
        [program, *MAIN_JOB], cwd=empty, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "generation     1" in done.stdout
    assert "champion" in done.stdout
    doctor = subprocess.run([program, "doctor"], cwd=empty, env=environment, check=True, capture_output=True)
    assert str(environment["HOME"]).encode() in doctor.stdout


def test_the_wheel_has_presets_and_styles_and_nothing_of_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for ours in ("params/wann-gym/CartPoleSwingUp.yaml", "tui/dashboard.tcss", "galapagos/py.typed"):
        assert ours in names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "galapagos",
        "tui",
        "library_store",
        "params",
    }


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_installed_by_uv_it_runs_the_main_job(
    wheel: Path, environment: dict[str, str], tmp_path: Path, version: str
) -> None:
    places = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    environment = environment | places
    command = ["uv", "tool", "install", "--quiet", "--python", python(version), str(wheel)]
    subprocess.run(command, env=environment, check=True)
    run_main_job(tmp_path / "bin" / "galapagos", environment, tmp_path)


@pytest.mark.slow
def test_installed_by_pip_it_runs_the_main_job(
    wheel: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    subprocess.run([python("3.11"), "-m", "venv", tmp_path / "venv"], check=True)
    pip = tmp_path / "venv" / "bin" / "pip"
    subprocess.run([pip, "install", "-q", "--disable-pip-version-check", wheel], env=environment, check=True)
    run_main_job(tmp_path / "venv" / "bin" / "galapagos", environment, tmp_path)


@pytest.mark.slow
def test_installed_by_pipx_it_runs_the_main_job(
    wheel: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    environment = environment | {"PIPX_BIN_DIR": str(tmp_path / "bin")}
    pipx = ["pipx"] if shutil.which("pipx") else ["uv", "tool", "run", "--quiet", "pipx"]
    command = [*pipx, "install", "--quiet", "--python", python("3.11"), str(wheel)]
    subprocess.run(command, env=environment, check=True)
    run_main_job(tmp_path / "bin" / "galapagos", environment, tmp_path)
