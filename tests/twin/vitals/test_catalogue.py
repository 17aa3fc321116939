"""The catalogue against the domain's own tables, and what a project may change of it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from twin.text import catalogue as words_of
from twin.vitals.catalogue import DOMAINS, catalogue
from twin.vitals.choices import IndicatorEntry, SignChoice, VitalChoices

HOWS = {"mean", "energy_mean", "max", "min", "max_abs", "median", "median_abs", "p95", "share", "harmonic", "weighted",
        "online"}


def test_every_sign_is_complete_data():
    signs = catalogue().signs
    assert len(signs) == len({s.id for s in signs}) == 81
    for sign in signs:
        assert sign.domain in DOMAINS and sign.how in HOWS and sign.name and sign.name_zh and sign.source, sign.id
        assert sign.verified in ("verified", "partly", "unverified", "proposal") and sign.status, sign.id
        low, middle, high = sign.levels
        rising = low <= middle if sign.direction == "band" else low < middle < high
        assert rising if sign.direction != "lower" else low > middle > high, sign.id
        assert sign.properties or sign.parts or sign.how == "online", sign.id


def test_an_observed_property_says_which_signs_it_feeds():
    names = catalogue()
    assert [s.id for s in names.of_property("pm2.5")] == ["air.pm25"]
    assert {s.id for s in names.of_property("met.rain")} == {"met.rain_1h", "met.rain_6h", "met.rain_national"}
    assert {s.id for s in names.of_property("noise.leq")} == {f"noise.leq_{c}" for c in ("1", "2", "3", "4a")}
    assert names.of_property("nonsense") == ()


def test_numbers_that_people_are_judged_by():
    names = catalogue()
    assert names.sign("flood.underpass_depth").levels == (1.0, 15.0, 25.0)
    assert names.sign("noise.leq_2").levels[0] == 60 and names.sign("noise.leq_2").night[0] == 50
    assert [t for t, *_ in names.sign("met.rain_1h").official] == [35, 50, 80, 100]
    assert names.limit("GB 3838-2002", "DO").values == (7.5, 6.0, 5.0, 3.0, 2.0)


def test_a_project_may_judge_otherwise_and_says_so():
    choices = VitalChoices().with_sign(SignChoice(id="air.pm25", levels=(15, 35, 75), source="WHO", date="2026-11-01"))
    changed = catalogue().chosen(choices)
    assert changed.sign("air.pm25").levels == (15, 35, 75) and changed.sign("air.pm25").changed == "WHO 2026-11-01"
    assert changed.sign("air.pm10") is catalogue().sign("air.pm10")
    assert choices.with_sign(SignChoice(id="air.pm25")) == VitalChoices()


def test_an_indicator_has_one_value_a_day():
    choices = VitalChoices().with_indicator(IndicatorEntry(number=1, value=110, date="2023-06-30"))
    choices = choices.with_indicator(IndicatorEntry(number=1, value=121, date="2023-06-30"))
    assert [e.value for e in choices.indicators] == [121]
    assert choices.without_indicator(1, "2023-06-30") == VitalChoices()


@pytest.mark.realdata
def test_the_catalogue_says_what_the_domain_says(shared):
    path = Path(shared).parent / "domain" / "vital_signs.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    assert [r["id"] for r in rows] == [s.id for s in catalogue().signs]
    for row, sign in zip(rows, catalogue().signs):
        assert row["name_zh"] == sign.name_zh and row["zone_aggregation"] == sign.how_text
        try:
            levels = tuple(float(row[c]) for c in ("green_yellow", "yellow_orange", "orange_red"))
        except ValueError:
            continue                                   # told in words: day and night, own history, windows
        assert sign.levels == levels or (sign.direction == "band" and sign.levels[:2] == levels[:2])


def test_every_source_in_words_is_said_in_chinese_too():
    """What is only the number of a standard or an address is the same in both."""
    in_words = re.compile(r"\b(read|levels?|table|practice|policy|scale|warning|indicator|tunnels|limits|report)\b")
    said = {sign.status for sign in catalogue().signs}
    said |= {sign.source for sign in catalogue().signs if in_words.search(sign.source)}
    assert len(said) > 50 and said <= set(words_of("zh"))


def test_units_are_written_without_chinese_words():
    assert [x.unit for x in catalogue().signs if any("\u4e00" <= letter <= "\u9fff" for letter in x.unit)] == []


def test_remarks_speak_one_language_at_a_time():
    """They stood in English with Chinese words among them, in both languages."""
    chinese = re.compile("[\u4e00-\u9fff]")
    for sign in catalogue().signs:
        assert not chinese.search(sign.text), sign.id
        if re.search("[A-Za-z]{4}", sign.text):
            assert chinese.search(words_of("zh")[sign.text]), sign.id
