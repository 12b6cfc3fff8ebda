"""The pictures of the README: read from screenshots, without fonts, scripts or addresses, and moving."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.content import Content
from textual.widgets import Static

from docs.pictures import glyphs
from docs.pictures.take import SIZE
from docs.pictures.terminal_cells import Cell, Cells, Style, read_cells, text_of
from docs.pictures.terminal_svg import Frame, moving, still

if TYPE_CHECKING:
    from textual.app import ComposeResult

PICTURES = sorted((Path(__file__).parents[1] / "docs" / "pictures").glob("*.svg"))
NAMESPACE = "http://www.w3.org/2000/svg"
SVG = f"{{{NAMESPACE}}}"
MOST_BYTES = {"tour.svg": 900_000}
MOST_BYTES_OF_A_STILL = 150_000
SHOWN = ["╭── a < b ──╮", "│ ⣿⠉  ▇▀░ ★ │", "╰───────────╯"]


class Example(App[None]):
    """A screen with lines, braille, blocks, a sign, and text that XML would take for a tag."""

    CSS = "Screen { background: #112233; color: #ddeeff; } #last { background: #445566; text-style: bold; }"

    def compose(self) -> ComposeResult:
        yield Static(Content("\n".join(SHOWN)))
        yield Static(Content("wide 字 bold"), id="last")


def cells(*rows: str, colour: str = "#ffffff", background: str = "#000000") -> Cells:
    """Return a terminal of one colour."""
    return tuple(tuple(Cell(character, Style(colour), background) for character in row) for row in rows)


def parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314  (it was made here)


def texts(element: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in element.iter(f"{SVG}text")]


def assert_harmless(picture: str) -> None:
    """Hold that a picture is XML which loads and runs nothing."""
    root = parsed(picture)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "style", "rect", "g", "path", "text"}
    assert not [name for element in root.iter() for name in element.attrib if name.lower().startswith("on")]
    rest = picture.replace(NAMESPACE, "")
    for forbidden in ("://", "url(", "@import", "@font-face", "href", "javascript:", "&#160;"):
        assert forbidden not in rest


async def test_cells_are_read_from_a_screenshot() -> None:
    app = Example()
    async with app.run_test(size=(20, 6)):
        read = read_cells(app.export_screenshot(), 20, 6)
    assert text_of(read) == [*SHOWN, "wide 字 bold", "", ""]
    assert len(read) == 6
    assert {len(row) for row in read} == {20}
    assert read[0][0].background == "#112233"
    assert read[0][0].style == Style("#ddeeff")
    assert (read[3][0].background, read[3][0].style.bold) == ("#445566", True)
    assert [cell.character for cell in read[3][5:8]] == ["字", "", " "]


def test_what_is_no_screenshot_is_refused() -> None:
    with pytest.raises(ValueError, match="a screenshot of Textual has styles"):
        read_cells(f'<svg xmlns="{NAMESPACE}"/>', 2, 2)


async def test_a_still_is_harmless_and_holds_every_word() -> None:
    app = Example()
    async with app.run_test(size=(20, 6)):
        picture = still(read_cells(app.export_screenshot(), 20, 6), 'a "title" & more')
    assert_harmless(picture)
    assert parsed(picture).find(f"{SVG}title").text == 'a "title" & more'  # type: ignore[union-attr]
    assert {"a < b", "★", "wide", "字", "bold"} <= set(texts(parsed(picture)))


def test_words_are_as_wide_as_their_cells_and_stand_in_them() -> None:
    picture = parsed(still(cells("  two words  x"), ""))
    first, second = picture.iter(f"{SVG}text")
    assert ("".join(first.itertext()), first.attrib["x"], first.attrib["textLength"]) == (
        "two words",
        "20",
        "90",
    )
    assert ("".join(second.itertext()), second.attrib["x"]) == ("x", "130")


def test_a_horizontal_line_is_one_stroke() -> None:
    assert 'd="M0 10h40"' in still(cells("────"), "")


@pytest.mark.parametrize("character", [chr(code) for code in range(0x2500, 0x2580)])
def test_every_line_of_a_box_is_drawn(character: str) -> None:
    assert glyphs.is_line(character)
    assert re.fullmatch(r"(M\d+ \d+([hvLQl][-\d ]+))+", glyphs.line_path(character, 100, 200))


@pytest.mark.parametrize("character", [chr(code) for code in range(0x2580, 0x25A0)])
def test_every_block_fills_a_part_of_its_cell(character: str) -> None:
    assert glyphs.is_block(character)
    for left, top, width, height in glyphs.block_boxes(character):
        assert 0 <= left < left + width <= glyphs.WIDTH
        assert 0 <= top < top + height <= glyphs.HEIGHT


@given(st.sets(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_strokes_go_through_all_dots_and_no_others(dots: set[tuple[int, int]]) -> None:
    path = glyphs.dots_path(dots)
    drawn = []
    for column, row, way, length in re.findall(r"M(\d+) (\d+)([hv])(\d+)\.1", path):
        steps = range(int(length) + 1)
        drawn += [(int(column) + n * (way == "h"), int(row) + n * (way == "v")) for n in steps]
    assert set(drawn) == dots


def test_the_dots_of_braille_are_those_of_its_bits() -> None:
    assert glyphs.dots_of("⠁") == [(0, 0)]
    assert glyphs.dots_of("⢀") == [(1, 3)]
    assert len(glyphs.dots_of("⣿")) == 8


def visible(picture: str, moment: float) -> list[str]:
    """Return the texts that a moving picture shows at a moment, in seconds."""
    root = parsed(picture)
    style = root.find(f"{SVG}style")
    assert style is not None
    assert style.text is not None
    shown = []
    for layer in root.iterfind(f"{SVG}g/{SVG}g[@class]"):
        name = layer.attrib["class"].removeprefix("f ")
        seconds = re.search(rf"\.{name}{{animation-name:{name};animation-duration:([\d.]+)s}}", style.text)
        rule = re.search(rf"@keyframes {name}{{((?:[\d.]+%{{visibility:\w+}})+)}}", style.text)
        assert seconds is not None
        assert rule is not None
        share = 100 * moment / float(seconds[1])
        steps = [(float(at), value) for at, value in re.findall(r"([\d.]+)%{visibility:(\w+)}", rule[1])]
        if [value for at, value in steps if at <= share][-1] == "visible":
            shown += texts(layer)
    return shown


def test_a_moving_picture_shows_one_frame_after_the_other() -> None:
    scenes = [
        [Frame(cells("same 1"), 2.0, "first"), Frame(cells("same 2"), 1.0, "second")],
        [Frame(cells("other "), 1.0)],
    ]
    picture = moving(scenes, "a tour")
    assert_harmless(picture)
    assert visible(picture, 0.5) == ["same", "1", "first"]
    assert visible(picture, 2.5) == ["same", "2", "second"]
    assert visible(picture, 3.5) == ["other"]
    assert picture.count(">same<") == 1


def test_a_moving_picture_rests_for_those_who_asked_for_less_motion() -> None:
    scenes = [[Frame(cells("same 1"), 2.0), Frame(cells("same 2"), 1.0)], [Frame(cells("other "), 1.0)]]
    rests = re.findall(r"@media\(prefers-reduced-motion\){\.(f\d){([^}]*)}}", moving(scenes, ""))
    assert rests == [
        ("f0", "animation:none;visibility:visible"),
        ("f1", "animation:none"),
        ("f2", "animation:none;visibility:visible"),
        ("f3", "animation:none"),
        ("f4", "animation:none"),
    ]


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_the_pictures_that_are_kept_are_small_and_harmless(path: Path) -> None:
    picture = path.read_text("utf-8")
    assert_harmless(picture)
    assert len(picture.encode()) < MOST_BYTES.get(path.name, MOST_BYTES_OF_A_STILL)
    assert parsed(picture).attrib["width"] == str(SIZE[0] * glyphs.WIDTH + 28)
