"""Rooms: measured on their shapes, named in the scene while they show, and out of the way of walls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.arrangement import EVERYTHING_HIDDEN, Rule
from layers.base import Moment
from layers.building import Building
from layers.building_elements import Elements
from layers.mesh_sizes import footprints, sizes
from layers.room_labels import room_words
from layers.sections import Cut
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from twin import text
from twin.camera import Camera
from twin.document import Document
from twin.frame import Frame
from twin.selection import Selection
from twin.text import set_language

ABOVE = Camera(position=(5.0, 5.0, 60.0), focus=(5.0, 5.0, 0.0), up=(0.0, 1.0, 0.0))
FLAT = boxes([[0, 0, 0], [1, 1, 0], [6, 1, 0]], [[10, 10, 0.2], [4, 8, 2.5], [3, 8, 2.5]],
             **{"class": ["IfcSlab", "IfcSpace", "IfcSpace"], "name": ["S", "1.01", "1.02"],
                "long_name": [None, "Hall", None], "use": [None, "circulation", None], "storey": ["EG"] * 3})
SIDE = st.floats(0.01, 500.0)


@given(SIDE, SIDE, SIDE, st.floats(-2000.0, 2000.0))
def test_a_box_has_the_sizes_of_a_box(x, y, z, away):
    mesh = boxes([[0, 0, 0], [away, -away, away]], [[1, 1, 1], [x, y, z]])
    got = sizes(mesh, 1)
    slack = 2e-3 * (1 + abs(away) / 20) * max(x, y, z, 1) ** 2
    assert got.footprint_m2 == pytest.approx(x * y, rel=1e-3, abs=slack)
    assert got.surface_m2 == pytest.approx(2 * (x * y + y * z + z * x), rel=1e-3, abs=6 * slack)
    assert footprints(mesh, np.array([1]))[0] == pytest.approx(got.footprint_m2, rel=1e-6, abs=1e-6)


def test_volume_is_that_of_a_closed_shape_only():
    box = boxes([[3, 4, 5]], [[2, 3, 4]])
    assert sizes(box, 0).volume_m3 == pytest.approx(24.0)
    assert sizes(replace(box, triangles=box.triangles[:-1]), 0).volume_m3 is None
    assert sizes(box, 7) is None


@pytest.mark.parametrize("says, words", [
    ("name", ["1.01 Hall", "1.02"]), ("area", ["32.0 m²", "24.0 m²"]), ("use", ["circulation", ""]), ("none", ["", ""]),
    ("name_and_area", ["1.01 Hall  32.0 m²", "1.02  24.0 m²"])])
def test_what_a_room_is_called(says, words):
    assert room_words(Elements(FLAT), np.array([1, 2]), says) == words


def test_a_name_that_the_number_has_already_is_said_once():
    flat = replace(FLAT, features=FLAT.features.set_column(FLAT.features.column_names.index("name"), "name",
                                                           pa.array(["S", "1 - Hall", "1.02"])))
    assert room_words(Elements(flat), np.array([1, 2]), "name_and_area") == ["1 - Hall  32.0 m²", "1.02  24.0 m²"]


def test_room_labels_follow_the_language():
    at = FLAT.features.column_names.index("long_name")
    flat = replace(FLAT, features=FLAT.features.set_column(at, "long_name", pa.array([None, "大厅 / Hall", None])))
    view, said = None, {}
    for language in ("en", "zh"):
        set_language(language)
        view, _ = picture([Building(id="b", name="b", spaces=True)], {"b": flat}, camera=ABOVE, view=view,
                          moment=Moment(language=language))
        labels = view.stage.visual("b")._labels
        said[language] = labels.words[labels.shown[0]]
    set_language("en")
    view.close()
    assert said == {"en": "1.01 Hall  32.0 m²", "zh": "1.01 大厅  32.0 m²"}


def test_rooms_are_named_while_they_show_and_rise_with_their_storey():
    view, _ = picture([Building(id="b", name="b", spaces=True)], {"b": FLAT}, camera=ABOVE)
    labels = view.stage.visual("b")._labels
    assert [labels.words[i] for i in labels.shown] == ["1.01 Hall  32.0 m²", "1.02  24.0 m²"]
    assert labels.places[0] == pytest.approx((3.0, 5.0, 2.5), abs=1e-3)             # on its top
    picture([Building(id="b", name="b")], {"b": FLAT}, camera=ABOVE, view=view)
    assert labels.shown == []
    view.close()


def test_rooms_too_small_to_be_seen_are_not_named():
    """Corridors of a school stood on the plain when the whole district was in the picture."""
    for parallel_m in (0.0, 40.0):
        view, _ = picture([Building(id="b", name="b", spaces=True)], {"b": FLAT},
                          camera=replace(ABOVE, parallel_m=parallel_m))
        labels = view.stage.visual("b")._labels
        near = list(labels.shown)
        view.set_camera(replace(ABOVE, position=(5.0, 5.0, 2000.0), parallel_m=50 * parallel_m))
        view.render(Document(layers=()), Moment())
        assert len(near) == 2 and labels.shown == []
        view.close()


def test_a_room_that_is_cut_away_is_not_named():
    """A section at the ground floor left the names of all storeys in the air."""
    def named(*cuts: Cut) -> list[str]:
        view, _ = picture([Building(id="b", name="b", spaces=True, cuts=cuts)], {"b": FLAT}, camera=ABOVE)
        labels = view.stage.visual("b")._labels
        said = [labels.words[i] for i in labels.shown]
        view.close()
        return said

    east, north, up = Frame().origin
    assert named(Cut(easting=east + 5.5, northing=north, height=up, normal=(1.0, 0.0, 0.0))) == ["1.01 Hall  32.0 m²"]
    half = Cut(easting=east, northing=north, height=up + 1.2)
    assert len(named(half)) == 2 and named(replace(half, height=up - 0.1)) == []


def test_a_chosen_room_is_seen_and_named_while_rooms_are_put_away_but_not_among_other_things():
    layer = Building(id="b", name="b", edges=False)
    view, plain = picture([layer], {"b": FLAT}, camera=ABOVE)
    visual = view.stage.visual("b")

    def shown(*features: int, layer=layer) -> tuple[int, list[str]]:
        chosen = Moment(selection=Selection(tuple(("b", feature) for feature in features)))
        _, pixels = picture([layer], {"b": FLAT}, camera=ABOVE, moment=chosen, view=view)
        differs = int(np.abs(pixels[118:123, 150:154].astype(int) - plain[118:123, 150:154]).max())
        return differs, [visual._labels.words[i] for i in visual._labels.shown]

    assert shown(1)[0] > 20 and shown(1)[1] == ["1.01 Hall  32.0 m²"]
    assert shown(0, 1)[1] == [], "a storey is not filled with its rooms"
    hidden = replace(layer, arranged=(Rule(show="hidden", by="class", values=("IfcSpace",)),))
    assert shown(1, layer=hidden) == (0, [])
    isolated = replace(layer, arranged=(EVERYTHING_HIDDEN, Rule(show="shown", by="class", values=("IfcSlab",))))
    assert shown(1, layer=isolated)[1], "a storey is isolated without its rooms: that says nothing of them"
    assert shown(1, layer=replace(layer, storey="OG"))[1] == []
    assert shown() == (0, [])
    view.close()


def test_rooms_are_named_in_the_language_of_the_window_also_when_that_changes():
    mesh = boxes([[1, 1, 0]], [[4, 8, 2.5]], **{"class": ["IfcSpace"], "name": ["3-10"],
                                                "long_name": ["会议室 / Meeting room"], "storey": ["3F"]})
    layer, view = Building(id="b", name="b", spaces=True, room_labels="name"), None
    try:
        for language, words in (("en", "3-10 Meeting room"), ("zh", "3-10 会议室"), ("en", "3-10 Meeting room")):
            text.set_language(language)
            view, _ = picture([layer], {"b": mesh}, moment=Moment(language=language), camera=ABOVE, view=view)
            assert view.stage.visual("b")._labels.words == [words]
    finally:
        text.set_language("en")
        view.close()


def test_a_room_that_ends_in_a_wall_leaves_the_wall_as_it_is():
    wall = boxes([[0, 0, 0], [0, 0, 0]], [[10, 10, 1], [10, 10, 1]], **{"class": ["IfcWall", "IfcSpace"],
                                                                       "storey": ["EG"] * 2})
    plain = picture([Building(id="b", name="b", edges=False)], {"b": wall}, camera=ABOVE)[1]
    rooms = picture([Building(id="b", name="b", edges=False, spaces=True, room_labels="none")], {"b": wall},
                    camera=ABOVE)[1]
    assert np.abs(plain.astype(int) - rooms)[100:140, 140:180].max() <= 2
