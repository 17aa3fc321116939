"""Networks in the scene: colours by kind, picks, and looking through the ground at them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layers.base import Moment
from layers.city import City
from layers.imagery import ImageryLayer
from layers.legend import gathered
from layers.networks import KIND_COLORS, Networks, facts_of, kind_color
from layers.palette import rgb
from layers.terrain import Terrain
from tests.layers.boxes import boxes
from tests.layers.made_stage import MadeAssets, picture
from twin.below import seen_through
from twin.camera import Camera
from twin.data import HeightGrid, Imagery, Mesh
from twin.document import Document
from twin.network import CROWN, Network
from twin.network_tubes import with_tubes
from twin.selection import Selection
from twin.tubes import tubes

ABOVE = Camera(position=(0.0, 0.0, 60.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
PER_METRE = 240 / (2 * 60 * np.tan(np.radians(15)))


def network(kinds=("water", "gas"), z=-2.0) -> Network:
    """Pipes of 2 m along y, 10 m apart; heights are crowns."""
    points = np.array([p for i in range(len(kinds)) for p in ((10.0 * i - 5, -12, z), (10.0 * i - 5, 12, z))])
    offsets = 2 * np.arange(len(kinds) + 1)
    made = tubes(points, offsets, np.ones(len(kinds)))
    mesh = Mesh(points=made.points, triangles=made.triangles, vertex_feature=made.line)
    return Network(line_points=points.astype(np.float32), line_offsets=offsets, mesh=mesh, normals=made.normals,
                   line_feature=np.arange(len(kinds), dtype=np.int32), kinds=kinds, count=len(kinds),
                   diameter_m=np.full(len(kinds), 2.0, np.float32), meaning=np.full(len(kinds), CROWN, np.int8),
                   datum=np.ones(len(kinds), np.int8))


def at(x: float) -> tuple[int, int]:
    return 120, round(160 + x * PER_METRE)


def hue(pixel: np.ndarray) -> np.ndarray:
    return pixel / max(float(np.linalg.norm(pixel)), 1.0)


def test_each_kind_has_its_colour_and_the_legend_names_it():
    view, pixels = picture([Networks(id="n", name="Pipes")], {"n": network()}, camera=ABOVE)
    for x, kind in ((-5, "water"), (5, "gas")):
        assert hue(pixels[at(x)]) @ hue(np.array(rgb(KIND_COLORS[kind]))) > 0.98
    assert [words for _, words in view.stage.legends()[0][1].entries] == ["Water supply", "Gas"]
    assert view.stage.rows["n"].features == 2
    view.close()


def test_layers_of_one_kind_are_gathered_in_one_legend_by_their_names():
    layers = [Networks(id="n", name="Mains"), Networks(id="m", name="Both"), Networks(id="o", name="Bridge")]
    content = {"n": network(("heat", "heat")), "m": network(), "o": network(("viaduct",))}
    view, _ = picture(layers, content, camera=ABOVE)
    both, shared = gathered([legend for _, legend in view.stage.legends()])
    assert both.title == "Both" and len(both.entries) == 2
    assert shared.entries == ((rgb(KIND_COLORS["heat"]), "Mains"),)            # a viaduct is seen to be one
    view.close()


def test_a_pipe_below_far_ground_that_is_drawn_too_low_does_not_come_through():
    """Power cables lay as red lines on the streets of the sample's first picture: far ground is some metres off."""
    pipe = replace(network(("power", "power"), z=-1.2), diameter_m=np.array([1e-3, 1e-3], np.float32))
    pipe = with_tubes(pipe, pipe.line_points.astype(np.float64))
    ground = HeightGrid(heights=np.full((41, 41), -2.0, np.float32), x0=-2000.0, y0=-2000.0, dx=100.0, dy=100.0)
    layers = [Terrain(id="t", name="Terrain"), Networks(id="n", name="Pipes")]
    far = Camera(position=(0.0, -1400.0, 500.0), focus=(0.0, 0.0, 0.0), up=(0.0, 0.0, 1.0), view_angle_deg=2.0)
    pictures = []
    for content in ({"t": ground}, {"t": ground, "n": pipe}):
        view, pixels = picture(layers, content, camera=far)
        pictures.append(pixels[80:150, 100:220].astype(int))        # clear of the legend
        view.close()
    assert np.abs(pictures[0] - pictures[1]).max() < 3


def test_what_has_no_diameter_is_drawn_as_the_layer_assumes_for_its_kind():
    unsaid = replace(network(), diameter_m=np.array([np.nan, 2.0], np.float32))
    unsaid = with_tubes(unsaid, unsaid.line_points.astype(np.float64))
    layer = Networks(id="n", name="Pipes")
    for own, width, why in (((), 0.3, "usual for Water supply; the file states none"),
                            ((("water", 4000.0),), 4.0, "the layer's style says so for Water supply")):
        layer = replace(layer, diameters_mm=own)
        view, _ = picture([layer], {"n": unsaid}, camera=ABOVE)
        x0, _, _, x1, _, z1 = view.stage.visual("n").feature_bounds(0)
        assert np.isclose(x1 - x0, width, atol=1e-4) and np.isclose(z1, -2.0, atol=1e-4)      # the crown stays
        assert facts_of(layer, unsaid, 0)[0][1] == f"{width * 1000:.4g} mm (assumed: {why})"
        assert facts_of(layer, unsaid, 1)[:2] == (("Diameter", "2000 mm"), ("Heights are of", "Crown (by the file)"))
        assert view.stage.legends()[0][1].note == "1 with an assumed diameter"
        view.close()
    view.close()


def test_a_crown_lies_at_its_height():
    view, _ = picture([Networks(id="n", name="n")], {"n": network()}, camera=ABOVE)
    assert abs(view.stage.box("n")[5] - -2.0) < 0.01
    view.close()


def test_pipes_are_seen_and_picked_through_a_see_through_ground_only():
    grid = HeightGrid(heights=np.zeros((9, 9), np.float32), x0=-40.0, y0=-40.0, dx=10.0, dy=10.0)
    document = Document(layers=(Terrain(id="t", name="t"), Networks(id="n", name="n")))
    view, closed = picture(document.layers, {"t": grid, "n": network()}, camera=ABOVE)
    view.stage.visual("n")._picker.wait()
    assets = MadeAssets({"t": grid, "n": network()})
    assert view.pick(160 - 5 * PER_METRE, 120).layer == "t"
    through = seen_through(replace(document, ground_opacity=0.3))
    view.frame(through, assets, Moment())
    view.stage.visual("n")._picker.wait()
    view.frame(through, assets, Moment(selection=Selection()))
    hit = view.pick(160 - 5 * PER_METRE, 120)
    assert (hit.layer, hit.feature) == ("n", 0) and abs(hit.point[2] - -2.0) < 0.1
    assert view.pick(160, 120).layer == "t"                                    # between the pipes: the ground
    seen = view.picture()
    assert np.ptp(seen[at(-5)].astype(int)) > np.ptp(closed[at(-5)].astype(int)) + 30
    view.close()


def test_a_pipe_in_the_ground_is_not_meant_by_a_click_on_the_wall_above_it():
    """From afar a pipe lies within reach of the mouse wherever the house over it is clicked."""
    grid = HeightGrid(heights=np.zeros((9, 9), np.float32), x0=-4000.0, y0=-4000.0, dx=1000.0, dy=1000.0)
    layers = (City(id="c", name="c"), Networks(id="n", name="n"), Terrain(id="t", name="t"))
    afar = Camera(position=(-5.0, -9000.0, 1500.0), focus=(-5.0, 0.0, 3.0))
    payloads = {"t": grid, "n": network(z=-4.0), "c": boxes([[-15, -12, 0]], [[20, 24, 12]])}
    view, _ = picture(layers, payloads, camera=afar)
    view.stage.visual("n")._picker.wait()
    wall = view.ray(0, 0).project(np.array([[-5.0, -12.0, 5.0]]))[0]
    assert view.pick(wall[0] - 0.5, wall[1] - 0.5).layer == "c"
    view.close()


def test_a_picture_on_the_ground_is_picked_through_with_the_ground():
    grid = HeightGrid(heights=np.zeros((9, 9), np.float32), x0=-40.0, y0=-40.0, dx=10.0, dy=10.0)
    plan = Imagery(rgba=np.full((8, 8, 4), 255, np.uint8), x0=-40.0, y0=-40.0, width=80.0, height=80.0)
    document = Document(layers=(Terrain(id="t", name="t"), ImageryLayer(id="i", name="i"), Networks(id="n", name="n")))
    payloads = {"t": grid, "i": plan, "n": network()}
    view, _ = picture(document.layers, payloads, camera=ABOVE)
    glass = document.with_each(["t"], lambda x: replace(x, opacity=0.5))
    for shown, found in ((document, {"t", "i"}), (seen_through(replace(document, ground_opacity=0.3)), {"n"}),
                         (glass, {"n"})):
        view.frame(shown, MadeAssets(payloads), Moment(selection=Selection()))
        view.stage.visual("n")._picker.wait()
        assert view.pick(160 - 5 * PER_METRE, 120).layer in found
        assert view.pick(160, 120).layer in {"t", "i"}                         # between the pipes
    view.close()


def test_a_house_over_a_pipe_is_seen_and_picked_through_while_one_looks_below():
    solid = Document(layers=(City(id="c", name="c"), Networks(id="n", name="n")))
    house = boxes(np.array([(-9.0, -4.0, 0.0)]), np.array([(8.0, 8.0, 6.0)]))
    assets = MadeAssets({"c": house, "n": network()})
    view, closed = picture(solid.layers, {"c": house, "n": network()}, camera=ABOVE)
    below = seen_through(replace(solid, ground_opacity=0.3))
    for document, found in ((solid, "c"), (below, "n")):
        view.frame(document, assets, Moment(selection=Selection()))
        view.stage.visual("n")._picker.wait()
        view.stage.visual("c").solid.picker.wait()
        assert view.pick(160 - 5 * PER_METRE, 120).layer == found
    beside = view.pick(160 - 2.5 * PER_METRE, 120)                            # the house: a place, but not meant
    assert (beside.layer, beside.feature) == ("c", -1) and abs(beside.point[2] - 6.0) < 0.1
    seen, pipe = view.picture()[at(-5)].astype(float), hue(np.array(rgb(KIND_COLORS["water"])))
    assert hue(seen - seen.min()) @ hue(pipe - pipe.min()) > hue(closed[at(-5)]) @ hue(pipe)
    view.close()


def test_a_pipe_too_far_to_have_a_pixel_is_seen_and_picked_and_stands_off_the_dark_ground():
    far = Camera(position=(0.0, 0.0, 6000.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0), view_angle_deg=0.5)
    wide = replace(far, position=(0.0, 0.0, 60_000.0))
    pipes, layers = network(("sewer", "gas")), [Networks(id="n", name="n")]
    thin = with_tubes(replace(pipes, diameter_m=np.array([0.3, 0.3], np.float32)),
                      pipes.line_points.astype(np.float64))
    for camera in (far, wide):
        view, seen = picture(layers, {"n": thin}, camera=camera, moment=Moment(theme="dark"))
        view.stage.visual("n")._picker.wait()
        x, y, _ = view.ray(0, 0).project(np.array([(-5.0, 0.0, -2.0)]))[0]
        row, column = 239 - round(y), round(x)
        pipe = seen[row, column - 2:column + 3].astype(float).max(axis=0)
        assert pipe.sum() > seen[row, 5].astype(float).sum() + 60, "it stands off"
        assert hue(pipe) @ hue(np.array(rgb(kind_color("sewer", "dark")))) > 0.97
        assert view.pick(x + 2.0, y).feature == 0, "two pixels beside its axis"
        view.close()


def test_ghosts_are_translucent_and_hidden_ones_are_not_picked():
    view, solid = picture([Networks(id="n", name="n")], {"n": network()}, camera=ABOVE)
    view.close()
    view, faint = picture([Networks(id="n", name="n", opacity=0.4)], {"n": network()}, camera=ABOVE)
    bare = faint[120, 160].astype(int)
    assert np.abs(faint[at(-5)] - bare).sum() < np.abs(solid[at(-5)] - bare).sum()
    view.close()
    view, _ = picture([Networks(id="n", name="n", opacity=0.0)], {"n": network()}, camera=ABOVE)
    view.stage.visual("n")._picker.wait()
    assert view.pick(160 - 5 * PER_METRE, 120) is None
    view.close()
