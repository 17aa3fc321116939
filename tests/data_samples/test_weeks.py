"""The numbers of the stories of a week, the building site and the school, as the product computes them."""

from __future__ import annotations

import numpy as np
import pytest

from data_samples.school_plan import SCHOOL, class_rooms
from data_samples.stories import climate
from tests.data_samples.made_stories import at, chapter_ns, events, said, told_project, told_sensors, value
from twin import times


@pytest.fixture(scope="module")
def project(samples):
    return told_project(samples)


@pytest.fixture(scope="module")
def stories(project):
    return told_sensors(project)


def test_4_three_quarters_of_an_hour_above_the_limit(samples, capsys):
    """15-minute means of the corner in the wind; more than one a day above the limit is a violation."""
    answer = said(capsys, "statistics", samples / "jiading.twin.json", "--property", "site.tsp", "--by", "thing",
                  "--bucket", "15min", "--from", "2026-07-15T00:00", "--to", "2026-07-16T00:00")
    corner = [row for row in answer["rows"] if "SE" in row["group"]]
    assert sum(row["mean"] is not None and row["mean"] > 1.0 for row in corner) == 3


def test_4_dust_is_of_minutes_and_an_incomplete_quarter_is_known_as_such(samples, stories, capsys):
    """Twelve of fifteen minutes are needed; the corner in the north-west lacks seven of one quarter on Tuesday."""
    ids = stories.features.column("id").to_pylist()
    for corner in ("NE", "SE", "SW", "NW"):
        for what in ("tsp", "pm10", "pm25", "noise"):
            stamps, _ = stories.history.series(ids.index(f"STORY-SITE-{corner}.site.{what}"))
            assert len(stamps) == 7 * 1440 - 7 * (corner == "NW") and (np.diff(stamps) % times.MINUTE == 0).all()
    answer = said(capsys, "statistics", samples / "jiading.twin.json", "--property", "site.tsp", "--by", "thing",
                  "--bucket", "15min", "--from", "2026-07-14T10:00", "--to", "2026-07-14T10:30")
    quarters = {row["from"][11:16]: (row["count"], row["completeness"]) for row in answer["rows"]
                if "NW" in row["group"]}
    assert quarters["10:00"] == (8, pytest.approx(8 / 15)) and quarters["10:15"] == (15, 1.0)


def test_4_the_crane_lifts_stops_in_the_wind_and_is_overloaded_once(project, stories):
    ids = stories.features.column("id").to_pylist()
    tell = {what: stories.history.series(ids.index(f"STORY-SITE-CRANE.site.{what}"))
            for what in ("crane_slew", "crane_radius", "crane_moment", "crane_alarm", "wind")}
    stamps, slew = tell["crane_slew"]
    lifting = (stamps >= at("09:00")) & (stamps < at("11:00"))
    assert (np.diff(stamps[lifting]) == 10 * times.SECOND).all() and np.ptp(slew[lifting]) > 120.0
    windy, strong = tell["wind"][0], tell["wind"][1] > 12.5
    still = (stamps >= windy[strong][0]) & (stamps <= windy[strong][-1])
    assert strong.any() and (tell["crane_moment"][1][still] < 5.0).all(), "nothing hangs on the hook"
    assert slew[still] == pytest.approx(135.0, abs=8.0), "it points where the north-west wind blows to"
    (event,) = events(project, stories, "story.crane")
    assert event.level_at(at("10:22:30", "2026-07-16")) == 3
    load = (tell["crane_moment"][0], tell["crane_moment"][1])
    start, end = chapter_ns(project, "site", "Too heavy")
    assert set(load[1][(load[0] >= start) & (load[0] < end)]) == {104.0}, "as its chapter says, from the click on"
    assert event.level_at(start) == 3
    assert float(tell["crane_moment"][1].max()) == 104.0 and float(tell["crane_alarm"][1].max()) == 2.0


def test_4_the_wind_is_measured_everywhere_while_it_is_told_of(project, stories):
    """Only the site's own mast spoke at 13:30."""
    properties = stories.features.column("property").to_pylist()
    winds = [row for row, observed in enumerate(properties) if observed == "met.wind"]
    start, end = chapter_ns(project, "site", "A dry wind")
    for now in range(start, end, times.HOUR):
        values, ages = stories.history.latest_at(now)
        assert len(winds) == 25 and np.isfinite(values[winds]).all() and (ages[winds] <= 5 * times.MINUTE).all()
    assert np.median(stories.history.latest_at(at("14:18"))[0][winds]) > 7.0


def test_4_noise_is_averaged_in_energy(samples, stories, capsys):
    """From 22:00 to 23:00 on Thursday: half an hour of quiet, half an hour of concreting."""
    answer = said(capsys, "statistics", samples / "jiading.twin.json", "--property", "site.noise", "--by", "thing",
                  "--bucket", "1h", "--from", "2026-07-16T22:00", "--to", "2026-07-16T23:00")
    row = next(r for r in answer["rows"] if "SE" in r["group"])
    stamps, values = stories.history.series(stories.features.column("id").to_pylist().index("STORY-SITE-SE.site.noise"))
    mine = values[(stamps >= at("22:00", "2026-07-16")) & (stamps < at("23:00", "2026-07-16"))].astype(float)
    assert row["energy_mean"] == pytest.approx(10 * np.log10((10 ** (mine / 10)).mean()), abs=0.01)
    assert row["energy_mean"] > row["mean"] + 3.0, "the mean of decibels would hide the noise"


def test_5_the_classes_are_held_in_a_school_of_forty_rooms(project, samples, capsys):
    scenario = next(s for s in project.document.scenarios if s.id == "climate")
    assert "school.rooms" in scenario.visible and not {"office.rooms", "school"} & set(scenario.visible)
    answer = said(capsys, "ifc", "rooms", samples / "jiading.twin.json")
    held = {room["guid"]: room for room in answer["rooms"] if any("STORY-EDU-" in s["id"] for s in room["sensors"])}
    assert len(held) == 40 and {room["storey"] for room in held.values()} == {"1F", "2F", "3F"}
    for room in held.values():
        assert {s["property"] for s in room["sensors"]} == {
            f"bld.{what}" for what in ("co2", "temp", "rh", "pm25", "occupancy")}
        assert {s["id"].split(".")[0] for s in room["sensors"]} == {f"STORY-EDU-{room['number']}"}


def test_5_forty_rooms_say_four_things_every_minute_of_five_days(stories):
    ids = stories.features.column("id").to_pylist()
    said = {}
    for row, id in enumerate(ids):
        if id.startswith("STORY-EDU-") and not id.endswith("occupancy"):
            stamps, _ = stories.history.series(row)
            said[id] = len(stamps)
            steps = set(np.diff(stamps).tolist())
            assert steps == ({times.MINUTE, 61 * times.MINUTE} if climate.SILENT[0] in id else {times.MINUTE})
    assert len(said) == 4 * 40
    assert sum(said.values()) == 4 * (40 * 5 * 1440 - 60), "1.15 million, but for an hour of one room"


def test_5_north_rooms_pass_1000_ppm_by_0910_and_one_stays_high_until_it_is_repaired(project, stories):
    ids = [id for id in stories.features.column("id").to_pylist() if id.startswith("STORY-EDU-") and id.endswith("co2")]
    assert len(ids) == 40
    told = {clock: {id: value(stories, id, at(clock[-5:], f"2026-07-{clock[:2]}")) for id in ids}
            for clock in ("13 07:00", "13 09:10", "13 11:20", "14 11:20")}
    broken = f"STORY-EDU-{climate.BROKEN}.bld.co2"
    assert all(v == pytest.approx(420, abs=20) for v in told["13 07:00"].values())
    north = {f"STORY-EDU-{room.name}.bld.co2" for room in class_rooms() if SCHOOL.is_north(room)}
    others = north - {broken}
    assert len(north) == 18 and all(told["13 09:10"][id] > 1000 for id in north)
    assert all(v < 1000 for id, v in told["13 09:10"].items() if id not in north)
    for chapter, holds in (("Before the first lesson", lambda v: max(v.values()) < 450),
                           ("Above 1,000 ppm", lambda v: all(v[id] > 1000 for id in north)),
                           ("All but one below 1,000 ppm", lambda v: {id for id in v if v[id] >= 1000} == {broken})):
        start, end = chapter_ns(project, "climate", chapter)
        for now in range(start, end, times.MINUTE):
            assert holds({id: value(stories, id, now) for id in ids}), f"{chapter} at {times.readable(now)}"
    assert told["13 11:20"][broken] > 1000 and max(told["13 11:20"][id] for id in others) < 800
    assert max(told["14 11:20"].values()) < 800, "repaired"


def test_5_a_storeys_figure_is_of_occupied_hours_and_a_missing_hour_is_none(samples, stories, capsys):
    """The figure by hand from the minutes with lessons; a figure of all hours would be far lower."""
    def asked(by: str, *more: str) -> list[dict]:
        return said(capsys, "statistics", samples / "jiading.twin.json", "--property", "bld.co2", "--by", by,
                    "--over", "1000", "--from", "2026-07-13T00:00", "--to", "2026-07-14T00:00", *more)["rows"]

    lessons = ("--hours", climate.OCCUPIED)
    third, all_day = (next(r for r in asked("storey", "--bucket", "1d", *more) if r["name"] == "Lakeside school 3F")
                      for more in (lessons, ()))
    by_hand, ids = [], stories.features.column("id").to_pylist()
    for id in (id for id in ids if id.startswith("STORY-EDU-3") and id.endswith("co2")):
        stamps, values = stories.history.series(ids.index(id))
        for first, last in (("08:00", "09:30"), ("10:00", "11:30"), ("13:00", "16:10")):
            by_hand.append(values[(stamps >= at(first, "2026-07-13")) & (stamps < at(last, "2026-07-13"))])
    by_hand = np.concatenate(by_hand).astype(float)
    assert third["count"] == len(by_hand) and third["mean"] == pytest.approx(by_hand.mean(), abs=0.01)
    assert third["over"] == pytest.approx((by_hand > 1000).mean(), abs=1e-3)
    assert all_day["over"] < third["over"] / 2 and all_day["mean"] < third["mean"] - 100
    hours = asked("room", "--bucket", "1h", *lessons)
    silent = {r["from"][11:13]: r for r in hours if r["name"] == f"{climate.SILENT[0]} Classroom"}
    assert silent["13"]["mean"] < 800 and silent["13"]["completeness"] == 1.0
    assert silent["14"]["mean"] is None and silent["14"]["completeness"] == 0.0, "grey, not green"
