"""A scenario: staged in one edit, told by the clock, left as it was found."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from app.cli import main
from app.discover import layer_types
from app.scenario_player import ScenarioPlayer
from app.session import Session
from layers.city import City
from layers.terrain import Terrain
from tests.app.made_stories import EYE, HOME, LAYER, RAIN, Eye, rain_session
from twin import times
from twin.cuts import Cut
from twin.project import load, save
from twin.scenario import Chapter, Scenario, Walk, staged
from twin.trouble import Trouble


@pytest.fixture
def session(samples):
    made = rain_session(samples)
    yield made
    made.close()


def test_a_story_after_a_story_ends_where_the_first_one_began(session):
    class Slow(Eye):
        """Still on the way when it is asked, as a camera in flight is."""

        def camera(self):
            return EYE if self.flights else HOME

    eye = Slow()
    player = ScenarioPlayer(session, eye)
    player.play("rain")
    player.play("rain")
    player.stop()
    assert eye.flights[-1] == HOME


def test_the_row_of_a_story_that_just_ended_does_nothing(session):
    player = ScenarioPlayer(session)
    player.play("rain")
    player.stop()
    before = session.clock.now_ns
    player.go_to(RAIN.chapters[1])
    assert session.clock.now_ns == before


WALK = Walk(streets="roads", facilities="stations", dwellings="buildings")
CIRCLE = Scenario(
    id="circle", name="Circle", end="2026-07-15T12:00+08:00",
    visible=("g.city", "g.transit", "buildings", "roads", "stations"),
    chapters=(Chapter(time="2026-07-15T09:00+08:00", title="On foot", walk=WALK),
              Chapter(time="2026-07-15T10:00+08:00", title="The dashboard", opens=("indicators/21",))))


def test_a_step_walks_and_the_dashboard_tells_what_came_out(samples):
    from app.indicators import actuals
    from app.scenario_player import ScenarioPlayer
    layer_types()
    project = load(samples / "jiading.twin.json")
    needed = {"g.city", "g.transit", "buildings", "roads", "stations"}
    document = project.document
    document = document.without([x.id for x in document.layers if x.id not in needed])
    session = Session(replace(project, document=replace(document, scenarios=(CIRCLE,))))
    opened = []
    try:
        player, before = ScenarioPlayer(session), session.document
        player.opened = opened.append
        player.play("circle")
        session.settle(240)
        player.refresh()
        assert session.clock.held and "the clock waits" in session.story[1], "a chapter runs with its colours"
        player.study.settle()
        session.settle(240)
        player.refresh()
        assert not session.clock.held and "the clock waits" not in session.story[1]
        report, layer = player.study.report, session.document.layers[0]
        assert "people reach one of" in session.story[1] and layer.color_by == "walk_min"
        circle = next(a for i, a in actuals(session, None, None) if i.number == 21)
        assert circle.computed and circle.value == pytest.approx(report["covered_percent"], abs=0.01)
        assert 0 < len(circle.objects) < len(session.asset(layer.id).payload.points)
        assert {id for id, _ in circle.objects} == {layer.id}
        session.clock.go_to(times.parse("2026-07-15T10:30+08:00"))
        player.refresh()
        assert [chapter.opens for chapter in opened] == [(), ("indicators/21",)]
        player.stop()
        assert session.document is before, "the result was the story's"
    finally:
        session.close()


def test_the_clock_waits_for_the_table_that_a_chapter_opens(session):
    """A table that a loaded machine counts for longer than its chapter lasts was never seen full."""
    player, busy = ScenarioPlayer(session), [False]
    player.counting = lambda: busy[0]
    player.play("rain")
    busy[0] = True
    player.refresh()
    assert session.clock.held and "the clock waits" in session.story[1]
    now_ns = session.clock.now_ns
    session.clock.tick(1.0)
    assert session.clock.now_ns == now_ns and player.chapter is RAIN.chapters[0]
    busy[0] = False
    player.refresh()
    assert not session.clock.held and "the clock waits" not in session.story[1]


def test_two_proposals_stand_beside_each_other(session):
    from twin.comparison import Comparison, sides
    compared = replace(RAIN, comparison=Comparison(view="side", only_a=(LAYER,), only_b=("water",)),
                       visible=("g.sensors", "g.city", LAYER, "water"))
    of_a, of_b = sides(staged(session.document, compared))
    assert [d.layer(id).visible for d in (of_a, of_b) for id in (LAYER, "water")] == [True, False, False, True]


def test_the_users_own_second_instant_is_none_of_the_storys_and_comes_back(session):
    from app.scenario_player import ScenarioPlayer
    session.compare_ns = times.parse("2026-07-14T07:00+08:00")
    before, player = session.compare_ns, ScenarioPlayer(session)
    player.play("rain")
    assert session.compare_ns is None
    player._go_along, player.viewport = lambda chapter: None, Eye()
    player.stop()
    assert session.compare_ns == before


def test_a_chapter_goes_along_with_its_vehicle_until_the_next(session):
    from types import SimpleNamespace

    from app.scenario_player import ScenarioPlayer
    eye = Eye()
    eye.following = None
    eye.follow = lambda following: setattr(eye, "following", following)
    going = replace(RAIN, chapters=(replace(RAIN.chapters[1], time=RAIN.chapters[0].time, follow=True),
                                    RAIN.chapters[1]))
    session.edits.commit(replace(session.document, scenarios=(going,)), "going")
    player = ScenarioPlayer(session, eye)
    player.play("rain")
    assert (eye.following.layer, eye.following.row) == session.selection.last
    player.go_to(going.chapters[1])
    player.refresh()
    assert eye.following is None
    player.go_to(going.chapters[0])
    player.refresh()
    eye.following = other = SimpleNamespace()            # the user follows something else
    player.stop()
    assert eye.following is other


def test_the_users_own_sections_do_not_cut_the_storys_models(samples):
    from layers.building import Building
    from layers.sections import Cut
    from layers.zones import Zones
    cut = Building(id="b", name="b", cuts=(Cut(easting=0.0, northing=0.0, height=3.0),))
    document = replace(load(samples / "jiading.twin.json").document, layers=(cut,))
    told = Scenario(id="s", name="s", end="2026-07-15T08:00+08:00", chapters=RAIN.chapters)
    assert staged(document, told).layer("b").cuts == () and document.layer("b").cuts
    coloured = document.with_layer(Zones(id="z", name="z", sign="air.pm25"))
    coloured = coloured.with_layer(City(id="towers", name="Towers", sign="air.pm25"))
    assert staged(coloured, told).layer("towers").sign == "", "grey towers in the story of their shadow"
    assert staged(coloured, told).layer("z").sign == "", "colours that it does not tell of came into every story"


def test_no_step_of_the_clock_skips_a_chapter_and_a_chapter_has_its_own_pace(session):
    begun = ("2026-07-14T18:00+08:00", "2026-07-15T06:30+08:00", "2026-07-15T06:34+08:00")
    slow = replace(RAIN, speed=7200.0, end="2026-07-15T20:00+08:00",
                   chapters=tuple(Chapter(time=time, title=name, speed=20.0 * (time == begun[1]))
                                  for time, name in zip(begun, "abc")))
    session.edits.commit(replace(session.document, scenarios=(slow,)), "slow")
    player, clock, told = ScenarioPlayer(session), session.clock, []
    player.play("rain")
    for _ in range(50):
        clock.tick(0.4)
        player.refresh()
        told.append((player.chapter.title, clock.speed))
    assert ("b", 20.0) in told, "48 minutes of the clock end where it begins"
    assert told[-1] == ("c", 7200.0)
    assert list(dict.fromkeys(pace for _, pace in told)) == [7200.0, 20.0]
    clock.go_to(times.parse("2026-07-15T06:30:10+08:00"))
    player.refresh()
    clock.set_speed(5.0)                                      # the user's own
    player.refresh()
    assert clock.speed == 5.0
    player.stop()


def test_a_chapter_lasts_until_it_can_be_read_and_the_users_own_speed_stays(session):
    """One of 76 s was over in 4: the flight to it alone took that."""
    words = "The roadside warns; two robotaxis brake and change the lane. It ends at 08:20."
    begun = ("06:00:00", "06:01:16", "06:10:00", "06:10:05")
    told = replace(RAIN, speed=20.0, chapters=tuple(
        Chapter(time=f"2026-07-15T{time}+08:00", title="A stopped car ahead", text=words) for time in begun))
    session.edits.commit(replace(session.document, scenarios=(told,)), "short")
    player, clock, lasted = ScenarioPlayer(session), session.clock, {}
    player.play("rain")
    while player.chapter is not told.chapters[3]:
        at = told.chapters.index(player.chapter)
        lasted[at] = round(lasted.get(at, 0.0) + 0.1, 1)
        clock.tick(0.1)
        player.refresh()
        assert lasted[at] < 100.0
    reading = told.chapters[0].reading_secs("en")
    assert reading == 4.0 + (len(words) + 19) / 15.0 and told.chapters[0].reading_secs("zh") > 2 * reading
    assert reading <= lasted[0] < reading + 1.0
    assert lasted[1] == pytest.approx(524 / 20, abs=0.2), "long enough as it is"
    assert lasted[2] == pytest.approx(5.0, abs=0.2), "none is told slower than it happened"
    player.go_to(told.chapters[0])
    player.refresh()
    clock.set_speed(300.0)
    player.go_to(told.chapters[1])
    player.refresh()
    assert clock.speed == 300.0, "whoever chose a pace keeps it"
    player.stop()


def test_a_chapter_changes_styles_and_digs_and_the_next_one_takes_it_back(session):
    pit = Cut(name="Pit", ring=((0.0, 0.0), (9.0, 0.0), (9.0, 9.0)), floor_m=-2.0)
    first, second = RAIN.chapters
    dug = replace(second, settings={LAYER: {"label": True}}, cuts={"t": (pit,)})
    told = replace(RAIN, chapters=(first, dug))
    ground = Terrain(id="t", name="Ground")
    session.edits.commit(replace(session.document, scenarios=(told,), layers=(*session.document.layers, ground)), "it")
    player, clock, before = ScenarioPlayer(session), session.clock, session.document
    player.play("rain")
    before_it, then = (False, ()), (True, (pit,))
    for time, (label, cuts) in (("06:10", before_it), ("06:50", then), ("06:20", before_it), ("07:00", then)):
        clock.go_to(times.parse(f"2026-07-15T{time}+08:00"))
        player.refresh()
        layer = session.document.layer(LAYER)
        assert (layer.label, layer.size_px, session.document.layer("t").cuts) == (label, 20.0, cuts)
    session.edits.undo()
    assert session.document == before, "what a story does is one step"
    session.edits.redo()
    player.stop()
    assert session.document.layer("t").cuts == () or session.document == before
    with pytest.raises(Trouble, match="colour"):
        staged(before, replace(told, chapters=(first, replace(dug, settings={LAYER: {"colour": "red"}}))))


def test_what_was_edited_meanwhile_stays(session):
    from app.scenario_player import ScenarioPlayer
    player, before = ScenarioPlayer(session), session.document
    player.play("rain")
    changed = replace(session.document.layer(LAYER), size_px=30.0)
    session.edits.commit(session.document.with_layer(changed), "size")
    player.stop()
    assert session.document.layer(LAYER).size_px == 30.0 and session.document.layer("water").visible
    assert session.document.layer(LAYER).shape == before.layer(LAYER).shape, "what the story staged is gone"


def test_saving_while_a_story_plays_keeps_the_users_own_arrangement(session, tmp_path):
    before, path = session.document, tmp_path / "p.twin.json"
    session.clock.go_to(times.parse("2026-07-15T10:00+08:00"))
    session.save(path, HOME)
    kept = path.read_bytes()
    eye = Eye()
    player = ScenarioPlayer(session, eye)
    player.play("rain")
    player.go_to(RAIN.chapters[1])
    player.refresh()
    assert not session.dirty and session.document != before, "what a story shows is nobody's edit"
    session.save(path, EYE)
    assert path.read_bytes() == kept
    mine = replace(session.document.layer(LAYER), opacity=0.5)
    session.edits.commit(session.document.with_layer(mine), "opacity")
    assert session.dirty
    session.save(path, EYE)
    assert not session.dirty and load(path).document.layers == before.with_each(
        [LAYER], lambda x: replace(x, opacity=0.5)).layers
    player.stop()
    assert not session.dirty and session.document.layers == load(path).document.layers
    session.view = replace(session.view, camera=HOME)
    eye.flights, eye.home_pending = [EYE], True
    player.play("rain")
    assert session.project(EYE).view.camera == HOME, "the window had not gone to the project's own place yet"


def test_what_it_needs_and_lacks_is_said(session):
    lacking = replace(RAIN, settings={"gone": {"size_px": 1.0}})
    with pytest.raises(Trouble, match="gone"):
        staged(session.document, lacking)
    with pytest.raises(Trouble, match="colour"):
        staged(session.document, replace(RAIN, settings={LAYER: {"colour": "red"}}))


def test_it_is_saved_listed_and_rendered(session, tmp_path, capsys):
    path = tmp_path / "a.twin.json"
    save(session.project(), path)
    assert load(path).document.scenarios == (RAIN,)
    assert main(["scenarios", str(path), "--json"]) == 0
    row, = json.loads(capsys.readouterr().out)["scenarios"]
    assert row["problem"] is None and [c["title"] for c in row["chapters"]] == ["It rains", "25 cm"]
    pictures = []
    for arguments in (["--scenario", "rain", "--time", "2026-07-15T06:50"], ["--time", "2026-07-15T06:50"]):
        out = tmp_path / f"{len(pictures)}.png"
        assert main(["render", str(path), "--size", "640x400", "--out", str(out), *arguments]) == 0
        pictures.append(_read(out))
    told, plain = pictures
    assert np.abs(told[16:40, 200:440].astype(int) - plain[16:40, 200:440]).max() > 100, "the chapter is told"
    assert main(["render", str(path), "--scenario", "none", "--out", str(tmp_path / "x.png")]) == 1
    assert "rain" in capsys.readouterr().err


def _read(path):
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOImage import vtkPNGReader
    reader = vtkPNGReader()
    reader.SetFileName(str(path))
    reader.Update()
    image = reader.GetOutput()
    width, height, _ = image.GetDimensions()
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)[::-1, :, :3]
