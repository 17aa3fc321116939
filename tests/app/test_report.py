"""The report of an incident: sensors by name and unit, and what a correction took the place of."""

from __future__ import annotations

from app.report import page_of
from twin import times
from twin.incidents.incident import Entry, incidents_of

ZONE = "Asia/Shanghai"
SENSORS = {"S-1": {"name": "Room 5-12 smoke", "name_zh": "5-12室烟雾", "unit": "%obs/m"}}


def test_sensors_have_names_and_units_and_a_correction_shows_what_stood_there():
    """They were raw ids with bare numbers, and the first words of a corrected step stood nowhere."""
    at = [times.parse(f"2026-07-15T{clock}+08:00") for clock in ("14:03", "14:12", "14:11")]
    entries = (Entry(seq=1, incident="I", kind="open", state="found", time_ns=at[0], written_ns=at[0]),
               Entry(seq=2, incident="I", kind="state", state="assigned", time_ns=at[1], written_ns=at[1], role="Clerk",
                     note="by telephone"),
               Entry(seq=3, incident="I", kind="correction", corrects=2, time_ns=at[2], written_ns=at[2], role="Chief",
                     note="by radio"))
    (incident,) = incidents_of(list(entries))
    numbers = {"time_zone": ZONE, "handling_secs": 1832.0, "steps": {"found": "2026-07-15T14:03:00+08:00"},
               "readings": {"found": {"S-1": {"value": 6.2, "age_secs": 62.0},
                                      "S-2": {"value": None, "age_secs": None}}},
               "events": [{"rule": "r", "sensor": "S-1", "start": "", "raised": "14:03", "level": 3, "peak": 8.5,
                           "peak_time": "14:05", "end": None}]}
    about = {"window": {"start": "13:03", "end": "15:03"}, "readings": 5, "sensors": SENSORS}
    page = page_of(incident, numbers, [], about)
    assert "Room 5-12 smoke (S-1)" in page and "6.2 %obs/m" in page and "8.5 %obs/m" in page
    assert "S-2" in page and "Handled in 30.5 min" in page
    assert "by radio" in page and "by telephone" in page and "Before the correction of entry 2" in page
