"""What throws shadows, and where they fall."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pyarrow as pa

from app import shading
from app.local_sun import LocalSun
from app.scenario_player import ScenarioPlayer
from app.session import Session
from app.shading import Shading
from app.shadow_casters import drawn
from layers.base import Moment
from layers.city import City
from layers.nearness import GivingWay
from layers.sensor_points import SensorPoints
from layers.vectors import VectorLayer
from layers.view import offscreen
from layers.zones import Zones
from tests.app.made_sessions import put
from twin import times
from twin.assets import Asset, key_of
from twin.camera import Camera
from twin.comparison import SWIPE, Comparison
from twin.data import Mesh, Vectors
from twin.document import Document
from twin.frame import Frame
from twin.ground import Ground
from twin.layer import Source
from twin.project import Project
from twin.scenario import Chapter, Scenario
from twin.shade import Shade, ground_shade
from twin.sun import Sun

TREES = Vectors(points=np.array([[0, 0, 0], [60, 0, 0]], np.float32), point_feature=np.arange(2, dtype=np.int32),
                features=pa.table({"height_m": [20.0, None], "crown_m": [10.0, None]}), count=2)
NOON = times.parse("2026-12-21T11:53+08:00")
AREA = (-50.0, -50.0, 0.0, 50.0, 50.0, 0.0)


def session(symbol: str) -> Session:
    layer = VectorLayer(id="t", name="Trees", source=Source(path="trees.geojson"), symbol=symbol)
    made = Session(Project(document=Document(layers=(layer,))))
    put(made, layer, TREES)
    return made


def test_a_tree_throws_its_shadow_away_from_the_sun():
    made = session("tree")
    points, triangles = shading.soup(shading.casting(made), Ground(), AREA, Frame())
    made.close()
    shade = ground_shade(points, triangles, AREA, np.zeros((101, 101), np.float32), Sun(180.0, 45.0))
    assert shade.sun[62, 50] == 0                          # 12 m north of the trunk: the crown's widest part
    assert shade.sun[20, 50] == 255 and shade.sun[62, 80] == 255
    assert shade.sky[50, 50] < 245                         # and under it less of the sky is seen


def test_dots_throw_none():
    made = session("dot")
    assert shading.casting(made) == []
    made.close()


class Running:
    """A reading that never ends."""

    active = True
    done = total = 0.0
    text, parts = "", ()


def test_a_hidden_layer_that_is_being_read_holds_no_shadow_up_and_a_shown_house_does():
    """A picture had no shadows where hidden readings were still on their way."""
    hidden = SensorPoints(id="s", name="s", source=Source(path="s.parquet"), visible=False)
    house = City(id="c", name="c", source=Source(path="c.gpkg"))
    for late, shaded in ((hidden, True), (house, False)):
        made = session("tree")
        made.edits.commit(made.document.with_layer(late), "Add")
        key = key_of(late, made.document.frame, made.document.time_zone)
        made.assets._assets[key] = Asset(key, job=Running())
        camera = Camera(position=(0, -200, 100), focus=(0, 0, 0))
        Shading(made).settle(Ground(), camera, timeout_secs=60 if shaded else 0)
        assert (made.shade is not None) == shaded
        made.assets._assets.pop(key)
        made.close()


def test_a_picture_without_zones_in_colour_reads_no_hidden_layer():
    hidden = SensorPoints(id="s", name="s", source=Source(path="s.parquet"), visible=False)
    made = Session(Project(document=Document(layers=(hidden, Zones(id="z", name="z", source=Source(path="z.geojson"),
                                                                   visible=False, sign="air.pm25")))))
    made.vitals.settle_shown()
    assert made.held("s") is None and made.held("z") is None
    made.close()


def test_fine_models_that_show_near_only_leave_no_shadow_where_nothing_stands():
    """With the simple houses hidden, black blots lay on the ground where fine roofs were too far away to be drawn."""
    fine, simple = City(id="f", name="f", reach_m=600.0), City(id="s", name="s")
    assert shading.whole([(fine, None, None)]) == []
    assert len(shading.whole([(fine, None, None), (simple, None, None)])) == 2


def test_a_building_that_another_model_stands_for_throws_no_shadow():
    """The ridges of fine roofs that gave way darkened the middle of the flat ones that were drawn."""
    mesh = Mesh(points=np.eye(3, dtype=np.float32).repeat(2, axis=0), vertex_feature=np.array([0, 1] * 3, np.int32),
                triangles=np.array([[0, 2, 4], [1, 3, 5]], np.int32), count=2)
    casters = [(City(id="f", name="f", reach_m=600.0), mesh, None)]
    for_ever, near = (GivingWay(np.array([True, False]), reach) for reach in (np.inf, 600.0))
    (_, left, _), = drawn(casters, {"f": for_ever})
    assert left.triangles.tolist() == [[1, 3, 5]] and drawn(casters, {"f": for_ever})[0][1] is left
    assert drawn(casters, {"f": near}) == casters == drawn(casters, {})


class Card:
    """A window whose frames do not wait."""

    at_once = False


def baking(made: Session, second: bool = False):
    """(its shading in a window, a function that ticks until something is given)."""
    work, given, give_up = Shading(made, Card(), second), [], threading.Event()
    give = work._give

    def noted(shade):
        give(shade)
        given.append(shade)
    work._give = noted
    camera = Camera(position=(0, -200, 100), focus=(0, 0, 0))
    ground = Ground()

    def until(holds) -> list:
        for _ in range(6000):
            made.jobs.poll()
            work.tick(ground, camera)
            if holds():
                return given
            give_up.wait(0.005)
        raise AssertionError("it did not come within 30 s")
    return work, until


def dark(shade, x: float, y: float) -> bool:
    """Whether a shadow lies within 8 m of a place."""
    rows, cols = (start + np.linspace(0.0, size, n) for start, size, n in zip(
        (shade.y0, shade.x0), (shade.height, shade.width), shade.sun.shape))
    near = np.ix_(np.abs(rows - y) < 8.0, np.abs(cols - x) < 8.0)
    return bool((shade.sun[near] < 128).any())


def test_a_window_sees_coarse_light_first_and_another_sun_before_its_rays_are_there(monkeypatch):
    made = session("tree")
    sun = [Sun(135.0, 40.0)]
    made.sun = lambda: sun[0]
    work, until = baking(made)
    given = until(lambda: made.shade is not None and len(made.shade.sun) == shading.FINE)
    assert [len(shade.sun) for shade in given] == [shading.COARSE, shading.FINE]
    running = []
    monkeypatch.setattr(made.jobs, "start", lambda *args, **kwargs: running.append(args) or Running())
    sun[0] = Sun(225.0, 30.0)
    given = until(lambda: len(running) and not work._relighting.busy and work._lit == sun[0])
    assert len(given) == 3, "while the rays are still under way"
    assert dark(given[1], -14.0, 14.0) and not dark(given[1], 14.0, 14.0)
    assert dark(made.shade, 14.0, 14.0) and not dark(made.shade, -14.0, 14.0), "it lies elsewhere now"
    sun[0] = Sun(300.0, -3.0)
    until(lambda: work._lit == sun[0])
    assert (made.shade.sun == 0).all(), "and night falls at once"
    made.close()


def test_the_second_of_two_instants_has_a_light_of_its_own(monkeypatch):
    made = session("tree")
    frame = Frame(crs="EPSG:4549", origin=(618_000.0, 3_470_000.0, 0.0))
    made.edits.commit(replace(made.document, frame=frame, comparison=Comparison(view=SWIPE)), "Compare")
    put(made, made.document.layers[0], TREES)
    made.clock.go_to(times.parse("2026-07-15T12:00:00+08:00"))
    made.compare_ns = times.parse("2026-07-15T17:00:00+08:00")
    moment = made.moment()
    assert moment.sun.elevation_deg > 70 > 40 > moment.second_sun.elevation_deg > 10
    camera = Camera(position=(0, -200, 100), focus=(0, 0, 0))
    Shading(made, second=True).settle(Ground(), camera)
    assert made.second_shade is not None
    made.compare_ns = times.parse("2026-07-14T12:00:00+08:00")
    Shading(made, second=True).settle(Ground(), camera)
    assert made.second_shade is None, "A's is good for both"
    made.close()


def test_while_the_clock_plays_the_sun_of_a_coming_moment_is_baked():
    made = session("tree")
    made.clock.set_span(NOON, NOON + times.HOUR)
    made.clock.go_to(NOON)
    made.clock.speed = 600.0
    shade = Shading(made)
    shade._took_secs = 0.2
    assert shade._due(made.sun()) == made.sun()
    made.clock.play()
    ahead = shade._due(made.sun())
    assert ahead == LocalSun().over(made.document.frame, NOON + 180 * times.SECOND), "one and a half bakes on"
    shade._took_secs = 60.0
    assert shade._due(made.sun()).apart_deg(made.sun()) < 2.5, "and never far"
    made.close()


def test_a_shade_knows_its_sun_and_the_clock_of_a_story_keeps_step_with_it():
    made = session("tree")
    made.clock.set_span(NOON, NOON + times.HOUR)
    made.clock.go_to(NOON)
    Shading(made).settle(Ground(), Camera(position=(0, -200, 100), focus=(0, 0, 0)), timeout_secs=60)
    assert made.shade.baked_for == made.sun()
    told = Scenario(id="s", name="s", end="2026-12-21T15:00+08:00", speed=600.0, with_shadows=True,
                    chapters=(Chapter(time="2026-12-21T11:53+08:00", title="Noon"),
                              Chapter(time="2026-12-21T13:00+08:00", title="Later")))
    made.edits.commit(replace(made.document, scenarios=(told,)), "story")
    player = ScenarioPlayer(made)
    player.play("s")
    assert not made.clock.held and "keeps step" in made.story[1]
    while not made.clock.held and made.clock.now_ns < NOON + times.HOUR:
        made.clock.tick(0.1)
        player.refresh()
    there = made.clock.now_ns
    assert made.clock.held and made.shade.baked_for.apart_deg(made.sun()) < 2.6
    made.clock.tick(5.0)
    assert made.clock.now_ns == there and made.clock.state == "playing"
    made.shade = replace(made.shade, baked_for=made.sun())              # the next bake is there
    player.refresh()
    made.clock.tick(0.1)
    assert made.clock.now_ns > there
    player.stop()
    assert not made.clock.held
    made.close()


def test_shadows_of_another_time_are_not_shown():
    """The light of a winter noon over the shade of the morning: rather no shadow than one that lies elsewhere."""
    atmosphere = offscreen(64, 48).stage.atmosphere
    atmosphere.update(Moment(sun=Sun(178.0, 35.0)), None, Ground())
    shade = Shade(np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.float32),
                  np.zeros((2, 2), np.float32), 0.0, 0.0, 10.0, 10.0)
    shares = []
    for baked_for in (Sun(179.5, 35.0), Sun(150.0, 28.0)):
        atmosphere.shade = replace(shade, baked_for=baked_for)
        shares.append(atmosphere._sun_share())
    assert shares[0] > 0.3 and shares[1] == 0.0
