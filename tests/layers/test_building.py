"""An IFC building: placed in the project, coloured by what is asked for, spaces and other storeys put away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.arrangement import SHOWN, Rule, isolated
from layers.base import Moment
from layers.building import Building, placed
from layers.building_elements import Elements, shown_alpha
from layers.city import City
from layers.ifc_classes import class_colors
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from twin.camera import Camera
from twin.data import Mesh
from twin.frame import Frame
from twin.layer import Placement
from twin.selection import Selection

FRAME = Frame()
EAST, NORTH, UP = FRAME.origin
# Ground floor, first floor, a space in it, a window without a style; in the model's own metres.
HOUSE = replace(
    boxes([[0, 0, 0], [0, 0, 3], [1, 1, 3.2], [9.8, 4, 1]], [[10, 10, 3], [10, 10, 3], [8, 8, 2], [0.4, 2, 1]],
          **{"class": ["IfcWall", "IfcSlab", "IfcSpace", "IfcWindow"], "storey": ["EG", "OG", "OG", "EG"],
             "area_m2": [30.0, 100.0, 64.0, None]}),
    colors=np.array([[200, 30, 30, 255], [30, 160, 30, 255], [0, 0, 0, 0], [0, 0, 0, 0]], np.uint8),
    placement=Placement(easting=EAST + 500, northing=NORTH - 200, height=UP + 4.0, rotation_deg=90.0))
ABOVE = Camera(position=(495.0, -195.0, 60.0), focus=(495.0, -195.0, 0.0), up=(0.0, 1.0, 0.0))


def seen(mesh: Mesh = HOUSE, camera: Camera = ABOVE, **fields):
    view, pixels = picture([Building(id="b", name="b", edges=False, **fields)], {"b": mesh}, camera=camera)
    errors = [row.error for row in view.stage.rows.values() if row.error]
    assert not errors, errors
    return view, pixels[120, 160].astype(int)


def test_it_stands_where_its_placement_says():
    view, _ = seen()
    assert view.stage.bounds() == pytest.approx((490, -200, 4, 500, -189.8, 10), abs=0.45)
    view.close()


def test_a_placement_of_the_layer_overrides_the_files():
    view, _ = seen(placement=Placement(easting=EAST, northing=NORTH, height=UP))
    assert view.stage.bounds() == pytest.approx((0, 0, 0, 10.2, 10, 6), abs=1e-3)
    view.close()


def test_it_moves_without_being_built_again_and_is_picked_where_it_went():
    view, _ = seen()
    solid = view.stage.visual("b").solid
    there = Placement(easting=EAST + 480, northing=NORTH - 200, height=UP, rotation_deg=0.0)
    moved = Building(id="b", name="b", edges=False, placement=there)
    camera = Camera(position=(485.0, -195.0, 60.0), focus=(485.0, -195.0, 0.0), up=(0.0, 1.0, 0.0))
    _, pixels = picture([moved], {"b": HOUSE}, camera=camera, view=view)
    assert view.stage.visual("b").solid is solid
    assert view.stage.bounds() == pytest.approx((480, -200, 0, 490.2, -190, 6), abs=1e-3)
    fresh, same = picture([moved], {"b": HOUSE}, camera=camera)
    assert np.abs(pixels.astype(int) - same).max() <= 1, "as if it had always stood there"
    solid.picker.wait()
    assert view.pick(160, 120).point == pytest.approx((485, -195, 6), abs=0.2)
    view.close()
    fresh.close()


def test_a_source_that_the_layer_names_places_it():
    there = Placement(easting=EAST, northing=NORTH, height=UP)
    view, _ = seen(replace(HOUSE, placements={"other": there}), georeference="other")
    assert view.stage.bounds() == pytest.approx((0, 0, 0, 10.2, 10, 6), abs=1e-3)
    view.close()


def test_a_mesh_without_a_place_is_put_with_its_foot_where_the_layer_says():
    there = Placement(easting=EAST + 50, northing=NORTH, height=UP + 7)
    view, _ = seen(replace(HOUSE, placement=None), placement=there)
    bounds = np.array(view.stage.bounds())
    assert (bounds[:2] + bounds[3:5]) / 2 == pytest.approx((50, 0), abs=1e-3) and bounds[2] == pytest.approx(7)
    view.close()


def test_style_class_and_a_column_give_their_colours_and_legends():
    view, top = seen()
    assert top[1] > top[0] + 40 and view.stage.legends() == []                # the slab's own green
    view.close()
    view, top = seen(color_by="class")
    assert np.ptp(top) < 40                                                   # slabs are grey
    legend = view.stage.legends()[0][1]
    assert {words for _, words in legend.entries} == {"Wall", "Slab", "Window"}
    view.close()
    view, _ = seen(color_by="area_m2")
    legend = view.stage.legends()[0][1]
    assert (legend.title, legend.unit) == ("b · Area", "m²") and legend.missing
    view.close()
    view, _ = seen(color_by="storey")
    assert view.stage.legends()[0][1].title == "b · Storey"
    view.close()


@pytest.mark.parametrize("spaces, said", [(False, "No data (1)"), (True, "No data (2)")])
def test_rooms_that_are_put_away_are_not_among_those_without_data(spaces, said):
    """Of 204 elements that lack a property 222 were told."""
    rated = HOUSE.features.append_column("rating", pa.array(["EI30", "EI60", None, None]))
    view, _ = seen(replace(HOUSE, features=rated), color_by="rating", spaces=spaces)
    assert view.stage.legends()[0][1].missing[1] == said
    view.close()


def test_only_the_storey_that_was_asked_for_is_there():
    view, top = seen(storey="EG")
    assert top[0] > top[1] + 40                                               # the red walls below
    view.stage.visual("b").solid.picker.wait()
    assert view.pick(160, 120).feature == 0
    view.close()


def test_spaces_are_hidden_until_they_are_shown():
    classes, everywhere = np.array(["IfcSpace", "IfcWall"]), np.ones(2, bool)
    style, unsaid = np.full(2, 255, np.uint8), np.zeros(2, np.uint8)
    assert shown_alpha(style, classes, ~everywhere, everywhere, unsaid).tolist() == [0, 255]
    shown = shown_alpha(style, classes, everywhere, everywhere, unsaid)
    assert 0 < shown[0] < 255 and shown[1] == 255


def test_a_growing_mesh_is_followed():
    view, _ = seen(replace(HOUSE, triangles=HOUSE.triangles[:12]))
    assert view.stage.rows["b"].triangles == 12
    picture([Building(id="b", name="b")], {"b": HOUSE}, camera=ABOVE, view=view)
    assert view.stage.rows["b"].triangles == 48 and not view.stage.rows["b"].error
    assert view.canvas.scene.GetActors().GetNumberOfItems() < 10              # the smaller one is gone
    view.close()


def test_picks_come_back_in_the_frame():
    view, _ = seen()
    view.stage.visual("b").solid.picker.wait()
    hit = view.pick(160, 120)
    assert hit.feature == 1 and hit.point == pytest.approx((495, -195, 10), abs=0.2)
    view.close()


@settings(max_examples=50, deadline=None)
@given(st.floats(-180, 180), st.floats(0.1, 10), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(-50, 50))
def test_a_placement_is_rigid_and_exact_far_from_zero(rotation, scale, east, north, height):
    place = Placement(easting=EAST + east, northing=NORTH + north, height=height, rotation_deg=rotation, scale=scale)
    matrix = placed(replace(HOUSE, placement=place), None, FRAME, 0.0)
    assert matrix[:3, 3] == pytest.approx((east, north, height - UP), abs=1e-6)
    assert matrix[:3, :3] @ matrix[:3, :3].T == pytest.approx(np.eye(3) * scale**2, abs=1e-9 * max(1, scale**2))


def test_a_pick_near_a_corner_means_the_corner_and_looks_through_what_is_not_asked_for():
    cover = boxes([[480, -210, 20]], [[40, 40, 2]])
    view, _ = picture([Building(id="b", name="b", edges=False), City(id="c", name="c")], {"b": HOUSE, "c": cover},
                      camera=ABOVE)
    for id in "bc":
        view.stage.visual(id).solid.picker.wait()
    assert view.pick(160, 120).layer == "c" and view.pick(160, 120, frozenset("b")).feature == 1
    corner = np.array([490.0, -190.0, 10.0])
    x, y, _ = view.ray(0, 0).project(corner[None])[0]
    assert view.pick_corner(x + 5, y - 5, frozenset("b")).point == pytest.approx(corner, abs=1e-3)
    middle = view.pick_corner(160, 120, frozenset("b")).point
    assert middle == pytest.approx((495, -195, 10), abs=0.2)
    view.close()


def test_unknown_classes_have_colours_that_do_not_change():
    assert class_colors(["IfcWallStandardCase"])["IfcWallStandardCase"] == class_colors(["IfcWall"])["IfcWall"]
    assert class_colors(["IfcA", "IfcB"]) == class_colors(["IfcB", "IfcA"])


def test_what_is_selected_inside_is_seen_through_the_walls_and_what_is_hidden_is_not():
    outer_and_inner = replace(boxes([[-10, -10, 0], [-2, -2, 2]], [[20, 20, 10], [4, 4, 4]],
                                    **{"class": ["IfcWall", "IfcDoor"], "storey": ["EG", "EG"]}),
                              placement=Placement(easting=EAST, northing=NORTH, height=UP))
    camera = Camera(position=(0.0, 0.0, 80.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
    layer = Building(id="b", name="b", edges=False)
    chosen = Moment(selection=Selection((("b", 1),)))
    view, plain = picture([layer], {"b": outer_and_inner}, camera=camera)
    _, marked = picture([layer], {"b": outer_and_inner}, camera=camera, moment=chosen, view=view)
    assert np.abs(marked[120, 160].astype(int) - plain[120, 160]).max() > 20          # over the inner box,
    assert np.abs(marked[95, 160].astype(int) - plain[95, 160]).max() < 6             # and only there
    _, gone = picture([layer], {"b": outer_and_inner}, camera=camera, view=view)
    assert np.abs(gone.astype(int) - plain).max() < 6
    view.close()


@pytest.mark.parametrize("ghosts", [False, True])
def test_what_was_isolated_keeps_its_colours_while_all_of_it_is_selected(ghosts):
    storey = isolated([Rule(show=SHOWN, by="storey", values=("OG",))], ghosts)
    layer = Building(id="b", name="b", edges=False, arranged=storey)
    view, plain = picture([layer], {"b": HOUSE}, camera=ABOVE)
    _, whole = picture([layer], {"b": HOUSE}, camera=ABOVE, moment=Moment(selection=Selection((("b", 1), ("b", 2)))),
                       view=view)
    assert np.abs(whole.astype(int) - plain).max() < 6       # its room, which did not come along, shows no more either
    view.close()


def test_one_of_several_that_were_isolated_is_marked_and_so_is_all_where_nothing_was_isolated():
    both = isolated([Rule(show=SHOWN, by="class", values=("IfcSlab", "IfcWindow"))])
    for layer, chosen in ((Building(id="b", name="b", edges=False, arranged=both), (1,)),
                          (Building(id="b", name="b", edges=False), (0, 1, 2, 3))):
        view, plain = picture([layer], {"b": HOUSE}, camera=ABOVE)
        _, marked = picture([layer], {"b": HOUSE}, camera=ABOVE, view=view,
                            moment=Moment(selection=Selection(tuple(("b", one) for one in chosen))))
        assert np.abs(marked[120, 160].astype(int) - plain[120, 160]).max() > 60
        view.close()


def test_a_spatial_zone_is_a_volume_like_a_space_and_waits_to_be_asked_for():
    solid, on = np.full((3, 4), 255, np.uint8)[:, 3], np.ones(3, bool)
    classes = np.array(["IfcSpatialZone", "IfcSpace", "IfcWall"])
    rules = np.zeros(3, np.uint8)
    assert shown_alpha(solid, classes, np.zeros(3, bool), on, rules).tolist() == [0, 0, 255]
    asked = shown_alpha(solid, classes, np.ones(3, bool), on, rules)
    assert 0 < asked[0] == asked[1] < 255


def glazed(**fields):
    """A frame whose upper half is glass of another colour, seen from above."""
    frame_and_glass = boxes([[-10, -10, 0], [-10, -10, 10]], [[20, 20, 10], [20, 20, 10]])
    mesh = replace(frame_and_glass, vertex_feature=np.zeros(16, np.int32), count=1, edges=None,
                   features=pa.table({"class": ["IfcWindow"], "storey": ["EG"]}),
                   colors=np.array([[200, 30, 30, 255]], np.uint8),
                   vertex_tint=np.repeat(np.int32([-1, 0]), 8), tint_feature=np.zeros(1, np.int32),
                   tint_colors=np.array([[30, 60, 220, 255]], np.uint8),
                   placement=Placement(easting=EAST, northing=NORTH, height=UP))
    camera = Camera(position=(0.0, 0.0, 80.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
    moment = fields.pop("moment", None)
    view, pixels = picture([Building(id="b", name="b", edges=False, **fields)], {"b": mesh}, camera=camera,
                           moment=moment)
    view.close()
    return pixels[120, 160].astype(int)


def test_an_element_of_several_styles_shows_each_of_them_until_it_is_coloured_by_something_else():
    red, _, blue = glazed(color_by="style")
    assert blue > 2 * red
    by_class = glazed(color_by="class")
    assert np.abs(by_class - glazed(color_by="style")).max() > 40
    assert np.abs(glazed(color_by="style", moment=Moment(selection=Selection((("b", 0),)))) - (22, 119, 255)).max() < 90


def test_an_element_of_a_faint_and_a_solid_style_is_solid_in_any_other_colour():
    """Walls whose first style is all but clear vanished where the model was coloured by class."""
    both = boxes([[0, 0, 0], [0, 0, 1]], [[1, 1, 1], [1, 1, 1]])
    mesh = replace(both, vertex_feature=np.zeros(16, np.int32), count=1,
                   features=pa.table({"class": ["IfcWall"]}), colors=np.array([[227, 227, 227, 13]], np.uint8),
                   vertex_tint=np.repeat(np.int32([-1, 0]), 8), tint_feature=np.zeros(1, np.int32),
                   tint_colors=np.array([[143, 143, 94, 255]], np.uint8))
    made, layer = Elements(mesh), Building(id="b", name="b")
    alpha = made.alpha(layer)
    painted_red = np.array([[200, 0, 0]], np.uint8)
    assert made.own_alpha(painted_red, alpha).tolist() == [255]
    assert made.own_alpha(made.style[:, :3], alpha).tolist() == [13], "in the file's own colours as the file says"
    ghost = made.alpha(replace(layer, arranged=(Rule(show="ghost"),)))
    assert made.own_alpha(made.style[:, :3], ghost).tolist() == ghost.tolist()


def test_a_hidden_element_hides_all_its_styles():
    hidden = glazed(color_by="style", storey="another")
    assert np.ptp(hidden) < 30                                   # the ground
