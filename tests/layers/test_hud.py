"""The hud's small pictures: what they say can be seen."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from layers import hud, painting
from layers.base import Moment
from layers.legend import Legend, lit_first
from layers.legend_column import MOST, USUAL, legend_column
from layers.legend_picture import (
    LEAST_RAMP,
    MOST_ENTRIES,
    legend_picture,
    number,
    row_legend,
    short_legend,
    short_title,
    short_titles,
)
from layers.paper import INK
from layers.story import story_picture
from layers.vectors import VectorLayer
from layers.view import offscreen
from twin.document import Document

RAMP = ((10, 20, 200), (250, 240, 30))


def has_color(picture, color, tolerance=12) -> bool:
    near = np.abs(picture[..., :3].astype(int) - color).max(axis=2) <= tolerance
    return bool((near & (picture[..., 3] > 200)).any())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_ramp_legend_shows_its_colours_and_the_missing_class(theme):
    legend = Legend(title="PM2.5", unit="µg/m³", ramp=RAMP, low=0, high=75, missing=((150, 151, 152), "no data"))
    picture = legend_picture(legend, theme)
    for color in (*RAMP, (150, 151, 152)):
        assert has_color(picture, color), color


def test_every_class_has_its_swatch_and_the_rest_is_counted():
    entries = tuple(((10 * i, 255 - 10 * i, 128), f"class {i}") for i in range(20))
    picture = legend_picture(Legend(title="Use", entries=entries), "light")
    shown = [color for color, _ in entries if has_color(picture, color, 1)]
    assert len(shown) == MOST_ENTRIES - 1


def test_long_titles_wrap_instead_of_being_cut():
    short = legend_picture(Legend(title="Use", ramp=RAMP), "light")
    long = legend_picture(Legend(title="一个很长的图例标题需要换行才能完整显示出来，不能被截断", ramp=RAMP),
                              "light")
    assert long.shape[0] > short.shape[0] and long.shape[1] == short.shape[1]


def test_chinese_is_drawn_as_signs_and_not_as_boxes():
    lake, area = (painting.text(words, 20, (0, 0, 0))[..., 3] for words in ("远香湖", "嘉定区"))
    assert lake.shape != area.shape or not np.array_equal(lake, area)


def test_the_needle_points_north():
    east = hud._north(90.0, "light", 1.0)                     # looking east, north is to the left
    red = (east[..., 0] > 200) & (east[..., 1] < 110) & (east[..., 3] > 200)
    rows, columns = np.nonzero(red)
    assert columns.mean() < east.shape[1] / 2 - 2 and abs(rows.mean() - east.shape[0] / 2) < 2


@pytest.mark.parametrize("metres_per_pixel", [0.013, 0.5, 1.0, 37.0])
def test_the_scale_bar_is_as_long_as_it_says(metres_per_pixel):
    length = hud._nice(metres_per_pixel * 120)
    bar = round(length / metres_per_pixel)
    picture = hud._scale(length, bar, "light", 1.0)
    ink = np.abs(picture[22, :, :3].astype(int) - INK["light"]).max(axis=1) < 20
    assert ink.sum() == bar and 40 <= bar <= 120


@pytest.mark.parametrize("value, spread, words", [(0, 120, "0"), (61.5, 120, "61.5"), (0.034, 0.1, "0.034"),
                                                  (220_000, 220_000, "220,000"), (1e-9, 0.0, "0")])
def test_numbers_have_the_decimals_that_the_scale_needs(value, spread, words):
    assert number(value, spread) == words


def many(count: int) -> list[Legend]:
    return [Legend(title=f"Layer {i}", unit="dB", ramp=RAMP, low=0, high=10 + i, missing=((150, 151, 152), "no data"),
                   note="As of 08:00, 12 of 20") for i in range(count)]


def test_legends_stand_in_full_while_there_is_room_and_leave_the_scene_open_where_they_can():
    legends, forms = many(8), (legend_picture, short_legend, row_legend)

    def column(count: int, height: int, room: int) -> str:
        """Which form each has, from the foot up."""
        pictures = legend_column(legends[:count], height, room, "light", 1.0)
        made = [[form(legend, "light", 1.0) for form in forms] for legend in legends[:count]]
        assert len(pictures) == count
        which = [[x is picture for x in of].index(True) for picture, of in zip(pictures, made, strict=True)]
        return "".join("fsr"[n] for n in which)

    def height_of(count: int, height: int, room: int) -> int:
        return sum(x.shape[0] + 8 for x in legend_column(legends[:count], height, room, "light", 1.0)) - 8

    assert column(2, 1000, 900) == "ff"
    mixed = column(6, 1400, 1340)
    assert set(mixed) == set("fs") and mixed == "".join(sorted(mixed))           # the last ones give way
    rows = column(8, 800, 700)
    assert "r" in rows and rows == "".join(sorted(rows, key="fsr".index))
    assert height_of(6, 1400, 1340) <= USUAL * 1400 and USUAL * 800 < height_of(8, 800, 700) <= MOST * 800
    assert height_of(2, 490, 400) <= USUAL * 490, "in a small window more than a third hid the lake"
    low = legend_column(legends, 420, 400, "light", 1.0)
    assert 3 <= len(low) < 8 and sum(x.shape[0] + 8 for x in low) - 8 <= MOST * 420, "the others are named"


def test_what_does_not_fit_is_named(monkeypatch):
    said, column = [], sys.modules[legend_column.__module__]
    monkeypatch.setattr(column, "_note", lambda words, theme, ratio: said.append(words) or np.zeros((20, 216, 4), "u1"))
    shown = legend_column(many(5), 300, 280, "light", 1.0)
    names = ", ".join(f"Layer {n}" for n in range(len(shown) - 1, 5))
    assert 3 <= len(shown) < 6 and said[-1] == f"Legends that do not fit: {names}"


def test_what_does_not_fit_is_counted_and_nothing_passes_the_room():
    for room in (0, 60, 150, 400):
        column = legend_column(many(12), 420, room, "light", 1.0)
        assert sum(picture.shape[0] + 8 for picture in column) - 8 <= max(room, 0)
        assert len(column) < 12 and (room < 60 or column)
    short = legend_column(many(12), 420, 150, "light", 1.0)
    assert all(picture is row_legend(legend, "light", 1.0) for picture, legend in zip(short[:-1], many(12)))
    assert has_color(short[-1], (104, 112, 124), 60)                                     # "do not fit: 10"


def test_no_form_of_a_legend_drops_as_of_when_and_from_how_many():
    for legend in (many(1)[0], Legend(title="Use", entries=(((9, 99, 9), "Office"),), note="As of 08:00, 12 of 20")):
        other = replace(legend, note="As of 09:00, 3 of 20")
        for form in (legend_picture, short_legend, row_legend):
            assert not np.array_equal(form(legend, "light"), form(other, "light"))
    assert has_color(row_legend(many(1)[0], "light"), RAMP[0]) and has_color(row_legend(legend, "light"), (9, 99, 9))


def test_a_note_that_has_no_room_beside_a_ramp_stands_below_it():
    """It was cut there: "As of 2026-07-15 08:00, 11 of…" hides from how many."""
    notes = (f"As of 2026-07-15 08:00, 11 of {n}" for n in (12, 88))
    said = [row_legend(Legend(title="PM2.5", ramp=RAMP, low=0, high=9, note=note), "light") for note in notes]
    assert not np.array_equal(*said) and said[0].shape[0] > row_legend(many(1)[0], "light").shape[0]


@pytest.mark.parametrize("low, high, note", [(-0.5, 0.5, "As of 08:00"), (40, 70, "As of 08:00"), (40, 70, ""),
                                             (1_000_000, 2_000_000, "As of 08:00, 12 of 20")])
def test_a_ramp_in_few_lines_is_wide_enough_to_be_a_scale(low, high, note):
    """Between its ends and beside its note it was 25 pixels."""
    one = (200, 0, 200)
    picture = row_legend(Legend(title="Noise", ramp=(one, one), low=low, high=high, note=note), "light")
    bar = (np.abs(picture[..., :3].astype(int) - one).max(axis=2) < 20) & (picture[..., 3] > 200)
    assert bar.any(axis=0).sum() >= LEAST_RAMP


def test_a_row_names_its_first_classes_and_counts_the_others():
    """A swatch without a word tells nothing: what stands under "Also shown" is known by its name only."""
    def row(*names: str):
        return row_legend(Legend(title="Also shown", entries=tuple(((9, 99, 9), name) for name in names)), "light")

    assert not np.array_equal(row("Shelters"), row("Protection zone"))
    many = tuple(f"Layer {i}" for i in range(9))
    assert not np.array_equal(row(*many), row(*many[:8])) and row(*many).shape == row(*many[:8]).shape
    levels = tuple(((9 + n, 99, 9), f"level {n} · {n}") for n in range(4))
    told = row_legend(Legend(title="CO2", entries=levels, note="As of 08:00, 12 of 20"), "light")
    assert all(has_color(told, color) for color, _ in levels), "the orange that the scene showed was behind a +2"
    noted = [row_legend(Legend(title="Rain", entries=(((9, 99, 9), name),), note="As of 08:00"), "light")
             for name in ("Light", "Moderate")]
    assert not np.array_equal(*noted), "with a note below them too"


def test_two_sides_both_bear_legends_and_a_click_finds_each():
    view = offscreen(640, 520)
    try:
        shown = hud.Hud(view.canvas)

        def boxes(split_px: int) -> list:
            shown.update(legends=many(5), azimuth_deg=0, metres_per_pixel=1.0, time_text="2026-07-15 08:00", mark="",
                         theme="light", halved=True, split_px=split_px)
            return [stamp.box for name, stamp in shown._stamps.items() if name.startswith("legend") and stamp.size[0]]

        one, two = boxes(0), boxes(320)
        assert len(one) == len(two) == 5 and {box[0] for box in one} == {16}
        assert sorted(box[0] for box in two) == [16] * 3 + [336] * 2
        assert max(box[3] for box in two) < max(box[3] for box in one)
        scale = shown._stamps["scale"].box
        assert all(box[2] <= scale[0] or box[1] >= scale[3] for box in two), "none lies over the scale"
        for box, legend in zip(two, many(5), strict=True):
            assert shown.legend_at(box[0] + 5, box[1] + 5) == legend
        boxes(0)
        assert shown.legend_at(340, 100) is None
    finally:
        view.close()


def test_a_short_legend_keeps_its_colours_and_all_its_classes():
    entries = tuple(((20 * i, 255 - 20 * i, 128), f"class {i}") for i in range(9))
    legend = Legend(title="A name that is far too long to stand on one line of a legend", entries=entries,
                    missing=((150, 151, 152), "no data"))
    picture = short_legend(legend, "light")
    assert all(has_color(picture, color, 2) for color, _ in (*entries, legend.missing))
    assert picture.shape[0] < legend_picture(legend, "light").shape[0]


def test_a_long_title_and_a_long_class_stand_in_two_lines_before_they_are_cut():
    long = Legend(title="Noise of the whole district · Noise level Leq", unit="dB")
    lines = short_titles(long, 12, 196)
    assert len(lines) == 2 and " ".join(lines) == "Noise of the whole district · Noise level Leq  (dB)"
    longer = short_titles(replace(long, title=long.title + " · by the hour, weekdays only, without holidays"), 12, 196)
    assert len(longer) == 2 and longer[0] == lines[0] and longer[1].endswith("…  (dB)")
    assert short_titles(Legend(title="Noise", unit="dB"), 12, 196) == ["Noise  (dB)"]
    heights = [legend_picture(Legend(title="Use", entries=(((9, 9, 9), words),)), "light").shape[0]
               for words in ("Office", "Research and development centres of industry", "Word " * 40)]
    assert heights[0] + 18 == heights[1] == heights[2]


def test_the_long_name_of_a_layer_leaves_room_for_what_is_shown():
    layer = "远香湖中央活动区与国际汽车城安亭片区一环三路沿线综合治理试点范围及周边道路监测分区"
    long = Legend(title=f"{layer} · 细颗粒物 PM2.5", unit="µg/m³")
    other = replace(long, title=long.title.replace("PM2.5", "PM10"))
    assert short_titles(long, 12, 196)[1] == "细颗粒物 PM2.5  (µg/m³)" and short_title(long, 12, 260).startswith("远")
    for title in (short_title(long, 12, 260), short_title(other, 12, 260)):
        assert "… · 细颗粒物 PM" in title and title.endswith("  (µg/m³)")
    assert short_title(long, 12, 260) != short_title(other, 12, 260)


def test_of_hundreds_of_legends_only_those_are_painted_that_have_room(monkeypatch):
    painted, column = [], sys.modules[legend_column.__module__]
    monkeypatch.setattr(column, "legend_picture", lambda *of: painted.append(of) or legend_picture(*of))
    monkeypatch.setattr(column, "short_legend", lambda *of: painted.append(of) or short_legend(*of))
    shown = legend_column(many(300), 600, 500, "light", 1.0)
    assert 3 < len(shown) and len(painted) < 40
    assert sum(len(x) for x in shown) <= 500


def test_no_line_begins_or_ends_with_a_sign_that_must_not():
    from layers.paper import NEVER_FIRST, NEVER_LAST, wrapped
    words = "隧道两侧各 50 米（外缘）。沟槽在其外 460 米；三条道路的“管线”末端、位于保护区内，abc（IFC）。"
    for width in range(60, 400, 17):
        lines = wrapped(words, 13, width)
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
        assert not any(line[0] in NEVER_FIRST or line[-1] in NEVER_LAST for line in lines), lines


def test_two_lines_of_a_note_stand_one_below_the_other():
    """A comparison says as of when for both sides."""
    one = short_legend(Legend(title="Use", ramp=RAMP, note="A As of 08:00, 28 of 29 sensors"), "light")
    two = short_legend(Legend(title="Use", ramp=RAMP, note="A As of 08:00, 28 of 29 sensors\nB As of 05:00"), "light")
    assert two.shape[0] == one.shape[0] + 16


def test_the_legend_of_what_is_selected_is_the_last_to_be_shortened():
    legends = [(str(n), legend) for n, legend in enumerate(many(4))]
    assert [id for id, _ in lit_first(legends, {"2"})] == ["2", "0", "1", "3"]
    assert lit_first(legends, set()) == legends
    assert [id for id, _ in lit_first(legends, {"2"}, {"3": 4, "1": 1})] == ["2", "3", "1", "0"], "then the newest"
    signed = [*legends[:3], (legends[3][0], replace(legends[3][1], of="sign.x"))]
    assert [id for id, _ in lit_first(signed, {"2"})] == ["2", "3", "0", "1"], "what one asked for comes next"


def test_the_legend_of_the_current_layer_goes_first_then_that_of_what_was_shown_last(monkeypatch):
    view, legends = offscreen(64, 64), dict(zip("abc", many(3)))
    monkeypatch.setattr(view, "legends", lambda: list(legends.items()))
    layers = tuple(VectorLayer(id=id, name=id) for id in "abc")

    def order(*hidden) -> str:
        document = Document(layers=tuple(replace(layer, visible=layer.id not in hidden) for layer in layers))
        return "".join(id for id, _ in view._by_rank(document, Moment()))
    assert order("b") == "abc", "those of a project came together"
    assert order() == "bac"
    view.current_layer = "c"
    assert order() == "cba"
    view.current_layer = ""
    assert order("a") == "bac" and order() == "abc"
    view.close()


def test_a_chapter_covers_neither_clock_nor_compass_nor_legends_however_narrow_the_scene():
    for size in ((628, 261), (662, 327), (420, 300), (982, 800)):
        view = offscreen(*size)
        shown = hud.Hud(view.canvas)
        shown.update(legends=many(5), azimuth_deg=0.0, metres_per_pixel=1.0, time_text="2026-07-13 09:10 +08:00",
                     mark="Synthetic data", theme="light", story=("Above 1,000 ppm", "Windows closed, rooms full."))
        boxes = {name: stamp.box for name, stamp in shown._stamps.items() if stamp.size[0]}
        left, foot, right, top = boxes.pop("story")
        assert left >= 0 and right <= size[0] and foot >= 0
        for name, (x0, y0, x1, y1) in boxes.items():
            assert x1 <= left or x0 >= right or y1 <= foot or y0 >= top, (size, name)
        view.close()


def test_a_chapter_takes_little_of_a_low_scene_and_little_of_both_of_two_sides():
    """The room that a chapter told of lay behind its sheet."""
    told = ("Who keeps the sun", "The table: hours without a break at the lowest windows of each house, A or B; " * 2)
    for size, low in (((663, 285), True), ((663, 520), False)):
        view = offscreen(*size)
        shown = hud.Hud(view.canvas)
        high, wide = [], []
        for halved in (False, True):
            shown.update(legends=[], azimuth_deg=0.0, metres_per_pixel=1.0, time_text="2026-12-21 15:10 +08:00",
                         mark="Synthetic data", theme="dark", story=told, halved=halved)
            boxes = {name: stamp.box for name, stamp in shown._stamps.items() if stamp.size[0]}
            left, foot, right, top = boxes.pop("story")
            high.append(top - foot)
            wide.append(right - left)
            assert all(x1 <= left or x0 >= right or y1 <= foot or y0 >= top for x0, y0, x1, y1 in boxes.values())
        if low:
            sheet = story_picture(told, round(wide[0]), "dark")
            assert high[0] < 0.8 * sheet.shape[0], "small lines, over one side or two"
            assert high[1] < high[0] and wide[1] > wide[0] and high[1] < size[1] / 4
        else:
            assert high[0] == high[1] > size[1] / 6
        view.close()


def test_a_ramp_says_where_values_lie_beyond_its_ends():
    legend = Legend(title="Depth", ramp=RAMP, low=0.0, high=182.9, beyond=(False, True))
    assert legend.ends(str) == ("0.0", "≥ 182.9")
    for form in (legend_picture, short_legend, row_legend):
        assert not np.array_equal(form(legend, "light"), form(replace(legend, beyond=(False, False)), "light"))


def test_the_few_lines_of_a_legend_say_a_note_to_its_end():
    """Of a span it was cut before it said from how many: "Mean since 07:00 (held). As of…"."""
    legend = Legend(title="Noise", unit="dB", ramp=RAMP, low=40, high=70, note="As of 08:00, 112 of 120")
    long = replace(legend, note="Mean since 07:00 (time-weighted, held). As of 08:00, 112 of 120")
    other = replace(long, note=long.note.replace("120", "121"))
    said = [short_legend(told, "light") for told in (legend, long, other)]
    assert said[0].shape[0] < said[1].shape[0] and not np.array_equal(said[1], said[2])


def test_in_a_low_scene_a_chapter_stands_beside_the_clock_and_leaves_the_middle_open():
    """In English it stood below the clock, over the red room that it told of."""
    view = offscreen(628, 268)
    shown = hud.Hud(view.canvas)
    told = ("Confirmed", "The second detector: room 5-12 is red, and the fire doors of the floor close.")
    shown.update(legends=[], azimuth_deg=0.0, metres_per_pixel=1.0, time_text="2026-07-15 14:03 +08:00",
                 mark="Synthetic data", theme="light", story=told)
    assert shown._stamps["story"].box[1] > 0.7 * 268 and shown._stamps["mark"].box[3] < shown._stamps["time"].box[1]
    shown.update(legends=[], azimuth_deg=0.0, metres_per_pixel=1.0, time_text="2026-07-15 14:03 +08:00",
                 mark="Synthetic data", theme="light")
    assert shown._stamps["mark"].box[1] > 0.8 * 268, "without one the mark is beside it"
    view.close()
