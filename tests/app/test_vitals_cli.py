"""`citytwin vitals` and `statistics` as other people's scripts use them, on the sample project."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.app.test_cli import citytwin
from tests.conftest import SAMPLES

PROJECT = SAMPLES / "jiading.twin.json"
SIGN_KEYS = {"sign", "domain", "name", "name_zh", "unit", "value", "level", "verdict", "completeness", "sensors",
             "source", "worst", "online_rate", "reason", "failing", "numerator", "denominator", "formula", "status"}


def test_every_sign_of_a_zone_is_told():
    done = citytwin("vitals", PROJECT, "--zone", "zone.anting", "--time", "2026-07-15T06:41", "--json")
    said = json.loads(done.stdout)
    zone, = said["zones"]
    signs = {s["sign"]: s for s in zone["signs"]}
    assert said["time"] == "2026-07-15T06:41:00+08:00" and len(signs) == 81 and zone["name_zh"].startswith("国际汽车城")
    assert all(SIGN_KEYS <= set(s) for s in signs.values())
    assert said["synthetic"] is True and "not the study of reach" in signs["live.reach15"]["measures"]
    depth = signs["flood.underpass_depth"]
    assert depth["value"] == depth["worst"]["value"] and depth["verdict"] == "red" and depth["failing"][0]["since"]
    assert len(depth["sensors"]) == depth["members"] >= depth["reporting"]
    assert all(s["level"] == "grey" and s["reason"] for s in signs.values() if s["value"] is None)


def test_a_second_instant_comes_with_its_values_and_the_difference():
    said = json.loads(citytwin("vitals", PROJECT, "--zone", "zone.yuanxiang", "--sign", "flood.underpass_depth",
                               "--time", "2026-07-15T06:41", "--compare", "2026-07-15T05:30", "--json").stdout)
    sign, = said["zones"][0]["signs"]
    assert said["compare"] == "2026-07-15T05:30:00+08:00" and sign["compared"]["verdict"] == "green"
    assert sign["difference"] == pytest.approx(sign["value"] - sign["compared"]["value"]) and sign["worse"] == 3


def test_what_alarms_in_a_block_alarms_in_its_zone_and_district():
    said = json.loads(citytwin("vitals", PROJECT, "--time", "2026-07-15T08:00", "--json").stdout)
    loud = {"grey": 0, "green": 0, "yellow": 1, "orange": 2, "red": 3}
    levels = {z["id"]: {s["sign"]: loud[s["verdict"]] for s in z["signs"] if s["worst"]} for z in said["zones"]}
    blocks = [levels[id] for id in levels if id.startswith("block.")]
    assert len(blocks) == 487 and any(level for block in blocks for level in block.values())
    whole, district = levels["zone.yuanxiang"], levels["district.outline/0"]
    for sign, level in (pair for block in blocks for pair in block.items()):
        assert district[sign] >= level
    assert all(district[sign] >= level for sign, level in whole.items())


def test_zones_rooms_and_mistakes():
    told = citytwin("vitals", PROJECT, "--time", "2026-07-15T06:41", "--language", "zh").stdout
    assert "远香湖中央活动区" in told and "告警" in told
    rooms = json.loads(citytwin("vitals", PROJECT, "--by", "room", "--sign", "bld.co2", "--time", "2026-07-15T15:00",
                                "--json").stdout)["zones"]
    assert len(rooms) > 20 and {len(z["signs"]) for z in rooms} == {1}
    houses = json.loads(citytwin("vitals", PROJECT, "--by", "building", "--sign", "fire.smoke", "--time",
                                 "2026-07-15T14:03", "--json").stdout)["zones"]
    alarmed = {z["id"] for z in houses if z["signs"][0]["verdict"] == "red"}
    assert "office" in alarmed and sum(z["id"].startswith("buildings/") for z in houses) > 500
    wrong = citytwin("vitals", PROJECT, "--zone", "Atlantis", "--json", check=1)
    assert "zone.anting" in json.loads(wrong.stdout)["error"]


THAT_DAY = ("--from", "2026-07-15T00:00", "--to", "2026-07-15T23:59")


def test_the_text_says_that_the_data_are_made_up_and_what_a_sign_counts():
    text = citytwin("vitals", PROJECT, "--zone", "zone.yuanxiang", "--time", "2026-07-15T08:00").stdout
    assert text.startswith("Synthetic data")
    line = next(x for x in text.splitlines() if "15-minute circle coverage" in x)
    assert "mean of what terminals report" in line


def test_statistics_come_as_a_table():
    done = citytwin("statistics", PROJECT, "--property", "bld.co2", "--by", "room", "--bucket", "6h", "--over", "800",
                    *THAT_DAY)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    first = rows[0]
    assert done.stderr.startswith("Synthetic data"), "beside the table, which stays one"
    assert {r["energy_mean"] for r in rows} == {""}, "only decibels have one"
    assert [r["name"] for r in rows] == sorted(r["name"] for r in rows)
    assert len(rows) % 4 == 0 and first["count"] == "72" and float(first["min"]) <= float(first["mean"]) <= 800
    said = json.loads(citytwin("statistics", PROJECT, "--property", "Room CO2", "--by", "type", "--hours", "8-17",
                               "--weekdays", "1-5", "--bucket", "1d", "--json", *THAT_DAY).stdout)
    assert said["count"] == 1 and said["unit"] == "ppm"
    assert 0.0 < said["rows"][0]["completeness"] < 1.0, "the class rooms told on Monday only"
    assert said["observed"] == ["bld.co2"], "by its name in words too"
    citytwin("statistics", PROJECT, "--property", "nothing", check=1)


@pytest.mark.parametrize("wrong", [("--bucket", "soon"), ("--hours", "17-8"), ("--hours", "8-12,11-13"),
                                   ("--weekdays", "0-9")])
def test_wrong_calls_are_refused(wrong):
    citytwin("statistics", PROJECT, "--property", "x", *wrong, check=2)
