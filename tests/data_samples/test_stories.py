"""The numbers of the scenarios, as the product itself computes them from the sample's files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.platoons import PlatoonHistory
from data_samples.stories import cases, fire, kit, rain, rain_raster
from tests.data_samples.made_stories import at, events, said, told_project, told_sensors, value
from twin import times
from twin.column_words import property_words
from twin.readers import Progress, Request, read
from twin.scenario import retold, staged
from twin.text import set_language


@pytest.fixture(scope="module")
def project(samples):
    return told_project(samples)


@pytest.fixture(scope="module")
def stories(project):
    return told_sensors(project)


def test_the_files_are_what_the_generator_writes(samples, tmp_path):
    rain_again = rain.said()
    kit.write(tmp_path, rain_again)
    import pyarrow.parquet as pq
    made, kept = pq.read_table(tmp_path / kit.READINGS), pq.read_table(samples / kit.READINGS)
    names = set(made.column("datastream").unique().to_pylist())
    mine = np.isin(np.array(kept.column("datastream").to_pylist(), object), list(names))
    assert np.array_equal(np.array(kept.column("value"))[mine], np.array(made.column("value")))
    cases.write(tmp_path)
    assert (tmp_path / cases.NAME).read_bytes() == (samples / cases.NAME).read_bytes()


def test_1_the_underpass_is_red_at_0641_and_reads_25(project, stories):
    assert value(stories, rain.DEPTH, at("06:41:00")) == 25.0 > value(stories, rain.DEPTH, at("06:40:59"))
    (event,) = events(project, stories, "story.rain")
    assert [event.level_at(at(c)) for c in ("06:05:00", "06:10:00", "06:35:00", "06:40:59", "06:41:00", "07:55:00")] \
        == [0, 1, 2, 2, 3, 3], "and scrubbing back restores every state"
    assert value(stories, "STORY-UP.flood.barrier", at("06:40:59")) == 0.0
    assert value(stories, "STORY-UP.flood.barrier", at("06:41:00")) == 1.0
    assert value(stories, rain.DEPTH, at("07:50:00")) < 5.0


def test_1_the_chapters_of_power_and_pump_truck_stand_where_their_sentences_are_true(project, stories):
    told = next(s for s in project.document.scenarios if s.id == "rain").chapters
    pumps = [f"STORY-PUMP-{number}.pump.flow" for number in (1, 2)]
    fails, truck = (next(times.parse(c.time) for c in told if words in c.title) for words in ("power", "truck"))
    assert [value(stories, pump, fails) for pump in pumps] == [0.0, 0.0], "The pumps stand still."
    assert all(value(stories, pump, truck) > 0.0 for pump in pumps), "Both pumps run on its power."
    depths = [value(stories, rain.DEPTH, truck + minute * times.MINUTE) for minute in range(3)]
    assert depths == sorted(depths, reverse=True) and depths[0] > depths[2], "The water falls."


def test_1_the_case_was_handled_in_79_minutes(samples, capsys):
    answer = said(capsys, "incidents", samples / "jiading.twin.json", "--time", "2026-07-15T09:00")
    flood = next(i for i in answer["incidents"] if i["id"] == "2026-0715-01")
    assert flood["handling_secs"] == 79 * 60 and flood["synthetic"]
    assert [s["state"] for s in flood["steps"]] == ["found", "assigned", "arrived", "handled", "closed"]


def test_2_the_roadside_warns_and_two_taxis_brake_and_change_the_lane(project, samples, capsys):
    path = samples / "jiading.twin.json"
    told = {clock: said(capsys, "roadside", path, "--time", f"2026-07-15T{clock}+08:00")["roadsides"][0]
            for clock in ("08:11:59", "08:12:00", "08:19:59", "08:20:00")}
    assert [len(told[c]["warnings"]) for c in told] == [0, 1, 1, 0], "from 08:12:00 to its end only"
    first, second = (told[c]["signals"] for c in ("08:11:59", "08:12:00"))
    assert len(first) == 4 and all(b["remain_s"] == pytest.approx(a["remain_s"] - 1.0) for a, b in zip(first, second)
                                   if a["state"] == b["state"]), "they count down"
    assert all(link["away_m"] < 300.0 for row in told.values() for link in row["links"])
    assert [g["gap_m"] for g in told["08:12:00"]["gaps"]] == pytest.approx([22.0] * 3, abs=1.5)
    bus = said(capsys, "roadside", path, "--time", "2026-07-15T08:13:18+08:00")["roadsides"][0]["signals"][0]
    late = said(capsys, "roadside", path, "--time", "2026-07-15T08:13:50+08:00")["roadsides"][0]["signals"][0]
    assert (bus["state"], bus["priority"], bus["remain_s"]) == ("green", "BUS-02", None), "red by its cycle"
    assert (late["state"], late["priority"]) != ("green", "BUS-02") and late["remain_s"] > 0.0
    tracks = read(Request(source=project.document.layer("story.ring.vehicles").source, kind="vehicles",
                          frame=project.document.frame), Progress())
    platoon = PlatoonHistory(tracks, "truck", 9.0, 5 * times.SECOND)
    instants, gaps = platoon.series(1)
    there = (instants >= at("08:15:00")) & (instants <= at("08:20:00"))
    assert gaps[there] == pytest.approx(22.0, abs=1.5) and np.isnan(platoon.series(0)[1][there]).all(), "it leads"
    names = tracks.features.column("id").to_pylist()
    rows = [names.index(name) for name in ("TAXI-04", "TAXI-05")]
    before, after = (tracks.history.at(at(c), 5 * times.SECOND, 5 * times.SECOND) for c in ("08:11:40", "08:12:22"))
    assert (after.speed_kmh[rows] < 0.6 * before.speed_kmh[rows]).all()
    assert len(names) == 24 + 1 and np.isfinite(after.places[:, 0]).all()
    _the_car_stands_where_the_warning_is(project, tracks)


def _the_car_stands_where_the_warning_is(project, tracks) -> None:
    """Nothing stood there but a dot; and no taxi drives through it."""
    places = read(Request(source=project.document.layer("story.ring.roadside").source, kind="vectors",
                          frame=project.document.frame), Progress())
    warned = places.points[places.features.column("id").to_pylist().index("stopped-car"), :2]
    names, gap = tracks.features.column("id").to_pylist(), 5 * times.SECOND
    car, taxis = names.index("STOPPED-CAR"), [n for n, name in enumerate(names) if name.startswith("TAXI")]
    for now in range(at("08:12:00"), at("08:20:00"), 2 * times.SECOND):
        fleet = tracks.history.at(now, gap, gap)
        assert np.hypot(*(fleet.places[car, :2] - warned)) < 1.0 and fleet.speed_kmh[car] == 0.0
        assert np.hypot(*(fleet.places[taxis, :2] - fleet.places[car, :2]).T).min() > 3.0
    assert tracks.history.at(at("08:20:20"), gap, gap).speed_kmh[car] > 20.0


def test_2_positions_are_between_the_fixes_and_headings_turn_the_shorter_way(project):
    tracks = read(Request(source=project.document.layer("story.ring.vehicles").source, kind="vehicles",
                          frame=project.document.frame), Progress())
    motion, gap = tracks.history, 5 * times.SECOND
    before, here, after = (motion.at(at("08:12:30") + k * times.SECOND, gap, gap) for k in (0, 1, 2))
    middle = (before.places[:, :2] + after.places[:, :2]) / 2
    assert np.hypot(*(here.places[:, :2] - middle).T).max() < 1.0
    turn = np.abs((after.heading_deg - before.heading_deg + 180.0) % 360.0 - 180.0)
    assert turn.max() < 90.0


def test_2_the_platoon_turns_in_a_loop_and_keeps_its_gaps(project):
    """It turned on the spot at 08:13:20, and all its gaps fell to nothing."""
    tracks = read(Request(source=project.document.layer("story.ring.vehicles").source, kind="vehicles",
                          frame=project.document.frame), Progress())
    names, gap = tracks.features.column("id").to_pylist(), 5 * times.SECOND
    rows = [n for n, name in enumerate(names) if name.startswith(("PLATOON", "BUS"))]
    headings = np.array([tracks.history.at(now, gap, gap).heading_deg[rows]
                         for now in range(at("07:46"), at("08:30"), 2 * times.SECOND)])
    assert np.abs((np.diff(headings, axis=0) + 180.0) % 360.0 - 180.0).max() < 60.0, "none turns on the spot"
    platoon = PlatoonHistory(tracks, "truck", 9.0, gap)
    gaps = np.concatenate([platoon.series(row)[1] for row in range(1, 4)])
    assert 11.0 < np.nanmin(gaps) and np.nanmax(gaps) < 24.0
    assert 0.01 < np.isnan(gaps).mean() < 0.1, "round a bend there is none"


def test_3_room_5_12_is_red_at_1403_and_unknown_detectors_are_listed(project, stories, samples, capsys):
    found = events(project, stories, "story.fire")
    room = next(e for e in found if e.stream == f"STORY-OFF-{fire.ROOM}.fire.smoke")
    assert (room.level_at(at("14:02:58")), room.level_at(at("14:03:00"))) == (2, 3)
    assert room.start_ns == min(e.start_ns for e in found), "it begins there"
    answer = said(capsys, "ifc", "rooms", samples / "jiading.twin.json")
    unbound = {row["id"] for row in answer["unbound"]}
    assert {f"STORY-OFF-X{n}.fire.smoke" for n in (1, 2)} <= unbound, "listed, not dropped"
    assert len(answer["elements"]) == len(fire.doors(samples / "office.ifc")) > 10
    assert all(e["class"] == "IfcDoor" and e["place"] for e in answer["elements"]), "each stands in its door"
    assert not any(s["id"].startswith("17.02-") for r in answer["rooms"] for s in r["sensors"]), \
        "what speaks of a whole school lies in none of its rooms"
    assert not any(row["id"].startswith("17.02-") for row in answer["unbound"])
    twelve = next(r for r in answer["rooms"] if r["number"] == fire.ROOM)
    assert f"STORY-OFF-{fire.ROOM}.fire.smoke" in str(twelve["sensors"])


def test_3_the_sprinkler_falls_and_the_stairs_are_pressurised_at_1404(project, stories):
    main, stairs = "STORY-FIRE-SPRINKLER.fire.water_pressure", "STORY-FIRE-STAIRS-B.fire.stair_pressure"
    told = {clock: (value(stories, main, at(clock)), value(stories, stairs, at(clock)))
            for clock in ("14:03:40", "14:05:20", "14:08:00")}
    assert told["14:03:40"][0] > 0.44 and told["14:03:40"][1] < 5.0
    assert told["14:05:20"][0] < 0.26 and told["14:05:20"][1] == pytest.approx(47.0, abs=4.0)
    assert told["14:08:00"][0] > 0.5, "the pump runs"
    ids = stories.features.column("id").to_pylist()
    co = {id: value(stories, id, at("14:09:00")) for id in ids if id.endswith(".fire.co")}
    assert len(co) == 12 and max(co, key=co.get) == f"STORY-OFF-{fire.ROOM}.fire.co"
    assert sum(id.endswith("fire.water_pressure") for id in ids) == 5


def test_7_the_pipes_by_the_trench_say_what_they_carry_and_gas_is_far_from_the_alarm(project, samples, stories):
    """Each sensor stands on its pipe, below the street; pressure and flow every five minutes, gas every minute."""
    import shapely
    pipes = {f["properties"]["id"]: shapely.LineString(f["geometry"]["coordinates"])
             for f in json.loads((samples / "pipes.geojson").read_text(encoding="utf-8"))["features"]}
    ids = stories.features.column("id").to_pylist()
    told = {id: value(stories, id, at("11:05:00")) for id in ids if id.startswith("STORY-PIPE-")}
    east, north, _ = project.document.frame.origin
    for id in told:
        x, y, _ = stories.positions[ids.index(id)].tolist()
        pipe = pipes[f"{id.split('-')[2].split('.')[0].lower()}-1"]
        assert pipe.distance(shapely.Point(x + east, y + north)) < 0.1, id
        stamps, _ = stories.history.series(ids.index(id))
        assert set(np.diff(stamps).tolist()) == {(1 if "ch4" in id else 5) * times.MINUTE}
    assert told["STORY-PIPE-WATER.water.main_pressure"] == pytest.approx(0.31, abs=0.005), "as its chapter says"
    assert told["STORY-PIPE-WATER.pipe.flow"] == pytest.approx(600.0, abs=25.0)
    assert 0.0 < max(v for id, v in told.items() if "ch4" in id) < 5.0, "20 % LEL is the alarm"
    chapter = next(c for s in project.document.scenarios if s.id == "digging" for c in s.chapters if "carry" in c.title)
    assert all(words.partition("/")[2] in told for words in chapter.select)


def test_8_coverage_is_of_people_along_the_streets(samples, tmp_path, capsys):
    arguments = ("reach", samples / "jiading.twin.json", "--streets", "roads", "--to", "system.18.01",
                 "--of", "buildings", "--out", tmp_path)
    answer = said(capsys, *arguments)
    assert answer["limit_m"] == 1080.0 and answer["people_known"] and 0 < answer["covered_percent"] < 100
    assert answer["facilities"] == 50, "those of the layer, and not of all systems that share its file"
    wider = said(capsys, *arguments, "--minutes", "30")
    assert wider["covered_percent"] > answer["covered_percent"]


def test_every_property_of_the_stories_has_words_in_both_languages(stories):
    names = set(stories.features.column("property").to_pylist())
    for language in ("en", "zh"):
        set_language(language)
        raw = [name for name in names if property_words(name) == name]
        set_language("en")
        assert not raw, language


def test_every_scenario_can_be_played_here(project, samples, capsys):
    document = project.document
    assert len({s.id.split("-")[0] for s in document.scenarios}) == 8
    known = {layer.id for layer in document.layers}
    for scenario in document.scenarios:
        staged(document, scenario)
        assert set(scenario.visible) <= known and scenario.name_zh and scenario.about_zh
        starts = [times.parse(c.time) for c in scenario.chapters]
        assert starts == sorted(starts) and starts[-1] < times.parse(scenario.end)
        assert scenario.chapters[0].camera and all(c.title_zh for c in scenario.chapters)
        for chapter in scenario.chapters:                     # what is lit up is there to be seen
            began = staged(document, scenario)
            told = retold(began, began, scenario, chapter)
            lit = [told.layer(words.split("/")[0]) for words in chapter.select]
            assert all(layer.visible or is_told_by_rooms(told, layer) for layer in lit), chapter.title
            if scenario.id == "climate":
                assert not any(told.shown(x) for x in told.layers if is_told_by_rooms(told, x)), "two legends of CO2"
    answer = said(capsys, "scenarios", samples / "jiading.twin.json")
    assert not any(row["problem"] for row in answer["scenarios"])


def is_told_by_rooms(told, layer) -> bool:
    """Rooms have the colours of its readings: beside them its marks would only bring a second legend of the same."""
    observed = {x.room_colors.observed for x in told.layers if getattr(x, "room_colors", None) and told.shown(x)}
    return layer.kind == "sensors" and layer.id.startswith("story.") and layer.observed in observed


def test_the_stories_do_not_show_at_first(project):
    document = project.document
    shown = {x.id for x in document.layers if document.shown(x) and x.id.startswith("story.")}
    assert shown == {"story.incidents"}
    assert all(x.synthetic for x in document.layers if x.id.startswith("story.") and x.source)
    assert all(Path(x.source.path).exists() for x in document.layers if x.id.startswith("story.") and x.source)


def test_at_06_41_the_underpass_is_red_and_its_water_is_that_of_the_sag(samples, capsys):
    """The sample's road sinks as s²/(2R) between walls: both formulas can be worked out on paper."""
    from data_samples.underpass import HALF_WIDTH_M, RADIUS_M
    said_now = said(capsys, "water", samples / "jiading.twin.json", "--layer", "story.rain.water",
                    "--time", "2026-07-15T06:41:00+08:00")
    (row,) = said_now["layers"][0]["surfaces"]
    length, width = 2 * (2 * RADIUS_M * 0.25) ** 0.5, 2 * HALF_WIDTH_M
    assert row["sensor"] == rain.DEPTH and row["value"] == 25.0 and row["level"] == "red" and row["complete"]
    assert row["area_m2"] == pytest.approx(length * width, rel=0.05)
    assert row["volume_m3"] == pytest.approx(2 / 3 * length * width * 0.25, rel=0.05)
    assert row["deepest_cm"] == pytest.approx(25.0, abs=0.6)


def test_the_radar_agrees_with_the_gauges(project, stories, samples, tmp_path):
    layer, frame = project.document.layer("story.rain.radar"), project.document.frame
    series = read(Request(source=layer.source, kind="rasters", frame=frame), Progress())
    history = series.history
    off = []
    for name, east, north in rain.GAUGES:
        row = stories.features.column("id").to_pylist().index(f"STORY-{name}.met.rain")
        instants, values = stories.history.series(row)
        cell = series.cell_at(*(frame.to_local(rain.UNDERPASS[0] + east, rain.UNDERPASS[1] + north)[0, :2]))
        for start, end, seen in zip(history.starts_ns, history.ends_ns, history.series(cell)[1]):
            told = values[(instants >= start) & (instants < end)]
            off.append(abs(float(told.mean()) - float(seen)))
    assert max(off) <= 0.06                                  # half of the raster's step of 0.1 mm/h
    assert [history.step_at(at(c)) for c in ("08:17:59", "08:18:00", "08:29:59", "08:30:00")] == [32, -1, -1, 33]
    underpass = series.cell_at(*(frame.to_local(*rain.UNDERPASS)[0, :2]))
    hour = history.total(at("05:45:00"), at("06:45:00"))[0].reshape(-1)[underpass]
    assert 35.0 < hour < 62.0                                # the blue warning that the story begins with holds
    assert "story.rain.radar" in next(s for s in project.document.scenarios if s.id == "rain").visible
    rain_raster.write(tmp_path)
    source = replace(layer.source, path=str(tmp_path / rain_raster.NAME))
    again = read(Request(source=source, kind="rasters", frame=frame), Progress())
    assert np.array_equal(again.history.values, history.values, equal_nan=True)
