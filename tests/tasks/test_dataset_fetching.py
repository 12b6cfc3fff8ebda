"""Data sets that are not there: fetched once from a server, or refused with one line that says what to do."""

from __future__ import annotations

import http.server
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest

from galapagos.errors import UnknownTask
from galapagos.tasks.dataset_files import PUBLISHED, find_files, own_directory
from galapagos.tasks.datasets import (
    DATASETS,
    Images,
    load_dataset,
    require_dataset,
    where_found,
)
from galapagos.tasks.image_preprocessing import scaled
from tests.tasks.small_data_sets import pixels, with_small_data_sets
from tests.tasks.test_dataset_files import (
    CONTENTS,
    IMAGES,
    LABELS,
    NAMES,
    TEST_IMAGES,
    TEST_LABELS,
    packed,
    small_dataset,
    write_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the cache of an empty home with small data sets."""
    return with_small_data_sets(tmp_path, monkeypatch)


class FileServer(http.server.ThreadingHTTPServer):
    """A server of files, by name, on this machine alone; it notes what it was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {f"{name}.gz": packed(content) for name, content in CONTENTS.items()}
        self.promised = 0
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}/"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        name = self.path.removeprefix("/")
        self.server.asked.append(name)
        content = self.server.files.get(name)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(self.server.promised or len(content)))
        self.end_headers()
        with suppress(ConnectionError):  # the client has heard enough
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Give a server that has mnist, where it is fetched from."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FileServer() as serving:
        monkeypatch.setitem(PUBLISHED, "mnist", small_dataset(CONTENTS, url=serving.url))
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


@pytest.fixture
def data_dir(tmp_path: Path) -> str:
    """Give a directory with the small data set."""
    return str(write_files(tmp_path / "data", CONTENTS))


def own_files() -> list[str]:
    return sorted(path.name for path in own_directory(PUBLISHED["mnist"]).iterdir())


def fetch_refusal() -> str:
    with pytest.raises(UnknownTask) as caught:
        require_dataset("mnist")
    line = str(caught.value)
    assert line.isprintable()
    return line


def test_a_missing_data_set_is_fetched_once_and_then_loaded(server: FileServer) -> None:
    assert where_found("mnist").startswith("not here yet: the first run fetches it, or put train-images-idx3")
    with pytest.raises(UnknownTask, match="mnist is not on this machine: put "):
        load_dataset("mnist", Images.RAW)
    assert server.asked == []
    require_dataset("mnist")
    require_dataset("mnist")
    assert server.asked == [f"{name}.gz" for name in NAMES]
    assert own_files() == sorted(server.asked)
    assert where_found("mnist") == str(own_directory(PUBLISHED["mnist"]))
    np.testing.assert_array_equal(load_dataset("mnist", Images.RAW).train_images, scaled(pixels(IMAGES)))


def test_nothing_is_fetched_where_files_are_found_or_a_directory_is_given(
    server: FileServer, data_dir: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_dataset("digits")
    require_dataset("mnist", data_dir=data_dir)
    with pytest.raises(UnknownTask, match="does not hold mnist: it, or its folder mnist, must have the four"):
        require_dataset("mnist", data_dir=str(tmp_path))
    monkeypatch.setenv("GALAPAGOS_DATA", str(tmp_path))
    write_files(tmp_path / "mnist", CONTENTS)
    require_dataset("mnist")
    assert server.asked == []


def test_what_is_there_already_stays_as_it_is(server: FileServer) -> None:
    own = write_files(own_directory(PUBLISHED["mnist"]), {LABELS: b"mine"})
    require_dataset("mnist")
    found = find_files(PUBLISHED["mnist"])
    assert found is not None
    assert found[1] == own / LABELS
    assert (own / LABELS).read_bytes() == b"mine"
    assert f"{LABELS}.gz" not in server.asked


def test_another_content_than_was_published_is_refused_and_not_kept(server: FileServer) -> None:
    server.files[f"{LABELS}.gz"] = packed(CONTENTS[TEST_LABELS])
    assert fetch_refusal() == (
        f"mnist is not on this machine, and fetching {server.url}{LABELS}.gz failed (what came is not the "
        f"file that was published): put {LABELS}, {TEST_IMAGES}, {TEST_LABELS}, with .gz or without, into "
        f"{own_directory(PUBLISHED['mnist'])}; or all four into a directory that data_dir names, or into "
        "$GALAPAGOS_DATA/mnist"
    )
    assert own_files() == [f"{IMAGES}.gz"]


def test_a_file_that_the_server_does_not_have_ends_the_fetching(server: FileServer) -> None:
    del server.files[f"{IMAGES}.gz"]
    assert f"fetching {server.url}{IMAGES}.gz failed (status 404): put {IMAGES}, " in fetch_refusal()
    assert server.asked == [f"{IMAGES}.gz"]
    assert own_files() == []


@pytest.mark.parametrize(
    ("promised", "content", "why"),
    [
        (1_000_000, CONTENTS[IMAGES], "no connection, or it broke off"),
        (0, bytes(5_000_000), "what came is not the file that was published"),
    ],
    ids=["breaks off", "does not end"],
)
def test_a_transfer_of_another_length_leaves_nothing(
    server: FileServer, promised: int, content: bytes, why: str
) -> None:
    server.promised, server.files[f"{IMAGES}.gz"] = promised, content
    assert f"failed ({why}): put " in fetch_refusal()
    assert own_files() == []


def test_without_a_server_one_line_says_what_to_put_where(server: FileServer) -> None:
    server.server_close()
    line = fetch_refusal()
    assert "failed (no connection, or it broke off): put train-images-idx3-ubyte, " in line
    assert f"into {own_directory(PUBLISHED['mnist'])};" in line


@pytest.mark.usefixtures("server")
def test_a_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    def silent(*_: object, timeout: tuple[float, float], **__: object) -> None:
        assert timeout[0] <= 10
        assert timeout[1] <= 30
        raise requests.ReadTimeout

    monkeypatch.setattr(requests, "get", silent)
    assert "failed (no answer in time)" in fetch_refusal()


@pytest.mark.usefixtures("server")
def test_a_cache_that_cannot_be_written_is_named(home: Path) -> None:
    home.parent.mkdir()
    home.write_text("a file, not a directory")
    line = fetch_refusal()
    assert "(it cannot be stored: " in line
    assert str(home) in line


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("show_progress", [False, True])
def test_progress_is_drawn_only_where_it_is_asked_for(
    capfd: pytest.CaptureFixture[str], show_progress: bool
) -> None:
    require_dataset("mnist", show_progress=show_progress)
    captured = capfd.readouterr()
    assert captured.out == ""
    assert [name in captured.err for name in NAMES] == [show_progress] * 4
    assert captured.err.count("100%") == (4 if show_progress else 0)
    assert show_progress or captured.err == ""


def test_all_names_are_known() -> None:
    assert DATASETS == ("digits", "mnist", "fashion_mnist")
    assert where_found("digits").startswith("with scikit-learn ")
